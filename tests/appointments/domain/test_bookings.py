"""Booking and cancelling a place, one caller at a time."""

import uuid
from datetime import timedelta

import pytest

from appointments.domain import acknowledgements, bookings, slots
from appointments.enums import AppointmentState, HospitalKnows, SessionState
from appointments.errors import (
    AlreadyBooked,
    CapacityBelowTaken,
    KeyReused,
    NotLive,
    SlotFull,
    SlotNotOffered,
    TooLateToCancel,
    VillagerNotReady,
)
from appointments.models import Appointment, BookingPolicy
from auditorium import clock
from auditorium.enums import FollowUpKind, IdentityKind, ReminderPurpose
from auditorium.models import AuditEntry, FollowUp, Reminder
from tests.appointments.factories import (
    ClinicSessionFactory,
    HospitalFactory,
    SlotFactory,
    at,
    bookable_villager,
    reachable_villager,
)
from tests.factories import HallFactory, RegionFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def slot(hall):
    return SlotFactory(session__allotted_hall=hall)


def book(slot, hall, desk, villager=None, **kwargs):
    return bookings.book(slot=slot, villager=villager or bookable_villager(hall), hall=hall, by=desk, **kwargs)


def test_book_gives_a_place_a_number_and_a_reference(slot, hall, desk):
    appointment = book(slot, hall, desk)
    slot.refresh_from_db()
    assert (appointment.state, appointment.number, slot.taken) == (AppointmentState.BOOKED, 1, 1)
    assert (appointment.date, appointment.starts_at, appointment.fee) == (
        slot.session.date,
        slot.starts_at,
        slot.session.fee,
    )
    assert AuditEntry.objects.of("appointment", appointment.pk).get().action == "booked"


def test_book_plans_what_is_owed_in_the_same_transaction(slot, hall, desk):
    appointment = book(slot, hall, desk, reachable_villager(hall))
    owed = Reminder.objects.about("appointment", appointment.pk).values_list("purpose", flat=True)
    assert set(owed) == {ReminderPurpose.CONFIRMATION, ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY}


def test_book_gives_numbers_in_order_and_a_freed_one_again(slot, hall, desk):
    first, second = (book(slot, hall, desk) for _ in range(2))
    bookings.cancel(appointment=first, by=desk)
    third, fourth = (book(slot, hall, desk) for _ in range(2))
    assert [a.number for a in (first, second, third, fourth)] == [1, 2, 1, 3]
    assert third.reference != first.reference


def test_book_refuses_a_full_slot(slot, hall, desk):
    for _ in range(3):
        book(slot, hall, desk)
    with pytest.raises(SlotFull):
        book(slot, hall, desk)
    assert Appointment.objects.count() == 3


@pytest.mark.parametrize("change", [{"is_open": False}, {"session__state": SessionState.SUSPENDED}])
def test_book_refuses_a_closed_slot_and_a_suspended_session(hall, desk, change):
    slot = SlotFactory(session__allotted_hall=hall, **change)
    with pytest.raises(SlotNotOffered):
        book(slot, hall, desk)


@pytest.mark.parametrize("days", [0, 15])
def test_book_refuses_what_lies_outside_the_window(hall, desk, days):
    slot = SlotFactory(session__allotted_hall=hall, session__date=clock.today() + timedelta(days=days))
    with pytest.raises(SlotNotOffered):
        book(slot, hall, desk)


def test_book_takes_the_hospitals_own_window(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall, session__date=clock.today() + timedelta(days=20))
    BookingPolicy.objects.create(hospital=slot.session.department.hospital, window_days=28)
    assert book(slot, hall, desk).state == AppointmentState.BOOKED


def test_book_stops_at_the_time_of_the_day_before(hall, desk, time_machine):
    day = clock.today() + timedelta(days=5)
    slot = SlotFactory(session__allotted_hall=hall, session__date=day)
    villagers = [bookable_villager(hall) for _ in range(2)]
    time_machine.move_to(at(day - timedelta(days=1), 15, 59), tick=False)
    book(slot, hall, desk, villagers[0])
    time_machine.move_to(at(day - timedelta(days=1), 16), tick=False)
    with pytest.raises(SlotNotOffered):
        book(slot, hall, desk, villagers[1])


def test_book_refuses_places_allotted_to_another_hall(slot, hall):
    other = HallFactory()
    with pytest.raises(SlotNotOffered):
        book(slot, other, desk_user(other))


def test_book_takes_places_allotted_to_a_region_around_the_hall(hall, desk):
    county = RegionFactory(code=hall.region_id[:6] + "000000", level="county", name="柯桥区")
    session = ClinicSessionFactory(allotted_hall=None, allotted_region=county)
    assert book(SlotFactory(session=session), hall, desk).hall == hall


def test_book_needs_an_identity(slot, hall, desk):
    with pytest.raises(VillagerNotReady):
        book(slot, hall, desk, VillagerFactory(registered_at=hall))


def test_book_needs_consent(slot, hall, desk):
    villager = bookable_villager(hall)
    villager.consents.update(withdrawn_at=clock.now())
    with pytest.raises(VillagerNotReady):
        book(slot, hall, desk, villager)


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_book_refuses_who_is_gone(slot, hall, desk, field):
    villager = bookable_villager(hall, **{field: clock.today()})
    with pytest.raises(VillagerNotReady):
        book(slot, hall, desk, villager)


