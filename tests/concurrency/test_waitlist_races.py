"""Queues served by several workers at once, answers against the end of their time, desks against whoever waits."""

import threading
from datetime import timedelta
from functools import partial
from unittest import mock
from uuid import uuid4

import pytest

from appointments.domain import bookings, desk, eligibility, offers, places_given, queues, turns, waitlist
from appointments.enums import OCCUPYING, AppointmentState, WaitlistState
from appointments.errors import BookingError
from appointments.models import Appointment, Department, WaitlistEntry
from auditorium import clock
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, desk_user

WAITING = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def by(hall):
    return desk_user(hall)


@pytest.fixture
def slot(hall):
    return SlotFactory(session__allotted_hall=hall, capacity=3)


@pytest.fixture
def booked(slot, hall, by):
    return [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=by) for _ in range(3)]


@pytest.fixture
def entries(slot, hall, by, booked):
    return [join(slot, hall, by) for _ in range(WAITING)]


def join(slot, hall, by):
    session = slot.session
    return waitlist.join(
        villager=bookable_villager(hall),
        department=session.department,
        hall=hall,
        by=by,
        first_date=session.date,
        last_date=session.date,
    )


def cancel(appointments, by):
    for appointment in appointments:
        bookings.cancel(appointment=appointment, by=by)


def offered():
    """Whose places are held, in the order in which they were."""
    held = Appointment.objects.filter(state=AppointmentState.HELD).order_by("pk")
    return list(held.values_list("waitlist_entry", flat=True))


def check_counts(slot):
    slot.refresh_from_db()
    assert slot.taken == Appointment.objects.filter(slot=slot, state__in=OCCUPYING).count() <= slot.capacity
    held = Appointment.objects.filter(state=AppointmentState.HELD).values_list("waitlist_entry", flat=True)
    waiting = WaitlistEntry.objects.filter(state=WaitlistState.OFFERED).values_list("pk", flat=True)
    assert sorted(held) == sorted(waiting)


def test_several_workers_give_each_place_once_and_in_order(slot, by, booked, entries):
    cancel(booked, by)
    results = at_once([turns.serve_waitlists] * 6)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert offered() == [entry.pk for entry in entries[:3]]
    check_counts(slot)


@pytest.mark.postgres
def test_several_workers_control_without_the_departments_turn_they_pass_people_over(slot, by, booked, entries):
    """Each has looked at the queue before any has given a place, and waits for the first in it."""
    cancel(booked[:1], by)
    passed_over = entries[0].villager
    have_looked = threading.Barrier(2)
    lock = places_given.lock_villager

    def lock_when_both_have_looked(pk):
        if pk == passed_over.pk:
            have_looked.wait(30)
        return lock(pk)

    def no_turn(pk):
        return Department.objects.select_related("hospital__policy", "policy").get(pk=pk)

    with (
        mock.patch.object(queues, "take_turn", no_turn),
        mock.patch.object(places_given, "lock_villager", lock_when_both_have_looked),
    ):
        results = at_once([turns.serve_waitlists] * 2)
    turns_taken = sum(result for result in results if isinstance(result, int))
    assert turns_taken == 2  # with the lock, the second finds nothing to give


def test_an_answer_and_the_end_of_its_time_at_once_end_in_one_of_both(slot, hall, by, booked, entries):
    cancel(booked[:1], by)
    turns.serve_waitlists()
    offer = entries[0].offers.get()
    results = at_once(
        [
            partial(offers.accept, appointment=offer, by=by),
            partial(lapse_now, offer),
            partial(offers.decline, appointment=offer, by=by),
        ]
    )
    assert [type(r) for r in results if isinstance(r, Exception) and not isinstance(r, BookingError)] == []
    offer.refresh_from_db()
    entries[0].refresh_from_db()
    assert (offer.state, entries[0].state) in {
        (AppointmentState.BOOKED, WaitlistState.BOOKED),
        (AppointmentState.LAPSED, WaitlistState.LAPSED),
        (AppointmentState.CANCELLED_BY_VILLAGER, WaitlistState.LEFT),
    }
    check_counts(slot)
    turns.serve_waitlists()
    check_counts(slot)
    slot.refresh_from_db()
    assert slot.taken == 3


