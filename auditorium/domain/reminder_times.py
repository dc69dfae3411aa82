"""When a villager is told: at once, some days before, the day before, by day and while the hall is open.

How long before is for `reminder_rules` to say.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.domain import hall_hours
from auditorium.domain.reminder_rules import FIRST_HOUR, LAST_HOUR, USUAL
from auditorium.enums import ReminderPurpose

if TYPE_CHECKING:
    from auditorium.domain.reminder_rules import Rule, Rules
    from auditorium.models import Hall

TO_GET_READY = timedelta(hours=2)
"""A text that would wait for the morning is sent at night when less than this would be left before the visit."""

TO_NOTICE = timedelta(minutes=30)
"""How long the hall must still be open after the last reminder, so that somebody sees it fail and calls."""

FURTHEST_BACK = timedelta(days=3)
"""The last reminder is not moved further back than this for a hall that is shut; then its backup hall calls."""


def times_for(
    *, event_at: datetime, now: datetime, hall: Hall, rules: Rules = USUAL
) -> list[tuple[ReminderPurpose, datetime]]:
    """The confirmation and the reminders of one visit, with the time of each, soonest first; none after the visit.

    The day-before reminder goes out at the hour of its rule (16:00), at a minute of the hall's own so that not every
    hall sends at once; earlier, even days earlier, when the hall would be shut before anybody saw it fail.
    Where that is too soon after the confirmation it stays on the day before: the confirmation has just shown
    whether texts arrive. The one some days before goes out at its hour (in the morning), a day earlier where it
    would stand on the same day as the last one. The one some hours before never goes out at night.
    """
    if event_at <= now:
        return []
    confirmation = allowed_from(now, event_at)
    ahead = [
        *_days_before(event_at, confirmation, hall, rules),
        *_hours_before(event_at, rules[ReminderPurpose.TWO_HOURS]),
    ]
    return [
        (ReminderPurpose.CONFIRMATION, confirmation),
        *((purpose, due_at) for purpose, due_at in ahead if due_at - confirmation >= rules[purpose].gap),
    ]


def is_quiet(moment: datetime) -> bool:
    """Whether it is a time at which nothing that can wait is sent."""
    return not FIRST_HOUR <= clock.local(moment).time() < LAST_HOUR


def allowed_from(moment: datetime, event_at: datetime) -> datetime:
    """The first time from `moment` on at which a text about something at `event_at` may be sent.

    By day that is the moment itself; at night the next morning, unless the visit is too close to wait for it.
    """
    morning = next_morning(moment)
    return morning if is_quiet(moment) and event_at - morning >= TO_GET_READY else moment


def this_morning(moment: datetime) -> datetime:
    """8:00 of the same local day."""
    return datetime.combine(clock.local(moment).date(), FIRST_HOUR, tzinfo=clock.SHANGHAI)


def next_morning(moment: datetime) -> datetime:
    """The next 8:00 after this moment."""
    here = clock.local(moment)
    morning = datetime.combine(here.date(), FIRST_HOUR, tzinfo=clock.SHANGHAI)
    return morning if here < morning else morning + timedelta(days=1)


def _days_before(
    event_at: datetime, confirmation: datetime, hall: Hall, rules: Rules
) -> list[tuple[ReminderPurpose, datetime]]:
    first, last = rules[ReminderPurpose.THREE_DAYS], rules[ReminderPurpose.ONE_DAY]
    day = clock.local(event_at).date()
    usual = _at(hall, day - timedelta(days=last.days), last)
    one_day = _while_open(usual, hall, last)
    if one_day - confirmation < last.gap:
        one_day = usual
    earlier = _at(hall, day - timedelta(days=first.days), first)
    if last.is_on and one_day - earlier < first.gap:
        earlier = _at(hall, clock.local(one_day).date() - timedelta(days=1), first)
    both = [(ReminderPurpose.THREE_DAYS, earlier), (ReminderPurpose.ONE_DAY, one_day)]
    return [(purpose, due_at) for purpose, due_at in both if rules[purpose].is_on]


def _hours_before(event_at: datetime, rule: Rule) -> list[tuple[ReminderPurpose, datetime]]:
    due_at = event_at - rule.before
    return [(ReminderPurpose.TWO_HOURS, due_at)] if rule.is_on and not is_quiet(due_at) else []


def _at(hall: Hall, day: date, rule: Rule) -> datetime:
    """The hall's own minute among those of the rule, on a day."""
    return datetime.combine(day, rule.at, tzinfo=clock.SHANGHAI) + timedelta(minutes=hall.pk % rule.minutes)


def _while_open(usual: datetime, hall: Hall, rule: Rule) -> datetime:
    """The usual time, or that of the last day on which the hall is open long enough after it; by day."""
    last = hall_hours.last_open_before(hall, usual + TO_NOTICE)
    if last is None or last - TO_NOTICE < usual - FURTHEST_BACK:
        return usual
    moved = min(_at(hall, clock.local(last).date(), rule), last - TO_NOTICE)
    if is_quiet(moved):  # a hall that shuts early in the morning: the evening before
        evening = datetime.combine(clock.local(moved).date(), LAST_HOUR, tzinfo=clock.SHANGHAI)
        return evening - timedelta(days=1, minutes=1)
    return moved
