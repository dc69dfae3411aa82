"""What an answer may be about: the texts that went to its phone, and what they say of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.enums import MessageState, ReminderPurpose, TextLanguage
from auditorium.models import Contact, Message
from auditorium.ports import Service, service_for

if TYPE_CHECKING:
    from auditorium.models import Phone, Reminder, Reply, SmsLine, Villager

RECENT = timedelta(days=14)
"""Texts older than this are not what somebody answers."""

_WENT_OUT = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN)


@dataclass(frozen=True)
class Match:
    """One thing somebody may be answering about: the newest text about it that went to their phone.

    A text may stand for several people: `villager` is whom this is about, `contact` what the phone is to them.
    """

    message: Message
    kind: str
    about_id: int
    villager: Villager
    contact: Contact | None
    asks: bool = False  # the text was a question: an offer, which waits for an answer

    @property
    def service(self) -> Service:
        """Whose it is."""
        return service_for(self.kind)

    @property
    def is_own(self) -> bool:
        """Whether it was the villager's own phone."""
        return bool(self.contact and self.contact.is_own)

    @property
    def may_decide(self) -> bool:
        """Whether the villager lets whoever has the phone decide."""
        return bool(self.contact and self.contact.may_decide)

    @classmethod
    def of(cls, message: Message, reminder: Reminder) -> Match:
        """What a text says of one of those it stands for."""
        villager, contact = reminder.villager, message.contact
        if villager.pk != message.villager_id:
            contact = Contact.objects.filter(villager=villager, phone=message.phone_id).first()
        asks = reminder.purpose == ReminderPurpose.OFFERED
        return cls(message, reminder.about_kind, reminder.about_id, villager, contact, asks)


def candidates(*, phone: Phone, line: SmsLine) -> list[Match]:
    """What somebody on this phone may be answering about on this line, the newest first: still to come, told lately."""
    texts = (
        Message.objects.filter(phone=phone, line=line, state__in=_WENT_OUT, sent_at__gte=clock.now() - RECENT)
        .select_related("hall", "villager", "contact", "template")
        .order_by("-sent_at", "-pk")
    )
    found: dict[tuple[str, int], Match] = {}
    for message in texts.prefetch_related("reminders__villager"):
        for reminder in message.reminders.all():
            if (reminder.about_kind, reminder.about_id) not in found:
                found[reminder.about_kind, reminder.about_id] = Match.of(message, reminder)
    due: set[tuple[str, int]] = set()
    for kind in {kind for kind, _pk in found}:
        ids = [pk for found_kind, pk in found if found_kind == kind]
        due |= {(kind, pk) for pk in service_for(kind).still_due(ids)}
    return [match for about, match in found.items() if about in due]


def match_of(message: Message | None, about_kind: str, about_id: int) -> Match | None:
    """What a text says of one thing."""
    if message is None:
        return None
    answered = message.reminders.select_related("villager").filter(about_kind=about_kind, about_id=about_id)
    reminder = answered.first()
    return Match.of(message, reminder) if reminder else None


def newest(reply: Reply) -> Message | None:
    """The last text that went to the phone on this line, or, where none did, on any; whatever it was about."""
    sent = Message.objects.filter(phone=reply.phone, sent_at__isnull=False).order_by("-sent_at", "-pk")
    sent = sent.select_related("hall", "villager", "contact", "template")
    return sent.filter(line=reply.line).first() or sent.first()


def language_of(message: Message) -> TextLanguage:
    """What whoever got this text reads."""
    if message.contact:
        return TextLanguage(message.contact.language)
    return TextLanguage(message.template.language) if message.template else TextLanguage.CHINESE
