"""Which days people work: the State Council's calendar from its library, and what administrators wrote down.

The library knows the years whose notice has been published; past them Monday to Friday are taken as workdays.
An administrator's CalendarDay goes before both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import chinese_calendar

from appointments.models import CalendarDay

_SATURDAY = 5
_NOTICE_MONTH = 11


@dataclass(frozen=True)
class Workdays:
    """The calendar as one question or one page needs it: what administrators wrote is read once, at first use."""

    @cached_property
    def _written(self) -> dict[date, bool]:
        return dict(CalendarDay.objects.values_list("date", "is_workday"))

    def is_written(self, day: date) -> bool:
        """Whether an administrator wrote this day down."""
        return day in self._written

    def is_workday(self, day: date) -> bool:
        """Whether people work on this day: 调休 Saturdays are workdays, holidays are not."""
        written = self._written.get(day)
        if written is not None:
            return written
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < _SATURDAY

    def before(self, day: date, count: int) -> date:
        """The workday that many workdays before a day; the day itself for 0."""
        while count:
            day -= timedelta(days=1)
            count -= self.is_workday(day)
        return day


def is_public_holiday(day: date, workdays: Workdays) -> bool:
    """Whether a weekday is off, or a weekend belongs to a holiday: ordinary weekends are none."""
    if workdays.is_workday(day):
        return False
    return day.weekday() < _SATURDAY or workdays.is_written(day) or _is_named(day)


def missing_years(today: date) -> list[int]:
    """Years for which nobody knows the holidays though they are near: this one, and from November the next.

    The State Council's notice for a year comes out in November of the year before; the library follows with its
    next release, an administrator need not wait for it.
    """
    near = [today.year, today.year + 1] if today.month >= _NOTICE_MONTH else [today.year]
    ahead = CalendarDay.objects.filter(date__gte=date(today.year, 1, 1))
    written = {day.year for day in ahead.values_list("date", flat=True)}
    return [year for year in near if year > _last_known_year() and year not in written]


def _last_known_year() -> int:
    known: set[date] = set(chinese_calendar.constants.holidays)
    return max(known).year


def _is_named(day: date) -> bool:
    """Whether the library has a holiday's name for a day off."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(off and name)
