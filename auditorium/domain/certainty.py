"""Until when it must be certain that a villager was told of a visit, so that somebody can still call who does not know.

Only the last reminder before the visit is asked about: whoever is in doubt about an earlier one hears the last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, DateTimeField, Value, When

from auditorium import clock
from auditorium.domain import hall_hours
from auditorium.enums import ReminderPurpose
from auditorium.models import Reminder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.domain.reminder_rules import Rules
    from auditorium.models import Hall

TO_ARRIVE = timedelta(minutes=15)
"""How long a receipt, or a relative's word, is waited for at least."""

TO_CALL = timedelta(hours=2)
"""How long the hall must still be open before the visit for somebody to call."""

BEFORE_THE_EVENT = timedelta(hours=1)
LOOKED_BACK = 5


def is_last(reminder: Reminder, rules: Rules) -> bool:
    """Whether it is the last one before the visit by these rules; one some hours before comes too late to be."""
    if reminder.purpose == ReminderPurpose.THREE_DAYS:
        return not rules[ReminderPurpose.ONE_DAY].is_on
    return reminder.purpose == ReminderPurpose.ONE_DAY


def call_by(hall: Hall, expires_at: datetime) -> datetime:
    """The last moment after which the hall is still open for two hours, an hour before the event at the latest."""
    left, moment = TO_CALL, expires_at - BEFORE_THE_EVENT
    day = clock.local(moment).date()
    for back in range(LOOKED_BACK):
        for opens, closes in reversed(hall_hours.open_spans(hall, day - timedelta(days=back))):
            until = min(closes, expires_at - BEFORE_THE_EVENT)
            if until <= opens:
                continue
            if until - opens >= left:
                return until - left
            left, moment = left - (until - opens), opens
    return moment


def note(reminders: Iterable[Reminder], *, at: datetime) -> None:
    """Write down until when it must be certain that these, told now, were heard; in one statement."""
    known: dict[tuple[int, datetime], datetime] = {}
    by_time: dict[datetime, list[int]] = {}
    for reminder in reminders:
        when = (reminder.hall_id, reminder.expires_at)
        if when not in known:
            known[when] = max(call_by(reminder.hall, reminder.expires_at), at + TO_ARRIVE)
        by_time.setdefault(known[when], []).append(reminder.pk)
    if by_time:
        times = [When(pk__in=pks, then=Value(moment)) for moment, pks in by_time.items()]
        Reminder.objects.filter(pk__in=[pk for pks in by_time.values() for pk in pks]).update(
            sure_by=Case(*times, output_field=DateTimeField())
        )
