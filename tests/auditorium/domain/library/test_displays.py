"""A second screen plays what the desk sends, is empty when nothing plays, and knows nothing of anybody."""

import io
from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain.library import displays, files
from auditorium.domain.library.displays import NoSuchCodeError
from auditorium.errors import DeskError
from auditorium.models import AuditEntry, CourseItem, Display, Resource, ResourceUse
from tests import media
from tests.factories import (
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    ResourceFileFactory,
    SpeakerFactory,
    StoredFileFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def by(hall):
    return desk_user(hall)


@pytest.fixture
def screen(hall, by):
    """A paired screen and its token."""
    waiting, token = displays.begin()
    displays.pair(code=waiting.code, name="大厅电视", hall=hall, by=by)
    return displays.known_by(token), token


def opera(parts=2):
    resource = ResourceFactory(kind="opera")
    for order in range(1, parts + 1):
        ResourceFileFactory(resource=resource, order=order, file__media_type="audio/mpeg")
    return resource


def shown(token):
    display = displays.known_by(token)
    return display.use and (display.use.resource, display.part and display.part.order, display.is_playing)


def test_begin_keeps_only_the_hash_of_the_token():
    waiting, token = displays.begin()
    assert displays.known_by(token) == waiting
    assert (len(waiting.code), waiting.code.isdecimal(), waiting.hall) == (6, True, None)
    assert token not in {str(value) for value in Display.objects.values().get().values()}
    assert displays.known_by("") is displays.known_by("x" * 43) is None


def test_begin_drops_codes_that_ran_out_and_refuses_when_very_many_wait(monkeypatch):
    monkeypatch.setattr(displays, "MOST_WAITING", 2)
    displays.begin()
    displays.begin()
    with pytest.raises(DeskError):
        displays.begin()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        latest, _token = displays.begin()
    assert list(Display.objects.all()) == [latest]


def test_pair_makes_it_the_halls_once(hall, by):
    waiting, token = displays.begin()
    displays.pair(code=waiting.code, name="大厅电视", hall=hall, by=by)
    paired = displays.known_by(token)
    assert (paired.hall, paired.name, paired.code, paired.paired_by) == (hall, "大厅电视", "", by)
    assert AuditEntry.objects.of("display", paired.pk).get().action == "display_paired"
    with pytest.raises(NoSuchCodeError):
        displays.pair(code=waiting.code, name="别的", hall=HallFactory(), by=by)


def test_pair_refuses_a_code_that_ran_out(hall, by):
    waiting, token = displays.begin()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        with pytest.raises(NoSuchCodeError):
            displays.pair(code=waiting.code, name="大厅电视", hall=hall, by=by)
        assert displays.known_by(token) is None


def test_unpaired_screen_is_known_no_longer(screen, by):
    display, token = screen
    displays.unpair(display=display, by=by)
    assert displays.known_by(token) is None


def test_send_counts_a_use_at_the_screen_of_nobody(screen, hall, by):
    display, token = screen
    resource = opera()
    displays.send(display=display, resource=resource, by=by)
    use = ResourceUse.objects.get()
    assert (use.place, use.villager, use.people, use.hall, use.opened_by) == ("display", None, 1, hall, by)
    assert shown(token) == (resource, 1, True)


@pytest.mark.parametrize(
    ("kind", "sentence"), [("printed_book", "这一种不能放到大屏上。"), ("audio", "里面还没有可以放的内容。")]
)
def test_send_refuses_what_does_not_play(screen, by, kind, sentence):
    with pytest.raises(DeskError) as refusal:
        displays.send(display=screen[0], resource=ResourceFactory(kind=kind), by=by)
    assert (refusal.value.sentence, ResourceUse.objects.count()) == (sentence, 0)


def test_step_goes_on_and_back_and_ends_after_the_last(screen, by):
    display, token = screen
    resource = opera()
    displays.send(display=display, resource=resource, by=by)
    displays.step(display=display, by=1)
    assert shown(token) == (resource, 2, True)
    displays.step(display=display, by=-1)
    displays.step(display=display, by=-1)
    assert shown(token) == (resource, 1, True)
    displays.step(display=display, by=1)
    displays.step(display=display, by=1)
    assert shown(token) is None
    assert ResourceUse.objects.get().completed_at is not None


def test_end_of_a_piece_said_late_changes_nothing(screen, by):
    display, token = screen
    resource = opera(3)
    version = displays.send(display=display, resource=resource, by=by).version
    displays.step(display=display, by=1, ended=version)
    displays.step(display=display, by=1, ended=version)
    assert shown(token) == (resource, 2, True)


def book(content, title="三字经", **kwargs):
    resource = ResourceFactory(kind="book", title=title, **kwargs)
    ResourceFileFactory(resource=resource, file=files.store(io.BytesIO(content)))
    return resource


def opened_at(token):
    display = displays.known_by(token)
    return display.use and (display.part.resource.title, display.chapter, display.leaf)


@pytest.mark.usefixtures("library_folder")
def test_book_is_turned_by_the_desk_to_its_end(screen, by):
    display, token = screen
    displays.send(display=display, resource=book(media.epub({"一": "<p>人之初</p>", "二": "<p>性本善</p>"})), by=by)
    assert (opened_at(token), displays.known_by(token).is_playing) == (("三字经", 0, 0), False)
    displays.turn(display=display, by=-1)
    assert opened_at(token) == ("三字经", 0, 0)
    displays.turn(display=display, by=1)
    assert opened_at(token) == ("三字经", 1, 0)
    assert ResourceUse.objects.get().position == 500
    displays.turn_to(display=display, chapter=0)
    assert opened_at(token) == ("三字经", 0, 0)
    displays.turn_to(display=display, chapter=1)
    displays.play(display=display)
    assert displays.known_by(token).is_playing is False
    displays.turn(display=display, by=1)
    assert (opened_at(token), ResourceUse.objects.get().position) == (None, 1000)


@pytest.mark.usefixtures("library_folder")
def test_book_that_cannot_be_opened_changes_nothing_on_the_screen(screen, by):
    display, token = screen
    displays.send(display=display, resource=opera(), by=by)
    lost = book(media.epub())
    files.storage().delete(lost.files.get().file.path)
    with pytest.raises(DeskError) as refusal:
        displays.send(display=display, resource=lost, by=by)
    assert refusal.value.sentence == "这本书的文件找不到了，请找管理员重新上传。"
    assert (shown(token)[2], ResourceUse.objects.count()) == (True, 1)


@pytest.mark.usefixtures("library_folder")
def test_page_another_desk_turned_to_meanwhile_stays(screen, by, monkeypatch):
    display, token = screen
    chapters = {"一": "<p>人之初</p>", "二": "<p>性本善</p>", "三": "<p>性相近</p>"}
    displays.send(display=display, resource=book(media.epub(chapters)), by=by)
    beyond = displays.leaves.beyond

    def meanwhile(*args, **kwargs):
        there = beyond(*args, **kwargs)
        monkeypatch.setattr(displays.leaves, "beyond", beyond)
        displays.turn_to(display=display, chapter=2)
        return there

    monkeypatch.setattr(displays.leaves, "beyond", meanwhile)
    displays.turn(display=display, by=1)
    assert opened_at(token) == ("三字经", 2, 0)


@pytest.mark.usefixtures("library_folder")
def test_page_stands_for_half_an_hour_and_no_longer(screen, by):
    display, token = screen
    displays.send(display=display, resource=book(media.epub()), by=by)
    begun = clock.now()
    with time_machine.travel(begun + timedelta(minutes=29)):
        assert opened_at(token) is not None
    with time_machine.travel(begun + timedelta(minutes=31)):
        assert opened_at(token) is None


@pytest.mark.usefixtures("library_folder")
def test_course_is_shown_step_by_step_as_far_as_the_hall_may(screen, by):
    display, token = screen
    course = ResourceFactory(kind="course", title="跟着学")
    steps = [book(media.epub()), opera(), opera(1), ResourceFactory(kind="link", url="https://example.org/")]
    for order, step in enumerate(steps):
        CourseItem.objects.create(course=course, resource=step, order=order)
    Resource.objects.filter(pk=steps[2].pk).update(state="withdrawn")
    displays.send(display=display, resource=course, by=by)
    seen = []
    while displays.known_by(token).use:
        part = displays.known_by(token).part
        seen.append((steps.index(part.resource), part.order))
        displays.step(display=display, by=1)
    assert seen == [(0, 1), (1, 1), (1, 2)]
    assert ResourceUse.objects.get().resource == course


def test_captions_are_those_of_the_part_that_plays(screen, by):
    display, token = screen
    resource = opera()
    first, second = (
        ResourceFileFactory(resource=resource, role="captions", order=order, file__media_type="text/vtt")
        for order in (1, 2)
    )
    displays.send(display=display, resource=resource, by=by)
    assert displays.captions(displays.known_by(token)) == first
    displays.step(display=display, by=1)
    assert displays.captions(displays.known_by(token)) == second


def test_lesson_is_played_phrase_by_phrase_without_those_who_did_not_agree(screen, by):
    display, token = screen
    lesson = ResourceFactory(kind="lesson")
    agreed = SpeakerFactory(channel=lesson.channel)
    unasked = SpeakerFactory(channel=lesson.channel, consent_given_on=None, consent_evidence="")
    for words, speaker in (("偌好", agreed), ("弗", unasked), ("来哉", agreed)):
        PhraseFactory(resource=lesson, words=words, speaker=speaker, audio=StoredFileFactory(media_type="audio/wav"))
    displays.send(display=display, resource=lesson, by=by)
    assert displays.known_by(token).phrase.words == "偌好"
    displays.step(display=display, by=1)
    assert displays.known_by(token).phrase.words == "来哉"


def test_pause_play_and_stop_are_new_versions(screen, by):
    display, token = screen
    resource = opera()
    displays.send(display=display, resource=resource, by=by)
    seen = [displays.known_by(token).version]
    for act, state in ((displays.pause, False), (displays.play, True)):
        act(display=display)
        assert shown(token) == (resource, 1, state)
        seen.append(displays.known_by(token).version)
    displays.stop(display=display)
    seen.append(displays.known_by(token).version)
    assert (shown(token), len(set(seen))) == (None, 4)


def test_screen_is_emptied_when_nothing_played_for_a_while(screen, by):
    display, token = screen
    displays.send(display=display, resource=opera(), by=by)
    displays.pause(display=display)
    begun = clock.now()
    with time_machine.travel(begun + timedelta(minutes=9)):
        assert shown(token) is not None
    with time_machine.travel(begun + timedelta(minutes=11)):
        version = Display.objects.get().version
        assert shown(token) is None
        assert (Display.objects.get().use, Display.objects.get().version) == (None, version + 1)


def test_playing_is_not_idle(screen, by):
    display, token = screen
    displays.send(display=display, resource=opera(), by=by)
    begun = clock.now()
    for minutes in (8, 16, 24):
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            displays.still_plays(display=display)
            assert shown(token) is not None


def test_screen_is_seen_while_it_asks(screen):
    _display, token = screen
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert displays.is_seen(Display.objects.get()) is False
        displays.known_by(token)
        assert displays.is_seen(Display.objects.get()) is True


def test_asking_again_and_again_writes_nothing(screen, django_assert_num_queries):
    with django_assert_num_queries(1):
        displays.known_by(screen[1])


def test_of_hall_reads_all_screens_at_once(screen, hall, by, django_assert_num_queries):
    resource = opera()
    displays.send(display=screen[0], resource=resource, by=by)
    with django_assert_num_queries(1):
        assert [row.use.resource for row in displays.of_hall(hall)] == [resource]
