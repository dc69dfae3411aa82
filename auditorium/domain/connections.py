"""Lines whose connection one process keeps: whose each is, and how it stands.

A process holds a line until its lease runs out. That keeps a second one from logging in, which many providers
refuse; no text depends on it, since each is claimed before it is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from auditorium.domain import lines
from auditorium.domain.courier import kept_connected
from auditorium.gateways import HOLDS_A_CONNECTION
from auditorium.models import LineConnection, SmsLine

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEASE = timedelta(seconds=60)
"""Longer than one call of a gateway: a process that is busy keeps its line."""


def to_keep() -> QuerySet[SmsLine]:
    """The usable lines that want a process to keep them connected."""
    return SmsLine.objects.usable().filter(gateway__in=HOLDS_A_CONNECTION)


def hold(*, line: SmsLine, holder: str, at: datetime) -> bool:
    """Take the line for this process, or keep it; False while another one has it."""
    LineConnection.objects.get_or_create(line=line)
    row = LineConnection.objects.filter(line=line)
    if row.filter(held_by=holder).update(held_until=at + LEASE):
        return True
    free = row.filter(Q(held_until=None) | Q(held_until__lte=at))
    return bool(free.update(held_by=holder, held_until=at + LEASE, connected_at=None))


def let_go(*, line: SmsLine, holder: str) -> None:
    """Leave the line to whoever comes next."""
    mine = LineConnection.objects.filter(line=line, held_by=holder)
    mine.update(held_by="", held_until=None, connected_at=None)


def note_connected(*, line: SmsLine, at: datetime) -> None:
    """The provider let us in, or still has us."""
    LineConnection.objects.filter(line=line, connected_at=None).update(connected_at=at, error_code="")
    lines.note_success(SmsLine.objects.get(pk=line.pk))


def note_broken(*, line: SmsLine, code: str, at: datetime) -> None:
    """The provider can't be reached, or did not let us in."""
    LineConnection.objects.filter(line=line).update(connected_at=None, error_code=code[:60])
    lines.note_failure(line, at=at)


def note_unkept(*, at: datetime) -> None:
    """A line that no process keeps is one that does not answer: after a while the next takes over."""
    unkept = Q(connection=None) | Q(connection__held_until=None) | Q(connection__held_until__lte=at)
    for line in to_keep().filter(unkept, gateway__in=kept_connected()):
        lines.note_failure(line, at=at)
