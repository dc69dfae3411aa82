"""Where no text can tell somebody, or may not have: a person calls, or knocks at the door."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditorium import clock
from auditorium.domain import certainty, follow_ups, hall_hours, recipients
from auditorium.domain.transitions import transition
from auditorium.enums import REMINDER_TRANSITIONS, FollowUpKind, ReminderState
from auditorium.models import Reminder
from auditorium.ports import service_for

TO_DO_IT = timedelta(hours=2)
AT_LEAST = timedelta(minutes=30)


def ask(reminder: Reminder, *, why: str, at: datetime) -> None:
    """Make it somebody's task to call or to knock. The reminder is locked, its villager's contacts are loaded."""
    moved = transition(
        Reminder.objects.filter(pk=reminder.pk),
        to=ReminderState.FOLLOW_UP,
        table=REMINDER_TRANSITIONS,
        by=None,
        audited=False,
    )
    if not moved:
        return
    contact = recipients.to_call(reminder.villager)
    follow_ups.open_task(
        hall=reminder.hall,
        villager=reminder.villager,
        kind=FollowUpKind.CALL if contact else FollowUpKind.KNOCK,
        reason=why,
        words=service_for(reminder.about_kind).words(reminder.about_id, reminder.purpose),
        due_at=_task_due(reminder, at),
        about_kind=reminder.about_kind,
        about_id=reminder.about_id,
        contact=contact,
    )


def _task_due(reminder: Reminder, at: datetime) -> datetime:
    """Until when somebody should have called: within two hours of the hall's being open, an hour before the visit.

    Where no half hour is left for it, by the time the hall closes; else the task is late at once and handed on.
    """
    limit = max(reminder.expires_at - certainty.BEFORE_THE_EVENT, at)
    day = clock.local(at).date()
    for ahead in range((clock.local(limit).date() - day).days + 1):
        for opens, closes in hall_hours.open_spans(reminder.hall, day + timedelta(days=ahead)):
            start, end = max(opens, at), min(closes, limit)
            if end - start >= AT_LEAST:
                return min(start + TO_DO_IT, end)
    closing = [closes for opens, closes in hall_hours.open_spans(reminder.hall, day) if opens <= at < closes]
    return min(closing[0], limit) if closing else limit
