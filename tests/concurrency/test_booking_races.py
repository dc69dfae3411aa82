"""Many desks after few places. Each race has a control that goes wrong when the guard is out."""

import threading
from datetime import timedelta
from functools import partial
from unittest import mock

import pytest

from appointments.domain import bookings, places_given, slots
from appointments.enums import AppointmentSource, AppointmentState
from appointments.errors import AlreadyBooked, SlotFull
from appointments.models import Appointment
from auditorium import clock, references
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, at, bookable_villager
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, desk_user

DESKS = 64
PLACES = 30

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def outcomes(results):
    """How many of each kind of result."""
    kinds = [type(result).__name__ for result in results]
    return {kind: kinds.count(kind) for kind in set(kinds)}


def test_book_never_oversells_a_slot(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall, capacity=PLACES)
    villagers = [bookable_villager(hall) for _ in range(DESKS)]
    results = at_once([partial(bookings.book, slot=slot, villager=v, hall=hall, by=desk) for v in villagers])
    slot.refresh_from_db()
    assert outcomes(results) == {"Appointment": PLACES, "SlotFull": DESKS - PLACES}
    assert slot.taken == PLACES
    assert sorted(Appointment.objects.values_list("number", flat=True)) == list(range(1, PLACES + 1))


def test_book_control_look_then_write_oversells(hall, desk):
    """Without the claiming statement the same callers take more places than there are."""
    slot = SlotFactory(session__allotted_hall=hall, capacity=PLACES)
    villagers = [bookable_villager(hall) for _ in range(DESKS)]
    all_have_looked = threading.Barrier(DESKS)

    def look_then_write(villager):
        free = PLACES - Appointment.objects.occupying().filter(slot=slot).count()
        all_have_looked.wait(30)
        if free <= 0:
            raise SlotFull("full")
        return Appointment.objects.create(
            reference=references.new_reference(),
            source=AppointmentSource.SCHEDULE,
            state=AppointmentState.BOOKED,
            villager=villager,
            hall=hall,
            slot=slot,
            session=slot.session,
            hospital=slot.session.department.hospital,
            department=slot.session.department,
            date=slot.session.date,
            starts_at=slot.starts_at,
            booked_by=desk,
            booked_at=clock.now(),
        )

    at_once([partial(look_then_write, villager) for villager in villagers])
    assert Appointment.objects.occupying().count() == DESKS


def test_book_control_without_the_guard_the_constraint_still_holds(hall, desk):
    """The claim without `taken < capacity` is stopped by the database, as an error instead of a sentence."""
    slot = SlotFactory(session__allotted_hall=hall, capacity=3)
    unguarded = slots.CLAIM.replace("AND taken < capacity", "")
    villagers = [bookable_villager(hall) for _ in range(8)]
    with mock.patch.object(slots, "CLAIM", unguarded):
        results = at_once([partial(bookings.book, slot=slot, villager=v, hall=hall, by=desk) for v in villagers])
    assert outcomes(results) == {"Appointment": 3, "IntegrityError": 5}


def two_sessions_of_one_department(hall):
    """A morning and an afternoon of the same department and day, a slot each."""
    morning = SlotFactory(session__allotted_hall=hall)
    afternoon = ClinicSessionFactory(
        department=morning.session.department, date=morning.session.date, period="afternoon", allotted_hall=hall
    )
    return morning, SlotFactory(session=afternoon, starts_at=at(afternoon.date, 14))


def test_two_desks_booking_one_villager_keep_the_limit(hall, desk):
    both = two_sessions_of_one_department(hall)
    villager = bookable_villager(hall)
    results = at_once([partial(bookings.book, slot=slot, villager=villager, hall=hall, by=desk) for slot in both])
    assert outcomes(results) == {"Appointment": 1, "AlreadyBooked": 1}
    assert isinstance(next(r for r in results if isinstance(r, Exception)), AlreadyBooked)


@pytest.mark.postgres
def test_two_desks_control_without_the_villagers_lock_both_get_in(hall, desk):
    """SQLite lets one writer in at a time, so only PostgreSQL can show what the lock is for."""
    both = two_sessions_of_one_department(hall)
    villager = bookable_villager(hall)
    both_have_counted = threading.Barrier(2)
    claim = slots.claim

    def claim_when_both_have_counted(slot_id):
        both_have_counted.wait(30)
        return claim(slot_id)

    with (
        mock.patch.object(places_given, "lock_villager", lambda pk: type(villager).objects.get(pk=pk)),
        mock.patch.object(slots, "claim", claim_when_both_have_counted),
    ):
        results = at_once([partial(bookings.book, slot=slot, villager=villager, hall=hall, by=desk) for slot in both])
    assert outcomes(results) == {"Appointment": 2}


def test_booking_and_cancelling_at_once_keeps_count_and_numbers(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall, capacity=10)
    booked = [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(10)]
    newcomers = [bookable_villager(hall) for _ in range(20)]
    calls = [partial(bookings.cancel, appointment=a, by=desk) for a in booked[:6]]
    calls += [partial(bookings.book, slot=slot, villager=v, hall=hall, by=desk) for v in newcomers]
    results = at_once(calls)
    assert set(outcomes(results)) <= {"Appointment", "SlotFull"}
    slot.refresh_from_db()
    numbers = list(Appointment.objects.occupying().filter(slot=slot).values_list("number", flat=True))
    assert slot.taken == len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(1, 11))


def test_two_desks_cancelling_one_booking_give_one_place_back(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall)
    first, _second = (bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(2))
    results = at_once([partial(bookings.cancel, appointment=first, by=desk)] * 2)
    slot.refresh_from_db()
    assert (outcomes(results), slot.taken) == ({"Appointment": 1, "NotLive": 1}, 1)


def test_adding_places_while_desks_book_gives_every_number_once(hall, desk):
    day = clock.today() + timedelta(days=5)
    slot = SlotFactory(session__allotted_hall=hall, session__date=day, capacity=5)
    calls = [partial(bookings.book, slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(20)]
    calls += [partial(slots.set_capacity, slot=slot, capacity=11, by=desk)] * 3
    at_once(calls)
    slot.refresh_from_db()
    numbers = list(Appointment.objects.values_list("number", flat=True))
    assert slot.capacity == 11
    assert slot.taken == len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(1, 12))
