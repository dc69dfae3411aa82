"""What every SMS gateway promises, and the only words it has for what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from auditorium.gateways.treatments import Treatment

ACCEPTED = '{"code": 0}'
"""What most providers want to hear when they posted something."""


@dataclass(frozen=True)
class Callback:
    """How a provider reports to us: the secret part of the address (empty: not at all), by GET or POST, and the
    answer it takes for an acceptance."""

    secret: str = ""
    by_get: bool = False
    answer: str = ACCEPTED


@dataclass(frozen=True)
class OutgoingText:
    """One text to one number (E.164); `body` is whole, with its 【signature】, `key` ours and the same on every try.

    Providers that keep the words themselves get `template_code`, the number they gave them, and the `values` that
    stand in them, named in `order` as they stand there first; `sent_at` is when an earlier try began, where there was
    one.
    """

    key: UUID
    number: str
    body: str
    signature: str
    template_code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    provider_id: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """The provider took the text. `delivered` is None until a receipt says more.

    `parts` are the provider's numbers for the parts of a long text, where it reports each by itself; `provider_id` is
    empty then.
    """

    provider_id: str = ""
    delivered: bool | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The provider remembers our key."""

    provider_id: str = ""
    delivered: bool | None = None


@dataclass(frozen=True)
class Unknowable:
    """This provider can't say whether it ever had the text."""


@dataclass(frozen=True)
class Receipt:
    """What a provider reports of one text, named by our key or its own; `delivered` None: still on its way.

    `bad_number`: no text will ever arrive there. `spellings` are other ways in which the same provider may have
    written its number when it took the text; `number` is the phone's, where it is told.
    """

    key: str = ""
    provider_id: str = ""
    delivered: bool | None = None
    code: str = ""
    bad_number: bool = False
    spellings: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True)
class IncomingText:
    """What somebody wrote to one of our lines; `provider_id` is empty where the provider numbers nothing."""

    number: str
    text: str
    provider_id: str = ""


class GatewayError(Exception):
    """The provider did not take the text; `treatment` says what follows. Nothing of it names a person."""

    def __init__(self, *, treatment: Treatment, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.treatment = treatment
        self.code = code
        self.detail = detail


class GatewayTimeout(Exception):
    """The call was cut off after the request may have reached the provider: ask before sending again."""


class SmsGateway(Protocol):
    """A way to send texts. Called outside any transaction; blocks for half a minute at most; logs nothing personal."""

    receipt_secret: str
    """The secret part of the address receipts are posted to; empty where none come.

    Where none come, a text the provider took counts as told.
    """

    reply_secret: str
    """The secret part of the address answers are posted to; empty where none come."""

    def send(self, text: OutgoingText) -> Sent:
        """Hand the text over. Raises GatewayError or GatewayTimeout."""
        ...

    def find(self, text: OutgoingText) -> Found | Unknowable | None:
        """What the provider knows of a text whose call was cut off; None: it never had it.

        Raises GatewayError or GatewayTimeout when it can't be asked now.
        """
        ...

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """The receipts in what the provider posted (JSON, or a form as a dict); what makes no sense is left out."""
        ...

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """What people wrote, in what the provider posted, an empty text too; what has no number is left out."""
        ...


@runtime_checkable
class BatchGateway(SmsGateway, Protocol):
    """A way to send several texts with one call."""

    most: int
    """How many texts one call takes."""

    def send_many(self, texts: Sequence[OutgoingText]) -> list[Sent | GatewayError | GatewayTimeout]:
        """Hand over texts with one `template_code`, better no two to one number; what became of each, in their order.

        Raises GatewayError when all were refused, GatewayTimeout when nobody knows of any.
        """
        ...


@dataclass(frozen=True)
class Polled:
    """What a provider had kept for us since it was asked last."""

    receipts: Sequence[Receipt] = ()
    replies: Sequence[IncomingText] = ()


@runtime_checkable
class PollingGateway(SmsGateway, Protocol):
    """A provider that is asked for receipts and answers, beside or instead of posting them."""

    has_receipts: bool
    """Whether asking brings what became of the texts; where it does not, one the provider took counts as told."""

    def poll(self) -> Polled:
        """What came since the last time; it may give the same twice. Raises GatewayError or GatewayTimeout."""
        ...

    def done(self, polled: Polled) -> None:
        """It is written down here: the provider need not keep it any longer."""
        ...


@dataclass(frozen=True)
class Arrived:
    """One thing that came over a connection; `ticket` is the gateway's own, for saying that it is written down."""

    ticket: Any
    content: Receipt | IncomingText


@runtime_checkable
class ConnectedGateway(BatchGateway, Protocol):
    """A provider reached over a connection that one process keeps; receipts and answers come over it as well.

    Used by one thread at a time.
    """

    is_connected: bool

    has_receipts: bool
    """Whether the provider reports what became of the texts."""

    def connect(self) -> None:
        """Connect and log in. Raises GatewayError."""
        ...

    def listen(self, seconds: float) -> list[Arrived]:
        """What has come, after that long at most, and keep the connection alive. Raises GatewayError when it broke."""
        ...

    def answer(self, arrived: Arrived, *, taken: bool) -> None:
        """It is written down here, or the provider shall bring it again. Raises GatewayError when it can't be told."""
        ...

    def close(self) -> None:
        """Log out, as far as that is possible, and disconnect."""
        ...


def brings_receipts(gateway: SmsGateway) -> bool:
    """Whether what became of a text is heard of at all: posted, asked for, or on a connection that is kept."""
    return bool(gateway.receipt_secret) or bool(getattr(gateway, "has_receipts", False))


def receipt_callback(gateway: SmsGateway) -> Callback:
    """How this provider posts receipts."""
    own: Callback | None = getattr(gateway, "receipt_callback", None)
    return own or Callback(gateway.receipt_secret)


def reply_callback(gateway: SmsGateway) -> Callback:
    """How this provider posts what people answered."""
    own: Callback | None = getattr(gateway, "reply_callback", None)
    return own or Callback(gateway.reply_secret)
