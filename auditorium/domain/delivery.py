"""The outbox: what is due becomes texts, texts go to their gateway, and whatever was cut off is taken up again.

A sweep works in short transactions and talks to gateways between them. It may die anywhere: a claim runs out
and somebody else sends; a call that was cut off leaves its text `sending`, then `unknown`, and the provider
is asked before anything is sent again. Any number of sweeps may run at once, on any number of machines.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import translation

from auditorium import clock
from auditorium.domain import (
    asking,
    connections,
    doubts,
    expiry,
    lines,
    outcomes,
    reminder_times,
    reminders,
    sending,
    telling,
    wake,
)
from auditorium.domain.courier import Counts, Courier, some
from auditorium.enums import MessageState
from auditorium.gateways import gateway_for
from auditorium.models import Message, SmsLine

if TYPE_CHECKING:
    from auditorium.gateways.base import SmsGateway

logger = logging.getLogger(__name__)

SECONDS = 45
"""A sweep ends after this long; the next one goes on."""


def sweep(*, at: datetime | None = None) -> Counts:
    """Do all that is to be done now; return how much of it there was. `at` stands for the present in tests."""
    courier = courier_at(at)
    with translation.override(settings.LANGUAGE_CODE):
        take_up(courier)
        connections.note_unkept(at=courier.now())
        courier.count("handed_over", lines.hand_over(at=courier.now()))
        courier.counts += expiry.expire(at=courier.now())
        courier.counts += doubts.ask(at=courier.now())
        asking.ask_about_unknown(courier)
        _tell_and_send(courier)
    return _noted(courier)


def send_waiting(*, line: SmsLine, gateway: SmsGateway, at: datetime | None = None, seconds: float = SECONDS) -> Counts:
    """Send what waits on this one line through this gateway, after asking about what was cut off there.

    For a process that keeps the line's connection; it calls this again and again, and begins no call after these
    `seconds`. Nothing is written anew here.
    """
    courier = courier_at(at)
    courier.only = line
    courier.gateways[line.pk] = gateway
    with translation.override(settings.LANGUAGE_CODE):
        asking.ask_about_unknown(courier)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and sending.send_some(courier)[0]:
            pass
    return _noted(courier)


def lateness(*, at: datetime | None = None) -> timedelta | None:
    """How long what is most overdue has waited to be sent; None when nothing waits. Nothing is late at night."""
    at = at or clock.now()
    due = telling.due_now(at).order_by("due_at").values_list("due_at", flat=True).first()
    waiting = SmsLine.objects.order_by().aggregate(since=Min(sending.waits_since(at)))["since"]
    oldest = min(filter(None, (due, waiting)), default=None)
    return at - max(oldest, reminder_times.this_morning(at)) if oldest else None


def courier_at(at: datetime | None = None) -> Courier:
    """A courier for one sweep."""
    return Courier(now=(lambda: at) if at else clock.now, opens=gateway_for)


def take_up(courier: Courier) -> None:
    """Take up what a worker left behind when it died."""
    at = courier.now()
    over = Message.objects.held().filter(lease_until__lte=at).order_by("lease_until", "pk")
    with transaction.atomic():
        cut_off = some(over.filter(state=MessageState.SENDING))
        courier.count("unknown", outcomes.move(cut_off, to=MessageState.UNKNOWN, lease_until=at))
    with transaction.atomic():
        left = some(over.filter(state=MessageState.CLAIMED))
        courier.count("taken_up", courier.put_back(left, not_before=at))


def _tell_and_send(courier: Courier) -> None:
    """Write what is due and send it, in turns, so that the first text does not wait for the last to be written."""
    deadline = time.monotonic() + SECONDS
    place: telling.Place | None = None
    is_all_told = called_for_help = False
    while time.monotonic() < deadline:
        if not is_all_told:
            counts, place = telling.tell_batch(at=courier.now(), after=place)
            courier.counts += counts
            is_all_told = place is None
        claimed, is_more = sending.send_some(courier)
        if is_more and not called_for_help:
            called_for_help = True
            wake.now(reminders.SWEEP)
        if is_all_told and not claimed:
            break


def _noted(courier: Courier) -> Counts:
    if courier.counts:
        logger.info("outbox: %s", ", ".join(f"{count} {name}" for name, count in sorted(courier.counts.items())))
    return courier.counts
