"""Nothing more is said: of somebody who is dead or gone; or in writing, where that is not agreed to any longer.

It happens in the transaction that writes the reason down, so no worker can begin a text after it, not even one it has
claimed. What was given to a gateway already can't be called back.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction
from django.db.models import Q

from auditorium import clock
from auditorium.domain import follow_ups, outcomes, reminder_times, reminders, wake
from auditorium.domain.transitions import transition
from auditorium.enums import (
    AHEAD,
    MESSAGE_TRANSITIONS,
    MESSAGE_UNSENT,
    REMINDER_LIVE,
    REMINDER_TRANSITIONS,
    MessageState,
    ReminderPurpose,
    ReminderState,
)
from auditorium.models import Message, Phone, Reminder, Villager
from auditorium.ports import service_for

if TYPE_CHECKING:
    from auditorium.models import User
    from auditorium.models.messages import MessageQuerySet

LOOKS = 5
_SAID_AGAIN = (ReminderPurpose.CONFIRMATION, ReminderPurpose.CHANGED, *AHEAD)


def lock(villager: Villager) -> None:
    """Lock somebody and everybody an unsent text names beside them, by id as everywhere.

    A text may be written between the look and the lock. Nobody can write one once the villager is locked, so a second
    look tells; then all is let go and locked anew, or the newcomer would be locked out of order.
    """
    for _try in range(LOOKS):
        point = transaction.savepoint()
        people = _named_beside(villager)
        list(Villager.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        if _named_beside(villager) <= people:
            transaction.savepoint_commit(point)
            return
        transaction.savepoint_rollback(point)
    raise OperationalError(f"texts about villager {villager.pk} are written faster than they can be locked")


def everything(*, villager: Villager, by: User | None, why: str) -> None:
    """Nobody is to be told anything of this villager, locked, any more: no text, no copy, no call in a text's stead."""
    theirs = Reminder.objects.filter(villager=villager)
    said = theirs.filter(Q(state__in=REMINDER_LIVE) | Q(messages__state__in=MESSAGE_UNSENT))
    about: dict[str, set[int]] = {}
    asked: dict[str, set[int]] = {}
    for kind, about_id, state in said.values_list("about_kind", "about_id", "state"):
        about.setdefault(kind, set()).add(about_id)
        if state == ReminderState.FOLLOW_UP:
            asked.setdefault(kind, set()).add(about_id)
    transition(theirs, to=ReminderState.CANCELLED, table=REMINDER_TRANSITIONS, by=by, why=why)
    for kind, ids in sorted(about.items()):
        reminders.drop_unsent(kind, *sorted(ids))
    for kind, ids in sorted(asked.items()):
        for telling in follow_ups.TELLING:
            follow_ups.close_about_many(about_kind=kind, about_ids=ids, by=by, why=why, kind=telling)
    answers = Message.objects.unsent().filter(villager=villager, reply__isnull=False)
    transition(answers, to=MessageState.CANCELLED, table=MESSAGE_TRANSITIONS, by=None, audited=False)


def resume(*, villager: Villager) -> int:
    """It was a mistake: owe anew what was still to come and was called off; return how many."""
    now = clock.now()
    newest: dict[tuple[str, int, str], Reminder] = {}
    for one in Reminder.objects.filter(villager=villager, expires_at__gt=now, purpose__in=_SAID_AGAIN).order_by("pk"):
        newest[one.about_kind, one.about_id, one.purpose] = one
    gone = [
        one
        for one in newest.values()
        if one.state == ReminderState.CANCELLED and (one.due_at > now or one.purpose == ReminderPurpose.ONE_DAY)
    ]
    still = {
        (kind, pk)
        for kind in {one.about_kind for one in gone}
        for pk in service_for(kind).still_due({one.about_id for one in gone if one.about_kind == kind})
    }
    anew = Reminder.objects.bulk_create(
        Reminder(
            about_kind=one.about_kind,
            about_id=one.about_id,
            villager=villager,
            hall_id=one.hall_id,
            purpose=one.purpose,
            own_template_id=one.own_template_id,
            discreet_template_id=one.discreet_template_id,
            due_at=reminder_times.allowed_from(max(one.due_at, now), one.expires_at),
            expires_at=one.expires_at,
            heard_on=one.heard_on,
        )
        for one in gone
        if (one.about_kind, one.about_id) in still
    )
    wake.after_commit(reminders.SWEEP)
    return len(anew)


def in_writing(*, villager: Villager, copies_only: bool = False) -> None:
    """No text about this villager, locked by `lock`, may go out: a person says it instead; copies just end."""
    texts = _unsent_about(villager)
    _withdraw(texts.filter(is_copy=True) if copies_only else texts)


def to_phones(*, villager: Villager, phones: Collection[int]) -> None:
    """The villager, locked by `lock`, is not reached on these phones (ids) any more: the next contact is told."""
    _withdraw(_unsent_about(villager).filter(phone__in=phones))


def to_phone(phone_id: int) -> None:
    """Nobody is reached on this phone any more; everybody who was is locked."""
    _withdraw(Message.objects.unsent().filter(phone=phone_id))


def _named_beside(villager: Villager) -> set[int]:
    named = Reminder.objects.filter(messages__in=_unsent_about(villager))
    return {villager.pk, *named.values_list("villager_id", flat=True)}


def _unsent_about(villager: Villager) -> MessageQuerySet:
    texts = Reminder.messages.through.objects.filter(reminder__villager=villager)
    return Message.objects.unsent().filter(pk__in=texts.values("message"))


def _withdraw(texts: MessageQuerySet) -> None:
    """Withdraw each. What is told instead counts each phone's texts under its lock: they are locked together, by id."""
    pks = sorted(texts.values_list("pk", flat=True))
    told = Reminder.objects.filter(messages__in=pks).values("villager")
    reached = Phone.objects.filter(contacts__villager__in=told).values("pk")
    list(Phone.objects.filter(pk__in=reached).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    for pk in pks:
        outcomes.withdraw(pk=pk, at=clock.now())
