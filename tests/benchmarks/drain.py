"""How fast what is due is drained: written, claimed, handed to a gateway that does nothing, and marked.

    python -m tests.servers python -m tests.benchmarks.drain [--due 200000] [--offered 500] [--seconds 60]

Everybody is told of a real booking by text, on a line whose gateway takes a hundred at once. Workers are processes
that sweep. `drain_rows_s` is also divided by one UPDATE of the same texts, which is what the database alone could do.
"""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from django.db import connection

from appointments.domain.places_given import ABOUT
from auditorium import clock
from auditorium.domain import reminders, wording
from auditorium.enums import MessageState, ReminderPurpose, ReminderState
from auditorium.models import Consent, Contact, Message, Reminder
from tests.benchmarks import daytime, report
from tests.benchmarks.many_rows import multiply
from tests.benchmarks.rounds import Figures
from tests.factories import SmsLineFactory

FEW = 10
"""The queue beside which memory is compared is this much shorter."""

PATIENCE_SECONDS = 600
"""A machine that cannot keep up is measured all the same."""


class Worker:
    """One process that drains."""

    def __init__(self, database: str, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.drain_worker", *options],
            env=os.environ | {"DATABASE_URL": ground.url_of(database)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        if self.stdout.readline() != "ready\n":
            raise RuntimeError("a worker did not begin")

    def begin(self) -> None:
        """Let it sweep."""
        self.stdin.write("go\n")
        self.stdin.flush()

    def end(self) -> tuple[int, float]:
        """Wait until it is done, or tell it to stop; how many texts it sent, and by how many MB it grew."""
        self.stdin.close()
        told = json.loads(self.stdout.readline())
        self.process.wait(30)
        return told["counts"].get("sent", 0), told["grown"]


class Queue:
    """People with a phone and a booking each, and what they are owed."""

    def __init__(self, database: str, people: int) -> None:
        self.database, self.people = database, people
        self.ahead = daytime.keep().total_seconds()
        self.here = ground.Ground.make()
        self.line = SmsLineFactory()
        (slot,) = self.here.places(1, capacity=1)
        (villager,) = self.here.people(1)
        self.first = villager.pk
        appointment = ground.booked(self.here, slot, villager, number=1)
        templates = reminders.words_of(wording.current_templates(ABOUT), ReminderPurpose.CONFIRMATION)
        self.pattern = Reminder(
            about_kind=ABOUT,
            villager=villager,
            hall=self.here.hall,
            purpose=ReminderPurpose.CONFIRMATION,
            due_at=clock.now(),
            expires_at=slot.starts_at,
            **templates,
        )
        person = f"{self.first} + n - 1"
        more = people - 1
        uid = {"uid": "gen_random_uuid()"}
        contact = Contact.objects.select_related("phone").get(villager=villager)
        multiply(villager, more, id=f"{self.first} + n", name="'张小' || n", **uid)
        multiply(contact.phone, more, id=f"{contact.phone_id} + n", number="'+86138' || lpad(CAST(n AS text), 8, '0')")
        multiply(contact, more, villager_id=f"{self.first} + n", phone_id=f"{contact.phone_id} + n")
        for consent in Consent.objects.filter(villager=villager):
            multiply(consent, more, villager_id=f"{self.first} + n")
        multiply(appointment, people, id="n", villager_id=person, number="n", reference="'R' || n", **uid)
        ground.analyse()

    def owe(self, count: int, *, first: int = 1) -> None:
        """Owe some people, from the `first` on, a confirmation that is due now."""
        now = f"clock_timestamp() + interval '{self.ahead} seconds'"
        multiply(
            self.pattern,
            count,
            uid="gen_random_uuid()",
            villager_id=f"{self.first + first - 1} + n - 1",
            about_id=f"{first} + n - 1",
            due_at=now,
            created_at=now,
        )

    def empty(self) -> None:
        """As if nothing had ever been owed."""
        names = [model._meta.db_table for model in (Reminder.messages.through, Message, Reminder)]
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")

    def drain(self, count: int, *, workers: int) -> tuple[float, float]:
        """Rows a second until this many are told, and by how many MB a worker grew."""
        self.empty()
        team = [Worker(self.database) for _ in range(workers)]
        self.owe(count)
        ground.analyse()
        begun = time.perf_counter()
        for worker in team:
            worker.begin()
        grown = [worker.end()[1] for worker in team]
        seconds = time.perf_counter() - begun
        told = Reminder.objects.filter(state=ReminderState.TOLD).count()
        if told != count or Message.objects.filter(state=MessageState.SENT).count() != count:
            raise RuntimeError(f"{told} of {count} were told")
        print(f"  {workers} workers, {count} due: {count / seconds:,.0f} a second, grew by {max(grown):.1f} MB")
        return count / seconds, max(grown)

    def one_update(self) -> float:
        """Rows a second of one UPDATE that marks all the texts that are there."""
        begun = time.perf_counter()
        rows = Message.objects.update(state=MessageState.SENT, sent_at=clock.now(), lease_until=None)
        return rows / (time.perf_counter() - begun)

    def lag(self, offered: int, seconds: int) -> tuple[list[float], float]:
        """How long after it was due each text was sent, when so many become due every second; and the offered rate."""
        self.empty()
        ground.analyse()
        team = [Worker(self.database, "--until-eof") for _ in range(2)]
        for worker in team:
            worker.begin()
        begun = time.perf_counter()
        written = 0
        while (passed := time.perf_counter() - begun) < seconds:
            wanted = min(round(offered * passed), self.people) - written
            if wanted:
                self.owe(wanted, first=written + 1)
                written += wanted
            time.sleep(0.05)
        rate = written / (time.perf_counter() - begun)
        for _second in range(PATIENCE_SECONDS):
            if Reminder.objects.filter(state=ReminderState.TOLD).count() == written:
                break
            time.sleep(1)
        for worker in team:
            worker.end()
        rows = Message.objects.filter(state=MessageState.SENT).values_list("sent_at", "reminders__due_at")
        lags = [(sent - due).total_seconds() for sent, due in rows]
        if len(lags) != written:
            raise RuntimeError(f"{len(lags)} of {written} were told")
        return lags, rate


def run(database: str, *, due: int, offered: int, seconds: int) -> Figures:
    """All that is measured, one after the other."""
    queue = Queue(database, max(due, offered * seconds))
    few_rate, few_grown = queue.drain(due // FEW, workers=1)
    one, grown = queue.drain(due, workers=1)
    bare = queue.one_update()
    two, _grown = queue.drain(due, workers=2)
    print(f"  one UPDATE: {bare:,.0f} rows a second")
    lags, rate = queue.lag(offered, seconds)
    return {
        "drain_rows_s.1": (one, "/s", due),
        "drain_rows_s.2": (two, "/s", due),
        "drain_rows_s.1.over_update": (one / bare, "", due),
        "drain_rows_s.2.over_update": (two / bare, "", due),
        "drain_rows_s.few": (few_rate, "/s", due // FEW),
        "drain_memory_mb.few": (few_grown, "MB", due // FEW),
        "drain_memory_mb": (grown, "MB", due),
        **_lag_figures(lags, rate),
    }


def _lag_figures(lags: Sequence[float], rate: float) -> Figures:
    return {
        "drain_lag_offered": (rate, "/s", len(lags)),
        "drain_lag_p50": (report.quantile(lags, 0.5), "s", len(lags)),
        "drain_lag_p99": (report.quantile(lags, 0.99), "s", len(lags)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--due", type=int, default=200_000)
    parser.add_argument("--offered", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=60)
    chosen = parser.parse_args()
    with ground.database() as database:
        measured = run(database, due=chosen.due, offered=chosen.offered, seconds=chosen.seconds)
    report.add(measured, command="make bench ONLY=drain")


if __name__ == "__main__":
    main()
