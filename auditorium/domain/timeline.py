"""One villager's life at the hall: what every service did and will do for them, in one line of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditorium import clock, ports

if TYPE_CHECKING:
    from auditorium.models import User, Villager
    from auditorium.ports import Entry


@dataclass(frozen=True)
class Timeline:
    """What is to come, the nearest first, and what was, the latest first."""

    coming: list[Entry]
    past: list[Entry]


def of(*, villager: Villager, user: User) -> Timeline:
    """The villager's entries of every registered service, in as many queries as these promise.

    What has no clock time belongs to its whole day: it is to come until the day is over.
    """
    entries = [entry for service in ports.services() for entry in service.timeline(villager, user)]
    return Timeline(
        coming=sorted((entry for entry in entries if _is_coming(entry)), key=lambda entry: entry.at),
        past=sorted((entry for entry in entries if not _is_coming(entry)), key=lambda entry: entry.at, reverse=True),
    )


def _is_coming(entry: Entry) -> bool:
    if entry.has_time:
        return entry.at > clock.now()
    return clock.local(entry.at).date() >= clock.today()
