"""候补: who may wait, where they stand, who gets what comes free, and what ends it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import bookings, offers, queues, suspensions, turns, waitlist
from appointments.enums import AppointmentState, Period, WaitlistState
from appointments.errors import AlreadyWaiting, NothingToWaitFor, NotLive, OfferOver, QueueFirst, VillagerNotReady
from appointments.models import Appointment, BookingPolicy, WaitlistEntry
from auditorium import clock
from auditorium.enums import ReminderPurpose
from auditorium.models import FollowUp, Reminder
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    SlotFactory,
    at,
    bookable_villager,
)
from tests.factories import HallFactory, RegionFactory, desk_user
from tests.outbox import at as moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(moment("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def slot(hall):
    """One place, five days ahead."""
    return SlotFactory(session__allotted_hall=hall, capacity=1)


@pytest.fixture
def booked(slot, hall, desk):
    return book(slot, hall, desk)


def book(slot, hall, desk, villager=None):
    return bookings.book(slot=slot, villager=villager or bookable_villager(hall), hall=hall, by=desk)


def join(slot, hall, desk, villager=None, **kwargs):
    session = slot.session
    days = {"first_date": session.date, "last_date": session.date}
    villager = villager or bookable_villager(hall)
    return waitlist.join(villager=villager, department=session.department, hall=hall, by=desk, **days | kwargs)


def cancel(appointment, desk):
    bookings.cancel(appointment=appointment, by=desk)


def state(row):
    row.refresh_from_db()
    return row.state


def test_join_is_refused_while_there_are_places_or_never_will_be(slot, hall, desk):
    with pytest.raises(NothingToWaitFor):
        join(slot, hall, desk)
    book(slot, hall, desk)
    with pytest.raises(NothingToWaitFor):
        join(
            slot, hall, desk, first_date=clock.today() + timedelta(days=7), last_date=clock.today() + timedelta(days=8)
        )
    assert join(slot, hall, desk).state == WaitlistState.WAITING


def test_join_is_refused_where_the_hospital_has_no_waitlist(slot, hall, desk, booked):
    BookingPolicy.objects.create(hospital=slot.session.department.hospital, waitlist=False)
    with pytest.raises(NothingToWaitFor):
        join(slot, hall, desk)


def test_join_after_the_cancel_deadline_is_refused(slot, hall, desk, booked, monday):
    monday.move_to(at(slot.session.date - timedelta(days=1), 15))
    with pytest.raises(NothingToWaitFor):
        join(slot, hall, desk)


def test_join_is_refused_to_who_died_or_waits_there_already(slot, hall, desk, booked):
    villager = bookable_villager(hall)
    join(slot, hall, desk, villager)
    with pytest.raises(AlreadyWaiting):
        join(slot, hall, desk, villager)
    with pytest.raises(VillagerNotReady):
        join(slot, hall, desk, bookable_villager(hall, died_on=clock.today()))


def test_a_released_place_is_held_for_the_first_and_not_for_a_desk(slot, hall, desk, booked):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    assert (waitlist.position(first), waitlist.position(second)) == (1, 2)
    cancel(booked, desk)
    with pytest.raises(QueueFirst):
        book(slot, hall, desk)
    assert turns.serve_waitlists() == 1
    offer = first.offers.get()
    assert (offer.state, offer.number, state(first), state(second)) == ("held", 1, "offered", "waiting")
    assert Reminder.objects.get(about_id=offer.pk).purpose == ReminderPurpose.OFFERED
    assert waitlist.position(second) == 1


def test_accepting_books_the_number_that_was_held(slot, hall, desk, booked):
    entry = join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_waitlists()
    offers.accept(appointment=entry.offers.get(), by=None, in_person=False)
    assert (entry.offers.get().state, state(entry)) == (AppointmentState.BOOKED, WaitlistState.BOOKED)
    with pytest.raises(OfferOver):
        offers.accept(appointment=entry.offers.get(), by=desk)
    with pytest.raises(NotLive):
        offers.decline(appointment=entry.offers.get(), by=desk)
    assert entry.offers.get().state == AppointmentState.BOOKED


@pytest.mark.parametrize("refuse", ["decline", "leave", "cancel"])
def test_who_does_not_want_it_leaves_it_to_the_next(slot, hall, desk, booked, refuse):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_waitlists()
    if refuse == "leave":
        waitlist.leave(entry=first, by=desk)
    elif refuse == "cancel":
        cancel(first.offers.get(), desk)
    else:
        offers.decline(appointment=first.offers.get(), by=desk)
    turns.serve_waitlists()
    assert (state(first), state(second)) == (WaitlistState.LEFT, WaitlistState.OFFERED)


def test_an_offer_nobody_answers_goes_to_the_next_and_becomes_a_task(slot, hall, desk, booked, monday):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_waitlists()
    monday.move_to(first.offers.get().held_until)
    with pytest.raises(OfferOver):
        offers.accept(appointment=first.offers.get(), by=desk)
    offers.lapse_overdue()
    turns.serve_waitlists()
    assert (state(first), state(second)) == (WaitlistState.LAPSED, WaitlistState.OFFERED)
    assert FollowUp.objects.get(villager=first.villager).kind == "call"


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_who_is_gone_holds_no_place_and_nobody_is_called(slot, hall, desk, booked, field):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_waitlists()
    type(first.villager).objects.filter(pk=first.villager_id).update(**{field: clock.today()})
    offers.lapse_overdue()
    turns.serve_waitlists()
    assert (state(first), state(second), FollowUp.objects.count()) == ("lapsed", "offered", 0)


def test_who_can_have_none_any_more_is_closed_and_told(slot, hall, desk, booked):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    first.villager.consents.all().delete()
    cancel(booked, desk)
    turns.serve_waitlists()
    assert (state(first), state(second)) == (WaitlistState.REFUSED, WaitlistState.OFFERED)
    assert FollowUp.objects.get().villager == first.villager


def test_who_can_not_have_this_place_keeps_their_own_place_in_the_queue(slot, hall, desk, booked):
    """They have one that day already; another day may come."""
    other = SlotFactory(
        session__allotted_hall=hall,
        session__department=slot.session.department,
        session__date=slot.session.date + timedelta(days=1),
        capacity=1,
    )
    same_day = SlotFactory(
        session__allotted_hall=hall,
        session__department=slot.session.department,
        session__date=slot.session.date,
        session__period=Period.AFTERNOON,
        capacity=1,
    )
    book(other, hall, desk)
    villager = bookable_villager(hall)
    book(same_day, hall, desk, villager)
    first = join(slot, hall, desk, villager, last_date=other.session.date)
    second = join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_waitlists()
    assert (state(first), state(second)) == (WaitlistState.WAITING, WaitlistState.OFFERED)


def test_a_place_nobody_in_the_queue_can_have_is_the_desks(slot, hall, desk, booked):
    villager = bookable_villager(hall)
    entry = join(slot, hall, desk, villager)
    Appointment.objects.filter(pk=booked.pk).update(villager=villager)
    slot.capacity, slot.numbers = 2, [[1, 2]]
    slot.save()
    assert queues.somebody_waits_for(slot.session)
    assert book(slot, hall, desk).number == 2
    assert state(entry) == WaitlistState.WAITING


def test_the_queue_of_a_session_is_of_the_halls_it_is_allotted_to(hall, desk):
    town = RegionFactory(code="330603101000", level="town")
    inside, outside = (HallFactory(region=RegionFactory(code=code)) for code in ("330603101201", "330603102201"))
    slot = SlotFactory(session__allotted_hall=None, session__allotted_region=town, capacity=1)
    booked = book(slot, inside, desk)
    with pytest.raises(NothingToWaitFor):
        join(slot, outside, desk)
    entry = join(slot, inside, desk)
    assert queues.waiting_for(slot.session).get() == entry
    assert queues.waited_for([slot.session, ClinicSessionFactory(department=slot.session.department)]) == {
        slot.session.pk
    }
    cancel(booked, desk)
    assert turns.serve_waitlists() == 1


def test_who_waits_for_one_doctor_is_passed_over_by_anothers_place(hall, desk):
    department = DepartmentFactory()
    slots = [
        SlotFactory(session__allotted_hall=hall, session__department=department, session__doctor=doctor, capacity=1)
        for doctor in DoctorFactory.create_batch(2, department=department)
    ]
    rows = [book(slot, hall, desk) for slot in slots]
    picky = join(slots[0], hall, desk, doctor=slots[0].session.doctor)
    anybody = join(slots[0], hall, desk)
    cancel(rows[1], desk)
    turns.serve_waitlists()
    assert (state(picky), state(anybody)) == (WaitlistState.WAITING, WaitlistState.OFFERED)


def test_a_villager_may_wait_in_two_departments(slot, hall, desk, booked):
    villager = bookable_villager(hall)
    other = SlotFactory(session__allotted_hall=hall, capacity=1)
    other_booked = book(other, hall, desk)
    join(slot, hall, desk, villager)
    join(other, hall, desk, villager)
    cancel(booked, desk)
    cancel(other_booked, desk)
    assert turns.serve_waitlists() == 2


def test_a_suspension_gives_the_old_place_in_the_queue_back(slot, hall, desk, booked):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_waitlists()
    scope = suspensions.scope_of([slot.session])
    suspensions.settle(suspensions.suspend(scope=scope, why="医生外出", by=None))
    assert (state(first), first.offers.get().state, waitlist.position(second)) == ("waiting", "cancelled_by_clinic", 1)
    assert FollowUp.objects.get(villager=first.villager).hall == hall


def test_the_queue_ends_at_the_cancel_deadline_with_a_task(slot, hall, desk, booked, monday):
    entry = join(slot, hall, desk)
    monday.move_to(at(slot.session.date - timedelta(days=1), 14, 59))
    assert turns.clear_over() == 0
    monday.shift(60)
    cancel_is_over = Appointment.objects.filter(pk=booked.pk)
    cancel_is_over.update(state=AppointmentState.CANCELLED_BY_CLINIC)
    slot.taken = 0
    slot.save()
    assert (turns.serve_waitlists(), turns.clear_over(), state(entry)) == (0, 1, WaitlistState.OVER)
    assert FollowUp.objects.get().villager == entry.villager
    assert book(slot, hall, desk).state == AppointmentState.BOOKED


def test_a_hospital_that_ends_its_waitlist_lets_the_desk_book_and_tells_who_waited(slot, hall, desk, booked):
    entry = join(slot, hall, desk)
    cancel(booked, desk)
    BookingPolicy.objects.create(hospital=slot.session.department.hospital, waitlist=False)
    slot.session.department.hospital.refresh_from_db()
    assert turns.serve_waitlists() == 0
    assert book(slot, hall, desk).state == AppointmentState.BOOKED
    assert (turns.clear_over(), state(entry), FollowUp.objects.count()) == (1, WaitlistState.OVER, 1)


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("11-23 10:00", "11-23 12:00"),
        ("11-23 18:00", "11-23 20:00"),
        ("11-23 19:00", "11-24 09:00"),
        ("11-23 23:00", "11-24 10:00"),
        ("11-24 06:00", "11-24 10:00"),
        ("11-27 14:00", "11-27 15:00"),
    ],
)
def test_a_place_is_held_while_people_are_awake_and_never_past_the_deadline(slot, said, until):
    policy = turns.policies.policy_for(slot.session.department)
    assert offers.held_until(slot=slot, policy=policy, at=moment(said)) == moment(until)


def test_a_desk_gets_what_the_queue_leaves_though_no_worker_runs(slot, hall, desk, booked, monday):
    entry = join(slot, hall, desk)
    cancel(booked, desk)
    turns.serve_before(slot.session)
    assert state(entry) == WaitlistState.OFFERED
    monday.move_to(entry.offers.get().held_until)
    turns.serve_before(slot.session)
    assert state(entry) == WaitlistState.LAPSED
    assert book(slot, hall, desk).state == AppointmentState.BOOKED


def test_the_sweep_asks_once_however_many_wait_where_nothing_is_free(slot, hall, desk, booked):
    entry = join(slot, hall, desk)
    many = [bookable_villager(hall) for _ in range(20)]
    WaitlistEntry.objects.bulk_create(
        WaitlistEntry(
            villager=villager,
            hall=hall,
            department=entry.department,
            first_date=entry.first_date,
            last_date=entry.last_date,
            joined_at=clock.now(),
        )
        for villager in many
    )
    with CaptureQueriesContext(connection) as asked:
        assert turns.serve_waitlists() == 0
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert turns.clear_over() == 0
    assert len(asked) <= 4
