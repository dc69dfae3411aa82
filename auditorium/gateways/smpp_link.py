"""One connection that speaks SMPP 3.4: what is written and read on it, whole unit by whole unit.

smpplib writes and reads the units. Its own way of reading is not used: it loses its place when a unit comes in two
pieces, and it gives up where a provider adds a parameter that the specification does not name.
"""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from typing import Any

from smpplib import client, command, command_codes, consts, exceptions, smpp

from auditorium.gateways.smpp_config import SmppConfig
from auditorium.gateways.smpp_words import HAS_HEADER, UCS2, Delivery, Part

CONNECT_SECONDS = 5
WRITE_SECONDS = 10
LOGIN_SECONDS = 10
LARGEST_UNIT = 64 * 1024
_HEADER_BYTES = 16
_E164, _NATIONAL, _ISDN = 1, 2, 1

# smpplib logs every unit in full; the words and numbers in it are nobody's to read.
_SILENT = "auditorium.gateways.smpp_link.silent"
logging.getLogger(_SILENT).setLevel(logging.CRITICAL)


class LinkLost(Exception):
    """The connection is gone, or what comes on it makes no sense any more."""


@dataclass(frozen=True)
class Unit:
    """One protocol unit as it came; `command` is empty where we do not know it."""

    command: str
    status: int
    sequence: int
    raw: bytes

    @property
    def text(self) -> str:
        """The string its body begins with: the provider's number, in an answer to submit_sm."""
        return self.raw[_HEADER_BYTES:].split(b"\0", 1)[0].decode("ascii", "replace")


class Link(client.Client):
    """A socket with units on it. Nothing of it is thread-safe."""

    def __init__(self, config: SmppConfig) -> None:
        super().__init__(config.host, config.port, allow_unknown_opt_params=True, logger_name=_SILENT)
        self._config = config
        self._unread = bytearray()

    def open(self) -> int:
        """Connect and log in as a transceiver; return the status the provider answered. Raises OSError or LinkLost."""
        plain = socket.create_connection((self.host, self.port), CONNECT_SECONDS)
        if self._config.tls:
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = plain
        self.state = consts.SMPP_CLIENT_STATE_OPEN
        config = self._config
        asked = self.write(
            "bind_transceiver",
            system_id=config.system_id,
            password=config.password,
            system_type=config.system_type,
        )
        deadline = time.monotonic() + LOGIN_SECONDS
        while time.monotonic() < deadline:
            unit = self.read(deadline - time.monotonic())
            if unit and unit.sequence == asked and unit.command in {"bind_transceiver_resp", "generic_nack"}:
                if unit.status == consts.SMPP_ESME_ROK:
                    self.state = consts.SMPP_CLIENT_STATE_BOUND_TRX
                return unit.status
        raise LinkLost

    def submit(self, unit_number: int, number: str, part: Part) -> None:
        """Hand one part over, in a unit numbered beforehand. Raises LinkLost when it may have left in pieces."""
        config = self._config
        is_e164 = config.number == "international"
        self.write(
            "submit_sm",
            unit_number,
            source_addr_ton=config.source_ton,
            source_addr_npi=config.source_npi,
            source_addr=config.source,
            dest_addr_ton=_E164 if is_e164 else _NATIONAL,
            dest_addr_npi=_ISDN,
            destination_addr=number.removeprefix("+" if is_e164 else "+86"),
            esm_class=HAS_HEADER if part.has_header else 0,
            registered_delivery=consts.SMPP_SMSC_DELIVERY_RECEIPT_BOTH,
            data_coding=UCS2,
            **{"message_payload" if part.is_payload else "short_message": part.words},
        )

    def write(self, name: str, unit_number: int | None = None, **fields: Any) -> int:
        """Write one unit with this number (an answer has that of what it answers), or the next; return it."""
        unit = smpp.make_pdu(name, client=self, **fields)
        if unit_number is not None:
            unit.sequence = unit_number
        try:
            self._socket.settimeout(WRITE_SECONDS)
            self.send_pdu(unit)
        except (exceptions.ConnectionError, exceptions.PDUError, OSError, AttributeError):
            raise LinkLost from None
        return int(unit.sequence)

    def read(self, seconds: float) -> Unit | None:
        """The next unit; None when none is whole after that long. Raises LinkLost."""
        deadline = time.monotonic() + seconds
        while (unit := self._cut()) is None:
            try:
                self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
                found = self._socket.recv(LARGEST_UNIT)
            except TimeoutError:
                return None
            except (OSError, AttributeError):
                raise LinkLost from None
            if not found:
                raise LinkLost
            self._unread += found
        return unit

    def _cut(self) -> Unit | None:
        """The first whole unit of what has come."""
        if len(self._unread) < _HEADER_BYTES:
            return None
        length, code, status, sequence = struct.unpack(">LLLL", self._unread[:_HEADER_BYTES])
        if not _HEADER_BYTES <= length <= LARGEST_UNIT:
            raise LinkLost
        if len(self._unread) < length:
            return None
        raw = bytes(self._unread[:length])
        del self._unread[:length]
        try:
            name = command_codes.get_command_name(code)
        except exceptions.UnknownCommandError:
            name = ""
        return Unit(command=name, status=status, sequence=sequence, raw=raw)


class _DeliverSm(command.DeliverSM):
    """With whatever parameters the provider adds."""

    def parse_optional_params(self, data: bytes) -> None:
        self.extras: dict[int, bytes] = {}
        place = 0
        while place + 4 <= len(data):
            tag, length = struct.unpack(">HH", data[place : place + 4])
            self.extras[tag] = data[place + 4 : place + 4 + length]
            place += 4 + length


def delivery_of(unit: Unit) -> Delivery | None:
    """What a deliver_sm brings; None when it can't be read."""
    found = _DeliverSm("deliver_sm", need_sequence=False)
    try:
        found.parse(unit.raw)
        return Delivery(
            source=found.source_addr.decode("ascii", "replace"),
            source_ton=found.source_addr_ton,
            esm_class=found.esm_class,
            data_coding=found.data_coding,
            words=found.short_message or b"",
            extras=getattr(found, "extras", {}),
        )
    except (struct.error, TypeError, ValueError, AttributeError, IndexError):
        return None
