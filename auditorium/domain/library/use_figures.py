"""Figures of what was read, heard and watched: for months, added up by place, month, kind, channel or resource.

Whoever calls says of which uses: those in scope. A figure of many halls counts each villager once, so it is counted
anew from the uses and never added up from smaller figures. Months begin at midnight in the hall.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Substr

from auditorium import clock
from auditorium.library_enums import ResourceKind
from auditorium.models import Region, ResourceUse
from auditorium.models.regions import SIGNIFICANT_DIGITS, prefix_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models.expressions import Combinable

    from auditorium.models import Hall
    from auditorium.models.library.use import ResourceUseQuerySet

MOST_MONTHS = 24
DEPTHS = tuple(SIGNIFICANT_DIGITS.values())


@dataclass(frozen=True, order=True)
class Month:
    """A month at the hall."""

    year: int
    month: int

    @classmethod
    def now(cls) -> Month:
        """The present one."""
        today = clock.today()
        return cls(today.year, today.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def before(self, months: int) -> Month:
        """So many months earlier."""
        count = self.year * 12 + self.month - 1 - months
        return Month(count // 12, count % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


@dataclass(frozen=True)
class Period:
    """Whole months, both included."""

    first: Month
    last: Month

    @property
    def months(self) -> list[Month]:
        """Each of them, the earliest first."""
        found = [self.first]
        while found[-1] < self.last:
            found.append(found[-1].before(-1))
        return found

    def within(self) -> Q:
        """As a condition on uses."""
        return _between(self.first, self.last)


@dataclass(frozen=True)
class Figures:
    """What was used, and by how many; `villagers` counts each once, `people` whoever was there, each time."""

    key: Any
    label: str
    times: int
    people: int
    villagers: int
    minutes: int
    completed: int
    named: int
    groups: int
    nobodys: int


_COUNTED: dict[str, Any] = {
    "times": Count("pk"),
    "people_sum": Sum("people", default=0),
    "villagers": Count("villager", distinct=True),
    "seconds_sum": Sum("seconds", default=0),
    "completed": Count("completed_at"),
    "named": Count("villager"),
    "groups": Count("pk", filter=Q(people__gt=1)),
}


def total(uses: ResourceUseQuerySet, period: Period) -> Figures:
    """Everything together."""
    return _figures(uses.filter(period.within()).aggregate(**_COUNTED), None, "")


def by_month(uses: ResourceUseQuerySet, period: Period) -> list[Figures]:
    """Month by month, also those in which there was nothing."""
    months = period.months
    number = Case(
        *(When(_between(month, month), then=Value(place)) for place, month in enumerate(months)), default=Value(-1)
    )
    found = {row["group"]: row for row in _grouped(uses, period, number)}
    nothing = dict.fromkeys(_COUNTED, 0)
    return [_figures(found.get(place, nothing), str(month), str(month)) for place, month in enumerate(months)]


def by_kind(uses: ResourceUseQuerySet, period: Period) -> list[Figures]:
    """By what it is."""
    labels = dict(ResourceKind.choices)
    return [
        _figures(row, row["group"], str(labels[row["group"]]))
        for row in _most(_grouped(uses, period, "resource__kind"))
    ]


def by_channel(uses: ResourceUseQuerySet, period: Period) -> list[Figures]:
    """By the channel it is in."""
    rows = _grouped(uses, period, "resource__channel", label=F("resource__channel__name"))
    return [_figures(row, row["group"], row["label"]) for row in _most(rows)]


def by_resource(uses: ResourceUseQuerySet, period: Period, *, most: int | None = None) -> Iterator[Figures]:
    """By resource, what was used most first."""
    rows = _most(_grouped(uses, period, "resource", label=F("resource__title")))
    return (_figures(row, row["group"], row["label"]) for row in rows[:most].iterator())


def by_hall(uses: ResourceUseQuerySet, period: Period) -> Iterator[Figures]:
    """By hall, the one with the most first."""
    rows = _most(_grouped(uses, period, "hall", label=F("hall__name")))
    return (_figures(row, row["group"], row["label"]) for row in rows.iterator())


def by_region(uses: ResourceUseQuerySet, period: Period, prefix: str) -> list[Figures]:
    """By the divisions next beneath the one whose code begins with `prefix` ("" is the country), in their order.

    A division that has no level of its own in between (a city without counties) stands under its own code.
    """
    digits = next((depth for depth in DEPTHS if depth > len(prefix)), DEPTHS[-1])
    rows = list(_grouped(uses, period, Substr("hall__region__code", 1, digits)).order_by("group"))
    codes = [row["group"].ljust(12, "0") for row in rows]
    names = {region.code: str(region) for region in Region.objects.filter(code__in=codes)}
    return [_figures(row, row["group"], names.get(code, code)) for row, code in zip(rows, codes, strict=True)]


def inside(uses: ResourceUseQuerySet, prefix: str) -> ResourceUseQuerySet:
    """Those at the halls of a division."""
    return uses.filter(hall__region__code__range=prefix_range(prefix)) if prefix else uses


def people_this_month(hall: Hall) -> int:
    """How many people read, heard or watched something at a hall since the month began."""
    now = Month.now()
    uses = ResourceUse.objects.filter(_between(now, now), hall=hall)
    return int(uses.aggregate(people=Sum("people", default=0))["people"])


def _between(first: Month, last: Month) -> Q:
    begins, _end = clock.day_bounds(first.first)
    ends, _end = clock.day_bounds(last.before(-1).first)
    return Q(started_at__gte=begins, started_at__lt=ends)


def _grouped(uses: ResourceUseQuerySet, period: Period, group: str | Combinable, **labels: Combinable) -> Any:
    by: Any = F(group) if isinstance(group, str) else group
    labelled = uses.filter(period.within()).order_by().annotate(group=by, **labels)
    return labelled.values("group", *labels).annotate(**_COUNTED)


def _most(rows: Any) -> Any:
    return rows.order_by("-people_sum", "-times", "group")


def _figures(row: dict[str, Any], key: Any, label: str) -> Figures:
    return Figures(
        key=key,
        label=label,
        times=row["times"],
        people=row["people_sum"],
        villagers=row["villagers"],
        minutes=row["seconds_sum"] // 60,
        completed=row["completed"],
        named=row["named"],
        groups=row["groups"],
        nobodys=row["times"] - row["named"] - row["groups"],
    )
