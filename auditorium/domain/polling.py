"""Asking providers what became of texts and what people wrote, where they do not post it, or not reliably."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import translation

from auditorium import clock
from auditorium.domain import outcomes, receipts, replies
from auditorium.domain.courier import kept_connected
from auditorium.domain.outgoing import outgoing
from auditorium.enums import MessageState
from auditorium.gateways import gateway_for
from auditorium.gateways.base import Found, GatewayError, GatewayTimeout, PollingGateway, brings_receipts
from auditorium.models import Message, SmsLine

if TYPE_CHECKING:
    from auditorium.gateways.base import SmsGateway

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
UNHEARD_AFTER = timedelta(minutes=30)
"""A receipt usually comes within seconds; after this long the provider is asked for it."""

ASK_AGAIN = timedelta(hours=2)
GIVE_UP = timedelta(days=2)
AT_ONCE = 20
"""Texts asked about one by one, for each line and minute: more would keep the answers of others waiting."""


def poll(*, at: datetime | None = None) -> Counter[str]:
    """Ask the lines in use for what was kept for us, and about texts nothing was heard of; return how many of each.

    A line that is paused is asked as well: what it sent before is still reported. Workers share the lines among
    them; what is not written down here before one dies is given again.
    """
    at = at or clock.now()
    counts: Counter[str] = Counter()
    with translation.override(settings.LANGUAGE_CODE):
        for line in SmsLine.objects.filter(is_active=True).exclude(gateway__in=kept_connected()).order_by("pk"):
            gateway = _turn(line, at)
            if gateway is None:
                continue
            try:
                if isinstance(gateway, PollingGateway):
                    counts += _fetch(line, gateway)
                if brings_receipts(gateway):
                    counts += Counter({"asked": _ask_about_unheard(line, gateway, at)})
            except GatewayTimeout:
                logger.warning("line %s: no answer when asked for receipts", line.pk)
            except GatewayError as error:
                logger.warning("line %s: %s when asked for receipts", line.pk, error.code)
    return counts


def _turn(line: SmsLine, at: datetime) -> SmsGateway | None:
    """The line's gateway, if it is time to ask and no other worker does; None also where its settings are wrong."""
    waited = Q(polled_at=None) | Q(polled_at__lte=at - EVERY)
    if not SmsLine.objects.filter(waited, pk=line.pk).update(polled_at=at):
        return None
    try:
        return gateway_for(line.gateway, line.config)
    except ValidationError:
        return None


def _fetch(line: SmsLine, gateway: PollingGateway) -> Counter[str]:
    """What the provider kept; it may forget it once it is written down."""
    polled = gateway.poll()
    for incoming in polled.replies:
        replies.receive(line=line, number=incoming.number, text=incoming.text, provider_id=incoming.provider_id)
    try:
        changed = receipts.record(line=line, receipts=polled.receipts)
    except receipts.TooEarlyError:  # it is asked again in a minute
        return Counter({"answers": len(polled.replies)})
    gateway.done(polled)
    return Counter({"receipts": changed, "answers": len(polled.replies)})


def _ask_about_unheard(line: SmsLine, gateway: SmsGateway, at: datetime) -> int:
    """Ask about some texts that were sent a while ago and never reported on; return how many turned out."""
    texts = _unheard(line, at)
    Message.objects.filter(pk__in=[text.pk for text in texts]).update(lease_until=at + ASK_AGAIN)
    turned_out = 0
    for text in texts:
        found = gateway.find(outgoing(text))
        if isinstance(found, Found) and found.delivered is not None:
            turned_out += outcomes.record(
                pk=text.pk,
                to=MessageState.DELIVERED if found.delivered else MessageState.UNDELIVERED,
                at=at,
                ended_at=at,
                lease_until=None,
            )
    return turned_out


def _unheard(line: SmsLine, at: datetime) -> list[Message]:
    """Those nobody asked about yet, then those whose turn has come again; what is too old is heard of no more."""
    silent = Message.objects.filter(line=line, state=MessageState.SENT, ended_at=None).select_related("phone", "line")
    recent = silent.filter(lease_until=None, sent_at__gt=at - GIVE_UP, sent_at__lte=at - UNHEARD_AFTER)
    texts = list(recent.order_by("sent_at")[:AT_ONCE])
    again = list(silent.filter(lease_until__lte=at).order_by("lease_until")[: AT_ONCE - len(texts)])
    over = [text.pk for text in again if text.sent_at and text.sent_at <= at - GIVE_UP]
    Message.objects.filter(pk__in=over, state=MessageState.SENT).update(ended_at=at, lease_until=None)
    return texts + [text for text in again if text.pk not in over]
