"""What follows when a provider did not take a text: again later, the next contact, a person, or the line stops."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext as _

from auditorium.domain import lines, outcomes, phones, reminder_times
from auditorium.domain.courier import ASK_AGAIN
from auditorium.enums import MessageState
from auditorium.gateways.treatments import Treatment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.domain.courier import Courier
    from auditorium.gateways.base import GatewayError
    from auditorium.models import Message, SmsLine

logger = logging.getLogger(__name__)

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20))
LATER = timedelta(hours=1)
"""How long a provider's window for one number is taken to be."""

LINE_IS_DOWN = ("no-connection", "bad-address", "bad-certificate")


def refused(courier: Courier, line: SmsLine, texts: Sequence[Message], error: GatewayError) -> None:
    """The provider did not take these texts, all for the same reason."""
    logger.warning("line %s: %s", line.pk, error.code)
    if error.code in LINE_IS_DOWN:
        courier.tired.add(line.pk)
        lines.note_failure(line, at=courier.now())
    if error.treatment == Treatment.OPERATOR:
        _stop(courier, line, texts, error)
        return
    for message in texts:
        _refused(courier, message, error)


def cut_off(courier: Courier, line: SmsLine, texts: Sequence[Message]) -> None:
    """Nobody knows whether the provider has them. It is asked later: it may still be busy with this very call."""
    logger.warning("line %s: no answer for %s texts", line.pk, len(texts))
    courier.tired.add(line.pk)
    pks = [message.pk for message in texts]
    ask_at = courier.now() + ASK_AGAIN
    moved = outcomes.move(pks, to=MessageState.UNKNOWN, when=courier.calling(), lease_until=ask_at)
    courier.count("unknown", moved)


def _refused(courier: Courier, message: Message, error: GatewayError) -> None:
    at = courier.now()
    tries = message.attempts + 1
    logger.warning("text %s: %s", message.uid, error.code)
    if error.treatment == Treatment.BAD_NUMBER:
        phones.flag_bad(phone=message.phone, why=_("短信接口说是空号"))
    this_try: dict[str, Any] = {
        "when": courier.calling(),
        "lease_until": None,
        "cost": None,
        "error_code": error.code[:60],
        "error_text": error.detail[:200],
    }
    is_permanent = error.treatment in {Treatment.NEVER, Treatment.BAD_NUMBER}
    if not is_permanent and tries <= len(BACK_OFF):
        again_at = reminder_times.allowed_from(_next_try(error.treatment, tries, at), message.expires_at)
        if again_at < message.expires_at:
            courier.count("retried", courier.put_back([message.pk], not_before=again_at, **this_try))
            return
    why = "" if is_permanent else _("短信发不出去")
    failed = outcomes.record(pk=message.pk, to=MessageState.FAILED, at=at, why=why, ended_at=at, **this_try)
    courier.count("failed", failed)


def _stop(courier: Courier, line: SmsLine, texts: Sequence[Message], error: GatewayError) -> None:
    """Nothing goes out on this line until an operator has seen to it; what waits is kept, or goes to the next."""
    courier.tired.add(line.pk)
    lines.stop(line=line, code=error.code)
    pks = [message.pk for message in texts]
    noted = {"attempts": F("attempts") - 1, "error_code": error.code[:60]}  # what is not the text's fault is no try
    courier.count("retried", courier.put_back(pks, not_before=courier.now(), when=courier.calling(), **noted))


def _next_try(treatment: Treatment, tries: int, at: datetime) -> datetime:
    """When the provider may take it: after its window for this number, or a little later each time."""
    if treatment == Treatment.TOMORROW:
        return reminder_times.next_morning(at)
    return at + (LATER if treatment == Treatment.LATER else BACK_OFF[tries - 1])
