"""Answers to texts: written down, read, and acted on as far as the phone may. Nothing anybody answers is dropped.

An answer is written down first, then read in a step of its own; a step that was cut off is taken up by the sweep.
From a phone that is not the villager's own, "yes" means that it was passed on, and "no" never cancels: it is a task.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock, reply_words
from auditorium.domain import contacts, matches, outcomes, phones, reply_ends, reply_texts
from auditorium.domain.transitions import transition
from auditorium.enums import REPLY_TRANSITIONS, ReplyMeaning, ReplyState
from auditorium.models import Message, Phone, Reply
from auditorium.ports import service_for
from auditorium.storable import storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.domain.matches import Match
    from auditorium.models import SmsLine
    from auditorium.models.replies import ReplyQuerySet

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=30)
"""How long a cancellation by text can be taken back."""

TO_CHOOSE = timedelta(hours=24)
"""How long a number may answer the question which one was meant."""

LEFT_BEHIND = timedelta(minutes=1)
LONGEST = 10_000
"""No phone sends more; the rest of what a platform posts is cut off."""


def receive(*, line: SmsLine, number: str, text: str, provider_id: str = "") -> Reply | None:
    """Write an answer down and act on it. The same one twice (`provider_id`) is one; None from a stranger."""
    try:
        phone = Phone.objects.filter(number=contacts.parsed(number)).first()
    except ValidationError:
        phone = None
    if phone is None:
        logger.info("line %s: a text from a number nobody is reached on", line.pk)
        return None
    text, provider_id = storable(text)[:LONGEST], storable(provider_id)[:80]
    try:
        with transaction.atomic():
            reply = Reply.objects.create(
                line=line,
                phone=phone,
                provider_id=provider_id,
                text=text,
                received_at=clock.now(),
                meaning=reply_words.meaning_of(text),
            )
    except IntegrityError:
        return Reply.objects.filter(line=line, provider_id=provider_id).first()
    _read(reply)
    return reply


def sweep() -> int:
    """Read what was left unread when a process died, and carry out the cancellations whose time has come."""
    at = clock.now()
    left = Reply.objects.filter(state=ReplyState.RECEIVED, received_at__lte=at - LEFT_BEHIND)
    due = Reply.objects.filter(state=ReplyState.WAITING, act_at__lte=at)
    done = 0
    for reply in left.select_related("line", "phone").order_by("received_at", "pk"):
        _read(reply)
        done += 1
    for reply in due.select_related(
        "line", "phone", "hall", "villager", "message__hall", "message__contact", "message__villager"
    ).order_by("act_at", "pk"):
        _carry_out(reply)
        done += 1
    return done


def _read(reply: Reply) -> None:
    """Act on one answer. Whatever goes wrong ends as somebody's task, never in silence."""
    with translation.override(settings.LANGUAGE_CODE):
        if (choice := _chosen(reply)) is not None:
            _apply(reply, *choice)
        elif reply.meaning == ReplyMeaning.STOP:
            newest = matches.newest(reply)
            phones.stop(phone=reply.phone, by=None, hall=newest.hall if newest else None)
            reply_ends.settle(reply, newest)
        elif reply.meaning == ReplyMeaning.KEEP:
            _keep(reply)
        elif reply.meaning == ReplyMeaning.YES and _speaks_of_cancelling(reply):
            _after_cancelling(reply)
        elif reply.meaning in {ReplyMeaning.YES, ReplyMeaning.NO}:
            _answer(reply)
        else:
            reply_ends.leave_to_person(reply, matches.newest(reply), "")


def _answer(reply: Reply) -> None:
    """A plain yes or no: to what was asked, to all one text said, to the one thing it can be; else we ask."""
    found = matches.candidates(phone=reply.phone, line=reply.line)
    if len(asking := [match for match in found if match.asks]) == 1:
        found = asking
    if len(found) == 1:
        _apply(reply, found[0], ReplyMeaning(reply.meaning))
    elif found and reply.meaning == ReplyMeaning.YES and len({match.message.pk for match in found}) == 1:
        _agree_to_all(reply, found)
    elif found:
        _ask_which(reply, found)
    elif reply.meaning == ReplyMeaning.NO:
        reply_ends.leave_to_person(reply, matches.newest(reply), _("没有找到还没到的预约"))
    else:
        reply_ends.settle(reply, matches.newest(reply))


