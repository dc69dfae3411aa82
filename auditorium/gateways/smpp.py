"""A line to a provider that speaks SMPP 3.4, over a connection that one process keeps.

Our key can't be sent along: SMPP has no place for it (user_message_reference has 16 bits, and few carriers hand it
back). Where the connection broke between a text and its answer, nobody can say whether the provider has it.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium.gateways import smpp_config, smpp_words
from auditorium.gateways.base import (
    Arrived,
    Found,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    OutgoingText,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.gateways.codes import smpp as codes
from auditorium.gateways.treatments import Treatment

if TYPE_CHECKING:
    from auditorium.gateways.smpp_link import Link, Unit
    from auditorium.gateways.smpp_words import Part

logger = logging.getLogger(__name__)

SUBMIT_SECONDS = 15
ANSWER_SECONDS = 15
"""How long texts of one call are handed over, and how long the answers to the last may take after that."""

LEAVE_SECONDS = 3
NO_CONNECTION = "no-connection"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 4.0


@dataclass
class _Text:
    """One text on its way: its parts, and what the provider said to each."""

    number: str
    parts: list[Part]
    ids: dict[int, str] = field(default_factory=dict)
    is_unanswered: bool = False
    error: GatewayError | None = None
    held_up: GatewayError | None = None

    def outcome(self, *, why_not: str) -> Sent | GatewayError | GatewayTimeout:
        """What became of it once nothing more is heard. A part without the others is never shown on a phone."""
        if self.error is not None:
            return self.error
        if self.is_unanswered:
            return GatewayTimeout()
        if len(self.ids) < len(self.parts):
            return self.held_up or GatewayError(treatment=Treatment.BACK_OFF, code=why_not)
        numbers = tuple(self.ids[place] for place in range(len(self.parts)))
        return Sent(provider_id=numbers[0]) if len(numbers) == 1 else Sent(parts=numbers)


class SmppGateway:
    """Sends what fits the window without waiting for each answer, and hears receipts and answers in between."""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "host": "smpp.example.cn",
        "port": 3550,
        "tls": True,
        "system_id": "litang",
        "password": "",
        "source": "10690000",
        "window": 10,
        "throttle": 20,
        "enquire_link": 30,
        "long": "udh",
    }

    receipt_secret = ""
    reply_secret = ""
    has_receipts = True

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = smpp_config.parse(config)
        if find_spec("smpplib") is None:
            raise ValidationError(_("没有装 SMPP 的客户端，请先执行 pip install smpplib。"))
        self.most = min(self._config.window, 5 * self._config.throttle)
        self._link: Link | None = None
        self._arrived: deque[Arrived] = deque()
        self._may_write_at = 0.0
        self._pause = FIRST_PAUSE
        self._heard_at = 0.0
        self._asked_at: float | None = None

    @cached_property
    def _wire(self) -> ModuleType:
        """What stands on smpplib, loaded when the connection is made and not before."""
        return import_module("auditorium.gateways.smpp_link")

    @property
    def is_connected(self) -> bool:
        """Whether the provider let us in and the connection has not broken since."""
        return self._link is not None

    def connect(self) -> None:
        """Connect and log in for sending and receiving."""
        self._drop()
        link = self._wire.Link(self._config)
        try:
            status = link.open()
        except ssl.SSLError:
            link.disconnect()
            raise GatewayError(treatment=Treatment.BACK_OFF, code="bad-certificate") from None
        except (OSError, self._wire.LinkLost):
            link.disconnect()
            raise _no_connection() from None
        if status:
            link.disconnect()
            raise self._refusal(status)
        self._link = link
        self._heard_at, self._asked_at = time.monotonic(), None

    def send(self, text: OutgoingText) -> Sent:
        """One text; the process that keeps the connection sends many."""
        (outcome,) = self.send_many([text])
        if isinstance(outcome, Sent):
            return outcome
        raise outcome

    def send_many(self, texts: Sequence[OutgoingText]) -> list[Sent | GatewayError | GatewayTimeout]:
        """Hand these over, at most a window of them unanswered at any time and never faster than agreed."""
        if self._link is None:
            raise _no_connection()
        long = self._config.long
        going = [
            _Text(text.number, smpp_words.parts_of(text.body, long=long, reference=text.key.int)) for text in texts
        ]
        unanswered: dict[int, tuple[_Text, int]] = {}
        try:
            self._exchange(deque((text, place) for text in going for place in range(len(text.parts))), unanswered)
        except self._wire.LinkLost:
            self._drop()
        if unanswered:  # one that answers so late is as good as gone: what it would say later fits no text any more
            self._drop()
        for text, _place in unanswered.values():
            text.is_unanswered = True
        why_not = "out-of-time" if self._link else NO_CONNECTION
        return [text.outcome(why_not=why_not) for text in going]

    def find(self, text: OutgoingText) -> Found | Unknowable | None:
        """Never had our key."""
        return Unknowable()

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """None are posted."""
        return []

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """None are posted."""
        return []

    def listen(self, seconds: float) -> list[Arrived]:
        """What has come, as soon as something has."""
        if self._link is None:
            raise _no_connection()
        deadline = time.monotonic() + seconds
        try:
            while not self._arrived and (left := deadline - time.monotonic()) > 0:
                self._hear(left)
        except self._wire.LinkLost:
            self._drop()
            raise _no_connection() from None
        arrived, self._arrived = list(self._arrived), deque()
        return arrived

    def answer(self, arrived: Arrived, *, taken: bool) -> None:
        """Say deliver_sm_resp; on another connection than it came on there is nobody to say it to."""
        link, sequence = arrived.ticket
        if link is not self._link or self._link is None:
            return
        status = 0 if taken else codes.TRY_AGAIN_LATER
        try:
            self._link.write("deliver_sm_resp", sequence, status=status)
        except self._wire.LinkLost:
            self._drop()
            raise _no_connection() from None

    def close(self) -> None:
        """Unbind; the provider has a moment to say good-bye."""
        if self._link is None:
            return
        try:
            asked = self._link.write("unbind")
            deadline = time.monotonic() + LEAVE_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                unit = self._link.read(left)
                if unit and unit.sequence == asked and unit.command == "unbind_resp":
                    break
        except self._wire.LinkLost:
            logger.info("smpp: the provider hung up first")
        self._drop()

    def _exchange(self, waiting: deque[tuple[_Text, int]], unanswered: dict[int, tuple[_Text, int]]) -> None:
        """Write and hear until everything is answered, or the time is over. Raises LinkLost."""
        submit_until = time.monotonic() + SUBMIT_SECONDS
        answer_until = submit_until + ANSWER_SECONDS
        while (now := time.monotonic()) < answer_until:
            if now >= submit_until:
                waiting.clear()
            if not (waiting or unanswered):
                return
            is_free = bool(waiting) and len(unanswered) < self._config.window
            if is_free and now >= self._may_write_at:
                self._submit(*waiting.popleft(), unanswered)
            else:
                unit = self._hear((self._may_write_at if is_free else answer_until) - now)
                if unit is not None and unit.sequence in unanswered:
                    self._answered(unit, *unanswered.pop(unit.sequence), waiting)

    def _submit(self, text: _Text, place: int, unanswered: dict[int, tuple[_Text, int]]) -> None:
        if text.error is not None:  # without the part that was refused the others are of no use
            return
        link = self._connected()
        unit_number = link.next_sequence()
        unanswered[unit_number] = (text, place)  # before it leaves: when the link breaks, half of it may have
        link.submit(unit_number, text.number, text.parts[place])
        self._may_write_at = max(time.monotonic(), self._may_write_at) + 1 / self._config.throttle

    def _answered(self, unit: Unit, text: _Text, place: int, waiting: deque[tuple[_Text, int]]) -> None:
        """What the provider said to one part. Too fast, or its queue is full: the same again after a while."""
        if unit.command == "submit_sm_resp" and unit.status == 0:
            text.ids[place] = unit.text[:80]
            self._pause = FIRST_PAUSE
        elif unit.status in codes.SLOW_DOWN:
            text.held_up = self._refusal(unit.status)
            waiting.appendleft((text, place))
            self._may_write_at = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        else:
            text.error = self._refusal(unit.status)

    def _hear(self, seconds: float) -> Unit | None:
        """The answer to a text, where one comes in time; all else is answered or kept here. Raises LinkLost."""
        link = self._connected()
        unit = link.read(max(min(seconds, self._until_keepalive()), 0))
        if unit is None:
            self._keep_alive(link)
            return None
        self._heard_at, self._asked_at = time.monotonic(), None
        if unit.command == "deliver_sm":
            self._take(link, unit)
        elif unit.command == "enquire_link":
            link.write("enquire_link_resp", unit.sequence)
        elif unit.command == "unbind":
            link.write("unbind_resp", unit.sequence)
            raise self._wire.LinkLost
        elif unit.command in {"", "data_sm"}:
            link.write("generic_nack", unit.sequence, status=codes.NOT_KNOWN_HERE)
        return unit if unit.command in {"submit_sm_resp", "generic_nack"} else None

    def _take(self, link: Link, unit: Unit) -> None:
        """Keep what came until it is written down; what nobody could write down is only answered."""
        delivery = self._wire.delivery_of(unit)
        content = smpp_words.read(delivery, treatments=self._config.treatments) if delivery else None
        if content is None:
            logger.warning("smpp: something came that is neither receipt nor answer")
            link.write("deliver_sm_resp", unit.sequence)
        else:
            self._arrived.append(Arrived(ticket=(link, unit.sequence), content=content))

    def _until_keepalive(self) -> float:
        """How long until the provider must be asked whether it is there, or must have answered."""
        if self._asked_at is not None:
            return self._asked_at + ANSWER_SECONDS - time.monotonic()
        return self._heard_at + self._config.enquire_link - time.monotonic()

    def _keep_alive(self, link: Link) -> None:
        if self._until_keepalive() > 0:
            return
        if self._asked_at is not None:
            raise self._wire.LinkLost
        link.write("enquire_link")
        self._asked_at = time.monotonic()

    def _connected(self) -> Link:
        if self._link is None:
            raise self._wire.LinkLost
        return self._link

    def _drop(self) -> None:
        """Forget the connection, and what came on it and was not written down: the provider brings that again."""
        link, self._link = self._link, None
        self._arrived.clear()
        if link is not None:
            link.disconnect()

    def _refusal(self, status: int) -> GatewayError:
        name = codes.name_of(status)
        meant = codes.refused(name)
        treatment = self._config.treatments.get(name, meant.treatment)
        return GatewayError(treatment=treatment, code=name, detail=meant.words)


def _no_connection() -> GatewayError:
    return GatewayError(treatment=Treatment.BACK_OFF, code=NO_CONNECTION)
