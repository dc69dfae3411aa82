"""Who takes unusually many places of a shared session."""

from datetime import timedelta

import pytest

from appointments.domain import bookings, hoarding, moves
from appointments.enums import SlotKind
from appointments.models import Appointment, ClinicSession, Slot, WaitlistEntry
from auditorium import clock
from auditorium.models import Region
from tests.appointments.factories import SlotFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def town(hall):
    code = f"{hall.region_id[:9]}000"
    return Region.objects.filter(pk=code).first() or Region.objects.create(code=code, name="示例镇", level="town")


@pytest.fixture
def slot(town):
    """Ten places of a session that the whole town shares."""
    return SlotFactory(session__allotted_hall=None, session__allotted_region=town, capacity=10)


def take(slot, hall, by, times):
    return [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=by) for _ in range(times)]


def warned(slot, user):
    share = hoarding.about_to_take(session=slot.session, user=user)
    return share and (share.taken, share.places)


def test_warned_is_who_is_about_to_take_more_than_half(hall, desk, slot):
    take(slot, hall, desk, 4)
    assert warned(slot, desk) is None
    take(slot, hall, desk, 1)
    assert warned(slot, desk) == (6, 10)
    assert warned(slot, desk_user(hall)) is None


def test_fewer_than_five_are_never_unusual(hall, desk, town):
    small = SlotFactory(session__allotted_hall=None, session__allotted_region=town, capacity=4)
    take(small, hall, desk, 3)
    assert warned(small, desk) is None


def test_five_are_unusual_where_they_are_more_than_half(hall, desk, town):
    said = {"session__allotted_hall": None, "session__allotted_region": town}
    nine, ten = SlotFactory(capacity=9, **said), SlotFactory(capacity=10, **said)
    for slot in (nine, ten):
        take(slot, hall, desk, 4)
    assert (warned(nine, desk), warned(ten, desk)) == ((5, 9), None)
    for slot in (nine, ten):
        take(slot, hall, desk, 1)
    sessions = [nine.session, ten.session]
    assert [share.taken for share in hoarding.shares_of(sessions).values()] == [5]
    assert list(hoarding.unusual(type(nine.session).objects.all())) == [nine.session]


def test_what_is_one_halls_own_is_theirs_to_take(hall, desk):
    own = SlotFactory(session__allotted_hall=hall, capacity=10)
    take(own, hall, desk, 9)
    assert warned(own, desk) is None
    assert hoarding.shares_of([own.session]) == {}


def test_places_cancelled_and_taken_again_count(hall, desk, slot):
    for made in take(slot, hall, desk, 5):
        bookings.cancel(appointment=made, by=desk)
    assert Slot.objects.get(pk=slot.pk).taken == 0
    assert warned(slot, desk) == (6, 10)


def test_a_move_inside_the_session_is_one_place(hall, desk, slot):
    later = SlotFactory(session=slot.session, starts_at=at(slot.session.date, 9), capacity=1, numbers=[[11, 11]])
    made = take(slot, hall, desk, 5)
    moves.move(appointment=made[0], slot=later, by=desk)
    assert warned(slot, desk) == (6, 11)


def test_places_from_the_queue_and_extra_ones_are_nobodys_hoard(hall, desk, slot):
    made = take(slot, hall, desk, 6)
    entry = WaitlistEntry.objects.create(
        villager=made[0].villager,
        hall=hall,
        department=slot.session.department,
        first_date=slot.session.date,
        last_date=slot.session.date,
        joined_at=clock.now(),
    )
    Appointment.objects.filter(pk__in=[row.pk for row in made[:2]]).update(waitlist_entry=entry)
    assert warned(slot, desk) is None
    Appointment.objects.update(waitlist_entry=None)
    assert warned(slot, desk) == (7, 10)
    Slot.objects.update(kind=SlotKind.EXTRA)
    assert warned(slot, desk) is None


def test_managers_see_who_took_most_in_two_queries(hall, desk, slot, town, django_assert_num_queries):
    other = SlotFactory(session__allotted_hall=None, session__allotted_region=town, capacity=10)
    take(slot, hall, desk, 6)
    take(other, hall, desk, 5)
    with django_assert_num_queries(2):
        found = hoarding.shares_of([slot.session, other.session])
    assert {pk: (share.name, share.taken, share.places) for pk, share in found.items()} == {
        slot.session_id: (desk.full_name, 6, 10)
    }
    assert list(hoarding.unusual(ClinicSession.objects.all())) == [slot.session]


def test_unusual_looks_only_at_what_is_to_come(hall, desk, slot):
    take(slot, hall, desk, 6)
    ClinicSession.objects.update(date=clock.today() - timedelta(days=1))
    assert list(hoarding.unusual(ClinicSession.objects.all())) == []


def test_asking_costs_two_queries_however_many_places(hall, desk, slot, django_assert_num_queries):
    take(slot, hall, desk, 2)
    with django_assert_num_queries(2):
        hoarding.about_to_take(session=slot.session, user=desk)
