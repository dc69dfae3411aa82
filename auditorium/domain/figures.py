"""How many texts went out and what became of them: counted day by day, and how many wait at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count, Min, Q, Sum

from auditorium import clock
from auditorium.enums import MessageState, TextOutcome
from auditorium.models import LineDay, Message, Reply, SmsLine

if TYPE_CHECKING:
    from auditorium.models import Hall

STILL_CHANGING = timedelta(days=7)
"""Receipts may come this long after a text was written; older days are left as they were counted.

Words are kept longer than that, so the indexes of texts and answers that still have theirs (`message_with_words`,
`reply_with_words`) find a day. Conditions are written as the indexes have them, or SQLite would read every text.
"""

_COUNT_TEXTS = """
INSERT INTO {days} (line_id, hall_id, day, outcome, error_code, texts, parts, cost, counted_at)
SELECT line_id, hall_id, %s, state, error_code, COUNT(*), SUM(parts), COALESCE(SUM(cost), 0), %s
FROM {messages} WHERE NOT (body = '') AND created_at >= %s AND created_at < %s
GROUP BY line_id, hall_id, state, error_code
"""
_COUNT_REPLIES = """
INSERT INTO {days} (line_id, hall_id, day, outcome, error_code, texts, parts, cost, counted_at)
SELECT line_id, hall_id, %s, '{replied}', '', COUNT(*), 0, 0, %s
FROM {replies} WHERE hall_id IS NOT NULL AND NOT (text = '') AND received_at >= %s AND received_at < %s
GROUP BY line_id, hall_id
"""
_ADD_UP = """
INSERT INTO {days} (line_id, hall_id, day, outcome, error_code, texts, parts, cost, counted_at)
SELECT line_id, NULL, day, outcome, error_code, SUM(texts), SUM(parts), SUM(cost), counted_at
FROM {days} WHERE line_id IN (SELECT id FROM {lines}) AND day = %s AND hall_id IS NOT NULL
GROUP BY line_id, day, outcome, error_code, counted_at
"""


@dataclass(frozen=True)
class Waiting:
    """What waits on a line now, and since when the oldest of it could have gone out."""

    texts: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Figures:
    """Of some days: texts by outcome, failed ones by cause, parts, cost in yuan, and texts by day and outcome."""

    texts: Mapping[str, int]
    causes: Mapping[str, int]
    parts: int
    cost: Decimal
    days: Mapping[date, Mapping[str, int]]
    counted_at: datetime | None

    @property
    def ended(self) -> int:
        """How many were handed to the provider, whatever became of them."""
        return sum(self.texts.get(outcome, 0) for outcome in _HANDED_OVER)


_HANDED_OVER = (TextOutcome.SENT, TextOutcome.DELIVERED, TextOutcome.UNDELIVERED, TextOutcome.UNKNOWN)
_LOST = (TextOutcome.UNDELIVERED, TextOutcome.FAILED)
_COLUMNS = ("day", "outcome", "error_code", "texts", "parts", "cost", "counted_at")


def count_recent() -> None:
    """Count today and yesterday anew; see `auditorium.tasks` for how often."""
    today = clock.today()
    for day in (today - timedelta(days=1), today):
        count_day(day)


def count_changing() -> None:
    """Count every day anew that receipts may still change."""
    today = clock.today()
    for ago in range(STILL_CHANGING.days, -1, -1):
        count_day(today - timedelta(days=ago))


@transaction.atomic
def count_day(day: date) -> None:
    """Count what was written on one local day; whoever counts the same day meanwhile waits and counts it again."""
    lines = list(SmsLine.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    start, end, now = map(connection.ops.adapt_datetimefield_value, (*clock.day_bounds(day), clock.now()))
    on = connection.ops.adapt_datefield_value(day)
    tables = {
        "days": LineDay._meta.db_table,
        "messages": Message._meta.db_table,
        "replies": Reply._meta.db_table,
        "lines": SmsLine._meta.db_table,
        "replied": TextOutcome.REPLIED.value,
    }
    LineDay.objects.filter(line__in=lines, day=day).delete()
    with connection.cursor() as cursor:
        for statement in (_COUNT_TEXTS, _COUNT_REPLIES):
            cursor.execute(statement.format(**tables), [on, now, start, end])
        cursor.execute(_ADD_UP.format(**tables), [on])


def of_line(line: SmsLine, first: date, last: date) -> Figures:
    """What a line carried on these days, for all halls together."""
    return _added_up(LineDay.objects.totals().filter(line=line).of_days(first, last).values(*_COLUMNS))


def of_lines(lines: Iterable[SmsLine], day: date) -> dict[int, Figures]:
    """What each of these lines carried on one day, by its id, in one query."""
    rows: dict[int, list[dict[str, Any]]] = {line.pk: [] for line in lines}
    for row in LineDay.objects.totals().filter(line__in=rows, day=day).values("line", *_COLUMNS):
        rows[row["line"]].append(row)
    return {pk: _added_up(of_line) for pk, of_line in rows.items()}


def of_hall(hall: Hall, first: date, last: date) -> Figures:
    """What was sent for a hall on these days, on whatever line."""
    return _added_up(LineDay.objects.filter(hall=hall).of_days(first, last).values(*_COLUMNS))


def by_hall(line: SmsLine, first: date, last: date, *, most: int = 50) -> list[tuple[str, int, int]]:
    """The halls a line carried most for: name, texts handed over, texts lost."""
    rows = LineDay.objects.filter(line=line, hall__isnull=False).of_days(first, last)
    counted = rows.order_by().values("hall__name", "hall")
    handed_over, gone = Q(outcome__in=_HANDED_OVER), Q(outcome__in=_LOST)
    counted = counted.annotate(
        sent=Sum("texts", filter=handed_over, default=0), lost=Sum("texts", filter=gone, default=0)
    )
    return [(row["hall__name"], row["sent"], row["lost"]) for row in counted.order_by("-sent", "hall")[:most]]


def waiting(lines: Iterable[SmsLine] | None = None) -> dict[int, Waiting]:
    """What waits on each of these lines, by its id, or on every line; in one query."""
    wanted = None if lines is None else {line.pk for line in lines}
    counted = Message.objects.filter(state=MessageState.PENDING).order_by().values("line")
    rows = counted.annotate(texts=Count("pk"), since=Min("not_before"))
    return {row["line"]: Waiting(row["texts"], row["since"]) for row in rows if wanted is None or row["line"] in wanted}


def _added_up(rows: Iterable[Mapping[str, Any]]) -> Figures:
    texts: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    days: dict[date, Counter[str]] = {}
    parts, cost, counted_at = 0, Decimal(0), None
    for row in rows:
        texts[row["outcome"]] += row["texts"]
        days.setdefault(row["day"], Counter())[row["outcome"]] += row["texts"]
        counted_at = max(counted_at or row["counted_at"], row["counted_at"])
        if row["outcome"] in _LOST:
            causes[row["error_code"]] += row["texts"]
        if row["outcome"] in _HANDED_OVER:
            parts += row["parts"]
            cost += row["cost"]
    return Figures(texts, dict(causes.most_common()), parts, cost, dict(sorted(days.items())), counted_at)
