"""Real Celery workers, killed at every step: no text is lost, none sent twice, what stays unclear becomes a call."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection

from auditorium import clock
from auditorium.domain import reminders, wake
from auditorium.domain.courier import LEASE
from auditorium.enums import MessageState, ReminderPurpose, ReminderState
from auditorium.models import FollowUp, Message, Reminder
from tests.errands import registered
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import at, owe, states, told_villager
from tests.peers.sms_http_peer import Peer, Reply, Request
from tests.waiting import wait_until

PLACES = (
    "texts written",
    "texts claimed",
    "sending committed",
    "provider answered",
    "outcome committed",
    "about to ask",
    "lease taken up",
)
BASE_DIR = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.django_db(transaction=True)


class Worker:
    """A Celery worker in a process of its own, on the test's database, broker and clock."""

    def __init__(self, folder: Path, *, kill_at: str = "") -> None:
        self.mark = folder / f"mark-{random.getrandbits(40):x}"
        self.log = folder / "worker.log"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            "DEMO": "1",
            "KILL_AT": kill_at,
            "KILL_MARK": str(self.mark),
        }
        options = ["--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "config.child",
                    "celery",
                    "--app",
                    "tests.peers.killed_worker",
                    "worker",
                    *options,
                ],
                cwd=BASE_DIR,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_dead(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> None:
        if not self.is_dead():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.process.stdin.close()


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


class Desk:
    """What the tests do: owe texts, run workers, let time pass."""

    def __init__(self, folder: Path, peer: Peer, stack: ExitStack) -> None:
        self.folder, self.peer = folder, peer
        self.hall = HallFactory()
        self.line = SmsLineFactory(gateway="http", config=peer.config())
        self.owed = 0
        self._stack = stack

    def worker(self, kill_at: str = "") -> Worker:
        worker = Worker(self.folder, kill_at=kill_at)
        self._stack.callback(worker.end)
        return worker

    def owe(self, how_many: int = 1) -> None:
        for _ in range(how_many):
            self.owed += 1
            owe(told_villager(self.hall), about=self.owed)

    def sweep_until(self, holds: Callable[[], bool]) -> None:
        """Wake the worker until something holds, as beat would; each time a third of a lease has passed."""
        for _ in range(120):
            clock.move_to(clock.now() + LEASE / 3)
            wake.now(reminders.SWEEP)
            with suppress(AssertionError):
                wait_until(holds, seconds=1)
                return
        log = self.folder / "worker.log"
        raise AssertionError(f"did not happen: {states()}\n{log.read_text()[-3000:]}")

    def all_settled(self) -> bool:
        owed = Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION)
        return not owed.filter(state__in=[ReminderState.PLANNED, ReminderState.SENDING]).exists()

    def told(self) -> int:
        owed = Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION)
        return owed.filter(state=ReminderState.TOLD).count()


@pytest.fixture
def desk(tmp_path, settings) -> Iterator[Desk]:
    settings.DEMO = True
    with ExitStack() as stack:
        stack.enter_context(registered())
        peer = stack.enter_context(Peer().running())
        stack.callback(clock.move_back)
        clock.move_to(at("11-23 10:00"))
        with current_app.connection_for_write() as link:
            link.default_channel.queue_purge("celery")  # wakes of other tests
        yield Desk(tmp_path, peer, stack)


def test_worker_killed_at_each_step_loses_and_repeats_nothing(desk):
    for place in PLACES:
        desk.owe(2)
        if place == "about to ask":  # there must be something to ask about, whatever the workers before have settled
            desk.sweep_until(desk.worker(kill_at="provider answered").is_dead)
        worker = desk.worker(kill_at=place)
        desk.sweep_until(worker.is_dead)
        assert worker.mark.exists(), worker.log.read_text()[-3000:]
    desk.worker()
    desk.sweep_until(desk.all_settled)
    assert (desk.told(), states()) == (desk.owed, [MessageState.SENT] * desk.owed)
    assert desk.peer.texts_per_key() == {str(uid): 1 for uid in Message.objects.values_list("uid", flat=True)}
    assert len(desk.peer.received) == desk.owed


@pytest.mark.parametrize(
    "had_it",
    [
        pytest.param(True, id="the provider had it"),
        pytest.param(False, id="the provider had it not yet", marks=pytest.mark.hard),
    ],
)
def test_worker_killed_during_the_call_loses_and_repeats_nothing(desk, had_it):
    desk.owe()
    worker = desk.worker()

    def kill(request: Request) -> Reply | None:
        if worker.is_dead():
            return None
        worker.end()
        return Reply(status=503)

    setattr(desk.peer, "before_answering" if had_it else "before_accepting", kill)
    desk.sweep_until(worker.is_dead)
    desk.worker()
    desk.sweep_until(desk.all_settled)
    assert (desk.told(), len(desk.peer.accepted)) == (1, 1)
    assert len(desk.peer.received) == (1 if had_it else 2)


@pytest.mark.hard
def test_control_provider_that_forgets_keys_makes_it_a_call_and_still_gets_it_once(desk):
    desk.peer.remembers = False
    desk.owe()
    worker = desk.worker(kill_at="provider answered")
    desk.sweep_until(worker.is_dead)
    desk.worker()
    desk.sweep_until(desk.all_settled)
    assert (states(), len(desk.peer.received)) == ([MessageState.UNKNOWN], 1)
    assert FollowUp.objects.get().reason == "不清楚短信有没有送到，请打电话"
    assert desk.told() == 0


@pytest.mark.hard
def test_many_kills_at_any_moment_lose_and_repeat_nothing(desk):
    """Two workers, one of them killed at a moment nobody chose, again and again while texts flow."""
    chance = random.Random(20261123)
    desk.owe(40)
    workers = [desk.worker(), desk.worker()]
    kills = 0
    while kills < 30:
        desk.owe(10)
        seen = len(desk.peer.received) + chance.randint(1, 12)
        desk.sweep_until(lambda wanted=seen: len(desk.peer.received) >= wanted or desk.all_settled())
        workers.pop(0).end()
        workers.append(desk.worker())
        kills += 1
    desk.sweep_until(desk.all_settled)
    assert desk.told() == desk.owed
    assert set(Counter(key for key, _body in desk.peer.accepted).values()) == {1}
    assert len(desk.peer.accepted) == Message.objects.count() == desk.owed
