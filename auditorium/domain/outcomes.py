"""What came of a text, and what follows for the reminders it answers: told, the next contact, or a person.

The text and its reminders change in one transaction, so nothing has to be found out again after a crash.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from auditorium.domain import follow_ups, recipients, telling
from auditorium.domain.transitions import transition
from auditorium.enums import (
    MESSAGE_TRANSITIONS,
    REMINDER_LIVE,
    REMINDER_TRANSITIONS,
    FollowUpState,
    MessageState,
    ReminderState,
)
from auditorium.models import FollowUp, Message, Reminder

if TYPE_CHECKING:
    from collections.abc import Iterable

IN_FLIGHT = (MessageState.PENDING, MessageState.CLAIMED, MessageState.SENDING, MessageState.SENT)


def record(
    *,
    pk: int,
    to: MessageState,
    at: datetime,
    when: Q | None = None,
    why: str = "",
    is_enough: bool = False,
    **changes: Any,
) -> int:
    """Move a text to the state it ended in, if it may go there and `when` holds of it, and settle its reminders.

    Delivered tells the villager; so does sent when that `is_enough`. A text that failed goes to the next
    contact; with `why` a person is asked at once, since the next text would fail as well.
    """
    is_told = is_enough or to == MessageState.DELIVERED
    is_lost = to in {MessageState.FAILED, MessageState.UNDELIVERED} or bool(why)
    with transaction.atomic():
        reminders = _lock_reminders(pk) if is_told or is_lost else []
        moved = move([pk], to=to, when=when, **changes)
        if moved and is_told and not Message.objects.filter(pk=pk, is_copy=True).exists():
            settle_told(reminders)
        elif moved and is_lost:
            for reminder in reminders:
                _go_on(reminder, at=at, why=why)
    return moved


def move(pks: Iterable[int], *, to: MessageState, when: Q | None = None, **changes: Any) -> int:
    """Move these texts to a state, those that may go there and of which `when` holds; return how many.

    One conditional UPDATE on the texts' own columns: of two workers one gets a text. `when` must not reach
    into another table, or the condition would hold of an older version of the row.
    """
    texts = Message.objects.filter(when or Q(), pk__in=pks)
    return transition(texts, to=to, table=MESSAGE_TRANSITIONS, by=None, audited=False, **changes)


def ask_person(*, pk: int, at: datetime, why: str) -> None:
    """Make what one text should have said a person's task, whatever becomes of the text."""
    with transaction.atomic():
        for reminder in _lock_reminders(pk):
            _go_on(reminder, at=at, why=why)


def settle_told(reminders: Iterable[int]) -> None:
    """Note that these reminders reached somebody, and end the calls that were asked for meanwhile."""
    owed = Reminder.objects.filter(pk__in=reminders)
    asked = set(owed.filter(state=ReminderState.FOLLOW_UP).values_list("about_kind", "about_id"))
    transition(
        owed.filter(state__in=REMINDER_LIVE),
        to=ReminderState.TOLD,
        table=REMINDER_TRANSITIONS,
        by=None,
        audited=False,
    )
    for kind, pk in sorted(asked):
        end_calls(kind, pk, why=_("短信已经送到"))


def end_calls(about_kind: str, about_id: int, *, why: str) -> None:
    """End the tasks to call or knock about something, unless another reminder about it still waits for a person."""
    if Reminder.objects.about(about_kind, about_id).filter(state=ReminderState.FOLLOW_UP).exists():
        return
    for kind in follow_ups.TELLING:
        follow_ups.close_about(about_kind=about_kind, about_id=about_id, by=None, why=why, kind=kind)


def _lock_reminders(message_pk: int) -> list[int]:
    """Lock what the text answers, villagers first; return the ids."""
    answered = list(Reminder.objects.filter(messages=message_pk).values_list("pk", "villager_id"))
    reminders = Reminder.objects.filter(pk__in=[pk for pk, _villager in answered])
    return telling.locked({villager for _pk, villager in answered}, reminders, skip_busy=False)


def _go_on(pk: int, *, at: datetime, why: str) -> None:
    """After a text for this reminder failed: told by another, waiting for another, the next contact, or a person."""
    (reminder,) = telling.loaded([pk])
    texts = list(reminder.messages.all())
    if reminder.state == ReminderState.TOLD and not _said_by_person(reminder, texts):
        why = why or _("短信没送到")  # what counted as told was not, as it turns out
    elif reminder.state != ReminderState.SENDING:
        return
    mains = [text for text in texts if not text.is_copy]
    if any(text.state == MessageState.DELIVERED for text in mains):
        settle_told([pk])
    elif any(text.state in IN_FLIGHT for text in mains):
        return
    elif why:
        telling.ask_person(reminder, why=why, at=at)
    elif not any(text.state == MessageState.UNKNOWN for text in mains):
        _try_next(reminder, texts, at=at)


def _said_by_person(reminder: Reminder, texts: Iterable[Message]) -> bool:
    """Whether somebody called or knocked since the first of these texts: whatever becomes of them, it is said."""
    done = FollowUp.objects.filter(
        about_kind=reminder.about_kind, about_id=reminder.about_id, kind__in=follow_ups.TELLING
    )
    since = min(text.created_at for text in texts)
    return done.filter(state=FollowUpState.DONE, closed_at__gte=since).exists()


def _try_next(reminder: Reminder, texts: list[Message], *, at: datetime) -> None:
    """The next contact's copy takes the failed text's place, where there is one; else they get a text now."""
    tried = {text.phone_id for text in texts if not text.is_copy}
    upcoming = recipients.resolve(reminder, without=tried).main
    copy = next((text for text in texts if upcoming and text.is_copy and text.phone_id == upcoming.phone_id), None)
    if copy is None:
        telling.tell_again(reminder.pk, at=at, without=tried)
    else:
        Message.objects.filter(pk=copy.pk).update(is_copy=False)
        _go_on(reminder.pk, at=at, why="")
