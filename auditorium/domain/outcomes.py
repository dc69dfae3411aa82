"""What came of a text, and what follows for the reminders it answers: told, the next contact, or a person.

The text and its reminders change in one transaction, so nothing has to be found out again after a crash.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from auditorium.domain import calls, due_reminders, follow_ups, recipients, telling
from auditorium.domain.transitions import transition
from auditorium.enums import (
    MESSAGE_TRANSITIONS,
    REMINDER_LIVE,
    REMINDER_TRANSITIONS,
    FollowUpState,
    MessageState,
    ReminderState,
)
from auditorium.gateways.base import Sent
from auditorium.models import FollowUp, Message, MessagePart, Reminder
from auditorium.row_values import OfRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from auditorium.gateways.base import Found
    from auditorium.models import SmsLine

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
        reminders = _lock_answered([pk]).get(pk, []) if is_told or is_lost else []
        moved = move([pk], to=to, when=when, **changes)
        if moved and is_told and not Message.objects.filter(pk=pk, is_copy=True).exists():
            settle_told(reminders)
        elif moved and is_lost:
            for reminder in reminders:
                _go_on(reminder, at=at, why=why)
    return moved


def withdraw(*, pk: int, at: datetime, when: Q | None = None) -> int:
    """Cancel a text that is wanted no more, if `when` holds of it.

    Where it stands for several people and not all of them are called off, the others are told in other words.
    """
    with transaction.atomic():
        answered = _lock_answered([pk]).get(pk, [])
        moved = move([pk], to=MessageState.CANCELLED, when=when)
        owed = Reminder.objects.filter(pk__in=answered, state=ReminderState.SENDING, expires_at__gt=at)
        left = owed if moved else None
        if left and not Message.objects.filter(pk=pk, is_copy=True).exists():
            telling.tell_anew([reminder.pk for reminder in left], at=at)
    return moved


def needed_by_others(texts: Collection[int], *, at: datetime) -> set[int]:
    """Those of these texts, too late for somebody they name, that say something others can still use."""
    if not texts:
        return set()
    answers = Reminder.messages.through.objects.filter(message__in=texts, message__is_copy=False)
    owed = answers.filter(reminder__state=ReminderState.SENDING, reminder__expires_at__gt=at)
    return set(owed.values_list("message_id", flat=True))


def record_taken(
    *, line: SmsLine, answers: Mapping[int, Sent | Found], to: MessageState, at: datetime, is_enough: bool
) -> int:
    """Note that a provider took these texts (by id), and settle what they answer; return how many moved.

    Of one whose receipt has come first only the provider's number is new. `to` is sent, delivered or undelivered,
    whichever these answers say.
    """
    changes: dict[str, Any] = {"lease_until": None}
    if to != MessageState.SENT or is_enough:  # nothing more will be heard of it
        changes["ended_at"] = at
    with transaction.atomic():
        is_told = is_enough or to == MessageState.DELIVERED
        answered = _lock_answered(answers) if is_told or to == MessageState.UNDELIVERED else {}
        rows = list(
            Message.objects.filter(pk__in=answers)
            .order_by("pk")
            .select_for_update()
            .values_list("pk", "state", "is_copy")
        )
        movable = [pk for pk, state, _is_copy in rows if state in MESSAGE_TRANSITIONS[to]]
        moved = move(movable, to=to, provider_id=_numbers(answers), **changes)
        if moved < len(rows):
            Message.objects.filter(pk__in=answers, provider_id="").update(provider_id=_numbers(answers))
        _note_parts(line, answers)
        if is_told:
            mains = {pk for pk, _state, is_copy in rows if not is_copy}.intersection(movable)
            settle_told({reminder for pk in mains for reminder in answered.get(pk, ())})
        elif to == MessageState.UNDELIVERED:
            for reminder in sorted({reminder for pk in movable for reminder in answered.get(pk, ())}):
                _go_on(reminder, at=at, why="")
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
        for reminder in _lock_answered([pk]).get(pk, []):
            _go_on(reminder, at=at, why=why)


def settle_told(reminders: Iterable[int]) -> None:
    """Note that these reminders, locked, reached somebody, and end the calls that were asked for meanwhile.

    Who cannot read is told once somebody says so: until then their relative's word is waited for.
    """
    owed = Reminder.objects.filter(pk__in=reminders, state__in=REMINDER_LIVE)
    rows = list(owed.values_list("pk", "state", "about_kind", "about_id", "villager__cannot_read"))
    _move_reminders([row[0] for row in rows if row[4]], ReminderState.RELAYED)
    _move_reminders([row[0] for row in rows if not row[4]], ReminderState.TOLD)
    asked = {(kind, about) for _pk, state, kind, about, waits in rows if state == ReminderState.FOLLOW_UP and not waits}
    for kind, about_id in sorted(asked):
        end_calls(kind, about_id, why=_("短信已经送到"))


def confirmed(*, text: Message, about_kind: str, about_id: int, why: str) -> int:
    """Somebody who got this text says that it is known: what was due by then counts as told, calls about it end."""
    with transaction.atomic():
        due = Reminder.objects.about(about_kind, about_id).filter(due_at__lte=text.sent_at or text.created_at)
        begun = due.filter(state__in=[ReminderState.SENDING, ReminderState.RELAYED, ReminderState.FOLLOW_UP])
        pks = telling.locked(begun.values_list("villager_id", flat=True), begun, skip_busy=False)
        was_asked = Reminder.objects.filter(pk__in=pks, state=ReminderState.FOLLOW_UP).exists()
        moved = _move_reminders(pks, ReminderState.TOLD)
        if was_asked:
            end_calls(about_kind, about_id, why=why)
    return moved


def end_calls(about_kind: str, about_id: int, *, why: str) -> None:
    """End the tasks to call or knock about something, unless another reminder about it still waits for a person."""
    if Reminder.objects.about(about_kind, about_id).filter(state=ReminderState.FOLLOW_UP).exists():
        return
    for kind in follow_ups.TELLING:
        follow_ups.close_about(about_kind=about_kind, about_id=about_id, by=None, why=why, kind=kind)


def _move_reminders(pks: Collection[int], to: ReminderState) -> int:
    if not pks:
        return 0
    return transition(Reminder.objects.filter(pk__in=pks), to=to, table=REMINDER_TRANSITIONS, by=None, audited=False)


def _lock_answered(texts: Iterable[int]) -> dict[int, list[int]]:
    """Lock what these texts answer, villagers first; return the ids of the reminders by text."""
    answers = Reminder.messages.through.objects.filter(message__in=list(texts))
    rows = list(answers.values_list("message_id", "reminder_id", "reminder__villager_id"))
    reminders = Reminder.objects.filter(pk__in={reminder for _text, reminder, _villager in rows})
    got = set(telling.locked({villager for _text, _reminder, villager in rows}, reminders, skip_busy=False))
    answered: dict[int, list[int]] = {}
    for text, reminder, _villager in sorted(rows):
        if reminder in got:
            answered.setdefault(text, []).append(reminder)
    return answered


def _numbers(answers: Mapping[int, Sent | Found]) -> OfRow:
    """Each text's own number at the provider."""
    return OfRow({pk: answer.provider_id for pk, answer in answers.items()})


def _note_parts(line: SmsLine, answers: Mapping[int, Sent | Found]) -> None:
    """Keep the numbers of the parts of long texts, where the provider gives each its own."""
    MessagePart.objects.bulk_create(
        MessagePart(message_id=pk, line=line, provider_id=part)
        for pk, answer in answers.items()
        if isinstance(answer, Sent)
        for part in answer.parts
    )


def _go_on(pk: int, *, at: datetime, why: str) -> None:
    """After a text for this reminder failed: told by another, waiting for another, the next contact, or a person."""
    (reminder,) = due_reminders.loaded([pk])
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
        calls.ask(reminder, why=why, at=at)
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
