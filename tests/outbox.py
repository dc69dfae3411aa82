"""Reminders of the tests' own errands, and a gateway that answers as told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from auditorium import clock
from auditorium.domain import reminders
from auditorium.gateways.base import (
    Found,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    OutgoingText,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.models import Hall, Message, Reminder, Villager
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, VillagerFactory


def at(text: str) -> datetime:
    """A local moment of the week the tests live in: 11-23 10:00."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.SHANGHAI)


def told_villager(hall: Hall, **kwargs: Any) -> Villager:
    """Somebody with a mobile phone of their own who agreed to texts."""
    villager = VillagerFactory(registered_at=hall, **kwargs)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager)
    return villager


def owe(villager: Villager, about: int = 1, days: float = 7, **kwargs: Any) -> Reminder:
    """Plan an errand for the villager, some days from now; return its confirmation, due at once."""
    return reminders.plan(
        about_kind=KIND,
        about_id=about,
        villager=villager,
        hall=villager.registered_at,
        event_at=clock.now() + timedelta(days=days),
        by=None,
        **kwargs,
    )[0]


def states() -> list[str]:
    """How every text stands, in the order they were written."""
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@dataclass
class FakeGateway:
    """Takes every text, unless `answers` has something else to say: each is given, raised or called in turn."""

    receipt_secret: str = ""
    reply_secret: str = ""
    answers: list[Sent | Exception | Callable[[OutgoingText], Sent]] = field(default_factory=list)
    knows: Found | Unknowable | Exception | None = None
    sent: list[OutgoingText] = field(default_factory=list)
    asked: list[OutgoingText] = field(default_factory=list)

    def send(self, text: OutgoingText) -> Sent:
        self.sent.append(text)
        answer = self.answers.pop(0) if self.answers else Sent(provider_id=f"p{len(self.sent)}")
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Sent) else answer(text)

    def find(self, text: OutgoingText) -> Found | Unknowable | None:
        self.asked.append(text)
        if isinstance(self.knows, Exception):
            raise self.knows
        return self.knows

    def read_receipts(self, payload: Any) -> list[Receipt]:
        return []

    def read_replies(self, payload: Any) -> list[IncomingText]:
        return []


@dataclass
class FakeBatchGateway(FakeGateway):
    """Takes several texts with one call; `batches` answers whole calls, `answers` single texts."""

    most: int = 3
    calls: list[list[OutgoingText]] = field(default_factory=list)
    batches: list[Exception] = field(default_factory=list)

    def send_many(self, texts: Sequence[OutgoingText]) -> list[Sent | GatewayError | GatewayTimeout]:
        self.calls.append(list(texts))
        if self.batches:
            raise self.batches.pop(0)
        return [self._answer(text) for text in texts]

    def _answer(self, text: OutgoingText) -> Sent | GatewayError | GatewayTimeout:
        try:
            return self.send(text)
        except (GatewayError, GatewayTimeout) as error:
            return error
