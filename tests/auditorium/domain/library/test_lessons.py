"""A lesson is written phrase by phrase while it is a draft, by whoever works for its channel."""

import pytest

from auditorium.domain.library import lessons
from auditorium.domain.library.lessons import LessonClosedError, LessonDetails, PhraseDetails
from auditorium.domain.library.words import holding
from auditorium.errors import DeskError
from auditorium.models import AuditEntry, Phrase, Topic
from tests.factories import (
    ChannelFactory,
    HallFactory,
    PhraseFactory,
    RegionFactory,
    ResourceFactory,
    SpeakerFactory,
    StoredFileFactory,
    UserFactory,
    desk_user,
    supervisor,
)

pytestmark = pytest.mark.django_db
SOUND = {"media_type": "audio/webm"}


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def by(hall):
    return desk_user(hall)


@pytest.fixture
def lesson(hall):
    return ResourceFactory(kind="lesson", state="draft", channel=ChannelFactory(keeper_hall=hall))


def words_of(lesson):
    return [phrase.words for phrase in lesson.phrases.all()]


def test_lessons_are_written_where_somebody_works_or_looks_after(hall, by, lesson):
    elsewhere = ResourceFactory(kind="lesson", channel=ChannelFactory(keeper_hall=HallFactory()))
    everybodys = ResourceFactory(kind="lesson")
    ResourceFactory(kind="audio", channel=lesson.channel)
    of_town = supervisor(RegionFactory(code="330603001000", level="town"))
    assert list(lessons.written_by(by)) == [lesson]
    assert set(lessons.written_by(of_town)) == {lesson, elsewhere}
    assert set(lessons.written_by(UserFactory(is_superuser=True))) == {lesson, elsewhere, everybodys}
    assert list(lessons.written_by(UserFactory())) == []


def test_listed_lessons_say_how_many_phrases_they_have_in_one_query(by, lesson, django_assert_num_queries):
    PhraseFactory.create_batch(2, resource=lesson)
    by.role_list  # noqa: B018 - read once per request
    with django_assert_num_queries(1):
        assert [(row.channel.name, row.phrase_count) for row in lessons.listed_for(by)] == [(lesson.channel.name, 2)]


def test_start_makes_a_draft_in_wu(hall, by):
    channel = ChannelFactory(keeper_hall=hall)
    details = LessonDetails(title="绍兴话日常", rights_holder="后仓村文化礼堂")
    lesson = lessons.start(channel=channel, details=details, by=by)
    assert (lesson.kind, lesson.state, lesson.language, lesson.licence) == ("lesson", "draft", "wuu", "own")
    assert AuditEntry.objects.of("resource", lesson.pk).get().action == "added"


def test_start_refuses_another_channels_topic(by):
    topic = Topic.objects.create(channel=ChannelFactory(), title="日常")
    with pytest.raises(DeskError) as refusal:
        lessons.start(channel=ChannelFactory(), details=LessonDetails(title="日常", topic=topic), by=by)
    assert refusal.value.sentence == "主题不在这个频道里。"


def test_describe_changes_what_is_said_of_the_whole(by, lesson):
    lessons.describe(lesson=lesson, details=LessonDetails(title="绍兴话", rights_holder="礼堂"), by=by)
    lesson.refresh_from_db()
    assert (lesson.title, lesson.rights_holder, lesson.kind) == ("绍兴话", "礼堂", "lesson")


def test_add_phrase_puts_it_at_the_end(by, lesson):
    speaker = SpeakerFactory(channel=lesson.channel)
    sound = StoredFileFactory(**SOUND)
    lessons.add_phrase(lesson=lesson, details=PhraseDetails(words="吾", gloss="我"), by=by)
    second = lessons.add_phrase(
        lesson=lesson, details=PhraseDetails(words="侬", gloss="你", audio=sound, speaker=speaker), by=by
    )
    assert words_of(lesson) == ["吾", "侬"]
    assert (second.order, second.audio, second.speaker) == (2, sound, speaker)


@pytest.mark.parametrize(
    ("media_type", "has_speaker", "sentence"),
    [
        ("audio/webm", False, "有录音就要写是谁录的。"),
        ("application/pdf", True, "这个文件不是录音。"),
    ],
)
def test_add_phrase_refuses_a_sound_that_is_nobodys_or_none(by, lesson, media_type, has_speaker, sentence):
    speaker = SpeakerFactory(channel=lesson.channel) if has_speaker else None
    details = PhraseDetails(words="吾", gloss="我", audio=StoredFileFactory(media_type=media_type), speaker=speaker)
    with pytest.raises(DeskError) as refusal:
        lessons.add_phrase(lesson=lesson, details=details, by=by)
    assert (refusal.value.sentence, words_of(lesson)) == (sentence, [])


