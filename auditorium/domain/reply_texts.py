"""What we answer to an answer: on the same line, in the words the phone's holder reads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock, sms_length
from auditorium.domain import matches, reminders, wake, wording
from auditorium.enums import TextLanguage
from auditorium.models import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.domain.matches import Match
    from auditorium.models import Reply, Villager
    from auditorium.ports import Service

OF_USE = timedelta(hours=1)
CHOICES_LENGTH = {TextLanguage.CHINESE: 35, TextLanguage.ENGLISH: 60}
"""Longer lists are not sent: a person asks."""


def say_it_will_be_cancelled(reply: Reply, match: Match) -> None:
    """收到，张小明24日8:30的号30分钟后取消；不取消请回3。"""
    language = matches.language_of(match.message)
    what = match.service.short(match.about_id, language)
    with translation.override(language):
        words = _("收到，%(what)s的号30分钟后取消；不取消请回3。") % {"what": what}
        _say(reply, match.message, words, about=match.villager)


def say_it_is_kept(reply: Reply, message: Message, service: Service, about_id: int, about: Villager | None) -> None:
    """好的，张小明24日8:30的号留着，不取消。"""
    language = matches.language_of(message)
    what = service.short(about_id, language)
    with translation.override(language):
        _say(reply, message, _("好的，%(what)s的号留着，不取消。") % {"what": what}, about=about)


def choices(found: Sequence[Match]) -> str:
    """1张小明24日8:30，2李根生25日9:00; empty where that is too long for a text, or two are called alike."""
    language = matches.language_of(found[0].message)
    names = [match.service.short(match.about_id, language) for match in found]
    between = {TextLanguage.CHINESE: "，", TextLanguage.ENGLISH: ", "}[language]
    after = {TextLanguage.CHINESE: "", TextLanguage.ENGLISH: " "}[language]
    listed = between.join(f"{place}{after}{name}" for place, name in enumerate(names, 1))
    return listed if len(listed) <= CHOICES_LENGTH[language] and len(set(names)) == len(names) else ""


def ask_which(reply: Reply, message: Message, listed: str) -> None:
    """是哪一个？请回数字：1张小明24日8:30，2李根生25日9:00。"""
    with translation.override(matches.language_of(message)):
        _say(reply, message, _("是哪一个？请回数字：%(choices)s。") % {"choices": listed})


def _say(reply: Reply, message: Message, words: str, *, about: Villager | None = None) -> None:
    """Answer the phone that wrote; of use for an hour, and nobody's task when it fails."""
    now = clock.now()
    said = _("%(words)s问%(ask)s") % {"words": words, "ask": wording.callback(message.hall)}
    body = f"【{reply.line.signature}】{said}"
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
        expires_at=now + OF_USE,
    )
    wake.after_commit(reminders.SWEEP)
