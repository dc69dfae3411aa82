"""What is opened is counted at once; how far it got only grows; a villager finds the place again."""

from datetime import timedelta

import pytest

from auditorium import clock
from auditorium.domain import timeline, visits
from auditorium.domain.library import use as uses
from auditorium.domain.library.use import open_resource, place_of, progress
from auditorium.enums import MatterKind
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, UsePlace
from auditorium.models import HallResource, Matter, ReadingPlace, ResourceUse, Visit
from tests.factories import HallFactory, ResourceFactory, ResourceFileFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


@pytest.fixture
def book():
    return ResourceFactory()


@pytest.fixture
def opened(book, hall, user, villager):
    """Opened for the villager, ten minutes ago."""
    use = open_resource(resource=book, hall=hall, by=user, villager=villager)
    ago = clock.now() - timedelta(minutes=10)
    ResourceUse.objects.update(started_at=ago, last_at=ago)
    return ResourceUse.objects.get(pk=use.pk)


def test_opening_is_written_down_for_whom_it_is(book, hall, user, villager):
    named = open_resource(resource=book, hall=hall, by=user, villager=villager)
    group = open_resource(resource=book, hall=hall, by=user, people=12, place=UsePlace.DISPLAY)
    nobody = open_resource(resource=book, hall=hall, by=user)
    assert [(use.villager, use.people, use.place, use.opened_by) for use in (named, group, nobody)] == [
        (villager, 1, "desk", user),
        (None, 12, "display", user),
        (None, 1, "desk", user),
    ]
    with pytest.raises(DeskError):
        open_resource(resource=book, hall=hall, by=user, villager=villager, people=2)


def test_opening_is_counted_for_its_hall(book, hall, user):
    for _each in range(3):
        open_resource(resource=book, hall=hall, by=user)
    open_resource(resource=book, hall=HallFactory(), by=user)
    assert HallResource.objects.filter(hall=hall, resource=book).values_list("times", flat=True).get() == 3
    latest = ResourceUse.objects.filter(hall=hall).latest("started_at").started_at
    assert HallResource.objects.get(hall=hall).last_used_at == latest


def test_opening_ticks_what_the_villager_came_for_once(book, hall, user, villager):
    visit = visits.arrive(hall=hall, by=user, villager=villager, matters=[MatterKind.RESOURCE])
    visits.serve(visit=visit, by=user)
    for _each in range(2):
        use = open_resource(resource=book, hall=hall, by=user, villager=villager)
    matter = Matter.objects.get()
    assert (matter.kind, matter.done_at is None, matter.about_id) == ("resource", False, use.pk - 1)
    assert Visit.objects.get().state == "serving"


def test_progress_keeps_time_reach_and_place(opened, book):
    part = ResourceFileFactory(resource=book)
    progress(use=opened, position=300, seconds=90, file=part, locator={"n": 2, "share": 400})
    use, place = ResourceUse.objects.get(), ReadingPlace.objects.get()
    assert (use.seconds, use.position, use.completed_at) == (90, 300, None)
    assert (place.file, place.locator, place.position) == (part, {"n": 2, "share": 400}, 300)
    assert place_of(use) == place


def test_progress_told_twice_or_late_takes_nothing_back(opened):
    progress(use=opened, position=300, seconds=90, locator={"n": 3})
    progress(use=opened, position=300, seconds=90, locator={"n": 3})
    progress(use=opened, position=100, seconds=45, locator={"n": 1})
    use = ResourceUse.objects.get()
    assert (use.seconds, use.position) == (90, 300)
    assert ReadingPlace.objects.get().locator == {"n": 1}


def test_progress_counts_no_more_time_than_went_by(opened):
    assert 600 <= progress(use=opened, position=0, seconds=5000).seconds <= 660


def test_progress_of_a_page_without_scripts_counts_up_to_ten_minutes(opened):
    ResourceUse.objects.update(
        started_at=opened.started_at - timedelta(hours=1), last_at=clock.now() - timedelta(hours=1)
    )
    assert progress(use=opened, position=0).seconds == 600
    ResourceUse.objects.update(last_at=clock.now() - timedelta(seconds=30))
    assert 630 <= progress(use=opened, position=0).seconds <= 640


def test_progress_to_the_end_is_completion_once(opened):
    assert progress(use=opened, position=uses.DONE_FROM - 1).completed_at is None
    done = progress(use=opened, position=uses.DONE_FROM).completed_at
    assert done is not None
    assert progress(use=opened, position=1000).completed_at == done


def test_whoever_came_to_the_end_begins_anew(opened):
    progress(use=opened, position=500, locator={"n": 3})
    progress(use=opened, position=1000)
    assert place_of(opened) is None
    assert ReadingPlace.objects.get().locator == {"n": 3}


def test_place_is_kept_for_villagers_only(book, hall, user):
    use = open_resource(resource=book, hall=hall, by=user)
    progress(use=use, position=500, locator={"n": 3})
    assert (place_of(use), ReadingPlace.objects.count()) == (None, 0)


def test_captions_belong_to_the_part_of_their_order(book):
    first, second = (ResourceFileFactory(resource=book, order=n) for n in (1, 2))
    captions = ResourceFileFactory(resource=book, role=FileRole.CAPTIONS, order=2)
    assert uses.beside(first, FileRole.CAPTIONS, of=2) == []
    assert uses.beside(second, FileRole.CAPTIONS, of=2) == [captions]
    assert uses.beside(first, FileRole.CAPTIONS, of=1) == [captions]
    assert uses.parts(book) == [first, second]


def test_timeline_shows_what_was_read_once_a_day(opened, book, villager, user, hall):
    progress(use=opened, position=420)
    later = open_resource(resource=book, hall=hall, by=user, villager=villager)
    progress(use=later, position=1000)
    entries = [entry for entry in timeline.of(villager=villager, user=user).past if book.title in entry.title]
    assert [(entry.title, entry.detail, entry.state) for entry in entries] == [(f"图书：{book.title}", "", "看完了")]


def test_timeline_is_silent_of_halls_out_of_scope(opened, book, villager):
    stranger = desk_user(HallFactory())
    found = timeline.of(villager=villager, user=stranger)
    assert [entry for entry in found.past if book.title in entry.title] == []
