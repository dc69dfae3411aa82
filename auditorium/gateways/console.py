"""The line of a demo: sends nothing; the demo's phone shows the messages themselves."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from auditorium.gateways.base import Found, IncomingText, OutgoingText, Receipt, Sent, Unknowable

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)


class ConsoleGateway:
    """Writes one line to the log, with our key and no word of the text, and counts it as delivered."""

    receipt_secret = ""
    reply_secret = ""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """It has no settings."""

    def send(self, text: OutgoingText) -> Sent:
        """Say in the log that a text went out."""
        logger.info("text %s delivered", text.key)
        return Sent(provider_id=str(text.key), delivered=True)

    def find(self, text: OutgoingText) -> Found | Unknowable | None:
        """Nothing ever left, so a text cut off was not sent."""
        return None

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """There are none."""
        return []

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """They are typed on the demo's phones."""
        return []
