"""From what is due to texts that wait, a batch at a time.

Locks are taken in the order of every write: villagers, reminders, phones, then rows nobody has seen yet.
A villager somebody is busy with is left to the next sweep, so two sweeps never wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from auditorium.domain import reminder_times
from auditorium.domain.due_reminders import DueReminders
from auditorium.enums import ReminderState
from auditorium.models import Reminder, Villager

if TYPE_CHECKING:
    from auditorium.models.messages import ReminderQuerySet

BATCH = 200

Place = tuple[datetime, int]


def due_now(at: datetime) -> ReminderQuerySet:
    """What is due and may be sent at this hour; at night only what cannot wait for the morning.

    What came too late is among it until `expiry` ends it: asked for that as well, the database would look through all
    that is still to come.
    """
    due = Reminder.objects.due(at)
    if reminder_times.is_quiet(at):
        due = due.filter(expires_at__lt=reminder_times.next_morning(at) + reminder_times.TO_GET_READY)
    return due


def tell_batch(*, at: datetime, after: Place | None) -> tuple[Counter[str], Place | None]:
    """Turn the next batch of what is due, behind the place `after`, into texts or tasks, in one transaction.

    Returns what came of it, and the place reached; None when nothing was left.
    """
    waiting = due_now(at).order_by("due_at", "pk")
    if after:
        waiting = waiting.filter(Q(due_at__gt=after[0]) | Q(pk__gt=after[1]), due_at__gte=after[0])
    found = list(waiting.values_list("due_at", "pk", "villager_id")[:BATCH])
    if not found:
        return Counter(), None
    with transaction.atomic():
        these = Reminder.objects.filter(pk__in=[row[1] for row in found])
        pks = locked({villager for _due_at, _pk, villager in found}, these)
        counts = DueReminders.of(_still_due(pks, at), at).tell()
    return counts, found[-1][:2]


def tell_again(reminder_id: int, *, at: datetime, without: Collection[int]) -> None:
    """Write a text to the next contact not in `without` (phone ids), else ask a person. The reminder is locked."""
    DueReminders.of([reminder_id], at).tell(without=without, again=True)


def tell_anew(reminders: Iterable[int], *, at: datetime) -> None:
    """Write other words for these, locked, whose text was withdrawn before it left."""
    DueReminders.of(reminders, at).tell(again=True)


def locked(villagers: Iterable[int], reminders: ReminderQuerySet, *, skip_busy: bool = True) -> list[int]:
    """Lock these villagers, then those of the reminders that are theirs; return the ids of those got."""
    got = Villager.objects.filter(pk__in=set(villagers)).order_by("pk")
    got = got.select_for_update(no_key=True, skip_locked=skip_busy)
    theirs = reminders.filter(villager_id__in=list(got.values_list("pk", flat=True))).order_by("pk")
    return list(theirs.select_for_update(of=("self",), skip_locked=skip_busy).values_list("pk", flat=True))


def _still_due(pks: list[int], at: datetime) -> list[int]:
    """Those of these reminders, locked, that are to be told: not taken up, put off or too late since they were found.

    Asked for their state, the database would rather look through all that is planned than at these few.
    """
    rows = Reminder.objects.filter(pk__in=pks).values_list("pk", "state", "due_at", "expires_at")
    return [pk for pk, state, due, expires in rows if state == ReminderState.PLANNED and due <= at < expires]
