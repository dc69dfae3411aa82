"""停诊 against desks that book, move and accept at that very moment: nobody is left in a suspended session untold.

Each race has a control that leaves somebody behind when a step is out of order or left out.
"""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from django.db import connection, transaction

from appointments.domain import bookings, moves, offers, policies, suspension_telling, suspensions, turns
from appointments.enums import AppointmentState, SessionState, SuspensionState, WaitlistState
from appointments.models import Appointment, ClinicSession, Slot, Suspension, WaitlistEntry
from auditorium import clock
from auditorium.enums import FollowUpKind, ReminderPurpose
from auditorium.models import FollowUp, Reminder
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, at, bookable_villager
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, UserFactory, desk_user

DESKS = 24
BASE_DIR = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def slot(hall):
    return SlotFactory(session__allotted_hall=hall, capacity=60)


def scope(session):
    return suspensions.scope_of([session])


def suspend_and_settle(session):
    suspension = suspensions.suspend(scope=scope(session), why="医生临时有事", by=None)
    suspensions.settle(suspension)
    return suspension


def in_suspended_sessions():
    """Who has a place in a session that does not take place."""
    return Appointment.objects.live().filter(session__state=SessionState.SUSPENDED).exclude(state="arrived").count()


def told(appointment):
    """How often its villager was owed the news, and how many tasks look for another place."""
    reminders = Reminder.objects.filter(about_id=appointment.pk, purpose=ReminderPurpose.SUSPENDED)
    tasks = FollowUp.objects.filter(about_id=appointment.pk, kind=FollowUpKind.REBOOK)
    return reminders.count(), tasks.count()


def ended():
    return list(Appointment.objects.filter(state=AppointmentState.CANCELLED_BY_CLINIC).order_by("pk"))


def made(results):
    return [result for result in results if isinstance(result, Appointment)]


