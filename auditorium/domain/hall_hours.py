"""When a hall is open: its weekly hours, less the days it stays shut.

A hall that has no opening hours at all counts as open every day from 8:00 to 17:00: a hall that has just
begun must not lose its tasks and reminders because nobody has typed its hours yet. All times are the hall's
wall clock (Asia/Shanghai). Load halls with `prefetch_related("opening_hours", "closures")` when asking
about many of them: then nothing here queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.models import HallClosure, OpeningHours
from auditorium.plain_select import PlainRelated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditorium.models import Hall

ASSUMED = (time(8), time(17))
# No closure is looked past for longer than this; a hall shut for over a year is as good as never open.
HORIZON = timedelta(days=400)

HOURS = PlainRelated(
    OpeningHours,
    "SELECT {columns} FROM auditorium_openinghours this WHERE hall_id = %s ORDER BY weekday, opens",
    name="opening_hours",
)
CLOSURES = PlainRelated(
    HallClosure,
    "SELECT {columns} FROM auditorium_hallclosure this WHERE hall_id = %s ORDER BY first_day",
    name="closures",
)

Span = tuple[datetime, datetime]


def open_spans(hall: Hall, day: date) -> list[Span]:
    """The times the hall is open on a local day, in order, none overlapping: (opens, closes), aware."""
    return _Timetable.of(hall).spans(day)


def is_open(hall: Hall, moment: datetime) -> bool:
    """Whether the hall is open at this moment; at its closing time it is shut."""
    spans = _Timetable.of(hall).spans(clock.local(moment).date())
    return any(opens <= moment < closes for opens, closes in spans)


def next_opening(hall: Hall, moment: datetime) -> datetime | None:
    """The first time from this moment on that the hall opens, or the moment itself while it is open.

    None when it does not open again within the horizon.
    """
    for opens, closes in _Timetable.of(hall).after(moment):
        if closes > moment:
            return max(opens, moment)
    return None


def last_open_before(hall: Hall, moment: datetime) -> datetime | None:
    """The last time until this moment that somebody was at the hall: the moment itself, or a closing time.

    For Monday 8:00 and a hall shut at the weekend, Friday's closing time. None when it was never open
    within the horizon.
    """
    for opens, closes in _Timetable.of(hall).before(moment):
        if opens < moment:
            return min(closes, moment)
    return None


def after_open_hours(hall: Hall, moment: datetime, hours: timedelta) -> datetime:
    """When the hall will have been open for so long from this moment on; without its hours, so long after it."""
    left = hours
    for opens, closes in _Timetable.of(hall).after(moment):
        begins = max(opens, moment)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta())
    return moment + hours


@dataclass(frozen=True)
class _Timetable:
    """One hall's hours and closures, read once for a question that looks at several days."""

    hours: dict[int, list[tuple[time, time]]]
    closures: list[tuple[date, date]]

    @classmethod
    def of(cls, hall: Hall) -> _Timetable:
        hours: dict[int, list[tuple[time, time]]] = {}
        for span in HOURS.of(hall):
            hours.setdefault(span.weekday, []).append((span.opens, span.closes))
        return cls(
            hours=hours or {weekday: [ASSUMED] for weekday in range(1, 8)},
            closures=[(closure.first_day, closure.last_day) for closure in CLOSURES.of(hall)],
        )

    def spans(self, day: date) -> list[Span]:
        if any(first <= day <= last for first, last in self.closures):
            return []
        spans: list[Span] = []
        for opens, closes in sorted(self.hours.get(day.isoweekday(), [])):
            start, end = (datetime.combine(day, at, tzinfo=clock.SHANGHAI) for at in (opens, closes))
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans

    def after(self, moment: datetime) -> Iterator[Span]:
        day = clock.local(moment).date()
        for ahead in range(HORIZON.days + 1):
            yield from self.spans(day + timedelta(days=ahead))

    def before(self, moment: datetime) -> Iterator[Span]:
        day = clock.local(moment).date()
        for back in range(HORIZON.days + 1):
            yield from reversed(self.spans(day - timedelta(days=back)))
