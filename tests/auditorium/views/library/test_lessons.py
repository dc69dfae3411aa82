"""The pages on which a lesson is written, each in scope, each refusal a sentence with what was typed kept."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from auditorium.domain.library import files
from auditorium.models import Phrase, Resource, StoredFile
from tests import media
from tests.auditorium.domain.library.test_lesson_sheets import sheet_of
from tests.factories import (
    ChannelFactory,
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    SpeakerFactory,
    StoredFileFactory,
    desk_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(client, hall):
    """A browser of somebody at the hall's desk."""
    client.force_login(desk_user(hall))
    return client


@pytest.fixture
def lesson(hall):
    return ResourceFactory(kind="lesson", state="draft", channel=ChannelFactory(keeper_hall=hall, is_for_all=False))


@pytest.fixture
def speaker(lesson):
    return SpeakerFactory(channel=lesson.channel, name="阿根伯")


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


def recording(content=None, name="phrase.webm"):
    return SimpleUploadedFile(name, content or media.WEBM_AUDIO)


def test_lesson_list_asks_as_much_for_three_lessons_as_for_one(desk, lesson, django_assert_num_queries):
    desk.get(url("lessons"))
    for _round in range(2):
        with django_assert_num_queries(11):
            response = desk.get(url("lessons"))
        ResourceFactory.create_batch(2, kind="lesson", state="draft", channel=lesson.channel)
    assert lesson.title in response.content.decode()


def test_lesson_page_asks_as_much_for_three_phrases_as_for_one(desk, lesson, speaker, django_assert_num_queries):
    PhraseFactory(resource=lesson, speaker=speaker)
    desk.get(url("lesson", lesson.pk))
    for _round in range(2):
        with django_assert_num_queries(13):
            response = desk.get(url("lesson", lesson.pk))
        PhraseFactory.create_batch(2, resource=lesson, speaker=speaker)
    assert response.context["missing"][0] == "第 1 句“饭吃过哉𠲎？”还没有录音。"


@pytest.mark.parametrize("page", ["lesson", "lesson_edit", "phrase_new", "lesson_import", "speaker_new"])
def test_pages_of_another_halls_lesson_are_not_found(desk, page):
    others = ResourceFactory(kind="lesson", channel=ChannelFactory(keeper_hall=HallFactory()))
    assert desk.get(url(page, others.pk)).status_code == 404


@pytest.mark.parametrize("page", ["phrase_edit", "phrase_move", "phrase_remove"])
def test_phrases_of_another_halls_lesson_are_not_found(desk, page):
    others = PhraseFactory(resource__channel=ChannelFactory(keeper_hall=HallFactory()))
    assert desk.post(url(page, others.pk)).status_code == 404


def test_lesson_new_starts_one_in_a_channel_of_the_hall(desk, hall):
    mine, _others = ChannelFactory(keeper_hall=hall), ChannelFactory(keeper_hall=HallFactory())
    form = desk.get(url("lesson_new")).context["form"]
    assert list(form.fields["channel"].queryset) == [mine]
    response = desk.post(
        url("lesson_new"),
        {"channel": mine.pk, "title": "绍兴话", "licence": "own", "rights_holder": "后仓村文化礼堂"},
    )
    lesson = Resource.objects.get()
    assert response.headers["Location"] == url("lesson", lesson.pk)
    assert (lesson.kind, lesson.channel, lesson.state) == ("lesson", mine, "draft")


def test_lesson_new_without_a_channel_says_whom_to_ask(desk):
    assert "请礼堂负责人在管理页先建一个由本礼堂管理的频道。" in desk.get(url("lesson_new")).content.decode()


def test_lesson_edit_of_a_published_one_says_why_not(desk, lesson):
    Resource.objects.update(state="published")
    response = desk.post(url("lesson_edit", lesson.pk), {"title": "改", "licence": "own"})
    assert response.context["form"].non_field_errors() == ["这节课现在是“已上架”，不能改。要改，请先退回草稿。"]
    lesson.refresh_from_db()
    assert lesson.title != "改"


def test_phrase_new_stores_the_recording_and_leads_to_the_next(desk, lesson, speaker):
    typed = {"words": "侬好", "gloss": "你好", "speaker": speaker.pk, "sound": recording(), "another": "1"}
    response = desk.post(url("phrase_new", lesson.pk), typed)
    assert response.headers["Location"] == url("phrase_new", lesson.pk)
    phrase = Phrase.objects.get()
    assert (phrase.words, phrase.audio.media_type, phrase.speaker) == ("侬好", "audio/webm", speaker)
    following = desk.get(url("phrase_new", lesson.pk)).context["form"]
    assert following["speaker"].value() == speaker.pk


def test_phrase_new_keeps_the_recording_while_the_rest_is_put_right(desk, lesson, speaker):
    typed = {"words": "", "gloss": "你好", "speaker": speaker.pk, "sound": recording()}
    refused = desk.post(url("phrase_new", lesson.pk), typed)
    kept = refused.context["form"]["kept"].value()
    assert Phrase.objects.count() == 0
    assert f'value="{kept}"' in refused.content.decode()
    desk.post(url("phrase_new", lesson.pk), {"words": "侬好", "gloss": "你好", "speaker": speaker.pk, "kept": kept})
    assert Phrase.objects.get().audio == StoredFile.objects.get()


def test_phrase_new_takes_no_file_somebody_made_up(desk, lesson, speaker):
    secret = StoredFileFactory(media_type="audio/webm")
    typed = {"words": "侬好", "gloss": "你好", "speaker": speaker.pk, "kept": str(secret.pk)}
    desk.post(url("phrase_new", lesson.pk), typed)
    assert Phrase.objects.get().audio is None


