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
CHART_HEIGHT, HEAD_ROOM, FOOT_ROOM, SIDE = 120, 16, 18, 10
FEW_DAYS = 7
WIDE, NARROW = 56, 20
"""How much room a day has in the chart, among few days and among many."""
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
    width: int
    height: float


@dataclass(frozen=True)
class Mark:
    """A word in the chart, centred above or below a day's column."""

    x: int
    y: float
    words: str


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
        found = []
        gap = self._step // 5
        for place, day in enumerate(self.days):
            top = float(HEAD_ROOM + CHART_HEIGHT)
            for tone, count in (("good", day.delivered), ("plain", day.sent), ("stop", day.lost)):
                height = round(count * CHART_HEIGHT / self._most, 1)
                top -= height
                if height:
                    x, width = SIDE + place * self._step + gap, self._step - 2 * gap
                    found.append(Bar(tone=tone, x=x, y=round(top, 1), width=width, height=height))
        return found

    @property
    def marks(self) -> list[Mark]:
        """Under the columns their days, where there are many every fifth; above the highest how many it was."""
        every = 1 if len(self.days) <= FEW_DAYS else 5
        found = []
        last = len(self.days) - 1
        for place, day in enumerate(self.days):
            middle = SIDE + place * self._step + self._step // 2
            if (last - place) % every == 0:
                found.append(Mark(middle, HEAD_ROOM + CHART_HEIGHT + FOOT_ROOM - 5, f"{day.day.month}-{day.day.day}"))
            if day.handed_over and (every == 1 or day.handed_over == self._most):
                top = HEAD_ROOM + CHART_HEIGHT * (1 - day.handed_over / self._most)
                found.append(Mark(middle, round(top - 4, 1), str(day.handed_over)))
        return found

    @property
    def chart_width(self) -> int:
        """Of all its columns, with room for the first and the last word."""
        return len(self.days) * self._step + 2 * SIDE

    @property
    def chart_height(self) -> int:
        """With the words above and below."""
        return HEAD_ROOM + CHART_HEIGHT + FOOT_ROOM

    @property
    def _most(self) -> int:
        return max((day.handed_over for day in self.days), default=0) or 1

    @property
    def _step(self) -> int:
        return WIDE if len(self.days) <= FEW_DAYS else NARROW


def _day(day: date, texts: Mapping[str, int]) -> Day:
    delivered, sent, lost = (sum(texts.get(outcome, 0) for outcome in outcomes) for _tone, outcomes in _BARS)
    return Day(day=day, delivered=delivered, sent=sent, lost=lost)


def shown(request: HttpRequest) -> tuple[int, date, date]:
    """For how many days figures are asked for, with the first and the last of them; a week unless it is said."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else 7
    today = clock.today()
    return days, today - timedelta(days=days - 1), today
