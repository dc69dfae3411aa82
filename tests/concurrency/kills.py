"""What the tests that kill things share: a desk that owes texts, real workers, a provider that can be counted on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery import current_app
from django.db import connection
from kombu.exceptions import KombuError

from auditorium import clock
from auditorium.domain import receipts, reminders, wording
from auditorium.domain.courier import LEASE
from auditorium.enums import MessageState, ReminderPurpose, ReminderState
from auditorium.gateways.aliyun import AliyunGateway
from auditorium.models import FollowUp, LineTemplate, Message, MessageTemplate, Reminder
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, VillagerFactory
from tests.outbox import owe, states
from tests.peers import aliyun_peer, http_provider
from tests.peers.kill_points import AT_WORK
from tests.peers.vendor_peer import Handle
from tests.ports import KeptPort
from tests.waiting import wait_until

BASE_DIR = Path(__file__).resolve().parent.parent.parent
WORKERS_NAME = "killed workers"
NOT_A_NUMBER = "0999"
SECRET = "receipts-12345678901"
PATIENCE = 300
"""Seconds in which what has to happen has happened on the slowest machine; it is over as soon as it has."""


class Nursery:
    """Where workers come from: `tests.peers.killed_worker`."""

    def __init__(self) -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            "DEMO": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.peers.killed_worker"],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, told: dict[str, Any]) -> int:
        """The id of a new process."""
        self._process.stdin.write(f"{json.dumps(told)}\n")
        self._process.stdin.flush()
        while (answer := self._process.stdout.readline().strip()) == "ready":
            pass
        return int(answer)

    def end(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


class Worker:
    """A Celery worker, or a beat, in a process of its own, on the test's database, broker and clock."""

    def __init__(self, pid: int) -> None:
        self.pid, self._was_dead = pid, False

    def is_dead(self) -> bool:
        self._was_dead = self._was_dead or not _lives(self.pid)  # its number may be another's by now
        return self._was_dead

    def end(self) -> None:
        with suppress(ProcessLookupError):
            if not self.is_dead():
                os.kill(self.pid, signal.SIGKILL)
        wait_until(self.is_dead)