@pytest.mark.parametrize(
    ("sound", "has_speaker", "field", "sentence"),
    [
        (media.PDF, True, "sound", "这个文件是PDF 文件，这里要放"),
        (media.WEBM_AUDIO, False, "speaker", "有录音就要写是谁录的。"),
    ],
)
def test_phrase_new_says_what_is_wrong_with_a_recording(desk, lesson, speaker, sound, has_speaker, field, sentence):
    typed = {"words": "侬好", "gloss": "你好", "sound": recording(sound, "a.mp3")}
    typed |= {"speaker": speaker.pk} if has_speaker else {}
    response = desk.post(url("phrase_new", lesson.pk), typed)
    assert response.context["form"].errors[field][0].startswith(sentence)
    assert (Phrase.objects.count(), "你好" in response.content.decode()) == (0, True)


def test_phrase_edit_without_a_new_recording_keeps_the_old(desk, lesson, speaker):
    sound = StoredFileFactory(media_type="audio/wav")
    phrase = PhraseFactory(resource=lesson, speaker=speaker, audio=sound)
    response = desk.post(url("phrase_edit", phrase.pk), {"words": "吾", "gloss": "我", "speaker": speaker.pk})
    phrase.refresh_from_db()
    assert (response.headers["Location"], phrase.words, phrase.audio) == (url("lesson", lesson.pk), "吾", sound)


def test_phrase_pages_let_a_recording_be_heard_before_it_is_sent(desk, lesson):
    policy = desk.get(url("phrase_new", lesson.pk)).headers["Content-Security-Policy"]
    assert "media-src 'self' blob:" in policy
    assert "blob:" not in desk.get(url("lesson", lesson.pk)).headers["Content-Security-Policy"]


def test_phrase_moves_and_goes(desk, lesson):
    first, second = PhraseFactory(resource=lesson), PhraseFactory(resource=lesson)
    desk.post(url("phrase_move", second.pk), {"to": "up"})
    assert list(lesson.phrases.all()) == [second, first]
    assert desk.get(url("phrase_remove", first.pk)).status_code == 200
    assert lesson.phrases.count() == 2
    desk.post(url("phrase_remove", first.pk))
    assert list(lesson.phrases.all()) == [second]


def test_phrase_remove_of_a_published_lesson_says_why_not(desk, lesson):
    phrase = PhraseFactory(resource=lesson)
    Resource.objects.update(state="published")
    response = desk.post(url("phrase_remove", phrase.pk), {"next": url("lesson", lesson.pk)})
    assert response.headers["Location"] == url("lesson", lesson.pk)
    assert said(response) == ["这节课现在是“已上架”，不能改。要改，请先退回草稿。"]
    assert lesson.phrases.count() == 1


def test_lesson_import_says_how_much_went_in(desk, lesson):
    sent = {"sheet": SimpleUploadedFile("句子.xlsx", sheet_of(("侬好", "你好")).read())}
    response = desk.post(url("lesson_import", lesson.pk), sent)
    assert (said(response), lesson.phrases.count()) == (["导入好了：新加 1 句，改了 0 句。"], 1)


def test_lesson_import_lists_what_is_wrong_by_row(desk, lesson):
    sent = {"sheet": SimpleUploadedFile("句子.xlsx", sheet_of(("侬好", ""), ("", "我")).read())}
    page = desk.post(url("lesson_import", lesson.pk), sent).content.decode()
    assert "第 2 行：没有写“普通话意思”。" in page
    assert "第 3 行：没有写“方言怎么写”。" in page
    assert lesson.phrases.count() == 0


def test_lesson_import_of_a_broken_file_says_so(desk, lesson):
    response = desk.post(url("lesson_import", lesson.pk), {"sheet": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")})
    assert response.context["form"].non_field_errors() == ["表格打不开。请存成 .xlsx 再传。"]


def test_lesson_sheet_is_a_workbook_with_headings(desk):
    response = desk.get(url("lesson_sheet"))
    headings = next(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert headings == ("方言怎么写", "普通话意思", "注音", "录音文件", "录音的人", "说明")


def heard(client, phrase):
    response = client.get(url("phrase_sound", phrase.pk))
    return response.status_code, b"".join(response.streaming_content) if response.streaming else b""


def test_phrase_sound_is_for_halls_that_show_the_lesson_and_for_who_writes_it(client, desk, hall):
    sound = files.store(io.BytesIO(media.WAV))
    everybodys = ResourceFactory(kind="lesson")
    others = ResourceFactory(kind="lesson", channel=ChannelFactory(keeper_hall=HallFactory(), is_for_all=False))
    draft = ResourceFactory(kind="lesson", state="draft", channel=ChannelFactory(keeper_hall=hall))
    in_hall, elsewhere, own = (
        PhraseFactory(resource=lesson, audio=sound, speaker=SpeakerFactory(channel=lesson.channel))
        for lesson in (everybodys, others, draft)
    )
    assert heard(desk, in_hall) == (200, media.WAV)
    assert heard(desk, own) == (200, media.WAV)
    assert heard(desk, elsewhere)[0] == 404
    Resource.objects.filter(pk=everybodys.pk).update(state="withdrawn")
    assert heard(desk, in_hall)[0] == 404
    client.logout()
    assert client.get(url("phrase_sound", own.pk)).status_code == 302


def test_phrase_sound_of_somebody_who_did_not_agree_is_for_nobody_but_the_writer(desk):
    lesson = ResourceFactory(kind="lesson")
    unasked = SpeakerFactory(channel=lesson.channel, consent_given_on=None, consent_evidence="")
    phrase = PhraseFactory(resource=lesson, speaker=unasked, audio=files.store(io.BytesIO(media.WAV)))
    assert heard(desk, phrase)[0] == 404
