"""`manage.py smpp` as a process: killed and cut off at every step, nobody is dropped or told twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from auditorium import clock
from auditorium.domain import connections, delivery, telling
from auditorium.enums import MessageState, ReminderPurpose, ReminderState
from auditorium.models import FollowUp, LineConnection, Message, Reminder, Reply, SmsLine
from tests.errands import registered
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import at, owe, states, told_villager
from tests.peers import smsc as peers
from tests.peers.smsc import Smsc
from tests.waiting import wait_until

BASE_DIR = Path(__file__).resolve().parent.parent.parent.parent

pytestmark = pytest.mark.django_db(transaction=True)


class Process:
    """The command, running."""

    def __init__(self, log: Path, *, kill_at: str = "", guesses: bool = False) -> None:
        self.log = log
        self.mark = log.with_suffix(f".{kill_at or 'mark'}")
        name = connection.settings_dict["NAME"]
        is_file = connection.vendor == "sqlite"
        database = f"sqlite:///{name}" if is_file else f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database,
            "DEMO": "1",
            "KILL_AT": kill_at,
            "KILL_MARK": str(self.mark),
            "GUESSES": "1" if guesses else "",
        }
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.peers.smpp_process"],
                cwd=BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def is_dead(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> int:
        """Ask it to leave; return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)


class Desk:
    """What the tests do: owe texts, run the command, let time pass."""

    def __init__(self, folder: Path, smsc: Smsc, settings, stack: ExitStack) -> None:
        self.log = folder / "smpp.log"
        self.smsc = smsc
        self.hall = HallFactory()
        self.line = SmsLineFactory(gateway="smpp", config=smsc.config())
        self.owed = 0
        self._settings = settings
        self._stack = stack

    def process(self, **manner: Any) -> Process:
        process = Process(self.log, **manner)
        self._stack.callback(process.kill)
        return process

    def owe(self, how_many: int = 1) -> None:
        """Let texts be written, due now."""
        for _ in range(how_many):
            self.owed += 1
            owe(told_villager(self.hall), about=self.owed)
        telling.tell_batch(at=clock.now(), after=None)

    def owe_long(self) -> None:
        """One text of two parts."""
        self.owe()
        Message.objects.update(body="【柯桥文化礼堂】" + "请" * 90, parts=2)

    def sweep(self, **later: float) -> None:
        """What beat would have done meanwhile; the sweep leaves the line to its process."""
        clock.move_to(clock.now() + delivery.timedelta(**later))
        moment = clock.now()
        self._settings.DEMO = False
        with time_machine.travel(moment, tick=False):
            delivery.sweep()
        self._settings.DEMO = True

    def wait(self, holds: Callable[[], object]) -> None:
        """Until it holds; a third of a lease passes again and again, and beat sweeps."""
        for _ in range(60):
            try:
                wait_until(holds, seconds=1)
            except AssertionError:
                self.sweep(seconds=connections.LEASE.total_seconds() / 3)
            else:
                return
        raise AssertionError(f"did not happen: {states()} {self.smsc.events[-5:]}\n{self.log.read_text()[-3000:]}")

    def told(self) -> int:
        return Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION, state=ReminderState.TOLD).count()

    def with_person(self) -> int:
        return Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION, state=ReminderState.FOLLOW_UP).count()

    def all_settled(self) -> bool:
        return self.told() + self.with_person() == self.owed


@pytest.fixture
def desk(tmp_path, settings) -> Iterator[Desk]:
    settings.DEMO = True
    with ExitStack() as stack:
        stack.enter_context(registered())
        smsc = stack.enter_context(peers.running())
        stack.callback(clock.move_back)
        clock.move_to(at("11-23 10:00"))
        yield Desk(tmp_path, smsc, settings, stack)


