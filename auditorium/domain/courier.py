"""Who carries texts in one sweep: its name on what it claims, its gateways, the lines it leaves alone, its counts."""

from __future__ import annotations

import os
import socket
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from auditorium.domain import lines, outcomes
from auditorium.enums import MessageState
from auditorium.gateways import HOLDS_A_CONNECTION
from auditorium.gateways.base import GatewayError
from auditorium.gateways.treatments import Treatment

if TYPE_CHECKING:
    from auditorium.gateways.base import SmsGateway
    from auditorium.models import SmsLine
    from auditorium.models.messages import MessageQuerySet

LEASE = timedelta(seconds=60)
"""Longer than any gateway call: a text still `sending` after it has lost its worker."""

ASK_AGAIN = timedelta(seconds=60)

Counts = Counter[str]
"""How many of each: written, asked, waiting, cancelled, sent, delivered, retried, failed, unknown, expired, missed …"""


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"[:80]


@dataclass
class Courier:
    """One worker for the length of one sweep. `only` is the line whose connection its process keeps, if it does."""

    now: Callable[[], datetime]
    opens: Callable[[str, Mapping[str, Any]], SmsGateway]
    only: SmsLine | None = None
    name: str = field(default_factory=_name)
    counts: Counts = field(default_factory=Counter)
    tired: set[int] = field(default_factory=set)  # lines that did not answer: left alone for the rest of the sweep
    gateways: dict[int, SmsGateway] = field(default_factory=dict)

    def gateway(self, line: SmsLine) -> SmsGateway:
        """The line's gateway, opened once; GatewayError when its settings are no good."""
        if line.pk not in self.gateways:
            try:
                self.gateways[line.pk] = self.opens(line.gateway, line.config)
            except ValidationError:
                raise GatewayError(treatment=Treatment.OPERATOR, code=lines.BAD_SETTINGS) from None
        return self.gateways[line.pk]

    def carries(self, line: SmsLine) -> bool:
        """Whether this process sends on the line: its one line, else every line that no process keeps connected."""
        return line.pk == self.only.pk if self.only else line.gateway not in kept_connected()

    def claimed(self) -> Q:
        """What it holds and has not begun."""
        return Q(claimed_by=self.name, state=MessageState.CLAIMED)

    def calling(self) -> Q:
        """What it has begun; a text that went on meanwhile, and is another worker's try by now, is not among it."""
        return Q(claimed_by=self.name, state=MessageState.SENDING)

    def put_back(self, pks: Iterable[int], *, not_before: datetime, when: Q | None = None, **noted: Any) -> int:
        """Let texts that were certainly not sent wait to be sent; return how many."""
        changes = {"claimed_by": "", "lease_until": None, "cost": None, **noted}
        return outcomes.move(pks, to=MessageState.PENDING, when=when, not_before=not_before, **changes)

    def count(self, what: str, how_many: int) -> None:
        """Note what was done."""
        self.counts += Counter({what: how_many})


def kept_connected() -> tuple[str, ...]:
    """The kinds of lines that processes of their own send on; in a demo every line prints to the console."""
    return () if settings.DEMO else HOLDS_A_CONNECTION


def some(messages: MessageQuerySet, most: int = 500) -> list[int]:
    """Ids of some of these texts, locked until the transaction ends; those another worker has are left out."""
    return list(messages.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:most])
