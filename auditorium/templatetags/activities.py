"""How classes and events are written on the desk's pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import template

from auditorium import clock, dates
from auditorium.domain.activities import programme

if TYPE_CHECKING:
    from auditorium.models import Activity, ActivityDate, Hall

register = template.Library()


@register.filter
def local_day(moment: datetime) -> date:
    """The day a moment falls on at the hall."""
    return clock.local(moment).date()


@register.filter
def is_market(day: date, hall: Hall) -> bool:
    """Whether it is a market day there."""
    return programme.is_market(hall, day)


@register.filter
def places_left(activity: Activity) -> int:
    """How many places a counted activity with a limit has left."""
    counted: Any = activity
    return max((activity.places or 0) - int(counted.taken), 0)


@register.filter
def of_key(found: dict[int, Any], key: int) -> Any:
    """What stands under a key; None where nothing does."""
    return found.get(key)


@register.filter
def hours(date: ActivityDate) -> str:
    """上午9:00–10:30; the part of the day once where both are in it."""
    begins, ends = dates.clock_time(date.starts_at), dates.clock_time(date.ends_at)
    alike = begins[:2] == ends[:2] and not begins[0].isdigit()
    return f"{begins}–{ends[2:] if alike else ends}"
