"""What the hall asks of whoever does things for villagers; each service registers itself in `ready()`.

This is the only way from the hall back to a service: auditorium imports no other app.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from auditorium.enums import TextLanguage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

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


@dataclass(frozen=True)
class TextVariable:
    """A value that may stand in a text as `{name}`: what it means, and how it looks, usually and at most.

    `least` is the shortest it gets. A text that does not fit one part may cut it down to `shortest` characters;
    None: never.
    """

    name: str
    meaning: StrOrPromise
    longest: str
    shortest: int | None = None
    required: bool = False
    usual: str = ""
    least: str = ""


@dataclass(frozen=True)
class Answered:
    """What a service made of somebody's yes or no by text.

    With `cancels` it is to be cancelled in a while, unless they take it back. With `task` a person must see to it,
    and reads these words. Otherwise it is settled.
    """

    cancels: bool = False
    task: str = ""


class Service(Protocol):
    """A service done for villagers; `kind` is what its rows are called in `about_kind`."""

    kind: str

    @property
    def label(self) -> StrOrPromise:
        """What its rows are called on the screen."""
        ...

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """What this service did and will do for the villager, in a fixed number of queries."""
        ...

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """What concerns the hall's villagers today, in a fixed number of queries."""
        ...

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        """Those of the rows of which a reminder still makes sense; asked when reminders are claimed. A fixed number of
        queries."""
        ...

    def variables_of(
        self, about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
    ) -> dict[int, dict[str, str]]:
        """The values a text about each of the rows may use, each non-empty; for `discreet`, nothing that tells the
        condition. A fixed number of queries.

        What may be said in one text with others of the same day also has `day`, `time` and `place`.
        """
        ...

    def text_variables(
        self, audience: str, *, purpose: str = "", language: str = TextLanguage.CHINESE
    ) -> tuple[TextVariable, ...]:
        """The variables `variables_of` has values for, for these eyes; for TOGETHER those all of a text share."""
        ...

    def default_texts(self, language: str = TextLanguage.CHINESE) -> Mapping[tuple[str, str], str]:
        """The words to begin with, by (purpose, audience); every purpose for both audiences."""
        ...

    def words(self, about_id: int, purpose: str) -> str:
        """What a person says when they call or knock instead of a text."""
        ...

    def short(self, about_id: int, language: str = TextLanguage.CHINESE) -> str:
        """Whose it is and when, in at most 16 characters, for anybody's eyes: 张小明24日8:30, 张小明 24 Nov 8:30."""
        ...

    def on_reply(self, about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
        """Somebody who was told of the row answered. `own`: from the villager's own phone; `may_decide`: somebody
        the villager lets decide. Changes only what they may, in a transaction of its own."""
        ...

    def cancel(self, about_id: int, *, why: str) -> str:
        """Cancel for the villager, who asked by text; return why not, empty when it is cancelled or over already."""
        ...

    def choices(self, villager: Villager) -> list[Link]:
        """What the desk can do for this villager with this service, first the most usual."""
        ...

    def url(self, about_id: int) -> str:
        """The page of the row."""
        ...

    def staff_ids(self) -> Iterable[int]:
        """The users who have a role with this service itself; their accounts are administrators' to change."""
        ...


_services: dict[str, Service] = {}
_orders: dict[str, int] = {}
_pages: dict[str, Callable[[int], str]] = {}
_chores: dict[str, Callable[[datetime], int]] = {}


def register(service: Service, order: int = 50) -> None:
    """Make a service known; called once from its app's `ready()`. Among several, `order` says which is named first."""
    _services[service.kind] = service
    _orders[service.kind] = order


def service_for(kind: str) -> Service:
    """The service whose rows are called `kind`; KeyError when none registered it."""
    return _services[kind]


def register_page(kind: str, url: Callable[[int], str]) -> None:
    """Say where the page of rows is that tasks are about and that are no service of their own."""
    _pages[kind] = url


def register_chore(name: str, chore: Callable[[datetime], int]) -> None:
    """Have a service's own housekeeping done by night: `chore` does one small batch of what is due at a moment.

    It returns how many rows it met, and is called again until that is none; see `auditorium.domain.retention`.
    """
    _chores[name] = chore


def chores() -> dict[str, Callable[[datetime], int]]:
    """The registered housekeeping, by name."""
    return dict(_chores)


def page_of(kind: str, about_id: int) -> str:
    """The page of what a task is about, a service's own row or a registered one; empty when nobody knows it."""
    if kind in _services:
        return _services[kind].url(about_id)
    return _pages[kind](about_id) if kind in _pages else ""


def services() -> list[Service]:
    """Every registered service: by their order, else as they were registered."""
    return sorted(_services.values(), key=lambda service: _orders.get(service.kind, 50))
