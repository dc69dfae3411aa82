"""When a booking is, also where only its day or its half of the day is known."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from appointments.enums import Period
from auditorium import clock

_BEGINS = {Period.MORNING: time(8, 0), Period.AFTERNOON: time(13, 30), Period.EVENING: time(18, 0)}
_ENDS = {Period.MORNING: time(12, 0), Period.AFTERNOON: time(17, 30), Period.EVENING: time(21, 0)}


def at(day: date, moment: time) -> datetime:
    """A local date and clock time as an aware moment."""
    return timezone.make_aware(datetime.combine(day, moment), timezone.get_default_timezone())


def begins(*, day: date, period: str, starts_at: datetime | None) -> datetime:
    """When the villager should be there; the start of the period, or of the morning, where no time is known."""
    return starts_at or at(day, _BEGINS[Period(period or Period.MORNING)])


def over(*, day: date, period: str, starts_at: datetime | None) -> datetime:
    """From when telling anybody about the booking is useless."""
    return starts_at or at(day, _ENDS[Period(period or Period.AFTERNOON)])


def period_at(moment: datetime) -> Period:
    """The period a clock time lies in: morning before 12:00, afternoon before 18:00."""
    hour = clock.local(moment).hour
    if hour < 12:
        return Period.MORNING
    return Period.AFTERNOON if hour < 18 else Period.EVENING
