"""Seven o'clock: workers, walk-ins and a killed worker at one release. Each race has a control that goes wrong."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from unittest import mock

import pytest

from appointments import tasks
from appointments.domain import desk, places_given, queues, wishes
from appointments.enums import WishState
from appointments.models import Appointment, Department, Wish
from auditorium import clock
from auditorium.domain import audit
from auditorium.models import FollowUp, Reminder, Villager
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, bookable_villager, released
from tests.concurrency.kills import BASE_DIR, database_url
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, desk_user

WISHES, PLACES, WALK_INS = 10, 6, 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def by(hall):
    return desk_user(hall)


@pytest.fixture
def session(hall, settings):
    """A session of one time to be released at seven in fifteen days' time; the clock is the test's to move."""
    settings.DEMO = True
    session = ClinicSessionFactory(allotted_hall=hall, date=clock.today() + timedelta(days=15))
    SlotFactory(session=session, capacity=PLACES)
    yield session
    clock.move_back()


@pytest.fixture
def release(session):
    return released(session)


def wish(session, hall, by, how_many=WISHES):
    return [wishes.make(session=session, villager=bookable_villager(hall), hall=hall, by=by) for _ in range(how_many)]


def states():
    """What became of the wishes, in the order they were made."""
    return list(Wish.objects.order_by("pk").values_list("state", flat=True))


def numbers():
    """The numbers they got, in that order."""
    return list(
        Wish.objects.filter(state=WishState.BOOKED).order_by("pk").values_list("appointment__number", flat=True)
    )


IN_ORDER = [WishState.BOOKED] * PLACES + [WishState.MISSED] * (WISHES - PLACES)


def walk_ins(session, hall, by):
    slot = session.slots.get()
    return [
        partial(
            desk.book,
            slot=type(slot).objects.with_policies().get(pk=slot.pk),
            villager=bookable_villager(hall),
            hall=hall,
            by=by,
            key=f"00000000-0000-0000-0000-{number:012}",
        )
        for number in range(WALK_INS)
    ]


def test_two_workers_and_walk_ins_at_the_release_keep_the_order(session, hall, by, release):
    wish(session, hall, by)
    calls = walk_ins(session, hall, by)
    clock.move_to(release)
    results = at_once([tasks.serve_queues, tasks.serve_queues, *calls])
    assert sorted({type(result).__name__ for result in results}) == ["NoneType", "SlotFull"]
    assert (states(), numbers()) == (IN_ORDER, list(range(1, PLACES + 1)))
    assert Appointment.objects.count() == session.slots.get().taken == PLACES
    assert FollowUp.objects.filter(about_kind="wish").count() == WISHES - PLACES
    told = Reminder.objects.filter(about_kind="appointment", purpose="confirmation").values_list("about_id", flat=True)
    assert len(told) == len(set(told)) == PLACES


def test_control_without_the_queue_check_walk_ins_get_in_before(session, hall, by, release):
    """The desk neither serves the queue nor looks at it."""
    wish(session, hall, by)
    calls = walk_ins(session, hall, by)
    clock.move_to(release)
    with (
        mock.patch.object(queues, "somebody_waits_for", return_value=False),
        mock.patch("appointments.domain.turns.serve_before", return_value=None),
    ):
        at_once(calls)
        tasks.serve_queues()
    assert Wish.objects.filter(state=WishState.BOOKED).count() == PLACES - WALK_INS


def no_turn(department_id):
    """The department as `queues.take_turn` gives it, but not locked."""
    return Department.objects.select_related("hospital__policy", "policy").get(pk=department_id)


def unlocked(villager_id):
    return Villager.objects.get(pk=villager_id)


@pytest.mark.postgres
def test_control_without_locks_two_workers_try_for_one_wish(session, hall, by, release):
    """SQLite lets one writer in at a time, so only PostgreSQL can show what the locks are for."""
    wish(session, hall, by, 1)
    clock.move_to(release)
    both_have_looked, take = threading.Barrier(2), places_given.take

    def take_when_both_have_looked(**kwargs):
        both_have_looked.wait(30)
        return take(**kwargs)

    with (
        mock.patch.object(queues, "take_turn", no_turn),
        mock.patch.object(places_given, "lock_villager", unlocked),
        mock.patch.object(places_given, "take", take_when_both_have_looked),
    ):
        results = at_once([partial(wishes.serve_session, session.pk)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "int"]


@pytest.mark.postgres
@pytest.mark.parametrize("guarded", [True, False])
def test_a_wish_being_written_is_not_overtaken(session, hall, by, release, guarded):
    """The control: without the turn, a later key is served while an earlier one is not written yet."""
    session.slots.update(capacity=1, numbers=[[1, 1]])
    first_is_written, go = threading.Event(), threading.Event()
    slow, other = bookable_villager(hall), bookable_villager(hall)
    record = audit.record

    def record_slowly(*, action, villager_id, **kwargs):
        if action == "wished" and villager_id == slow.pk:
            first_is_written.set()
            go.wait(30)
        return record(action=action, villager_id=villager_id, **kwargs)

    def second():
        first_is_written.wait(30)
        if guarded:
            go.set()  # it would be let go too late if this waited for the turn
        wishes.make(session=session, villager=other, hall=hall, by=by)
        clock.move_to(release)
        wishes.serve_session(session.pk)
        go.set()

    def first():
        wishes.make(session=session, villager=slow, hall=hall, by=by)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(audit, "record", record_slowly))
        if not guarded:
            stack.enter_context(mock.patch.object(queues, "take_turn", no_turn))
        at_once([first, second])
    wishes.serve_session(session.pk)
    assert Wish.objects.get(state=WishState.BOOKED).villager == (slow if guarded else other)


def test_a_worker_killed_in_the_midst_of_a_turn_leaves_the_order_to_the_next(session, hall, by, release):
    """kill -9 between the booking and its wish's end, in a process of its own: that turn never happened."""
    wish(session, hall, by)
    clock.move_to(release)
    for place in ("appointments.domain.wishes._end", "appointments.domain.revisit_ends.wish_booked"):
        done = states().count(WishState.BOOKED)
        assert killed_at(place) == -signal.SIGKILL
        assert states().count(WishState.BOOKED) == done + 2
    tasks.serve_queues()
    assert (states(), numbers()) == (IN_ORDER, list(range(1, PLACES + 1)))
    assert Appointment.objects.count() == session.slots.get().taken == PLACES


