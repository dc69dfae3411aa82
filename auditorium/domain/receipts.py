"""What providers report of texts afterwards: it may come twice, out of order, or before the sending call returned."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import IntegerField, Q, Value
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import outcomes, phones
from auditorium.enums import MessageState
from auditorium.models import Message, MessagePart, Phone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.gateways.base import Receipt
    from auditorium.models import SmsLine

PHONE_DIGITS = 11
"""What of a number every carrier writes alike."""


class TooEarlyError(Exception):
    """A receipt names a text by a number of the provider's that the sending call has not brought back yet."""


def record(*, line: SmsLine, receipts: Iterable[Receipt]) -> int:
    """Write down what became of the texts of one line; return how many changed.

    Texts nobody knows here, what is still on its way, and what was reported before change nothing. TooEarlyError,
    once all others are written down, when a text nobody knows may be one that is being handed over this moment.
    """
    at = clock.now()
    # Asked before any text is looked for: a call that has returned by now has left the provider's number behind.
    calling = Message.objects.held().filter(state=MessageState.SENDING).order_by()
    is_handing_over = line.pk in calling.values_list("line", flat=True)
    is_early = False
    changed = 0
    with translation.override(settings.LANGUAGE_CODE):
        for receipt in receipts:
            if receipt.delivered is None:
                continue
            pk, delivered = _told_of(line, receipt)
            if pk is None:
                is_early |= is_handing_over and bool(receipt.provider_id) and not receipt.key
                continue
            if delivered is None:
                continue
            if receipt.bad_number:
                phones.flag_bad(phone=Phone.objects.get(messages=pk), why=_("短信接口说是空号"))
            changed += outcomes.record(
                pk=pk,
                to=MessageState.DELIVERED if delivered else MessageState.UNDELIVERED,
                at=at,
                ended_at=at,
                lease_until=None,
                error_code=receipt.code[:60] if not delivered else "",
            )
    if is_early:
        raise TooEarlyError
    return changed


def _told_of(line: SmsLine, receipt: Receipt) -> tuple[int | None, bool | None]:
    """Which text of this line it is of, and what is known of the whole text now: it arrives when all its parts have."""
    try:
        of_key = Message.objects.filter(line=line, uid=uuid.UUID(receipt.key))
    except ValueError:
        return _numbered(line, receipt) if receipt.provider_id else (None, None)
    return of_key.values_list("pk", flat=True).first(), receipt.delivered


def _numbered(line: SmsLine, receipt: Receipt) -> tuple[int | None, bool | None]:
    """By the provider's number. It is looked for in every spelling, for the phone it names where it names one.

    In another spelling a number may be some other text's: only where nothing else fits is it taken.
    """
    numbers = [receipt.provider_id, *receipt.spellings]
    texts = Message.objects.filter(~Q(provider_id=""), line=line, provider_id__in=numbers)
    parts = MessagePart.objects.filter(line=line, provider_id__in=numbers)
    found = [
        *texts.values_list("provider_id", "phone__number", "pk", Value(None, IntegerField())),
        *parts.values_list("provider_id", "message__phone__number", "message", "pk"),
    ]
    if not found:
        return None, None

    def unlikelihood(candidate: tuple[str, Any, int, int | None]) -> tuple[bool, bool]:
        number, phone, _text, _part = candidate
        return not phone.as_e164.endswith(receipt.number[-PHONE_DIGITS:]), number != receipt.provider_id

    _number, _phone, text, part = min(found, key=unlikelihood)
    if part is None:
        return text, receipt.delivered
    MessagePart.objects.filter(pk=part).update(delivered=receipt.delivered)
    states = set(MessagePart.objects.filter(message=text).values_list("delivered", flat=True))
    return text, False if False in states else None if None in states else True
