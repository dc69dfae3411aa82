"""Answers to texts: what they mean, which text they answer, and what follows. Nothing anybody answers is dropped.

An answer is written down first, then read in a step of its own; a step that was cut off is taken up by the sweep.
From a phone that is not the villager's own, "yes" means that it was passed on, and "no" never cancels: it is a task.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock, reply_words, sms_length
from auditorium.domain import contacts, follow_ups, hall_hours, outcomes, phones, reminders, wake, wording
from auditorium.domain.transitions import transition
from auditorium.enums import (
    REPLY_TRANSITIONS,
    FollowUpKind,
    MessageState,
    ReminderPurpose,
    ReplyMeaning,
    ReplyState,
)
from auditorium.models import Contact, Message, Phone, Reply
from auditorium.ports import Service, service_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.models import Reminder, SmsLine, Villager

logger = logging.getLogger(__name__)

RECENT = timedelta(days=14)
"""Texts older than this are not what somebody answers."""

GRACE = timedelta(minutes=30)
"""How long a cancellation by text can be taken back."""

TO_CHOOSE = timedelta(hours=24)
"""How long a number may answer the question which one was meant."""

LEFT_BEHIND = timedelta(minutes=1)
CHOICES_LENGTH = 35
LONGEST = 500
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

    @classmethod
    def of(cls, message: Message, reminder: Reminder) -> Match:
        """What a text says of one of those it stands for."""
        villager, contact = reminder.villager, message.contact
        if villager.pk != message.villager_id:
            contact = Contact.objects.filter(villager=villager, phone=message.phone_id).first()
        asks = reminder.purpose == ReminderPurpose.OFFERED
        return cls(message, reminder.about_kind, reminder.about_id, villager, contact, asks)


def receive(*, line: SmsLine, number: str, text: str, provider_id: str = "") -> Reply | None:
    """Write an answer down and act on it. The same one twice (`provider_id`) is one; None from a stranger."""
    try:
        phone = Phone.objects.filter(number=contacts.parsed(number)).first()
    except ValidationError:
        phone = None
    if phone is None:
        logger.info("line %s: a text from a number nobody is reached on", line.pk)
        return None
    try:
        with transaction.atomic():
            reply = Reply.objects.create(
                line=line,
                phone=phone,
                provider_id=provider_id[:80],
                text=text[:LONGEST],
                received_at=clock.now(),
                meaning=reply_words.meaning_of(text),
            )
    except IntegrityError:
        return Reply.objects.filter(line=line, provider_id=provider_id[:80]).first()
    _read(reply)
    return reply


def sweep() -> int:
    """Read what was left unread when a process died, and carry out the cancellations whose time has come."""
    at = clock.now()
    left = Reply.objects.filter(state=ReplyState.RECEIVED, received_at__lte=at - LEFT_BEHIND)
    due = Reply.objects.filter(state=ReplyState.WAITING, act_at__lte=at)
    done = 0
    for reply in left.select_related("line", "phone").order_by("pk"):
        _read(reply)
        done += 1
    for reply in due.select_related(
        "line", "phone", "hall", "villager", "message__hall", "message__contact", "message__villager"
    ).order_by("act_at", "pk"):
        _carry_out(reply)
        done += 1
    return done


def candidates(*, phone: Phone, line: SmsLine) -> list[Match]:
    """What somebody on this phone may be answering about on this line, the newest first: still to come, told lately."""
    texts = (
        Message.objects.filter(phone=phone, line=line, state__in=_WENT_OUT, sent_at__gte=clock.now() - RECENT)
        .select_related("hall", "villager", "contact")
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


def _read(reply: Reply) -> None:
    """Act on one answer. Whatever goes wrong ends as somebody's task, never in silence."""
    with translation.override(settings.LANGUAGE_CODE):
        if (choice := _chosen(reply)) is not None:
            _apply(reply, *choice)
        elif reply.meaning == ReplyMeaning.STOP:
            newest = _newest(reply)
            phones.stop(phone=reply.phone, by=None, hall=newest.hall if newest else None)
            _settle(reply, newest)
        elif reply.meaning == ReplyMeaning.KEEP:
            _keep(reply)
        elif reply.meaning in {ReplyMeaning.YES, ReplyMeaning.NO}:
            _answer(reply)
        else:
            _leave_to_person(reply, _newest(reply), "")


