"""What providers report of texts afterwards: it may come twice, out of order, or before the sending call returned."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from auditorium import clock
from auditorium.domain import outcomes
from auditorium.enums import MessageState
from auditorium.models import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.gateways.base import Receipt
    from auditorium.models import SmsLine
    from auditorium.models.messages import MessageQuerySet


def record(*, line: SmsLine, receipts: Iterable[Receipt]) -> int:
    """Write down what became of the texts of one line; return how many changed.

    Texts nobody knows here, what is still on its way, and what was reported before change nothing.
    """
    at = clock.now()
    changed = 0
    with translation.override(settings.LANGUAGE_CODE):
        for receipt in receipts:
            pk = _text_of(line, receipt).values_list("pk", flat=True).first()
            if pk is None or receipt.delivered is None:
                continue
            changed += outcomes.record(
                pk=pk,
                to=MessageState.DELIVERED if receipt.delivered else MessageState.UNDELIVERED,
                at=at,
                ended_at=at,
                lease_until=None,
                error_code=receipt.code[:60] if receipt.delivered is False else "",
            )
    return changed


def _text_of(line: SmsLine, receipt: Receipt) -> MessageQuerySet:
    """The text with our key, else with the provider's number; on this line only."""
    texts = Message.objects.filter(line=line)
    try:
        return texts.filter(uid=uuid.UUID(receipt.key))
    except ValueError:
        return texts.filter(provider_id=receipt.provider_id) if receipt.provider_id else texts.none()