def _apply(reply: Reply, match: Match, meaning: ReplyMeaning) -> None:
    """Do what was answered about one thing, as far as this phone may."""
    answered = match.service.on_reply(
        match.about_id, yes=meaning == ReplyMeaning.YES, own=match.is_own, may_decide=match.may_decide
    )
    if answered.task:
        reply_ends.leave_to_person(reply, match.message, answered.task, match, own=match.is_own)
    elif answered.cancels:
        waits = {"own": match.is_own, "act_at": clock.now() + GRACE}
        if reply_ends.move(reply, ReplyState.WAITING, match.message, match, **waits):
            reply_texts.say_it_will_be_cancelled(reply, match)
    else:
        if meaning == ReplyMeaning.YES:
            _note_known(match)
        reply_ends.settle(reply, match.message, match, own=match.is_own)


def _agree_to_all(reply: Reply, found: Sequence[Match]) -> None:
    """One text named them all, so that yes is a yes for each; what a service wants a person to see to is a task."""
    why = []
    for match in found:
        answered = match.service.on_reply(match.about_id, yes=True, own=match.is_own, may_decide=match.may_decide)
        if answered.task:
            why.append((match, answered.task))
        else:
            _note_known(match)
    message, own = found[0].message, all(match.is_own for match in found)
    moved = reply_ends.move(reply, ReplyState.TASK if why else ReplyState.SETTLED, message, own=own)
    for match, task in why if moved else []:
        reply_ends.ask(reply, task, hall=message.hall, villager=match.villager, contact=match.contact)


def _note_known(match: Match) -> None:
    why = _("回短信说知道了")
    outcomes.confirmed(text=match.message, about_kind=match.kind, about_id=match.about_id, why=why)


def _speaks_of_cancelling(reply: Reply) -> bool:
    """Whether the last we said to this phone was that something is going to be cancelled."""
    newest = matches.newest(reply)
    if newest is None:
        return False
    said_to = _waiting(reply).values_list("pk", "message_id")
    return any(newest.reply_id == pk or newest.pk == message for pk, message in said_to)


def _after_cancelling(reply: Reply) -> None:
    """好的 to "it will be cancelled" has heard it; 1 or 会去 means that they come after all."""
    if reply_words.only_heard(reply.text):
        reply_ends.settle(reply, matches.newest(reply))
    else:
        _keep(reply)


def _waiting(reply: Reply) -> ReplyQuerySet:
    """The cancellations this phone asked for and that have not taken effect."""
    return Reply.objects.filter(phone=reply.phone, state=ReplyState.WAITING).order_by("pk")


def _keep(reply: Reply) -> None:
    """Take back what this phone wanted cancelled."""
    kept = 0
    for asked in _waiting(reply).select_related("message__hall", "message__contact", "message__template", "villager"):
        mine = Reply.objects.filter(pk=asked.pk)
        if not transition(mine, to=ReplyState.TAKEN_BACK, table=REPLY_TRANSITIONS, by=None):
            continue
        kept += 1
        if asked.message and asked.about_id is not None:
            service = service_for(asked.about_kind)
            reply_texts.say_it_is_kept(reply, asked.message, service, asked.about_id, asked.villager)
    newest = matches.newest(reply)
    if kept:
        reply_ends.settle(reply, newest)
    else:
        reply_ends.leave_to_person(reply, newest, _("说不取消，可是没有正在取消的预约，请问清楚"))


def _ask_which(reply: Reply, found: Sequence[Match]) -> None:
    """Ask by number which of several was meant; too many for one text, or two called alike, are a person's to ask."""
    message, listed = found[0].message, reply_texts.choices(found)
    if not listed:
        reply_ends.leave_to_person(reply, message, _("这个号码有好几个预约，问清楚说的是哪一个"))
        return
    choices = [[match.kind, match.about_id, match.message.pk] for match in found]
    if reply_ends.move(reply, ReplyState.ASKED, message, choices=choices):
        reply_texts.ask_which(reply, message, listed)


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
    texts = Message.objects.select_related("hall", "villager", "contact", "template")
    if about_id not in service_for(kind).still_due([about_id]):
        return None
    match = matches.match_of(texts.filter(pk=message_id).first(), kind, about_id)
    if match is None:
        return None
    reply_ends.settle(asked, None)
    Reply.objects.filter(pk=reply.pk).update(meaning=ReplyMeaning.CHOICE)
    return match, ReplyMeaning(asked.meaning)


def _carry_out(reply: Reply) -> None:
    """A cancellation nobody took back takes effect; what stands against it is a task."""
    if reply.about_id is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        why_not = service_for(reply.about_kind).cancel(reply.about_id, why=_("村民回短信取消"))
        match = matches.match_of(reply.message, reply.about_kind, reply.about_id)
        if why_not:
            why = _("要取消，没取消成：%(why)s") % {"why": why_not}
            reply_ends.leave_to_person(reply, reply.message, why, match)
        else:
            reply_ends.settle(reply, reply.message, match)
