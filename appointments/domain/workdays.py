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


@dataclass(frozen=True)
class Workdays:
    """The calendar as one question or one page needs it: what administrators wrote is read once, at first use."""

    @cached_property
    def _written(self) -> dict[date, bool]:
        return dict(CalendarDay.objects.values_list("date", "is_workday"))

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
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        off, name = False, None
    return not workdays.is_workday(day) and (day.weekday() < _SATURDAY or bool(off and name))
