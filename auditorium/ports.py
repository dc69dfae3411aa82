"""What the hall asks of whoever does things for villagers; each service registers itself in `ready()`.

This is the only way from the hall back to a service: auditorium imports no other app.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models import Hall, User, Villager

Tone = Literal["plain", "good", "warn", "stop"]


@dataclass(frozen=True)
class Link:
    """A labelled address, offered as a link or, when it changes something, as a POST button."""

    label: str
    url: str
    post: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of a villager's timeline or of the hall's day.

    `at` orders the lines; `has_time` says whether its clock time means anything. `tone` carries the
    colour, `state` always says the same in words.
    """

    at: datetime
    title: str
    detail: str = ""
    state: str = ""
    tone: Tone = "plain"
    url: str = ""
    has_time: bool = True
    villager: str = ""
    actions: tuple[Link, ...] = field(default=())


class Service(Protocol):
    """A service done for villagers; `kind` is what its rows are called in `about_kind`."""

    kind: str

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """What this service did and will do for the villager, in a fixed number of queries."""
        ...

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """What concerns the hall's villagers today, in a fixed number of queries."""
        ...

    def is_due(self, about_id: int) -> bool:
        """Whether a reminder about this row still makes sense; asked when a reminder is claimed."""
        ...

    def variables(self, about_id: int, audience: str) -> dict[str, str]:
        """The values a text template may use, each non-empty; for `discreet`, nothing that tells the condition."""
        ...

    def words(self, about_id: int, purpose: str) -> str:
        """What a person says when they call or knock instead of a text."""
        ...

    def choices(self, villager: Villager) -> list[Link]:
        """What the desk can do for this villager with this service, first the most usual."""
        ...

    def url(self, about_id: int) -> str:
        """The page of the row."""
        ...


_services: dict[str, Service] = {}


def register(service: Service) -> None:
    """Make a service known; called once from its app's `ready()`."""
    _services[service.kind] = service


def service_for(kind: str) -> Service:
    """The service whose rows are called `kind`; KeyError when none registered it."""
    return _services[kind]


def services() -> list[Service]:
    """Every registered service, in the order of registration."""
    return list(_services.values())
