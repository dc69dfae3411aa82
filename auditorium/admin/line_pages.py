"""What a line's page shows: how it does now, what it carried, and a chart of its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from auditorium import gateways
from auditorium.domain import figures
from auditorium.enums import TextOutcome
from auditorium.models import LineTemplate, MessageTemplate

if TYPE_CHECKING:
    from auditorium.models import SmsLine

CHART_HEIGHT = 120
BAR_WIDTH, BAR_STEP = 14, 20
_BARS = (
    ("good", (TextOutcome.DELIVERED,)),
    ("plain", (TextOutcome.SENT, TextOutcome.UNKNOWN)),
    ("stop", (TextOutcome.UNDELIVERED, TextOutcome.FAILED)),
)


@dataclass(frozen=True)
class Bar:
    """A part of a day's column, in the units of the chart."""

    tone: str
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Day:
    """One day in the table under the chart."""

    day: date
    delivered: int
    sent: int
    lost: int

    @property
    def handed_over(self) -> int:
        """How many the provider took."""
        return self.delivered + self.sent + self.lost


@dataclass(frozen=True)
class LinePage:
    """All of it, read in a fixed number of queries."""

    line: SmsLine
    waiting: figures.Waiting
    outcomes: Sequence[tuple[str, int]]
    causes: Sequence[tuple[str, str, int]]
    halls: Sequence[tuple[str, int, int]]
    days: Sequence[Day]
    parts: int
    cost: Decimal
    counted_at: datetime | None
    without_code: Sequence[MessageTemplate]

    @classmethod
    def of(cls, line: SmsLine, *, first: date, last: date) -> LinePage:
        """The page of one line for the days from `first` to `last`, both included."""
        counted = figures.of_line(line, first, last)
        span = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        labels = dict(TextOutcome.choices)
        return cls(
            line=line,
            waiting=figures.waiting([line]).get(line.pk, figures.Waiting()),
            outcomes=[(str(labels[name]), counted.texts[name]) for name in labels if counted.texts.get(name)],
            causes=[
                (code, gateways.words_for(line.gateway, code) or _("平台没有说明"), count)
                for code, count in counted.causes.items()
            ],
            halls=figures.by_hall(line, first, last),
            days=[_day(day, counted.days.get(day, {})) for day in span],
            parts=counted.parts,
            cost=counted.cost,
            counted_at=counted.counted_at,
            without_code=_without_code(line),
        )

    @property
    def bars(self) -> list[Bar]:
        """The chart's columns, as high as the busiest day is."""
        most = max((day.handed_over for day in self.days), default=0) or 1
        found = []
        for place, day in enumerate(self.days):
            top = float(CHART_HEIGHT)
            for tone, count in (("good", day.delivered), ("plain", day.sent), ("stop", day.lost)):
                height = round(count * CHART_HEIGHT / most, 1)
                top -= height
                if height:
                    found.append(Bar(tone=tone, x=place * BAR_STEP, y=round(top, 1), height=height))
        return found

    @property
    def chart_width(self) -> int:
        """Of all its columns."""
        return max(len(self.days) * BAR_STEP, BAR_STEP)


def _day(day: date, texts: Mapping[str, int]) -> Day:
    delivered, sent, lost = (sum(texts.get(outcome, 0) for outcome in outcomes) for _tone, outcomes in _BARS)
    return Day(day=day, delivered=delivered, sent=sent, lost=lost)


def _without_code(line: SmsLine) -> list[MessageTemplate]:
    """The words in force that the line's provider keeps no copy of: those it can't send."""
    if line.gateway not in gateways.KEEPS_THE_WORDS:
        return []
    known = LineTemplate.objects.filter(line=line).values("template")
    return list(MessageTemplate.objects.filter(is_current=True).exclude(pk__in=known))
