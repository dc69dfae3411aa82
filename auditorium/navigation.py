"""What stands in the header, and what the desk's own page leads to: each app registers it in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from auditorium.models import Hall, User


@dataclass(frozen=True)
class NavItem:
    """One area of the desk.

    `order` places it from left to right. It is marked as current on its own page and on every page beneath
    it; `covers`, given as paths beneath it, narrows that. `badge` says how many things wait there, for a
    user who is at a hall; it may ask the database once.
    """

    label: str | _StrPromise
    url_name: str
    order: int
    badge: Callable[[User, Hall], int] | None = None
    covers: tuple[str, ...] = ("",)


_items: dict[str, NavItem] = {}
_on_desk: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Show an area in the header; called once from its app's `ready()`."""
    _items[item.url_name] = item


def items() -> list[NavItem]:
    """Every registered area, from left to right."""
    return sorted(_items.values(), key=lambda item: item.order)


def register_on_desk(item: NavItem) -> None:
    """Show a page of a service beside the desk's heading; called once from its app's `ready()`."""
    _on_desk[item.url_name] = item


def on_desk() -> list[NavItem]:
    """Every page registered for the desk, from left to right."""
    return sorted(_on_desk.values(), key=lambda item: item.order)
