"""Whether the hall is shut when something is to be held in it: said, not refused, since somebody can open the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.dates import clock_time, full_date
from auditorium.domain import hall_hours
from auditorium.models import ActivityDate, Hall

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


def why_shut(hall: Hall, starts_at: datetime, ends_at: datetime) -> str:
    """One sentence where the hall is not open from beginning to end; empty where it is. Two queries a hall."""
    prefetch_related_objects([hall], "opening_hours", "closures")
    day = clock.local(starts_at).date()
    spans = hall_hours.open_spans(hall, day)
    if any(opens <= starts_at and ends_at <= closes for opens, closes in spans):
        return ""
    if spans:
        open_from = _("、").join(f"{clock_time(opens)}–{clock_time(closes)}" for opens, closes in spans)
        return _("%(day)s礼堂只开%(hours)s，这个时间没人开门，要先说好。") % {
            "day": full_date(day),
            "hours": open_from,
        }
    return _("%(day)s%(shut)s。") % {"day": full_date(day), "shut": closure(hall, day) or _("礼堂关门")}


def closure(hall: Hall, day: date) -> str:
    """礼堂关门（装修）, on a day on which the hall stays shut in spite of its hours; else empty. One query a hall."""
    prefetch_related_objects([hall], "closures")
    reasons = [one.reason for one in hall.closures.all() if one.first_day <= day <= one.last_day]
    if not reasons:
        return ""
    why = next((reason for reason in reasons if reason), "")
    return _("礼堂关门（%(why)s）") % {"why": why} if why else _("礼堂关门")


def among(hall: Hall, dates: Iterable[ActivityDate]) -> dict[int, str]:
    """The same of several dates of a hall, by their keys, those that are open left out."""
    said = ((one.pk, why_shut(hall, one.starts_at, one.ends_at)) for one in dates)
    return {pk: why for pk, why in said if why}


def hit(hall: Hall) -> list[tuple[ActivityDate, str]]:
    """What the hall holds from now on while it is shut, and why, the first first."""
    hall = Hall.objects.prefetch_related("opening_hours", "closures").get(pk=hall.pk)
    coming = list(ActivityDate.objects.coming().filter(hall=hall, activity__state="open").select_related("activity"))
    found = among(hall, coming)
    return [(one, found[one.pk]) for one in coming if one.pk in found]