def test_command_sends_hears_of_delivery_and_leaves_politely(desk):
    process = desk.process()
    desk.owe(3)
    desk.wait(desk.all_settled)
    assert (states(), desk.told(), len(desk.smsc.texts)) == ([MessageState.DELIVERED] * 3, 3, 3)
    held = LineConnection.objects.get()
    assert (held.held_by.count(":"), held.connected_at is not None, held.error_code) == (2, True, "")
    assert process.stop() == 0
    wait_until(lambda: desk.smsc.said("unbind"))
    held.refresh_from_db()
    assert (held.held_by, held.held_until, held.connected_at) == ("", None, None)


def test_long_text_is_delivered_when_all_its_parts_are(desk):
    desk.smsc.tell(set={"receipts": "none"})
    desk.owe_long()
    desk.process()
    desk.wait(lambda: len(desk.smsc.texts) == 2)
    desk.wait(lambda: states() == [MessageState.SENT])
    one, two = desk.smsc.said("submit")
    for answered, (part, state) in enumerate([(one, MessageState.SENT), (two, MessageState.DELIVERED)], 1):
        desk.smsc.bring(f"id:{part['id']} stat:DELIVRD err:000".encode(), esm_class=4, source_addr=part["number"])
        wait_until(lambda count=answered: len(desk.smsc.said("answered")) == count)
        assert states() == [state]


def test_long_text_is_not_delivered_when_one_part_is_not(desk):
    desk.smsc.tell(set={"submit": [{}, {"stat": "UNDELIV"}]})
    desk.owe_long()
    desk.process()
    desk.wait(desk.all_settled)
    assert (states(), desk.with_person()) == ([MessageState.UNDELIVERED], 1)


@pytest.mark.parametrize("how", [{"receipts": "twice"}, {"submit": [{"early": True}] * 3}, {"ids": "hex"}], ids=str)
def test_receipts_that_come_twice_early_or_in_another_spelling_are_settled(desk, how):
    desk.smsc.tell(set=how)
    desk.process()
    desk.owe(3)
    desk.wait(desk.all_settled)
    assert states() == [MessageState.DELIVERED] * 3


def test_answer_becomes_a_reply_once(desk):
    desk.process()
    desk.owe()
    desk.wait(desk.all_settled)
    number = desk.smsc.said("submit")[0]["number"]
    desk.smsc.bring("收到".encode("utf-16-be"), data_coding=8, source_addr=number)
    desk.wait(Reply.objects.exists)
    wait_until(lambda: desk.smsc.said("answered")[-1]["status"] == 0)
    assert Reply.objects.get().text == "收到"


@pytest.mark.parametrize(
    ("place", "unknown"),
    [
        ("texts claimed", 0),
        ("sending committed", 3),
        ("provider answered", 3),
        ("outcome committed", 0),
        ("receipt came", 0),
        ("receipt written down", 0),
    ],
)
def test_command_killed_at_each_step_loses_and_repeats_nothing(desk, place, unknown):
    process = desk.process(kill_at=place)
    desk.owe(3)
    wait_until(process.is_dead)
    assert process.mark.exists(), desk.log.read_text()[-3000:]
    desk.process()
    desk.wait(desk.all_settled)
    assert (
        Counter(states()) == Counter({MessageState.UNKNOWN: unknown, MessageState.DELIVERED: 3 - unknown}) - Counter()
    )
    assert (desk.told(), desk.with_person()) == (3 - unknown, unknown)
    assert len(desk.smsc.texts) == (0 if place == "sending committed" else 3)
    assert {task.reason for task in FollowUp.objects.all()} <= {"不清楚短信有没有送到，请打电话"}


@pytest.mark.parametrize("place", ["answer came", "answer written down"])
def test_answer_is_not_lost_when_the_command_is_killed(desk, place):
    process = desk.process(kill_at=place)
    desk.owe()
    desk.wait(desk.all_settled)
    number = desk.smsc.said("submit")[0]["number"]
    desk.smsc.bring(b"1", source_addr=number)
    wait_until(process.is_dead)
    desk.process()
    desk.wait(lambda: [said for said in desk.smsc.said("answered") if said["about"] == "answer"])
    assert {reply.text for reply in Reply.objects.all()} == {"1"}


