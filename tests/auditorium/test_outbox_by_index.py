"""Each statement of the outbox is answered by the index named for it, on both databases, however many texts there are.

SQLite plans by its indexes alone. PostgreSQL would rather read a small table whole, which it is told not to; what it
does with very many rows is seen in `test_fifty_million_texts`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from auditorium import clock
from auditorium.domain import polling, reminder_times
from auditorium.enums import MessageState, ReminderState, ReplyState
from auditorium.models import AuditEntry, FollowUp, LineDay, Message, MessagePart, Reminder, Reply, SmsLine
from tests.auditorium.outbox_acts import Outbox, acts, not_used
from tests.factories import HallFactory, MessageFactory, SmsLineFactory
from tests.outbox import FakeGateway, at, owe, told_villager

pytestmark = pytest.mark.django_db
NOW = at("11-23 12:00")
GROW = [Message, MessagePart, Message.reminders.through, Reminder, Reply, LineDay, AuditEntry, FollowUp]
READS = re.compile(r"\s*(SELECT|UPDATE|DELETE|INSERT\b.*\bSELECT)\b", re.DOTALL)
UNDER_WAY = {"message_waiting", "message_written", "message_lease", "message_unknown"}
"""Partial indexes of what is under way now: reading one whole is no more than that."""

ON_SQLITE = {
    "answer": {"message_of_line"},
    "receipt by key": {"sqlite_autoindex_auditorium_message"},
}
"""Where it takes another index as good (a line's texts of some days), or names one otherwise."""


ON_POSTGRESQL = {"tell": {"message_of_phone"}}
"""Where it may take either of two partial indexes, by what other tests left in the files of its tables."""


@dataclass
class Plan:
    """The indexes some statements are answered by, and which tables that grow they read from end to end."""

    indexes: set[str] = field(default_factory=set)
    whole: list[str] = field(default_factory=list)

    def add_sqlite(self, sql: str, steps: list[str]) -> None:
        """SEARCH t USING INDEX i (line_id=? AND …), or SCAN t."""
        tables = "|".join(model._meta.db_table for model in GROW)
        for step in steps:
            index = re.search(r"INDEX (\w+)", step)
            self.indexes |= {index[1]} if index else set()
            of_a_line = step.endswith("message_of_line (line_id=?)")
            if of_a_line or (re.match(rf"SCAN ({tables})\b", step) and not (index and index[1] in UNDER_WAY)):
                self.whole.append(f"{step}: {sql}")

    def add_postgres(self, sql: str, node: dict) -> None:
        """A tree of nodes."""
        index = node.get("Index Name", "")
        self.indexes |= {index} - {""}
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in {model._meta.db_table for model in GROW}:
            self.whole.append(f"SCAN: {sql}")
        for child in node.get("Plans", ()):
            self.add_postgres(sql, child)


@contextmanager
def planned() -> Iterator[Plan]:
    """How each statement about what grows is answered; it is carried out as well."""
    plan = Plan()

    def explain(execute, sql, params, many, context):
        if not many and READS.match(sql) and any(re.search(rf"\b{model._meta.db_table}\b", sql) for model in GROW):
            if connection.vendor == "sqlite":
                found = execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context)
                plan.add_sqlite(sql, [row[-1] for row in found.fetchall()])
            else:
                with connection.connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                    plan.add_postgres(sql, cursor.fetchone()[0][0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plan


@pytest.fixture
def outbox(errands, monkeypatch):
    """Many texts that ended, and some in each state that is not the end."""
    gateway = FakeGateway(receipt_secret="secret")
    monkeypatch.setattr(reminder_times, "is_quiet", lambda moment: False)
    monkeypatch.setattr(polling, "gateway_for", lambda kind, config: gateway)
    with time_machine.travel(NOW, tick=False):
        lines = [SmsLineFactory(order=order) for order in range(5)]
        capped = SmsLineFactory(order=5, daily_cap=50)
        SmsLine.objects.filter(pk=lines[4].pk).update(paused_at=NOW)
        people = [told_villager(HallFactory()) for _each in range(40)]
        for about, villager in enumerate(people):
            owe(villager, about=about)
        reminder, hall = Reminder.objects.first(), people[0].registered_at
        phones = [villager.contacts.get().phone for villager in people]
        pattern = MessageFactory(hall=hall, villager=people[0], phone=phones[0], line=lines[0])
        states = [*MessageState, *[MessageState.DELIVERED] * 90]
        Message.objects.bulk_create(
            Message(
                hall=people[n % 40].registered_at,
                villager=people[n % 40],
                phone=phones[n % 40],
                line=(*lines, capped)[n % 6],
                audience=pattern.audience,
                body="" if n < 500 else pattern.body,
                parts=1,
                state=states[n % 99],
                created_at=NOW - timedelta(hours=3000 - n),
                not_before=NOW - timedelta(hours=3000 - n),
                expires_at=NOW + timedelta(days=1),
                lease_until=NOW if states[n % 99] in {"claimed", "sending", "unknown"} else None,
                sent_at=NOW - timedelta(hours=3000 - n),
                ended_at=None if states[n % 99] == "sent" else NOW,
                provider_id=f"p{n}",
            )
            for n in range(3000)
        )
        Reminder.objects.filter(about_id__lt=20).update(sure_by=NOW, state=ReminderState.TOLD)
        Reminder.objects.filter(about_id__in=[0, 1], purpose="one_day").update(state=ReminderState.SENDING)
        text = Message.objects.get(provider_id="p2401")
        MessagePart.objects.bulk_create(
            MessagePart(message_id=pk, line=text.line, provider_id=str(pk))
            for pk in Message.objects.values_list("pk", flat=True)[:500]
        )
        Reply.objects.bulk_create(
            Reply(
                line=lines[0],
                phone=phones[n % 40],
                hall=hall,
                text="" if n < 200 else "好的",
                state=ReplyState.RECEIVED if n == 100 else ReplyState.SETTLED,
                received_at=NOW - timedelta(hours=600 - n),
            )
            for n in range(600)
        )
        LineDay.objects.bulk_create(
            LineDay(
                line=each,
                hall=hall,
                day=clock.today() - timedelta(days=ago),
                outcome="sent",
                texts=1,
                parts=1,
                counted_at=NOW,
            )
            for ago in range(100)
            for each in lines
        )
        AuditEntry.objects.bulk_create(
            AuditEntry(at=NOW - timedelta(days=ago), action="changed", object_kind="hall") for ago in range(1000)
        )
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("ANALYZE")
                cursor.execute("SET LOCAL enable_seqscan = off")
        yield Outbox(NOW, lines, text.line, capped, phones[7], reminder, "p2401", text.uid.hex)


def test_each_statement_of_the_outbox_is_answered_by_its_index(outbox):
    wrong = []
    for name, (act, expected) in acts(outbox).items():
        with planned() as plan:
            act()
        otherwise = ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL
        if missing := not_used(otherwise.get(name, expected), plan.indexes):
            wrong.append(f"{name}: {sorted(missing)} not used, but {sorted(plan.indexes)}")
        wrong += [f"{name}: {whole[:700]}" for whole in plan.whole]
    assert not wrong, "\n".join(wrong)
