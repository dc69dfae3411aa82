"""Serving the queues: who is passed over, who is closed and who is told, and what wakes whoever serves them."""

from datetime import timedelta

import pytest
import time_machine

from appointments.domain import acknowledgements, bookings, moves, offers, queues, suspensions, turns, waitlist
from appointments.enums import Period, WishState
from appointments.errors import NothingToWaitFor, QueueFirst
from appointments.models import Appointment, BookingPolicy, WaitlistEntry, Wish
from auditorium import clock
from auditorium.domain import wake
from auditorium.models import AuditEntry, FollowUp, Villager
from tests.appointments.factories import (
    DoctorFactory,
    HospitalFactory,
    SlotFactory,
    at,
    bookable_villager,
)
from tests.factories import HallFactory, UserFactory, desk_user
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


def entry_for(slot, hall, villager=None, **kwargs):
    """Somebody in the queue, whatever it takes to get there."""
    said = {"first_date": slot.session.date, "last_date": slot.session.date} | kwargs
    return WaitlistEntry.objects.create(
        villager=villager or bookable_villager(hall),
        hall=hall,
        department=slot.session.department,
        joined_at=clock.now(),
        **said,
    )


def later(slot, hall, days, **kwargs):
    """Another session of the department."""
    department, day = slot.session.department, slot.session.date + timedelta(days=days)
    return SlotFactory(
        session__department=department, session__date=day, session__allotted_hall=hall, capacity=1, **kwargs
    )


def states(*rows):
    return [type(row).objects.get(pk=row.pk).state for row in rows]


@pytest.mark.parametrize(
    "wanted", [{"first": 1, "last": 3}, {"first": -3, "last": -1}, {"first": 0, "last": 0, "period": "afternoon"}]
)
def test_a_place_is_offered_to_nobody_who_waits_for_other_days_or_parts_of_them(slot, hall, wanted):
    days = {f"{end}_date": slot.session.date + timedelta(days=wanted.pop(end)) for end in ("first", "last")}
    entry = entry_for(slot, hall, **days, **wanted)
    assert (turns.serve_waitlists(), states(entry)) == (0, ["waiting"])
    assert not queues.somebody_waits_for(slot.session)
    fitting = entry_for(slot, hall, period=Period.MORNING)
    assert (turns.serve_waitlists(), states(entry, fitting)) == (1, ["waiting", "offered"])


def test_who_waits_for_one_doctor_may_while_others_have_places(hall, desk):
    doctor = DoctorFactory()
    full, free = (
        SlotFactory(session__department=doctor.department, session__doctor=one, session__allotted_hall=hall, capacity=1)
        for one in (doctor, DoctorFactory(department=doctor.department))
    )
    book(full, hall, desk)
    with pytest.raises(NothingToWaitFor):
        join(free, hall, desk)
    assert states(join(full, hall, desk, doctor=doctor)) == ["waiting"]


def test_joining_is_audited(slot, hall, desk, booked):
    entry = join(slot, hall, desk)
    said = AuditEntry.objects.of("waitlistentry", entry.pk).get()
    assert (said.action, said.actor, said.hall, said.villager_id) == ("joined", desk, hall, entry.villager_id)


def test_the_whole_line_is_looked_through_however_many_are_passed_over(slot, hall, desk, booked, monkeypatch):
    """Who cannot have this place, since they have one that day, may have another day's."""
    monkeypatch.setattr(turns, "_AT_A_TIME", 1)
    other = later(slot, hall, 1)
    book(other, hall, desk)
    same_day = SlotFactory(
        session__department=slot.session.department,
        session__date=slot.session.date,
        session__period=Period.AFTERNOON,
        session__allotted_hall=hall,
    )
    passed_over = []
    for _ in range(2):
        villager = bookable_villager(hall)
        book(same_day, hall, desk, villager)
        passed_over.append(entry_for(slot, hall, villager, last_date=other.session.date))
    last = entry_for(slot, hall)
    bookings.cancel(appointment=booked, by=desk)
    assert (turns.serve_waitlists(), states(*passed_over, last)) == (1, ["waiting", "waiting", "offered"])


def test_who_is_first_in_the_queue_may_be_booked_at_the_desk(slot, hall, desk, booked):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    bookings.cancel(appointment=booked, by=desk)
    with pytest.raises(QueueFirst):
        book(slot, hall, desk, second.villager)
    assert book(slot, hall, desk, first.villager).number == 1