def _answer(reply: Reply) -> None:
    """A plain yes or no: to what was asked, else to the one thing it can be about, else we ask which."""
    found = candidates(phone=reply.phone, line=reply.line)
    if len(asking := [match for match in found if match.asks]) == 1:
        found = asking
    if len(found) == 1:
        _apply(reply, found[0], ReplyMeaning(reply.meaning))
    elif found:
        _ask_which(reply, found)
    elif reply.meaning == ReplyMeaning.NO:
        _leave_to_person(reply, _newest(reply), _("没有找到还没到的预约"))
    else:
        _settle(reply, _newest(reply))


def _apply(reply: Reply, match: Match, meaning: ReplyMeaning) -> None:
    """Do what was answered about one thing, as far as this phone may."""
    contact = match.contact
    own = bool(contact and contact.is_own)
    answered = match.service.on_reply(
        match.about_id,
        yes=meaning == ReplyMeaning.YES,
        own=own,
        may_decide=bool(contact and contact.may_decide),
    )
    if answered.task:
        _leave_to_person(reply, match.message, answered.task, match, own=own)
    elif answered.cancels:
        act_at = clock.now() + GRACE
        if _move(reply, ReplyState.WAITING, match.message, match, own=own, act_at=act_at):
            short = match.service.short(match.about_id)
            words = _("收到，%(what)s的号30分钟后取消；不取消请回3。") % {"what": short}
            _say(reply, match.message, words, about=match.villager)
    else:
        if meaning == ReplyMeaning.YES:
            outcomes.confirmed(
                text=match.message, about_kind=match.kind, about_id=match.about_id, why=_("回短信说知道了")
            )
        _settle(reply, match.message, match, own=own)


def _keep(reply: Reply) -> None:
    """Take back the cancellations this phone asked for and that have not taken effect."""
    waiting = Reply.objects.filter(phone=reply.phone, state=ReplyState.WAITING).select_related(
        "message__hall", "villager"
    )
    kept = 0
    for asked in waiting.order_by("pk"):
        mine = Reply.objects.filter(pk=asked.pk)
        if not transition(mine, to=ReplyState.TAKEN_BACK, table=REPLY_TRANSITIONS, by=None):
            continue
        kept += 1
        if asked.message and asked.about_id is not None:
            short = service_for(asked.about_kind).short(asked.about_id)
            _say(reply, asked.message, _("好的，%(what)s的号留着，不取消。") % {"what": short}, about=asked.villager)
    newest = _newest(reply)
    if kept or newest is None:
        _settle(reply, newest)
    else:
        _leave_to_person(reply, newest, _("说不取消，可是没有正在取消的预约，请问清楚"))


def _ask_which(reply: Reply, found: Sequence[Match]) -> None:
    """Ask by number which of several was meant; too many for one text, or two called alike, are a person's to ask."""
    names = [match.service.short(match.about_id) for match in found]
    listed = "，".join(f"{place}{name}" for place, name in enumerate(names, 1))
    if len(listed) > CHOICES_LENGTH or len(set(names)) < len(names):
        _leave_to_person(reply, found[0].message, _("这个号码有好几个预约，问清楚说的是哪一个"))
        return
    choices = [[match.kind, match.about_id, match.message.pk] for match in found]
    if _move(reply, ReplyState.ASKED, found[0].message, choices=choices):
        _say(reply, found[0].message, _("是哪一个？请回数字：%(choices)s。") % {"choices": listed})


def _chosen(reply: Reply) -> tuple[Match, ReplyMeaning] | None:
    """What this answer chose, when it is the number we asked for; the question is settled by it."""
    number = reply_words.choice_of(reply.text)
    if number is None:
        return None
    asked = (
        Reply.objects.filter(phone=reply.phone, line=reply.line, received_at__gte=clock.now() - TO_CHOOSE)
        .exclude(pk=reply.pk)
        .order_by("-received_at", "-pk")
        .first()
    )
    if asked is None or asked.state != ReplyState.ASKED or number > len(asked.choices):
        return None
    kind, about_id, message_id = asked.choices[number - 1]
    message = Message.objects.select_related("hall", "villager", "contact").filter(pk=message_id).first()
    if message is None or about_id not in service_for(kind).still_due([about_id]):
        return None
    match = _match(message, kind, about_id)
    if match is None:
        return None
    transition(Reply.objects.filter(pk=asked.pk), to=ReplyState.SETTLED, table=REPLY_TRANSITIONS, by=None)
    Reply.objects.filter(pk=reply.pk).update(meaning=ReplyMeaning.CHOICE)
    return match, ReplyMeaning(asked.meaning)


