"""The process that keeps lines connected: logs in, sends what waits, writes down what comes, logs out.

Each line has a thread of its own, so that one provider's silence costs the others nothing. Nothing is kept in memory
that would be missed: what was sent is in the database before the next is, and what came is acknowledged only once it
is written down.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db import connections as databases

from auditorium import clock
from auditorium.domain import connections, delivery, lines, receipts, refusals, replies
from auditorium.gateways import gateway_for
from auditorium.gateways.base import ConnectedGateway, GatewayError, Receipt
from auditorium.gateways.treatments import Treatment
from auditorium.models import SmsLine

if TYPE_CHECKING:
    from auditorium.gateways.base import Arrived

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
"""How often the lines are looked at: new, changed and paused ones are noticed by then."""

LISTEN_SECONDS = 1.0
"""How long a line without anything to send listens before it looks for texts again."""

SEND_SECONDS = 2.0
"""How long a line with much to send sends before what has come is written down."""

LEAVE_SECONDS = 8.0
"""How long the lines may take to finish what they are doing and log out."""

AGAIN_AFTER = (1, 2, 5, 10, 30, 60)
"""Seconds until a provider that can't be reached is tried again, longer each time."""


def keep_lines(stop: threading.Event) -> None:
    """Keep every line connected that wants it, until asked to stop."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"[:80]
    keepers: dict[int, Keeper] = {}
    while not stop.is_set():
        try:
            _look(keepers, holder)
        except DatabaseError as error:
            logger.warning("lines can't be read: %s", type(error).__name__)
        databases.close_all()
        stop.wait(LOOK_SECONDS)
    for keeper in keepers.values():
        keeper.stop.set()
    deadline = time.monotonic() + LEAVE_SECONDS
    for keeper in keepers.values():
        keeper.thread.join(max(deadline - time.monotonic(), 0))


def _look(keepers: dict[int, Keeper], holder: str) -> None:
    """Let lines go that are paused, switched off or changed; take up those nobody keeps here yet."""
    wanted = {line.pk: line for line in connections.to_keep()}
    for pk, keeper in list(keepers.items()):
        line = wanted.get(pk)
        if line is None or (line.gateway, line.config) != (keeper.line.gateway, keeper.line.config):
            keeper.stop.set()
        if not keeper.thread.is_alive():
            del keepers[pk]
    for pk, line in wanted.items():
        if pk not in keepers and (gateway := _gateway(line)):
            keepers[pk] = Keeper(line, gateway, holder)
            keepers[pk].thread.start()


def _gateway(line: SmsLine) -> ConnectedGateway | None:
    """None where its settings are wrong, which pauses the line; in a demo too, which talks to nobody."""
    try:
        gateway = gateway_for(line.gateway, line.config)
    except ValidationError:
        lines.stop(line=line, code=lines.BAD_SETTINGS)
        return None
    return gateway if isinstance(gateway, ConnectedGateway) else None


@dataclass
class Keeper:
    """One line, kept connected by a thread of its own."""

    line: SmsLine
    gateway: ConnectedGateway
    holder: str
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)
    _failures: int = 0
    _failing_since: float | None = None
    _held_until: float = 0.0
    _is_standing_by: bool = False

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.run, name=f"line {self.line.pk}", daemon=True)

    def run(self) -> None:
        """Until asked to stop; a database that is away is waited for like a provider that is."""
        try:
            while not self.stop.is_set():
                try:
                    self._round()
                except DatabaseError as error:
                    logger.warning("line %s: the database fails: %s", self.line.pk, type(error).__name__)
                    self.gateway.close()  # what was not written down comes again
                    self._wait()
                finally:
                    databases.close_all()
        finally:
            self._leave()

    def _round(self) -> None:
        """One turn: hold the line, be connected, send for a while, write down what came."""
        if not self._hold():
            self.gateway.close()
            self.stop.wait(LOOK_SECONDS)
        elif self.gateway.is_connected or self._connect():
            try:
                delivery.send_waiting(line=self.line, gateway=self.gateway, seconds=SEND_SECONDS)
                for arrived in self.gateway.listen(LISTEN_SECONDS):
                    self.gateway.answer(arrived, taken=self._write_down(arrived))
            except GatewayError as error:
                self._broken(error)

    def _hold(self) -> bool:
        """Whether the line is ours; the lease is made longer long before it ends, not at every turn."""
        now = time.monotonic()
        if now < self._held_until:
            return True
        if not connections.hold(line=self.line, holder=self.holder, at=clock.now()):
            if not self._is_standing_by:
                logger.warning("line %s: another process keeps it; standing by", self.line.pk)
            self._is_standing_by = True
            return False
        if self.gateway.is_connected:
            connections.note_connected(line=self.line, at=clock.now())
        self._is_standing_by = False
        self._held_until = now + connections.LEASE.total_seconds() / 3
        return True

    def _connect(self) -> bool:
        try:
            self.gateway.connect()
        except GatewayError as error:
            self._broken(error)
            return False
        logger.info("line %s: connected", self.line.pk)
        connections.note_connected(line=self.line, at=clock.now())
        self._failures, self._failing_since = 0, None
        return True

    def _write_down(self, arrived: Arrived) -> bool:
        """Whether it is safe here; what names a text that is being handed over this moment shall come again."""
        content = arrived.content
        if isinstance(content, Receipt):
            try:
                receipts.record(line=self.line, receipts=[content])
            except receipts.TooEarlyError:
                return False
        else:
            replies.receive(line=self.line, number=content.number, text=content.text, provider_id=content.provider_id)
        return True

    def _broken(self, error: GatewayError) -> None:
        """Try again after a while; a provider that goes on refusing us, or knows us not, is the operators'."""
        logger.warning("line %s: %s", self.line.pk, error.code)
        connections.note_broken(line=self.line, code=error.code, at=clock.now())
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        is_refused = error.code not in refusals.LINE_IS_DOWN
        lasts = now - self._failing_since >= lines.DOWN_AFTER.total_seconds()
        if error.treatment == Treatment.OPERATOR or (is_refused and lasts):
            lines.stop(line=self.line, code=error.code)
            self.stop.set()
        else:
            self._wait()

    def _wait(self) -> None:
        self.stop.wait(AGAIN_AFTER[min(self._failures, len(AGAIN_AFTER) - 1)])
        self._failures += 1

    def _leave(self) -> None:
        self.gateway.close()
        try:
            connections.let_go(line=self.line, holder=self.holder)
        except DatabaseError as error:
            logger.warning("line %s: not let go: %s", self.line.pk, type(error).__name__)
        databases.close_all()
