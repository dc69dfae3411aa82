"""When a villager is told: at once, three days before and one day before, by day and while the hall is open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.domain import hall_hours
from auditorium.enums import ReminderPurpose

if TYPE_CHECKING:
    from auditorium.models import Hall

FIRST_HOUR, LAST_HOUR = time(8), time(20)
"""Nothing that can wait is sent outside these hours (Asia/Shanghai)."""

TO_GET_READY = timedelta(hours=2)
"""A text that would wait for the morning is sent at night when less than this would be left before the visit."""

APART = timedelta(hours=20)
"""A reminder this soon after the confirmation, or after another reminder, tells nothing new."""

TO_NOTICE = timedelta(minutes=30)
"""How long the hall must still be open after the last reminder, so that somebody sees it fail and calls."""

FURTHEST_BACK = timedelta(days=3)
"""The last reminder is not moved further back than this for a hall that is shut; then its backup hall calls."""

_THREE_DAYS, _THREE_DAYS_MINUTES = time(9), 180
_ONE_DAY, _ONE_DAY_MINUTES = time(16), 30


def times_for(*, event_at: datetime, now: datetime, hall: Hall) -> list[tuple[ReminderPurpose, datetime]]:
    """The confirmation and the reminders of one visit, with the time of each, soonest first; none after the visit.

    The day-before reminder goes out between 16:00 and 16:30, at a minute of the hall's own so that not every
    hall sends at once; earlier, even days earlier, when the hall would be shut before anybody saw it fail.
    Where that is too soon after the confirmation it stays on the day before: the confirmation has just shown
    whether texts arrive. The three-day one goes out in the morning, a day earlier where it would stand on the
    same day as the last one.
    """
    if event_at <= now:
        return []
    confirmation = allowed_from(now, event_at)
    usual = _at(hall, clock.local(event_at).date() - timedelta(days=1), _ONE_DAY, _ONE_DAY_MINUTES)
    one_day = _while_open(usual, hall)
    if one_day - confirmation < APART:
        one_day = usual
    three_days = _at(hall, clock.local(event_at).date() - timedelta(days=3), _THREE_DAYS, _THREE_DAYS_MINUTES)
    if one_day - three_days < APART:
        three_days = _at(hall, clock.local(one_day).date() - timedelta(days=1), _THREE_DAYS, _THREE_DAYS_MINUTES)
    reminders = [(ReminderPurpose.THREE_DAYS, three_days), (ReminderPurpose.ONE_DAY, one_day)]
    return [
        (ReminderPurpose.CONFIRMATION, confirmation),
        *((purpose, due_at) for purpose, due_at in reminders if due_at - confirmation >= APART),
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


def _at(hall: Hall, day: date, first: time, minutes: int) -> datetime:
    """The hall's own minute among those that follow `first` on a day."""
    return datetime.combine(day, first, tzinfo=clock.SHANGHAI) + timedelta(minutes=hall.pk % minutes)


def _while_open(usual: datetime, hall: Hall) -> datetime:
    """The usual time, or that of the last day on which the hall is open long enough after it; by day."""
    last = hall_hours.last_open_before(hall, usual + TO_NOTICE)
    if last is None or last - TO_NOTICE < usual - FURTHEST_BACK:
        return usual
    moved = min(_at(hall, clock.local(last).date(), _ONE_DAY, _ONE_DAY_MINUTES), last - TO_NOTICE)
    if is_quiet(moved):  # a hall that shuts early in the morning: the evening before
        evening = datetime.combine(clock.local(moved).date(), LAST_HOUR, tzinfo=clock.SHANGHAI)
        return evening - timedelta(days=1, minutes=1)
    return moved