KILLED = """
import os, signal
from importlib import import_module
import django
django.setup()
from appointments.domain import wishes
module, name = os.environ["KILL_AT"].rsplit(".", 1)
module = import_module(module)
real, calls = getattr(module, name), []
def dying(*args, **kwargs):
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **kwargs)
setattr(module, name, dying)
wishes.serve_due()
"""


def killed_at(place):
    """Serve in a process that is killed when it comes to this place for the third time; return how it ended."""
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": database_url(), "DEMO": "1"}
    environment = os.environ | settings | {"KILL_AT": place}
    return subprocess.run([sys.executable, "-c", KILLED], cwd=BASE_DIR, env=environment, check=False).returncode


def test_wishes_made_while_the_session_is_released_are_served_or_refused(session, hall, by, release):
    """Nobody is left waiting for a release that has been."""
    people = [bookable_villager(hall) for _ in range(PLACES)]
    clock.move_to(release - timedelta(seconds=1))
    calls = [partial(wishes.make, session=session, villager=person, hall=hall, by=by) for person in people]
    at_once([*calls, partial(clock.move_to, release), tasks.serve_queues])
    clock.move_to(release + timedelta(seconds=1))
    tasks.serve_queues()
    assert set(states()) <= {WishState.BOOKED}
    assert numbers() == list(range(1, len(numbers()) + 1))


def test_the_same_villager_wishes_once_however_often_the_page_is_sent(session, hall, by, release):
    villager = bookable_villager(hall)
    results = at_once([partial(wishes.make, session=session, villager=villager, hall=hall, by=by)] * 6)
    kinds = sorted(type(result).__name__ for result in results)
    assert (kinds, Wish.objects.count()) == (["AlreadyWaiting"] * 5 + ["Wish"], 1)
