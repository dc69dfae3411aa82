"""Moving against everything else that wants the same rows: never both places, never neither, and no deadlock."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from django.db import connection, transaction

from appointments.domain import bookings, extra_places, moves, places_given, slots, suspensions
from appointments.enums import OCCUPYING, AppointmentState, SlotKind
from appointments.errors import NotLive
from appointments.models import Appointment, ClinicSession, Slot
from auditorium.enums import RoleKind
from auditorium.models import Reminder
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, SlotFactory, at, bookable_villager
from tests.concurrency.kills import database_url
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db(transaction=True)

BASE_DIR = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def department():
    return DepartmentFactory()


@pytest.fixture
def sessions(hall, department):
    """Three sessions of one department on three days, a slot each."""
    first = ClinicSessionFactory(department=department, allotted_hall=hall)
    later = [first.date + timedelta(days=number) for number in (1, 2)]
    return [first, *(ClinicSessionFactory(department=department, allotted_hall=hall, date=day) for day in later)]


def slot_of(session, capacity=1):
    return SlotFactory(session=session, starts_at=at(session.date, 8), capacity=capacity)


def names(results):
    return sorted(type(result).__name__ for result in results)


def everything_adds_up():
    """Every slot counts what occupies it, no number is given twice, whoever was moved away has one successor."""
    for slot in Slot.objects.all():
        rows = Appointment.objects.occupying().filter(slot=slot)
        numbers = list(rows.values_list("number", flat=True))
        assert slot.taken == len(numbers) == len(set(numbers)), slot
        assert slot.taken <= slot.capacity
    for row in Appointment.objects.filter(state=AppointmentState.RESCHEDULED):
        assert row.successor is not None


def places_of(villager):
    return Appointment.objects.filter(villager=villager, state__in=OCCUPYING).count()


def test_two_desks_moving_one_booking_give_it_one_new_place(hall, desk, sessions):
    here, there, elsewhere = (slot_of(session) for session in sessions)
    villager = bookable_villager(hall)
    made = bookings.book(slot=here, villager=villager, hall=hall, by=desk)
    results = at_once([partial(moves.move, appointment=made, slot=slot, by=desk) for slot in (there, elsewhere)])
    assert names(results) == ["Appointment", "NotLive"]
    assert places_of(villager) == 1
    everything_adds_up()


def test_two_desks_control_without_the_conditional_end_both_get_a_place(hall, desk, sessions):
    """Ending the old booking without asking whether it still stands: the villager has two places."""
    here, there, elsewhere = (slot_of(session) for session in sessions)
    villager = bookable_villager(hall)
    made = bookings.book(slot=here, villager=villager, hall=hall, by=desk)
    stale = Appointment.objects.with_names().get(pk=made.pk)

    def move_blindly(slot):
        with transaction.atomic():
            place = places_given.take(slot=places_given.load_slot(slot.pk), villager=villager, hall=hall, by=desk)
            Appointment.objects.filter(pk=stale.pk).update(state=AppointmentState.RESCHEDULED)
            return place

    results = at_once([partial(move_blindly, slot) for slot in (there, elsewhere)])
    assert names(results) == ["Appointment", "Appointment"]
    assert places_of(villager) == 2


def test_two_bookings_moved_into_each_others_sessions_do_not_wait_for_ever(hall, desk, sessions):
    """Each wants the slot the other holds: locks are taken in the order of keys, so both come through."""
    one, other = (slot_of(session, capacity=2) for session in sessions[:2])
    for _round in range(5):
        first = bookings.book(slot=one, villager=bookable_villager(hall), hall=hall, by=desk)
        second = bookings.book(slot=other, villager=bookable_villager(hall), hall=hall, by=desk)
        results = at_once(
            [
                partial(moves.move, appointment=first, slot=other, by=desk),
                partial(moves.move, appointment=second, slot=one, by=desk),
            ]
        )
        assert names(results) == ["Appointment", "Appointment"]
        everything_adds_up()
        for row in results:
            bookings.cancel(appointment=row, by=desk)


def test_two_bookings_wanting_each_others_last_place_both_stay(hall, desk, sessions):
    one, other = (slot_of(session) for session in sessions[:2])
    first = bookings.book(slot=one, villager=bookable_villager(hall), hall=hall, by=desk)
    second = bookings.book(slot=other, villager=bookable_villager(hall), hall=hall, by=desk)
    results = at_once(
        [
            partial(moves.move, appointment=first, slot=other, by=desk),
            partial(moves.move, appointment=second, slot=one, by=desk),
        ]
    )
    assert names(results) == ["SlotFull", "SlotFull"]
    assert (places_of(first.villager), places_of(second.villager)) == (1, 1)
    everything_adds_up()


@pytest.mark.postgres
def test_control_without_the_order_of_keys_the_two_block_each_other(hall, desk, sessions):
    """The old slot first, the new one after it: PostgreSQL has to end one of them."""
    one, other = (slot_of(session, capacity=2) for session in sessions[:2])
    first = bookings.book(slot=one, villager=bookable_villager(hall), hall=hall, by=desk)
    second = bookings.book(slot=other, villager=bookable_villager(hall), hall=hall, by=desk)
    both_hold_theirs = threading.Barrier(2)
    give_back = places_given.give_back

    def give_back_and_wait(*args, **kwargs):
        give_back(*args, **kwargs)
        both_hold_theirs.wait(30)

    with mock.patch.object(slots, "lock_all"), mock.patch.object(places_given, "give_back", give_back_and_wait):
        results = at_once(
            [
                partial(moves.move, appointment=first, slot=other, by=desk),
                partial(moves.move, appointment=second, slot=one, by=desk),
            ]
        )
    assert names(results) == ["Appointment", "OperationalError"]


def test_move_against_cancel_ends_in_one_of_the_two(hall, desk, sessions):
    here, there = (slot_of(session, capacity=9) for session in sessions[:2])
    for _round in range(6):
        villager = bookable_villager(hall)
        made = bookings.book(slot=here, villager=villager, hall=hall, by=desk)
        moved, cancelled = at_once(
            [
                partial(moves.move, appointment=made, slot=there, by=desk),
                partial(bookings.cancel, appointment=made, by=desk),
            ]
        )
        assert sorted((isinstance(moved, NotLive), isinstance(cancelled, NotLive))) == [False, True]
        assert places_of(villager) == isinstance(cancelled, NotLive)
        everything_adds_up()


def test_many_moving_into_few_places_never_lose_their_own(hall, desk, sessions):
    here, there = slot_of(sessions[0], capacity=12), slot_of(sessions[1], capacity=4)
    made = [bookings.book(slot=here, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(12)]
    results = at_once([partial(moves.move, appointment=row, slot=there, by=desk) for row in made])
    assert names(results) == ["Appointment"] * 4 + ["SlotFull"] * 8
    assert [places_of(row.villager) for row in made] == [1] * 12
    everything_adds_up()


@pytest.mark.parametrize("which", [0, 1])
def test_move_against_suspension_leaves_nobody_in_what_is_suspended(hall, desk, sessions, which):
    """Of the session they leave (0) or of the one they go to (1)."""
    here, there = slot_of(sessions[0], capacity=6), slot_of(sessions[1], capacity=6)
    made = [bookings.book(slot=here, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(6)]
    scope = suspensions.scope_of(
        [ClinicSession.objects.select_related("department__hospital").get(pk=sessions[which].pk)]
    )
    calls = [partial(moves.move, appointment=row, slot=there, by=desk) for row in made]
    results = at_once([*calls[:3], partial(suspensions.suspend, scope=scope, why="医生有事", by=None), *calls[3:]])
    assert set(names(results)) <= {"Appointment", "NotLive", "SlotNotOffered", "Suspension"}
    suspensions.settle_all()
    left = Appointment.objects.filter(session=sessions[which], state__in=OCCUPYING)
    assert list(left) == []
    for row in made:
        told = Reminder.objects.filter(villager=row.villager, purpose="suspended").exists()
        assert told or places_of(row.villager) == 1
    everything_adds_up()


KILLED = """
import os, signal, sys
from unittest import mock
import django
django.setup()
from django.db import connection
from appointments.domain import bookings, moves, places_given, queues, slots, booking_requests
from appointments.models import Appointment, Slot
from auditorium.domain import audit, reminders
from auditorium.models import User
name, when = sys.argv[1].rsplit(".", 1)
module = globals()[name]
real = getattr(module, when)
def die(*args, **kwargs):
    result = real(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
    return result
with mock.patch.object(module, when, die):
    moves.move(
        appointment=Appointment.objects.get(pk=int(sys.argv[2])),
        slot=Slot.objects.get(pk=int(sys.argv[3])),
        by=User.objects.get(pk=int(sys.argv[4])),
    )
"""


COMMIT = "    connection.connection.commit()\n"


@pytest.mark.parametrize(
    "after",
    [
        "places_given.give_back",
        "places_given.take",
        "audit.record",
        "reminders.silence",
        "bookings.owe",
        "queues.wake_after_commit",
    ],
)
def test_move_killed_between_two_statements_leaves_the_old_as_it_was(hall, desk, sessions, after):
    here, there = (slot_of(session) for session in sessions[:2])
    made = bookings.book(slot=here, villager=bookable_villager(hall), hall=hall, by=desk)
    ended = run_killed(after, made, there, desk)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    made.refresh_from_db()
    assert (made.state, made.successor_id, Appointment.objects.count()) == (AppointmentState.BOOKED, None, 1)
    assert [Slot.objects.get(pk=slot.pk).taken for slot in (here, there)] == [1, 0]
    everything_adds_up()
    assert moves.move(appointment=made, slot=there, by=desk).state == AppointmentState.BOOKED


def test_move_killed_control_with_a_commit_in_between_has_neither(hall, desk, sessions):
    """What it would be without the one transaction: the old given back, and then the power is gone."""
    here, there = (slot_of(session) for session in sessions[:2])
    villager = bookable_villager(hall)
    made = bookings.book(slot=here, villager=villager, hall=hall, by=desk)
    ended = run_killed(
        "places_given.give_back", made, there, desk, script=KILLED.replace("    os.kill", COMMIT + "    os.kill")
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert places_of(villager) == 0


def run_killed(after, made, slot, desk, script=KILLED):
    """Move in a process of its own, which dies at once when that function has done its work."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": database_url()}
    connection.close()
    return subprocess.run(
        [sys.executable, "-c", script, after, str(made.pk), str(slot.pk), str(desk.pk)],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def manager(hall):
    user = UserFactory()
    user.roles.create(role=RoleKind.HALL_MANAGER, hall=hall)
    return user


def test_extra_places_granted_at_once_get_numbers_of_their_own(hall, manager, sessions):
    """While another part of the session, closed, gets more places too."""
    SlotFactory(session=sessions[0], capacity=3, taken=3)
    closed = SlotFactory(
        session=sessions[0], starts_at=at(sessions[0].date, 9), numbers=[[4, 6]], capacity=3, is_open=False
    )
    given = {"session": sessions[0], "hall": hall, "by": manager, "why": "同意"}
    calls = [partial(extra_places.grant, **given, villager=bookable_villager(hall)) for _ in range(8)]
    calls += [partial(slots.set_capacity, slot=closed, capacity=5, by=manager)] * 2
    results = at_once(calls)
    assert names(results) == ["Appointment"] * 8 + ["Slot"] * 2
    extra = Slot.objects.get(kind=SlotKind.EXTRA)
    assert (extra.capacity, extra.taken) == (8, 8)
    assert len({row.number for row in results[:8]}) == 8
    owned = sorted(n for slot in Slot.objects.all() for first, last in slot.numbers for n in range(first, last + 1))
    assert owned == list(range(1, 17))


def test_extra_place_sent_twice_is_one(hall, manager, sessions):
    SlotFactory(session=sessions[0], capacity=3, taken=3)
    villager, key = bookable_villager(hall), uuid.uuid4()
    given = {"session": sessions[0], "villager": villager, "hall": hall, "by": manager, "why": "同意", "key": key}
    results = at_once([partial(extra_places.grant, **given)] * 3)
    assert names(results) == ["Appointment"] * 3
    assert Appointment.objects.count() == 1


@pytest.mark.postgres
def test_extra_places_control_without_the_sessions_lock_give_a_number_twice(hall, manager, sessions):
    """Both read the session's last number before either writes it; the constraint stops the second."""
    SlotFactory(session=sessions[0], capacity=3, taken=3)
    SlotFactory(session=sessions[0], capacity=3, taken=3, starts_at=at(sessions[0].date, 9), numbers=[[4, 6]])
    both_have_read = threading.Barrier(2)

    def read_unlocked(session_id):
        session = ClinicSession.objects.select_related("department__hospital").get(pk=session_id)
        both_have_read.wait(30)
        return session

    calls = [
        partial(
            extra_places.grant,
            session=sessions[0],
            villager=bookable_villager(hall),
            hall=hall,
            by=manager,
            why="同意",
            starts_at=at(sessions[0].date, hour),
        )
        for hour in (8, 9)
    ]
    with mock.patch.object(extra_places, "_lock", read_unlocked):
        results = at_once(calls)
    assert names(results) == ["Appointment", "IntegrityError"]