def test_who_wished_and_was_served_stands_in_nobodys_way(slot, hall, desk, booked):
    Wish.objects.create(
        villager=booked.villager,
        hall=hall,
        session=slot.session,
        state=WishState.BOOKED,
        appointment=booked,
        made_at=clock.now(),
    )
    entry = join(slot, hall, desk)
    bookings.cancel(appointment=booked, by=desk)
    assert not queues.somebody_wished_for(slot.session)
    assert bookings.why_not(slot=slot, villager=entry.villager, hall=hall) is None
    assert (turns.serve_waitlists(), states(entry)) == (1, ["offered"])


def test_who_has_a_place_there_meanwhile_is_closed_and_not_called(slot, hall, desk, booked):
    entry = join(slot, hall, desk)
    second = SlotFactory(session=slot.session, starts_at=at(slot.session.date, 9), capacity=1, numbers=[[2, 2]])
    book(second, hall, desk, entry.villager)
    bookings.cancel(appointment=booked, by=desk)
    turns.serve_waitlists()
    assert (states(entry), FollowUp.objects.count()) == (["refused"], 0)


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ({"died_on": moment("11-23 0:00").date()}, "这位村民的资料已经停用，不能预约。"),
        ({"moved_away_on": moment("11-23 0:00").date()}, "这位村民已经搬走，不能预约；人又回来了，请先在村民页记下。"),
        ({"erased_at": moment("11-23 9:00")}, "这位村民的资料已经停用，不能预约。"),
    ],
)
def test_the_entry_of_who_is_gone_ends_with_the_reason_and_nobody_is_called(slot, hall, desk, booked, gone, why):
    entry, other = join(slot, hall, desk), join(slot, hall, desk)
    Villager.objects.filter(pk=entry.villager_id).update(**gone)
    assert (turns.clear_over(), states(entry, other)) == (1, ["over", "waiting"])
    entry.refresh_from_db()
    assert (entry.ended_reason, FollowUp.objects.count()) == (why, 0)


@pytest.mark.parametrize(
    "gone",
    [
        {"died_on": moment("11-23 0:00").date()},
        {"moved_away_on": moment("11-23 0:00").date()},
        {"erased_at": moment("11-23 9:00")},
    ],
)
def test_a_turn_of_who_is_gone_passes_quietly(slot, hall, desk, booked, gone):
    first, second = join(slot, hall, desk), join(slot, hall, desk)
    Villager.objects.filter(pk=first.villager_id).update(**gone)
    bookings.cancel(appointment=booked, by=desk)
    turns.serve_waitlists()
    assert (states(first, second), FollowUp.objects.count()) == (["refused", "offered"], 0)


def test_a_hospital_that_ends_its_waitlist_ends_nobody_elses(slot, hall, desk, booked):
    entry = join(slot, hall, desk)
    other = SlotFactory(session__allotted_hall=hall, capacity=1)
    book(other, hall, desk)
    elsewhere = join(other, hall, desk)
    BookingPolicy.objects.create(hospital=slot.session.department.hospital, waitlist=False)
    assert (turns.clear_over(), states(entry, elsewhere)) == (1, ["over", "waiting"])
    entry.refresh_from_db()
    assert entry.ended_reason == "医院不再候补了"
    assert FollowUp.objects.get().reason == "候补没排到：医院不再候补了"


def free_by_cancelling(made, slot, hall, desk):
    bookings.cancel(appointment=made, by=desk)


def free_by_moving(made, slot, hall, desk):
    moves.move(appointment=made, slot=later(slot, hall, 1), by=desk)


def free_by_refusing(made, slot, hall, desk):
    assert acknowledgements.acknowledge(appointments=Appointment.objects.all(), by=desk, accepted=False) == 1


def free_by_resuming(made, slot, hall, desk):
    suspension = suspensions.suspend(scope=suspensions.scope_of([slot.session]), why="停电", by=None)
    suspensions.resume(suspension=suspension, by=UserFactory(is_superuser=True))


def free_by_declining(made, slot, hall, desk):
    entry = join(slot, hall, desk)
    bookings.cancel(appointment=made, by=desk)
    turns.serve_waitlists()
    offers.decline(appointment=entry.offers.get(), by=desk)


@pytest.mark.parametrize(
    "free", [free_by_cancelling, free_by_moving, free_by_refusing, free_by_resuming, free_by_declining]
)
def test_whatever_frees_a_place_wakes_whoever_serves_the_queues(
    hall, desk, free, monkeypatch, django_capture_on_commit_callbacks
):
    slot = SlotFactory(
        session__allotted_hall=hall, session__department__hospital=HospitalFactory(acknowledges=True), capacity=1
    )
    made = book(slot, hall, desk)
    woken = []
    monkeypatch.setattr(wake, "now", lambda name, *ids: woken.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        free(made, slot, hall, desk)
    assert queues.SERVE in woken