def lapse_now(offer):
    """End the offer as the worker does that finds its time over."""
    return offers._lapse(offer)


@pytest.mark.postgres
def test_an_answer_control_without_the_villagers_lock_a_taken_place_is_declined_as_an_offer(
    slot, hall, by, booked, entries
):
    """Declining looks at the state first: only the lock keeps an answer from changing it in between."""
    cancel(booked[:1], by)
    turns.serve_waitlists()
    offer = entries[0].offers.get()
    accepted = threading.Event()
    give_back = places_given.give_back

    def give_back_after_it_was_accepted(*args, **kwargs):
        accepted.wait(30)
        return give_back(*args, **kwargs)

    def accept():
        try:
            return offers.accept(appointment=offer, by=by)
        finally:
            accepted.set()

    with (
        mock.patch.object(places_given, "lock_villager", lambda pk: type(offer.villager).objects.get(pk=pk)),
        mock.patch.object(places_given, "give_back", give_back_after_it_was_accepted),
    ):
        results = at_once([accept, partial(offers.decline, appointment=offer, by=by)])
    offer.refresh_from_db()
    assert not isinstance(results[0], Exception)
    assert offer.state == AppointmentState.CANCELLED_BY_VILLAGER  # booked, and gone through no cancel


def test_desks_after_a_released_place_come_behind_the_queue(slot, hall, by, booked, entries):
    cancel(booked[:2], by)
    walk_ins = [bookable_villager(hall) for _ in range(6)]
    calls = [partial(desk.book, slot=slot, villager=v, hall=hall, by=by, key=uuid4()) for v in walk_ins]
    results = at_once([*calls, turns.serve_waitlists])
    assert not [r for r in results if isinstance(r, Appointment)]
    assert offered() == [entry.pk for entry in entries[:2]]
    check_counts(slot)


def test_desks_control_without_the_queue_first_a_desk_takes_the_place(slot, hall, by, booked, entries):
    cancel(booked[:2], by)
    walk_ins = [bookable_villager(hall) for _ in range(6)]
    with (
        mock.patch.object(eligibility, "_goes_to_another", return_value=False),
        mock.patch.object(turns, "serve_before"),
    ):
        calls = [partial(desk.book, slot=slot, villager=v, hall=hall, by=by, key=uuid4()) for v in walk_ins]
        results = at_once(calls)
    assert len([r for r in results if isinstance(r, Appointment)]) == 2


def test_one_villager_joining_at_two_desks_waits_once(slot, hall, by, booked):
    villager = bookable_villager(hall)
    session = slot.session
    calls = [
        partial(
            waitlist.join,
            villager=villager,
            department=session.department,
            hall=hall,
            by=by,
            first_date=session.date,
            last_date=session.date,
        )
    ] * 4
    results = at_once(calls)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyWaiting"] * 3 + ["WaitlistEntry"]


def test_everything_at_once_keeps_places_and_queue_in_step(slot, hall, by, booked, entries):
    cancel(booked[:2], by)
    turns.serve_waitlists()
    first, second = (entry.offers.get() for entry in entries[:2])
    calls = [
        partial(offers.accept, appointment=first, by=by),
        partial(offers.decline, appointment=second, by=by),
        partial(bookings.cancel, appointment=booked[2], by=by),
        partial(waitlist.leave, entry=entries[2], by=by),
        turns.serve_waitlists,
        turns.serve_waitlists,
        turns.clear_over,
        partial(desk.book, slot=slot, villager=bookable_villager(hall), hall=hall, by=by, key=uuid4()),
    ]
    results = at_once(calls)
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, BookingError)] == []
    turns.serve_waitlists()
    check_counts(slot)
    slot.refresh_from_db()
    assert slot.taken == 3
    assert clock.now() < Appointment.objects.filter(state="held").latest("pk").held_until + timedelta(days=1)