@pytest.mark.parametrize("drop", ["before", "after"])
def test_connection_dropped_in_between_loses_and_repeats_nothing(desk, drop):
    desk.smsc.tell(set={"submit": [{}, {}, {"drop": drop}]})
    SmsLine.objects.update(config=desk.smsc.config(window=1))
    desk.process()
    desk.owe(6)
    desk.wait(desk.all_settled)
    assert (desk.told(), desk.with_person()) == (5, 1)
    assert set(Counter(desk.smsc.numbers).values()) == {1}
    assert len(desk.smsc.texts) == (6 if drop == "after" else 5)
    assert len(desk.smsc.said("bind")) == 2


@pytest.mark.hard
def test_control_sending_again_on_a_guess_tells_twice(desk):
    desk.smsc.tell(set={"submit": [{"drop": "after"}]})
    desk.process(guesses=True)
    desk.owe()
    desk.wait(desk.all_settled)
    assert (desk.told(), len(desk.smsc.texts)) == (1, 2)


def test_provider_that_is_away_is_tried_until_it_is_back(desk):
    desk.smsc.end()
    desk.process()
    desk.owe()
    desk.wait(lambda: LineConnection.objects.filter(error_code="no-connection").exists())
    with peers.running(desk.smsc.port) as back:
        desk.smsc = back
        desk.wait(desk.all_settled)
        assert (states(), len(back.texts)) == ([MessageState.DELIVERED], 1)
        held = LineConnection.objects.get()
        assert (held.connected_at is not None, held.error_code) == (True, "")


def test_wrong_password_pauses_the_line_and_keeps_its_texts(desk):
    desk.smsc.tell(set={"bind": 0x0E})
    desk.process()
    desk.owe()
    desk.wait(lambda: SmsLine.objects.get().paused_at)
    assert SmsLine.objects.get().paused_reason == "短信平台回的是 ESME_RINVPASWD（密码不对），请检查余额、权限和设置"
    assert (states(), len(desk.smsc.said("bind"))) == ([MessageState.PENDING], 1)


def test_line_paused_changed_and_new_is_noticed_while_running(desk):
    desk.process()
    desk.wait(lambda: desk.smsc.said("bind"))
    SmsLine.objects.update(paused_at=clock.now())
    wait_until(lambda: desk.smsc.said("unbind"))
    SmsLine.objects.update(paused_at=None, config=desk.smsc.config(system_id="litang2"))
    wait_until(lambda: len(desk.smsc.said("bind")) == 2)
    SmsLineFactory(gateway="smpp", order=2, config=desk.smsc.config(system_id="other"))
    wait_until(lambda: len(desk.smsc.said("bind")) == 3)
    assert [said["system_id"] for said in desk.smsc.said("bind")] == ["litang", "litang2", "other"]


def test_second_process_stands_by_and_takes_over(desk):
    first = desk.process()
    desk.wait(lambda: desk.smsc.said("bind"))
    desk.process()
    wait_until(lambda: "another process keeps it; standing by" in desk.log.read_text())
    desk.owe()
    desk.wait(desk.all_settled)
    assert len(desk.smsc.said("bind")) == 1
    first.stop()
    wait_until(lambda: len(desk.smsc.said("bind")) == 2)
    desk.owe()
    desk.wait(desk.all_settled)
    assert (desk.told(), len(desk.smsc.texts)) == (2, 2)


@pytest.mark.hard
def test_many_kills_and_drops_lose_and_repeat_nothing(desk):
    """The command is killed, and the connection dropped, again and again while texts flow."""
    process = desk.process()
    for turn in range(12):
        desk.owe(10)
        seen = len(desk.smsc.texts) + turn % 7
        desk.wait(lambda wanted=seen: len(desk.smsc.texts) > wanted or desk.all_settled())
        if turn % 2:
            desk.smsc.tell(drop=True)
        else:
            process.kill()
            process = desk.process()
    desk.wait(desk.all_settled)
    assert set(Counter(desk.smsc.numbers).values()) == {1}
    assert set(states()) <= {MessageState.DELIVERED, MessageState.UNKNOWN}
    assert desk.told() == states().count(MessageState.DELIVERED)