def test_whoever_books_while_a_session_is_suspended_is_told_or_refused(hall, desk, slot):
    villagers = [bookable_villager(hall) for _ in range(DESKS)]
    calls = [partial(bookings.book, slot=slot, villager=v, hall=hall, by=desk) for v in villagers]
    calls.insert(DESKS // 2, partial(suspend_and_settle, slot.session))
    results = at_once(calls)
    got = made(results)
    refused = {type(result).__name__ for result in results if isinstance(result, Exception)}
    assert refused <= {"SlotNotOffered"}
    assert (in_suspended_sessions(), [a.pk for a in ended()]) == (0, sorted(a.pk for a in got))
    assert {told(appointment) for appointment in got} <= {(1, 1)}
    slot.refresh_from_db()
    assert (slot.taken, slot.is_open) == (0, False)


def book_between(hall, desk, slot, step):
    """Suspend and settle; somebody who has looked at the slot before books between the first step and the rest."""
    villager = bookable_villager(hall)
    looked, closed = threading.Event(), threading.Event()
    load = bookings.places_given.load_slot

    def load_and_wait(slot_id):
        loaded = load(slot_id)
        looked.set()
        closed.wait(30)
        return loaded

    def suspending():
        looked.wait(30)
        step()
        closed.set()

    with mock.patch.object(bookings.places_given, "load_slot", load_and_wait):
        return at_once([partial(bookings.book, slot=slot, villager=villager, hall=hall, by=desk), suspending])


@pytest.mark.postgres
def test_who_looked_before_and_books_after_the_closing_is_refused(hall, desk, slot):
    """SQLite lets one writer in at a time, so only PostgreSQL can have both under way."""
    results = book_between(hall, desk, slot, partial(suspend_and_settle, slot.session))
    assert type(results[0]).__name__ == "SlotNotOffered"
    assert in_suspended_sessions() == 0


@pytest.mark.postgres
def test_control_with_slots_left_open_somebody_stays_untold(hall, desk, slot):
    """The session alone is suspended, as a rule that only the page knows would: the claim does not ask it."""

    def leave_slots_open():
        suspension = suspensions.suspend(scope=scope(slot.session), why="停电", by=None)
        Slot.objects.update(is_open=True)
        suspensions.settle(suspension)

    results = book_between(hall, desk, slot, leave_slots_open)
    assert (in_suspended_sessions(), told(results[0])) == (1, (0, 0))


def test_control_told_first_and_closed_afterwards_leaves_somebody_untold(hall, desk, slot):
    """The steps in the wrong order: whoever books in between has a place in a session that does not take place."""
    bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    newcomer = bookable_villager(hall)
    before = Appointment.objects.get()
    with transaction.atomic():
        bookings.places_given.give_back(before, to=AppointmentState.CANCELLED_BY_CLINIC, by=None, why="停诊")
    late = bookings.book(slot=slot, villager=newcomer, hall=hall, by=desk)
    ClinicSession.objects.update(state=SessionState.SUSPENDED)
    Slot.objects.update(is_open=False)
    assert (in_suspended_sessions(), told(late)) == (1, (0, 0))


def test_moving_away_and_moving_in_while_a_session_is_suspended(hall, desk, slot):
    """Whoever moves ends with one place, or with none and told; never in the suspended session, never in both."""
    other = ClinicSessionFactory(
        department=slot.session.department, date=slot.session.date + timedelta(days=1), allotted_hall=hall
    )
    elsewhere = SlotFactory(session=other, starts_at=at(other.date, 9), capacity=60)
    leaving = [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(6)]
    coming = [bookings.book(slot=elsewhere, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(6)]
    calls = [partial(moves.move, appointment=a, slot=elsewhere, by=desk) for a in leaving]
    calls += [partial(moves.move, appointment=a, slot=slot, by=desk) for a in coming]
    calls.insert(5, partial(suspend_and_settle, slot.session))
    results = at_once(calls)
    refused = {type(result).__name__ for result in results if isinstance(result, Exception)}
    assert refused <= {"SlotNotOffered", "NotLive"}
    assert in_suspended_sessions() == 0
    assert {told(appointment) for appointment in ended()} <= {(1, 1)}
    for appointment in leaving + coming:
        live = Appointment.objects.live().filter(villager=appointment.villager_id).count()
        clinic = Appointment.objects.filter(
            villager=appointment.villager_id, state=AppointmentState.CANCELLED_BY_CLINIC
        ).count()
        assert live + clinic == 1
    counts = {s.pk: s.taken for s in Slot.objects.all()}
    live = Appointment.objects.live()
    assert counts == {s: live.filter(slot=s).count() for s in (slot.pk, elsewhere.pk)}


def offered(hall, desk, slot):
    """A place of the slot held for somebody from the queue."""
    villager = bookable_villager(hall)
    entry = WaitlistEntry.objects.create(
        villager=villager,
        hall=hall,
        department=slot.session.department,
        first_date=slot.session.date,
        last_date=slot.session.date,
        joined_by=desk,
        joined_at=clock.now(),
    )
    with transaction.atomic():
        loaded = bookings.places_given.load_slot(slot.pk)
        policy = policies.policy_for(loaded.session.department)
        return offers.make(entry=entry, slot=loaded, policy=policy)


def test_accepting_while_a_session_is_suspended_ends_told_or_back_in_the_queue(hall, desk, slot):
    held = [offered(hall, desk, slot) for _ in range(8)]
    calls = [partial(offers.accept, appointment=a, by=desk) for a in held]
    calls.insert(4, partial(suspend_and_settle, slot.session))
    results = at_once(calls)
    refused = {type(result).__name__ for result in results if isinstance(result, Exception)}
    assert refused <= {"OfferOver"}
    assert in_suspended_sessions() == 0
    accepted = {appointment.pk for appointment in made(results)}
    for appointment in held:
        entry = WaitlistEntry.objects.get(pk=appointment.waitlist_entry_id)
        if appointment.pk in accepted:
            assert (entry.state, told(appointment)) == (WaitlistState.BOOKED, (1, 1))
        else:
            assert (entry.state, told(appointment)) == (WaitlistState.WAITING, (0, 0))


def test_serving_the_queue_while_a_session_is_suspended_leaves_no_offer_in_it(hall, desk, slot):
    for _ in range(6):
        WaitlistEntry.objects.create(
            villager=bookable_villager(hall),
            hall=hall,
            department=slot.session.department,
            first_date=slot.session.date,
            last_date=slot.session.date,
            joined_by=desk,
            joined_at=clock.now(),
        )
    results = at_once([turns.serve_waitlists, turns.serve_waitlists, partial(suspend_and_settle, slot.session)])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert in_suspended_sessions() == 0
    assert set(WaitlistEntry.objects.values_list("state", flat=True)) == {WaitlistState.WAITING}
    slot.refresh_from_db()
    assert slot.taken == 0


def test_two_workers_settling_one_suspension_tell_everybody_once(hall, desk, slot):
    booked = [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(20)]
    suspension = suspensions.suspend(scope=scope(slot.session), why="停电", by=None)
    with mock.patch.object(suspension_telling, "BATCH", 3):
        results = at_once([partial(suspensions.settle, suspension)] * 3)
    assert sum(results) == 20
    assert {told(appointment) for appointment in booked} == {(1, 1)}
    suspension.refresh_from_db()
    assert suspension.state == SuspensionState.SETTLED
    slot.refresh_from_db()
    assert slot.taken == 0


def test_suspending_one_range_while_another_is_lifted_leaves_no_session_open_in_it(hall, desk, slot):
    admin = UserFactory(is_superuser=True, is_staff=True)
    first = suspend_and_settle(slot.session)
    day = slot.session.date
    whole = suspensions.Scope(hospital=slot.session.department.hospital, first_date=day, last_date=day)
    ClinicSessionFactory(department=slot.session.department, date=day, period="afternoon", allotted_hall=hall)
    at_once(
        [
            partial(suspensions.resume, suspension=first, by=admin),
            partial(suspensions.suspend, scope=whole, why="停电", by=None),
        ]
    )
    assert set(ClinicSession.objects.values_list("state", flat=True)) == {SessionState.SUSPENDED}


KILLED = """
import os, signal, sys, threading
from unittest import mock
import django
django.setup()
from appointments.domain import suspension_telling, suspensions
from appointments.models import ClinicSession, Suspension

where = sys.argv[1]

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

suspension_telling.BATCH = 4
session = ClinicSession.objects.select_related("department__hospital", "doctor").get()
batches = []
owe_now = suspension_telling.reminders.owe_all_now

def owe_then_die(**kwargs):
    owe_now(**kwargs)
    batches.append(1)
    if len(batches) == 3:
        die()

if where == "inside the closing":
    suspensions.audit.record_many = die
suspension = suspensions.suspend(scope=suspensions.scope_of([session]), why="停电", by=None)
if where == "before telling":
    die()
suspension_telling.reminders.owe_all_now = owe_then_die
suspensions.settle(suspension)
"""


def database_url():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


@pytest.mark.parametrize(
    ("where", "told_before"), [("inside the closing", 0), ("before telling", 0), ("in a batch", 8)]
)
def test_killed_and_swept_nobody_is_missed_and_nobody_told_twice(hall, desk, slot, where, told_before):
    booked = [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(18)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": database_url()}
    child = subprocess.run(
        [sys.executable, "-c", KILLED, where], check=False, cwd=BASE_DIR, env=environment, timeout=120
    )
    assert child.returncode == -9
    assert len(ended()) == told_before
    if where == "inside the closing":  # nothing was decided, so nothing is half done
        assert (Suspension.objects.count(), in_suspended_sessions()) == (0, 0)
        suspensions.suspend(scope=scope(slot.session), why="停电", by=None)
    assert in_suspended_sessions() == 18 - told_before
    suspensions.settle_all()
    suspensions.settle_all()
    assert in_suspended_sessions() == 0
    assert {told(appointment) for appointment in booked} == {(1, 1)}
    assert Suspension.objects.get().state == SuspensionState.SETTLED
    slot.refresh_from_db()
    assert slot.taken == 0


def test_resuming_cut_off_before_people_were_asked_is_finished_by_the_sweep(hall, desk, slot):
    booked = [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(3)]
    suspension = suspend_and_settle(slot.session)
    admin = UserFactory(is_superuser=True, is_staff=True)
    with (
        mock.patch.object(suspension_telling, "ask_batch", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        suspensions.resume(suspension=suspension, by=admin)
    suspensions.settle_all()
    suspensions.settle_all()
    open_tasks = FollowUp.objects.open().filter(about_id__in=[a.pk for a in booked], kind=FollowUpKind.REBOOK)
    assert open_tasks.count() == 3
    assert all("恢复门诊" in task.reason for task in open_tasks)
