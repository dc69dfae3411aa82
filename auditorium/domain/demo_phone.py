"""A demo's phones: each with the texts it got, what is still to come, and a clock that can be moved to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from auditorium import clock
from auditorium.domain import reminders, replies, telling, wake
from auditorium.enums import MessageState, ReminderState
from auditorium.models import Contact, Message, Reminder, Reply

if TYPE_CHECKING:
    from auditorium.models import Phone, User
    from auditorium.models.messages import ReminderQuerySet

TEXTS = 60
SCHEDULED = 30
_ARRIVED = (MessageState.SENT, MessageState.DELIVERED)
_ON_ITS_WAY = (MessageState.CLAIMED, MessageState.SENDING)


@dataclass(frozen=True)
class Line:
    """One text on a phone; `mine` is what its holder wrote."""

    at: datetime
    body: str
    mine: bool = False


@dataclass(frozen=True)
class Handset:
    """One phone: whose contacts it is, its texts, the newest last, and what its holder answered."""

    phone: Phone
    holders: list[Contact]
    texts: list[Message] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """What was written in both directions, in the order of time."""
        texts = [Line(text.sent_at or text.created_at, text.body) for text in self.texts]
        replies = [Line(reply.received_at, reply.text, mine=True) for reply in self.replies]
        return sorted(texts + replies, key=lambda line: line.at)


@dataclass(frozen=True)
class Phones:
    """All that the demo's phone page shows."""

    now: datetime
    handsets: list[Handset]
    scheduled: list[Reminder]
    next_due: datetime | None
    is_busy: bool


def look(*, user: User) -> Phones:
    """What the phones in the user's scope show now; the one with the newest text comes first."""
    now = clock.now()
    coming = _coming(user, now)
    waiting = Message.objects.for_user(user).filter(
        Q(state__in=_ON_ITS_WAY) | Q(state=MessageState.PENDING, not_before__lte=now)
    )
    return Phones(
        now=now,
        handsets=_handsets(user),
        scheduled=list(coming.select_related("villager", "hall")[:SCHEDULED]),
        next_due=coming.values_list("due_at", flat=True).first(),
        is_busy=telling.due_now(now).for_user(user).exists() or waiting.exists(),
    )


def move_to_next(*, user: User) -> bool:
    """Make the time of the next reminder the present and wake the worker; False when none is to come."""
    next_due = _coming(user, clock.now()).values_list("due_at", flat=True).first()
    if next_due is None:
        return False
    clock.move_to(next_due)
    wake.now(reminders.SWEEP)
    return True


def answer(*, user: User, phone_id: int, text: str) -> bool:
    """Write from one of the phones to the line that wrote to it last; False where none did, or nothing was typed."""
    newest = Message.objects.for_user(user).filter(phone=phone_id, state__in=_ARRIVED).select_related("phone", "line")
    message = newest.order_by("-sent_at", "-pk").first()
    if message is None or not text.strip():
        return False
    replies.receive(line=message.line, number=message.phone.number.as_e164, text=text)
    return True


def _coming(user: User, now: datetime) -> ReminderQuerySet:
    planned = Reminder.objects.for_user(user).filter(state=ReminderState.PLANNED, due_at__gt=now)
    return planned.order_by("due_at", "pk")


def _handsets(user: User) -> list[Handset]:
    newest = Message.objects.for_user(user).filter(state__in=_ARRIVED).select_related("phone")
    texts = list(newest.order_by("-sent_at", "-pk")[:TEXTS])
    handsets = {text.phone_id: Handset(phone=text.phone, holders=[]) for text in texts}
    for text in reversed(texts):
        handsets[text.phone_id].texts.append(text)
    answered = Reply.objects.filter(phone__in=handsets).order_by("pk")
    for reply in answered:
        handsets[reply.phone_id].replies.append(reply)
    contacts = Contact.objects.for_user(user).filter(phone__in=handsets).select_related("villager")
    for contact in contacts.order_by("pk"):
        if contact.phone_id is not None:
            handsets[contact.phone_id].holders.append(contact)
    return list(handsets.values())