def _match(message: Message | None, about_kind: str, about_id: int) -> Match | None:
    """What a text says of one thing."""
    if message is None:
        return None
    answered = message.reminders.select_related("villager").filter(about_kind=about_kind, about_id=about_id)
    reminder = answered.first()
    return Match.of(message, reminder) if reminder else None


def _carry_out(reply: Reply) -> None:
    """A cancellation nobody took back takes effect; what stands against it is a task."""
    if reply.about_id is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        why_not = service_for(reply.about_kind).cancel(reply.about_id, why=_("村民回短信取消"))
        match = _match(reply.message, reply.about_kind, reply.about_id)
        if why_not:
            _leave_to_person(reply, reply.message, _("来短信要取消，没取消成：%(why)s") % {"why": why_not}, match)
        else:
            _settle(reply, reply.message, match)


def _leave_to_person(
    reply: Reply, message: Message | None, why: str, match: Match | None = None, *, own: bool | None = None
) -> None:
    """Make the answer somebody's task, with its text; a stranger's text to nobody's hall is only kept."""
    with transaction.atomic():
        moved = _move(reply, ReplyState.TASK, message, match, own=own)
        if not moved or message is None:
            return
        now = clock.now()
        said = _("来短信：“%(text)s”") % {"text": reply.text[:60]}
        follow_ups.open_task(
            hall=message.hall,
            villager=match.villager if match else message.villager,
            kind=FollowUpKind.REPLY,
            reason=f"{said} {why}".strip(),
            due_at=(hall_hours.next_opening(message.hall, now) or now) + timedelta(hours=2),
            contact=match.contact if match else message.contact,
        )


def _settle(reply: Reply, message: Message | None, match: Match | None = None, *, own: bool | None = None) -> None:
    _move(reply, ReplyState.SETTLED, message, match, own=own)


def _move(
    reply: Reply,
    to: ReplyState,
    message: Message | None,
    match: Match | None = None,
    *,
    own: bool | None = None,
    act_at: datetime | None = None,
    choices: list[list[object]] | None = None,
) -> int:
    """Bring the answer to a state, once, with what is known of it by now."""
    changes: dict[str, Any] = {}
    if message is not None:
        changes |= {"message": message, "hall": message.hall, "villager": message.villager}
    if match is not None:
        changes |= {"about_kind": match.kind, "about_id": match.about_id, "villager": match.villager}
    if own is not None:
        changes["own"] = own
    if act_at is not None:
        changes["act_at"] = act_at
    if choices is not None:
        changes["choices"] = choices
    return transition(
        Reply.objects.filter(pk=reply.pk), to=to, table=REPLY_TRANSITIONS, by=None, audited=False, **changes
    )


def _say(reply: Reply, message: Message, words: str, *, about: Villager | None = None) -> None:
    """Answer the phone that wrote, on the same line; of use for an hour, and nobody's task when it fails."""
    now = clock.now()
    body = f"【{reply.line.signature}】{words}{_('问%(ask)s') % {'ask': wording.callback(message.hall)}}"
    Message.objects.create(
        hall=message.hall,
        villager=about or message.villager,
        phone=reply.phone,
        contact=message.contact,
        line=reply.line,
        audience=message.audience,
        body=body,
        parts=sms_length.parts(body),
        reply=reply,
        created_at=now,
        not_before=now,
        expires_at=now + timedelta(hours=1),
    )
    wake.after_commit(reminders.SWEEP)


def _newest(reply: Reply) -> Message | None:
    """The last text that went to the phone on this line, whatever it was about."""
    sent = Message.objects.filter(phone=reply.phone, line=reply.line, sent_at__isnull=False)
    return sent.select_related("hall", "villager", "contact").order_by("-sent_at", "-pk").first()
