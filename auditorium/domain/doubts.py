"""Who was written to, and nobody knows whether they know: while there is time, a person is asked to find out.

A text may be on its way without a receipt. And who cannot read depends on a relative who has not said that it was
passed on.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from auditorium.domain import calls, due_reminders, telling
from auditorium.domain.certainty import TO_ARRIVE
from auditorium.enums import MESSAGE_UNSENT, MessageState, ReminderState
from auditorium.models import Message, Reminder

if TYPE_CHECKING:
    from auditorium.models.messages import ReminderQuerySet

BATCH = 200
_NOT_OUT = (*MESSAGE_UNSENT, MessageState.SENDING)


def ask(*, at: datetime) -> Counter[str]:
    """Ask a person about each reminder that should be certain by now and is not; one task for each visit.

    What has only just been sent, or still waits to be, gets a little longer.
    """
    counts: Counter[str] = Counter()
    rest = _in_doubt(at).order_by("sure_by", "pk")
    while found := list(rest.values_list("sure_by", "pk", "villager_id")[:BATCH]):
        last, last_pk, _villager = found[-1]
        rest = rest.filter(Q(sure_by__gt=last) | Q(sure_by=last, pk__gt=last_pk))
        with transaction.atomic():
            pks = telling.locked({row[2] for row in found}, _in_doubt(at).filter(pk__in=[row[1] for row in found]))
            counts["asked"] += _ask(due_reminders.loaded(pks), at)
    return +counts


def _in_doubt(at: datetime) -> ReminderQuerySet:
    return Reminder.objects.in_doubt(at).filter(expires_at__gt=at)


def _ask(reminders: list[Reminder], at: datetime) -> int:
    """Make tasks of those whose texts went out long enough ago; return how many."""
    texts = Message.objects.filter(is_copy=False).select_related("contact").order_by("pk")
    prefetch_related_objects(reminders, Prefetch("messages", texts, to_attr="mains"))
    early: list[int] = []
    for reminder in reminders:
        mains: list[Message] = reminder.mains  # type: ignore[attr-defined]
        if any(text.state in _NOT_OUT or (text.sent_at and text.sent_at > at - TO_ARRIVE) for text in mains):
            early.append(reminder.pk)
        else:
            calls.ask(reminder, why=_why(reminder, mains), at=at)
    if early:
        Reminder.objects.filter(pk__in=early).update(sure_by=at + TO_ARRIVE)
    return len(reminders) - len(early)


def _why(reminder: Reminder, mains: list[Message]) -> str:
    arrived = next((text for text in reversed(mains) if text.state == MessageState.DELIVERED), None)
    if reminder.state != ReminderState.RELAYED or arrived is None:
        return _("短信没有收到送达回执，请和村民确认")
    whose = arrived.contact.get_relation_display() if arrived.contact else _("家人")
    return _("村民不识字，短信到了%(whose)s手机，还没回话，请确认") % {"whose": whose}
