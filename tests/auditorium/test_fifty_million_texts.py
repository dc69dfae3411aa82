"""With fifty million texts, of which one in a thousand is under way, each query reads only what it is about.

`TEXTS=5000000 python -m tests.servers python -m pytest -m hard tests/auditorium/test_fifty_million_texts.py` takes a
tenth of the time and of the disk; docs/performance.md says how much that is.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from auditorium import clock
from auditorium.domain import (
    delivery,
    polling,
    reminder_times,
    reminders,
    telling,
    wording,
)
from auditorium.enums import MessageAudience, MessageState, ReminderPurpose
from auditorium.models import Message, Phone, Reminder, SmsLine
from tests.auditorium.outbox_acts import Outbox, acts, not_used
from tests.benchmarks.many_rows import multiply
from tests.errands import KIND
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import FakeGateway, told_villager

TEXTS = int(os.environ.get("TEXTS", "50_000_000"))
UNDER_WAY = TEXTS // 1_000
REMINDERS = TEXTS // 10
LIVE = REMINDERS // 20
PEOPLE = TEXTS // 100
DAYS = 365
AT_ONCE = 1_000_000
LINES = 20
SHORTENED = re.compile(r"(\d+, ){9,}")
VALUES = re.compile(r"'[^']*'(::\w+)?|\b\d+\b|(\?, )+")
PASSED_BY = 10_000
"""Blocks of an index's old entries that one statement may meet."""

BIG = ("auditorium_message", "auditorium_reminder", "auditorium_message_reminders")
ABOUT_BIG = re.compile(rf"\b({'|'.join(BIG)})\b")
READS = re.compile(r"\s*(SELECT|UPDATE|DELETE|INSERT\b.*\bSELECT)\b", re.DOTALL)
INDEXES = {"message_uid"} | {index.name for model in (Message, Reminder) for index in model._meta.indexes}

