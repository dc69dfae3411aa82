"""What a hall holds day by day, with what the lunar calendar says of each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from lunar_python import Solar

from auditorium import clock
from auditorium.activity_enums import EnrolmentState
from auditorium.domain.activities import shut
from auditorium.models import Activity, ActivityDate, Enrolment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import Hall, Villager
    from auditorium.models.activities.dates import ActivityDateQuerySet

DAYS = 7
_NUMERALS = "一二三四五六七八九十"
_SOLAR_TERMS = ("清明", "冬至")
"""Kept as festivals, though no lunar day is theirs."""

_FAR = 120


@dataclass(frozen=True)
class Day:
    """One day: its dates in order, whether there is a market, which festival it is, and that the hall is shut."""

    date: date
    dates: list[ActivityDate]
    is_market: bool
    festival: str
    closure: str


def coming(hall: Hall) -> ActivityDateQuerySet:
    """What the hall holds from now on, the first first, with what it is and where."""
    found = ActivityDate.objects.coming().filter(hall=hall, activity__state="open")
    return found.select_related("activity", "room")


def activities(dates: Iterable[ActivityDate]) -> dict[int, Activity]:
    """The activities of some dates with how full they are, by key: one query."""
    found = Activity.objects.filter(pk__in={one.activity_id for one in dates})
    return found.with_counts().in_bulk()


def days(*, hall: Hall, first: date, count: int = DAYS) -> list[Day]:
    """`count` days from `first` on, those on which nothing is held too; what was called off is among it."""
    start, end = clock.day_bounds(first)[0], clock.day_bounds(first + timedelta(days=count - 1))[1]
    held = ActivityDate.objects.filter(hall=hall).between(start, end).select_related("activity", "room")
    by_day: dict[date, list[ActivityDate]] = {}
    for one in held:
        by_day.setdefault(clock.local(one.starts_at).date(), []).append(one)
    return [
        Day(day, by_day.get(day, []), is_market(hall, day), festival(day), shut.closure(hall, day))
        for day in (first + timedelta(days=ahead) for ahead in range(count))
    ]


def is_market(hall: Hall, day: date) -> bool:
    """Whether it is a market day (赶集日) there: by the last digit of the lunar day."""
    if not hall.market_days:
        return False
    lunar_day: int = Solar.fromYmd(day.year, day.month, day.day).getLunar().getDay()
    return _NUMERALS[(lunar_day - 1) % 10] in hall.market_days.split("、")


def festival(day: date) -> str:
    """The traditional festival it is: 春节, 元宵节, 清明, 端午节 …; empty on other days."""
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    term = lunar.getJieQi()
    names = [*lunar.getFestivals(), *([term] if term in _SOLAR_TERMS else [])]
    return str(names[0]) if names else ""


def coming_festivals(most: int = 3) -> list[tuple[date, str]]:
    """The next traditional festivals and when they are: what 我们的节日 keeps."""
    ahead = (clock.today() + timedelta(days=days) for days in range(1, _FAR))
    named = ((day, festival(day)) for day in ahead)
    return [(day, name) for day, name in named if name][:most]


def festival_title(name: str) -> str:
    """What keeping a festival is called, as villagers read it: 我们的节日·冬至."""
    return f"我们的节日·{name}"


def enrolments_of(villager: Villager, hall: Hall) -> dict[int, EnrolmentState]:
    """How the villager stands with the hall's activities, by the activity's key; who signed off is not among it."""
    live = Enrolment.objects.live().filter(villager=villager, hall=hall)
    return {activity: EnrolmentState(state) for activity, state in live.values_list("activity", "state")}