def test_book_allows_one_per_department_and_day(slot, hall, desk):
    villager = bookable_villager(hall)
    first = book(slot, hall, desk, villager)
    afternoon = ClinicSessionFactory(
        department=slot.session.department, date=slot.session.date, period="afternoon", allotted_hall=hall
    )
    later = SlotFactory(session=afternoon, starts_at=at(afternoon.date, 14))
    with pytest.raises(AlreadyBooked) as refusal:
        book(later, hall, desk, villager)
    assert first.reference in refusal.value.sentence
    bookings.cancel(appointment=first, by=desk)
    assert book(later, hall, desk, villager).number == 1


def test_book_allows_two_a_day_where_the_hospital_does_but_never_one_session_twice(slot, hall, desk):
    BookingPolicy.objects.create(hospital=slot.session.department.hospital, one_per_department_and_day=False)
    villager = bookable_villager(hall)
    book(slot, hall, desk, villager)
    with pytest.raises(AlreadyBooked):
        book(slot, hall, desk, villager)


def test_book_again_with_its_key_gives_the_same_appointment(slot, hall, desk):
    key, villager = uuid.uuid4(), bookable_villager(hall)
    assert book(slot, hall, desk, villager, key=key) == book(slot, hall, desk, villager, key=key)
    assert Appointment.objects.count() == 1


def test_book_refuses_a_key_used_for_somebody_else(slot, hall, desk):
    key = uuid.uuid4()
    book(slot, hall, desk, key=key)
    with pytest.raises(KeyReused):
        book(slot, hall, desk, key=key)


def test_book_says_nothing_to_another_user_with_the_same_key(slot, hall, desk):
    key = uuid.uuid4()
    assert book(slot, hall, desk, key=key) != book(slot, hall, desk_user(hall), key=key)


def test_cancel_gives_the_place_back_and_silences(slot, hall, desk):
    appointment = bookings.cancel(appointment=book(slot, hall, desk), by=desk, why="不想去了")
    slot.refresh_from_db()
    assert (appointment.state, slot.taken) == (AppointmentState.CANCELLED_BY_VILLAGER, 0)
    planned = Reminder.objects.about("appointment", appointment.pk).filter(state="planned")
    assert list(planned.exclude(purpose=ReminderPurpose.CANCELLED)) == []


def test_cancel_twice_gives_the_place_back_once(slot, hall, desk):
    appointment = book(slot, hall, desk)
    book(slot, hall, desk)
    bookings.cancel(appointment=appointment, by=desk)
    with pytest.raises(NotLive):
        bookings.cancel(appointment=appointment, by=desk)
    slot.refresh_from_db()
    assert slot.taken == 1


def test_cancel_ends_at_the_deadline_and_says_whom_to_phone(slot, hall, desk, time_machine):
    appointment = book(slot, hall, desk)
    time_machine.move_to(at(slot.session.date - timedelta(days=1), 15), tick=False)
    with pytest.raises(TooLateToCancel) as refusal:
        bookings.cancel(appointment=appointment, by=desk)
    assert "0575 8400 1234" in refusal.value.sentence
    assert "每天 8:00–17:00" in refusal.value.sentence


def test_acknowledge_settles_what_the_hospital_was_asked(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall, session__department__hospital=HospitalFactory(acknowledges=True))
    appointment = book(slot, hall, desk)
    assert appointment.awaits_hospital is True
    assert acknowledgements.acknowledge(appointments=Appointment.objects.all(), by=desk) == 1
    appointment.refresh_from_db()
    assert appointment.hospital_knows == HospitalKnows.ACKNOWLEDGED
    assert acknowledgements.acknowledge(appointments=Appointment.objects.all(), by=desk) == 0


def test_acknowledge_refused_gives_the_place_back_and_somebody_the_task_to_rebook(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall, session__department__hospital=HospitalFactory(acknowledges=True))
    appointment = book(slot, hall, desk)
    assert acknowledgements.acknowledge(appointments=Appointment.objects.all(), by=desk, accepted=False) == 1
    appointment.refresh_from_db()
    slot.refresh_from_db()
    assert (appointment.state, appointment.hospital_knows, slot.taken) == ("cancelled_by_clinic", "refused", 0)
    assert FollowUp.objects.open().get(kind=FollowUpKind.REBOOK).villager == appointment.villager
    owed = Reminder.objects.live().about("appointment", appointment.pk)
    assert list(owed.values_list("purpose", flat=True)) == [ReminderPurpose.CANCELLED]


def test_added_places_take_numbers_after_the_sessions_last(hall, desk):
    early = SlotFactory(session__allotted_hall=hall, capacity=1)
    SlotFactory(session=early.session, starts_at=at(early.session.date, 9), capacity=1, numbers=[[2, 2]])
    slots.set_capacity(slot=early, capacity=3, by=desk)
    assert [book(early, hall, desk).number for _ in range(3)] == [1, 3, 4]


def test_removed_places_are_the_highest_free_and_never_a_booked_one(slot, hall, desk):
    first = book(slot, hall, desk)
    for _ in range(2):
        book(slot, hall, desk)
    bookings.cancel(appointment=first, by=desk)
    smaller = slots.set_capacity(slot=slot, capacity=2, by=desk)
    assert smaller.numbers == [[2, 3]]
    with pytest.raises(CapacityBelowTaken):
        slots.set_capacity(slot=slot, capacity=1, by=desk)


def test_identity_told_but_not_seen_may_be_booked(slot, hall, desk):
    villager = bookable_villager(hall)
    villager.identity_kind = IdentityKind.RESIDENT_ID_TOLD
    villager.save()
    assert book(slot, hall, desk, villager).number == 1
