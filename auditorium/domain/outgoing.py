"""A text as a gateway gets it: for providers that keep the words, with their code for them and the values' order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditorium.domain import wording
from auditorium.gateways import KEEPS_THE_WORDS
from auditorium.gateways.base import OutgoingText
from auditorium.models import LineTemplate, Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import SmsLine


@dataclass(frozen=True)
class KeptWords:
    """Under which code a provider keeps the words of a template, and in which order the values stand in them."""

    code: str = ""
    order: tuple[str, ...] = ()


NO_WORDS = KeptWords()


def outgoing(message: Message) -> OutgoingText:
    """One text; its phone and line are loaded."""
    words = kept_words(message.line, [message])
    return outgoing_on(message.line, message, words.get(message.template_id, NO_WORDS))


def outgoing_on(line: SmsLine, message: Message, words: KeptWords) -> OutgoingText:
    """A text of this line, without a query when its phone is loaded."""
    return OutgoingText(
        key=message.uid,
        number=message.phone.number.as_e164,
        body=message.body,
        signature=line.signature,
        template_code=words.code,
        values=message.values,
        order=words.order,
        provider_id=message.provider_id,
        sent_at=message.sent_at,
    )


def kept_words(line: SmsLine, texts: Iterable[Message]) -> dict[int | None, KeptWords]:
    """What the line's provider keeps of the words of these texts, by template; nothing where it keeps no words."""
    if line.gateway not in KEEPS_THE_WORDS:
        return {}
    known = LineTemplate.objects.filter(line=line, template__in={message.template_id for message in texts})
    return {
        pk: KeptWords(code, wording.variables_in(body))
        for pk, code, body in known.values_list("template_id", "code", "template__body")
    }
