"""What providers report of texts afterwards: it may come twice, out of order, or before the sending call returned."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import outcomes, phones
from auditorium.enums import MessageState
from auditorium.models import Message, Phone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.gateways.base import Receipt
    from auditorium.models import SmsLine
    from auditorium.models.messages import MessageQuerySet


class TooEarlyError(Exception):
    """A receipt names a text by a number of the provider's that the sending call has not brought back yet."""


def record(*, line: SmsLine, receipts: Iterable[Receipt]) -> int:
    """Write down what became of the texts of one line; return how many changed.

    Texts nobody knows here, what is still on its way, and what was reported before change nothing. TooEarlyError,
    once all others are written down, when a text nobody knows may be one that is being handed over this moment.
    """
    at = clock.now()
    # Asked before any text is looked for: a call that has returned by now has left the provider's number behind.
    is_handing_over = Message.objects.filter(line=line, state=MessageState.SENDING).exists()
    is_early = False
    changed = 0
    with translation.override(settings.LANGUAGE_CODE):
        for receipt in receipts:
            if receipt.delivered is None:
                continue
            pk = _text_of(line, receipt).values_list("pk", flat=True).first()
            if pk is None:
                is_early |= is_handing_over and bool(receipt.provider_id) and not receipt.key
                continue
            if receipt.bad_number:
                phones.flag_bad(phone=Phone.objects.get(messages=pk), why=_("短信接口说是空号"))
            changed += outcomes.record(
                pk=pk,
                to=MessageState.DELIVERED if receipt.delivered else MessageState.UNDELIVERED,
                at=at,
                ended_at=at,
                lease_until=None,
                error_code=receipt.code[:60] if receipt.delivered is False else "",
            )
    if is_early:
        raise TooEarlyError
    return changed


def _text_of(line: SmsLine, receipt: Receipt) -> MessageQuerySet:
    """The text with our key, else with the provider's number; on this line only."""
    texts = Message.objects.filter(line=line)
    try:
        return texts.filter(uid=uuid.UUID(receipt.key))
    except ValueError:
        return texts.filter(provider_id=receipt.provider_id) if receipt.provider_id else texts.none()
