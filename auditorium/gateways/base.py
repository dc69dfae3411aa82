"""What every SMS gateway promises, and the only words it has for what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from auditorium.gateways.treatments import Treatment

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True)
class OutgoingText:
    """One text to one number (E.164); `body` is whole, with its 【signature】, `key` ours and the same on every try."""

    key: UUID
    number: str
    body: str
    signature: str


@dataclass(frozen=True)
class Sent:
    """The provider took the text. `delivered` is None until a receipt says more."""

    provider_id: str = ""
    delivered: bool | None = None


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

    `bad_number`: no text will ever arrive there.
    """

    key: str = ""
    provider_id: str = ""
    delivered: bool | None = None
    code: str = ""
    bad_number: bool = False


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
        """What people wrote, in what the provider posted; what has no number or no text is left out."""
        ...
