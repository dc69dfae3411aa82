"""Texts whose call was cut off: the provider is asked before anything is sent again, then a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from auditorium.domain import outcomes, sending
from auditorium.domain.courier import ASK_AGAIN, kept_connected, some
from auditorium.domain.outgoing import outgoing
from auditorium.enums import MessageState
from auditorium.gateways.base import ConnectedGateway, Found, GatewayError, GatewayTimeout, Unknowable, brings_receipts
from auditorium.models import Message

if TYPE_CHECKING:
    from auditorium.domain.courier import Courier

PATIENCE = timedelta(minutes=10)
"""How long it may stay unclear whether a text arrived before a person is asked to call."""

AT_ONCE = 100


def ask_about_unknown(courier: Courier) -> None:
    """Ask the providers for the texts it is time to ask about."""
    at = courier.now()
    waited = Q(lease_until__lte=at)
    if courier.only:
        waited &= Q(line=courier.only)
    elif kept := kept_connected():  # where no process asks on its line, a person shall hear of it
        waited &= ~Q(line__gateway__in=kept) | Q(lease_until__lte=at - ASK_AGAIN)
    with transaction.atomic():
        pks = some(Message.objects.filter(waited, state=MessageState.UNKNOWN).order_by("lease_until", "pk"), AT_ONCE)
        Message.objects.filter(pk__in=pks).update(lease_until=at + ASK_AGAIN)
    for message in Message.objects.filter(pk__in=pks).select_related("phone", "line").order_by("pk"):
        if message.expires_at <= at:
            _stop_asking(message)
        elif message.line_id not in courier.tired:
            ask(courier, message)


def ask(courier: Courier, message: Message) -> None:
    """Ask about one text, and do what follows from the answer; a person is asked when nobody knows for long."""
    at = courier.now()
    line = message.line
    found: Found | Unknowable | None = Unknowable()
    may_learn = True
    try:
        if courier.carries(line):
            gateway = courier.gateway(line)
            found = gateway.find(outgoing(message))
            # over a connection a receipt names the provider's number, which the call that was cut off has not brought
            may_learn = brings_receipts(gateway) and not isinstance(gateway, ConnectedGateway)
    except (GatewayError, GatewayTimeout):
        courier.tired.add(line.pk)
    if isinstance(found, Found):
        sending.note_taken(courier, line, [(message, found)], has_receipts=may_learn)
    elif found is None:
        is_unknown = Q(state=MessageState.UNKNOWN)
        courier.count("retried", courier.put_back([message.pk], not_before=at, when=is_unknown))
    elif not may_learn or message.sent_at is None or at - message.sent_at >= PATIENCE:
        outcomes.ask_person(pk=message.pk, at=at, why=_("不清楚短信有没有送到，请打电话"))
        if not may_learn:
            _stop_asking(message)


def _stop_asking(message: Message) -> None:
    """It stays unknown: its time is over, or its provider can't tell."""
    Message.objects.filter(pk=message.pk, state=MessageState.UNKNOWN).update(lease_until=None)