def test_add_phrase_refuses_another_channels_speaker(by, lesson):
    details = PhraseDetails(words="吾", gloss="我", speaker=SpeakerFactory())
    with pytest.raises(DeskError) as refusal:
        lessons.add_phrase(lesson=lesson, details=details, by=by)
    assert refusal.value.sentence == "录音的人要先登记在这个频道里。"


@pytest.mark.parametrize("state", ["reviewed", "published", "withdrawn"])
def test_lesson_that_was_reviewed_takes_no_change(by, lesson, state):
    phrase = PhraseFactory(resource=lesson)
    other = PhraseFactory(resource=lesson, words="侬")
    type(lesson).objects.filter(pk=lesson.pk).update(state=state, rights_holder="礼堂", licence="own")
    details = PhraseDetails(words="改", gloss="改")
    for change in (
        lambda: lessons.add_phrase(lesson=lesson, details=details, by=by),
        lambda: lessons.change_phrase(phrase=phrase, details=details, by=by),
        lambda: lessons.remove_phrase(phrase=phrase, by=by),
        lambda: lessons.move_phrase(phrase=other, up=True),
        lambda: lessons.describe(lesson=lesson, details=LessonDetails(title="改"), by=by),
    ):
        with pytest.raises(LessonClosedError):
            change()
    assert words_of(lesson) == [phrase.words, "侬"]


def test_change_phrase_says_in_the_audit_which_fields(by, lesson):
    phrase = PhraseFactory(resource=lesson)
    details = PhraseDetails(words=phrase.words, gloss="吃饭了没有？", romanisation="ve")
    lessons.change_phrase(phrase=phrase, details=details, by=by)
    lessons.change_phrase(phrase=phrase, details=details, by=by)
    entry = AuditEntry.objects.of("phrase", phrase.pk).get()
    assert (entry.action, entry.fields) == ("phrase_changed", ["gloss", "romanisation"])
    assert Phrase.objects.get().gloss == "吃饭了没有？"


def test_remove_phrase_keeps_the_others(by, lesson):
    phrase, other = PhraseFactory(resource=lesson), PhraseFactory(resource=lesson)
    lessons.remove_phrase(phrase=phrase, by=by)
    assert list(lesson.phrases.all()) == [other]


def test_move_phrase_changes_places_and_stops_at_the_ends(lesson):
    for order, words in enumerate(("一", "两", "三"), start=7):
        PhraseFactory(resource=lesson, order=order, words=words)
    last = lesson.phrases.get(words="三")
    lessons.move_phrase(phrase=last, up=True)
    assert words_of(lesson) == ["一", "三", "两"]
    lessons.move_phrase(phrase=last, up=False)
    lessons.move_phrase(phrase=last, up=False)
    assert words_of(lesson) == ["一", "两", "三"]
    first = lesson.phrases.get(words="一")
    lessons.move_phrase(phrase=first, up=True)
    assert words_of(lesson) == ["一", "两", "三"]


def test_move_phrase_tells_equal_orders_apart(lesson):
    _first, second = (PhraseFactory(resource=lesson, order=5, words=words) for words in ("一", "两"))
    lessons.move_phrase(phrase=second, up=True)
    assert words_of(lesson) == ["两", "一"]


def test_to_learn_leaves_out_whoever_did_not_agree(lesson, django_assert_num_queries):
    sound = StoredFileFactory(**SOUND)
    agreed, asked = (SpeakerFactory(channel=lesson.channel) for _count in range(2))
    machine = SpeakerFactory(channel=lesson.channel, is_synthetic=True, consent_given_on=None, consent_evidence="")
    for words, speaker in (("同意", agreed), ("没有", asked), ("机器", machine)):
        PhraseFactory(resource=lesson, words=words, speaker=speaker, audio=sound)
    PhraseFactory(resource=lesson, words="无声")
    type(asked).objects.filter(pk=asked.pk).update(consent_given_on=None, consent_evidence="")
    with django_assert_num_queries(1):
        heard = [(row.words, row.speaker and row.speaker.name) for row in lessons.to_learn(lesson)]
    assert heard == [("同意", agreed.name), ("机器", machine.name), ("无声", None)]


def test_lesson_is_found_by_what_is_said_in_it(by):
    lesson = lessons.start(channel=ChannelFactory(), details=LessonDetails(title="日常十句"), by=by)
    phrase = lessons.add_phrase(lesson=lesson, details=PhraseDetails(words="饭吃过哉", gloss="吃过饭了"), by=by)

    def finds(text):
        return [found.resource for found in holding(text)] == [lesson]

    assert (finds("日常"), finds("richang"), finds("吃过哉"), finds("吃过饭")) == (True, True, True, True)
    lessons.change_phrase(phrase=phrase, details=PhraseDetails(words="夜饭", gloss="晚饭"), by=by)
    assert (finds("吃过哉"), finds("晚饭")) == (False, True)
    lessons.remove_phrase(phrase=phrase, by=by)
    assert finds("晚饭") is False