class Provider:
    """The far side in a process of its own: it can be killed, and comes back on its port with what it had taken."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self._folder = kind, folder
        self._memory = folder / "taken"
        self._port = KeptPort()
        self._process: subprocess.Popen[str] | None = None
        self._cuts = ["cut", "cut after"]
        self.start()

    def start(self, *, forgets: bool = False) -> None:
        """Begin, or begin again."""
        self.kill()
        module = "tests.peers.aliyun_peer" if self.kind == "aliyun" else "tests.peers.http_provider"
        knows = {"day": f"{clock.today()}", "numbers": {NOT_A_NUMBER: "isv.MOBILE_NUMBER_ILLEGAL"}}
        environment = os.environ | {
            "PEER_MEMORY": str(self._memory),
            "PEER_PORT": str(self._port.number),
            "PEER_KNOWS": json.dumps(knows if self.kind == "aliyun" else {}),
        }
        with (self._folder / "provider.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=BASE_DIR,
                env=environment | ({"PEER_FORGETS": "1"} if forgets else {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.peer = Handle(self._process.stdout.readline().strip())

    def config(self, *, can_be_asked: bool = True) -> dict[str, Any]:
        """Settings of a line that sends here."""
        if self.kind != "aliyun":
            return http_provider.config(self.peer.url, can_be_asked=can_be_asked)
        keys = {"access_key_id": aliyun_peer.ID, "access_key_secret": aliyun_peer.SECRET}
        return keys | {"endpoint": self.peer.url, "receipts": {"secret": SECRET}}

    def taken(self) -> list[dict[str, Any]]:
        """Every text it ever took, in order; also when it is dead."""
        return [json.loads(line) for line in self._memory.read_text().splitlines()] if self._memory.exists() else []

    def dies(self, when: str, *, action: str = "send") -> None:
        """End at the next request: before or after it has taken a text, or before it says what it knows of one."""
        actions = {"http": {"send": ["send"], "ask": ["query"]}}.get(
            self.kind, {"send": ["SendSms", "SendBatchSms"], "ask": ["QuerySendDetails"]}
        )
        self.peer.give("takes", actions[action])
        self.peer.then({"do": "die after" if when == "after" else "die"})

    def cuts(self, *, off: bool = False) -> None:
        """Cut off the next two calls, of a text it has taken and of one it has not, in turns; or no more."""
        self._cuts.reverse()
        self.peer.give("then", [] if off else [{"do": cut} for cut in self._cuts])

    def is_dead(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()

    def end(self) -> None:
        """It does not come back."""
        self.kill()
        self._port.let_go()


@dataclass(frozen=True)
class Outcome:
    """What became of what was owed: people told, people a person is asked to tell, texts lost, people told twice."""

    told: int = 0
    asked: int = 0
    lost: int = 0
    twice: int = 0


@dataclass
class Desk:
    """What the tests do: owe texts, run workers, let time pass, count."""

    folder: Path
    nursery: Nursery
    provider: Provider
    stack: ExitStack
    broker_url: str = ""
    has_beat: bool = False
    owed: dict[int, str] = field(default_factory=dict)  # the errand's number: the phone's

    def __post_init__(self) -> None:
        self.hall = HallFactory()
        self.line = SmsLineFactory(gateway=self.provider.kind, config=self.provider.config())
        wording.current_templates(KIND)
        for template in MessageTemplate.objects.all():
            LineTemplate.objects.create(line=self.line, template=template, code=f"SMS_{template.pk}")
        self.marks = self.folder / "marks"
        self.marks.mkdir()
        self.log = self.folder / "worker.log"

    def worker(self, *places: str, victim: str = "worker", without: str = "", run: str = "worker") -> Worker:
        """A new worker; at these places its victim dies, unless that has happened before."""
        told = {
            "run": run,
            "log": str(self.log),
            "folder": str(self.marks),
            "gateway": self.provider.kind,
            "places": places,
            "victim": victim,
            "without": without,
            "threads": 1 if victim == "connections" else 2,
            "environment": {"BROKER_URL": self.broker_url, "WORKERS_NAME": WORKERS_NAME},
        }
        worker = Worker(self.nursery.start(told))
        self.stack.callback(worker.end)
        return worker

    def beat(self) -> Worker:
        """Celery's beat, which sweeps every second."""
        self.has_beat = True
        return self.worker(run="beat")

    def owe(self, how_many: int = 1, *, number: str = "") -> None:
        """Plan errands, each of a villager with a phone of their own, and a text to be sent at once."""
        for _ in range(how_many):
            villager = VillagerFactory(registered_at=self.hall)
            ConsentFactory(villager=villager)
            contact = ContactFactory(villager=villager, **({"phone__number": number} if number else {}))
            about = len(self.owed) + 1
            self.owed[about] = contact.phone.number.as_e164.removeprefix("+86")
            owe(villager, about=about)

    def sweep_until(self, holds: Callable[[], Any]) -> None:
        """Let time pass, half a lease at once, and sweep each time, as beat does, until something holds.

        It stands still while somebody is at work: no lease runs out but of whoever is dead, however busy the machine.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(AssertionError):
                wait_until(lambda: holds() or not self.is_at_work())
            clock.move_to(clock.now() + LEASE / 2)
            if not self.has_beat:
                self.send(reminders.SWEEP)
            with suppress(AssertionError):
                wait_until(holds, seconds=0.4)
                return
        raise AssertionError(f"did not happen: {states()} {os.listdir(self.marks)}\n{self.log.read_text()[-3000:]}")

    def is_at_work(self) -> bool:
        """Whether some worker that lives is sweeping."""
        return any(_lives(int(mark.name.split(".")[0])) for mark in self.marks.glob(f"*{AT_WORK}"))

    def send(self, task: str, *, within: float | None = 15) -> None:
        """Send a task as beat does, to be done within some seconds; a broker that is not there is no matter."""
        with suppress(KombuError, OSError), current_app.connection_for_write() as link:
            current_app.send_task(task, connection=link, expires=within, retry=False, ignore_result=True)

    def has_done(self, task: str) -> bool:
        """Whether a worker says that it has done such a task."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return any(f"Task {task}[" in line and " succeeded " in line for line in lines)

    def unreached(self, places: Iterable[str]) -> list[str]:
        """Where nothing has died yet."""
        return [place for place in places if not (self.marks / place).exists()]

    def all_settled(self) -> bool:
        """Whether nothing more will happen by itself: what stays unknown has become somebody's task."""
        if Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION, state=ReminderState.PLANNED).exists():
            return False
        rows = set(Message.objects.values_list("state", "reminders__state"))  # at one moment
        busy = {MessageState.PENDING, MessageState.CLAIMED, MessageState.SENDING}
        return not any(
            state in busy or (state == MessageState.UNKNOWN and about != ReminderState.FOLLOW_UP)
            for state, about in rows
        )

    def settle(self) -> Outcome:
        """Wait until nothing more happens, let the provider report, and count what phones got."""
        self.sweep_until(self.all_settled)
        if self.provider.kind == "aliyun":
            rows = [aliyun_peer.report(text) for text in self.provider.taken()]
            receipts.record(line=self.line, receipts=AliyunGateway(self.line.config).read_receipts(rows))
        return self.outcome()

    def outcome(self) -> Outcome:
        """What can be said now."""
        confirmations = Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION)
        told = set(confirmations.filter(state=ReminderState.TOLD).values_list("about_id", flat=True))
        asked = set(FollowUp.objects.open().filter(about_kind=KIND).values_list("about_id", flat=True))
        got = Counter(text["number"] for text in self.provider.taken())
        return Outcome(
            told=len(told),
            asked=len(asked),
            lost=sum(not got[number] and about not in asked for about, number in self.owed.items()),
            twice=sum(got[number] > 1 for number in self.owed.values()),
        )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"