pytestmark = [pytest.mark.hard, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@dataclass
class Read:
    """One statement: by which indexes it reads the big tables, how many blocks, and how many rows it is about."""

    sql: str
    indexes: set[str] = field(default_factory=set)
    scanned: set[str] = field(default_factory=set)
    blocks: int = 0
    rows: float = 0
    thrown_away: int = 0

    @classmethod
    def of(cls, sql: str, plan: dict[str, Any]) -> "Read":
        read = cls(sql)
        read.blocks = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
        read._walk(plan)
        while plan["Node Type"] in {"ModifyTable", "LockRows", "Aggregate"}:
            plan = plan["Plans"][0]
        read.rows = plan["Actual Rows"]
        return read

    def _walk(self, node: dict[str, Any]) -> None:
        loops = node.get("Actual Loops", 0)
        if "Index Name" in node:
            self.indexes.add(node["Index Name"])
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
            self.scanned.add(node["Relation Name"])
        if node.get("Relation Name") in BIG:
            self.thrown_away += int(node.get("Rows Removed by Filter", 0) * loops)
        for child in node.get("Plans", ()):
            self._walk(child)

    def is_bounded(self, *, of_old: int = 0) -> bool:
        """A few blocks for each row of a batch, `of_old` besides; writing a row changes all its indexes."""
        each = 12 if self.sql.startswith("SELECT") else 60
        about = max(self.rows, telling.BATCH)
        return (
            not self.scanned and self.blocks <= 300 + of_old + each * about and self.thrown_away <= 10 * telling.BATCH
        )


@contextmanager
def explained() -> Iterator[list[Read]]:
    """What each statement on the big tables read; those that write have written nothing by being explained."""
    reads: list[Read] = []

    def explain(execute, sql, params, many, context):
        if READS.match(sql) and ABOUT_BIG.search(sql):
            with transaction.atomic(), connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                (found,) = cursor.fetchone()
                transaction.set_rollback(True)
            (plan,) = found if isinstance(found, list) else json.loads(found)
            reads.append(Read.of(connection.ops.compose_sql(sql, params), plan["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield reads


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Rows are written much faster so; the indexes are built at the end, as they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET maintenance_work_mem = '1GB'")
        try:
            yield
        finally:
            for _name, definition in indexes:
                cursor.execute(definition)


@contextmanager
def unchecked() -> Iterator[None]:
    """Foreign keys are right as they are written here."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def filled() -> Outbox:
    """A year of texts to half a million people, on twenty lines."""
    now = clock.now()
    lines_used = [SmsLineFactory(order=n) for n in range(LINES)]
    capped = SmsLineFactory(order=LINES, daily_cap=50)
    villager = told_villager(HallFactory())
    contact = villager.contacts.select_related("phone").get()
    words = reminders.words_of(wording.current_templates(KIND), ReminderPurpose.CONFIRMATION)
    reminder = Reminder(
        about_kind=KIND, villager=villager, hall=villager.registered_at, purpose="confirmation", due_at=now,
        expires_at=now, state="told", **words,
    )  # fmt: skip
    text = Message(
        hall=villager.registered_at, villager=villager, phone=contact.phone, contact=contact, line=lines_used[0],
        audience=MessageAudience.OWN, template=words["own_template"], body="", parts=1, created_at=now,
        not_before=now, expires_at=now, attempts=1, claimed_by="vm:1:00000000",
    )  # fmt: skip
    age = f"interval '{DAYS} days' * (({TEXTS} - n) / {TEXTS}.0)"
    today = f"timestamptz '{now.isoformat()}'"
    written = f"{today} - {age}"
    old = f"n <= {TEXTS - UNDER_WAY}"
    state = (
        f"CASE WHEN {old} THEN CASE WHEN n % 50 = 1 THEN 'undelivered' WHEN n % 50 = 2 THEN 'failed'"
        " WHEN n % 1000 = 3 THEN 'sent' ELSE 'delivered' END"
        " WHEN n % 100 < 80 THEN 'pending' WHEN n % 1000 = 80 THEN 'claimed' WHEN n % 1000 = 81 THEN 'sending'"
        " WHEN n % 1000 = 82 THEN 'unknown' ELSE 'sent' END"
    )
    someone = f"{villager.pk} + n % {PEOPLE}"
    with unchecked():
        number = "'+86139' || lpad(CAST(n AS text), 8, '0')"
        multiply(villager, PEOPLE, id=f"{villager.pk} + n", uid="gen_random_uuid()")
        multiply(contact.phone, PEOPLE, id=f"{contact.phone_id} + n", number=number)
        multiply(contact, PEOPLE, villager_id=f"{villager.pk} + n", phone_id=f"{contact.phone_id} + n")
        with without_indexes("auditorium_message"):
            for first in range(1, TEXTS + 1, AT_ONCE):
                multiply(
                    text,
                    min(AT_ONCE, TEXTS - first + 1),
                    first=first,
                    id="n",
                    uid="CAST(lpad(to_hex(n), 32, '0') AS uuid)",
                    villager_id=someone,
                    phone_id=f"{contact.phone_id} + n % {PEOPLE}",
                    line_id=f"{lines_used[0].pk} + n % {LINES}",
                    state=state,
                    body=f"CASE WHEN n > {TEXTS} * 0.75 THEN '【柯桥文化礼堂】张小明，约好：11月27日' ELSE '' END",
                    created_at=written,
                    not_before=written,
                    expires_at=f"{written} + interval '3 days'",
                    lease_until=f"CASE WHEN {old} THEN NULL ELSE {written} END",
                    sent_at=f"CASE WHEN n % 100 < 81 AND NOT {old} THEN NULL ELSE {written} END",
                    ended_at=f"CASE WHEN {old} AND n % 1000 <> 3 THEN {written} END",
                    provider_id="'p' || n",
                )
        told, begun = f"n <= {REMINDERS - LIVE}", f"n > {REMINDERS - UNDER_WAY} AND n % 2 = 1"
        ahead = f"NOT ({told} OR {begun}) AND n % 20 <> 0"  # most of what is planned is for another day
        with without_indexes("auditorium_reminder"):
            for first in range(1, REMINDERS + 1, AT_ONCE):
                past = f"{today} - interval '{DAYS} days' * (({REMINDERS} - n) / {REMINDERS}.0)"
                due = f"CASE WHEN {ahead} THEN {today} + interval '1 day' * (n % 30 + 1) ELSE {past} END"
                multiply(
                    reminder,
                    min(AT_ONCE, REMINDERS - first + 1),
                    first=first,
                    id="n",
                    uid="CAST(lpad(to_hex(n), 32, '0') AS uuid)",
                    villager_id=someone,
                    about_id="n",
                    due_at=due,
                    expires_at=f"{due} + interval '3 days'",
                    created_at=due,
                    state=f"CASE WHEN {told} THEN 'told' WHEN {begun} THEN 'sending' ELSE 'planned' END",
                )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auditorium_message_reminders (message_id, reminder_id)"
            f" SELECT id, id - {TEXTS - REMINDERS} FROM auditorium_message WHERE id > {TEXTS - REMINDERS}"
        )
        for table, last in (("auditorium_message", TEXTS), ("auditorium_reminder", REMINDERS)):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
        cursor.execute("ANALYZE")
    phone = Phone.objects.get(pk=contact.phone_id + 7)
    return Outbox(
        now=now,
        lines=lines_used,
        line=lines_used[3],
        capped=capped,
        number=f"p{TEXTS - 777}",
        key=f"{TEXTS // 2:032x}",
        phone=phone,
        reminder=Reminder.objects.filter(state="sending").first(),
    )


def unbounded(reads: list[Read]) -> list[Read]:
    """Those that read too much; of each statement the costliest is let off.

    An index names what was moved away until somebody comes by, who reads past it and strikes it off for the others.
    """
    by_statement: dict[str, list[Read]] = {}
    for read in reads:
        by_statement.setdefault(VALUES.sub("?", read.sql), []).append(read)
    return [
        read
        for alike in by_statement.values()
        for place, read in enumerate(sorted(alike, key=lambda read: -read.blocks))
        if not read.is_bounded(of_old=PASSED_BY if place == 0 else 0)
    ]


def test_each_query_of_the_outbox_reads_only_what_it_is_about(errands, monkeypatch, settings):
    monkeypatch.setattr(reminder_times, "is_quiet", lambda moment: False)
    monkeypatch.setattr(polling, "gateway_for", lambda kind, config: FakeGateway(receipt_secret="secret"))
    outbox = filled()
    monkeypatch.setattr(clock, "now", lambda: outbox.now)
    SmsLine.objects.filter(pk=outbox.lines[5].pk).update(paused_at=outbox.now)
    wrong = []
    for name, (act, expected) in acts(outbox).items():
        with explained() as reads:
            act()
        used = {index for read in reads for index in read.indexes}
        if missing := not_used(expected & INDEXES, used):
            wrong.append(f"{name}: {sorted(missing)} not used, but {sorted(used)}")
        wrong += [
            f"{name}: {read.blocks} blocks, {read.rows:.0f} rows, {read.thrown_away} thrown away, all of {read.scanned}"
            f" by {read.indexes}: {SHORTENED.sub('… ', read.sql)[:600]}"
            for read in unbounded(reads)
        ]
        most = max(reads, key=lambda read: read.blocks, default=Read(""))
        print(f"{name:<20}{len(reads):>3} statements, at most {most.blocks:>6} blocks for {most.rows:>6.0f} rows")
    assert not wrong, "\n".join(wrong)
    assert Message.objects.filter(state=MessageState.PENDING).count() > 0
    assert timedelta(0) < delivery.lateness(at=outbox.now)
