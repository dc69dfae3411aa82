"""What became of the texts of a line or of a hall: by outcome, cause and day, with a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from auditorium import clock, gateways
from auditorium.domain import figures
from auditorium.enums import TextOutcome

if TYPE_CHECKING:
    from django.http import HttpRequest

PERIODS = (1, 7, 30)
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
class FiguresPage:
    """All of it, read in a fixed number of queries."""

    outcomes: Sequence[tuple[str, int]]
    causes: Sequence[tuple[str, str, int]]
    days: Sequence[Day]
    parts: int
    cost: Decimal
    counted_at: datetime | None

    @classmethod
    def of(cls, counted: figures.Figures, kind: str, *, first: date, last: date) -> FiguresPage:
        """Of what was counted from `first` to `last`; causes in the words of the provider of such a line."""
        span = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        labels = dict(TextOutcome.choices)
        return cls(
            outcomes=[(str(labels[name]), counted.texts[name]) for name in labels if counted.texts.get(name)],
            causes=[
                (code, gateways.words_for(kind, code) or _("平台没有说明"), count)
                for code, count in counted.causes.items()
            ],
            days=[_day(day, counted.days.get(day, {})) for day in span],
            parts=counted.parts,
            cost=counted.cost,
            counted_at=counted.counted_at,
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


def shown(request: HttpRequest) -> tuple[int, date, date]:
    """For how many days figures are asked for, with the first and the last of them; a week unless it is said."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else 7
    today = clock.today()
    return days, today - timedelta(days=days - 1), today
