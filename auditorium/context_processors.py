"""What every page shows around its own content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from auditorium import navigation
from auditorium.enums import TextSize
from auditorium.models import Hall

if TYPE_CHECKING:
    from django.http import HttpRequest

    from auditorium.models import User

TEXT_SIZE_COOKIE = "text_size"
HALLS_IN_MENU = 8


@dataclass(frozen=True)
class Area:
    """A navigation item as this page shows it."""

    label: str
    url: str
    current: bool
    count: int


class Desk:
    """Read by templates as `desk`. Each part asks the database only when a template shows it, and once."""

    text_sizes = TextSize.choices
    languages = settings.LANGUAGES

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def demo(self) -> bool:
        """Whether this is a demo, whose texts go to a phone on the screen."""
        return bool(settings.DEMO)

    @property
    def here(self) -> str:
        """Where a switch in the header leads back to."""
        return self._request.get_full_path()

    @property
    def text_size(self) -> str:
        """The user's text size; before login, the one last chosen on this computer."""
        chosen = self._user.text_size if self._user else self._request.COOKIES.get(TEXT_SIZE_COOKIE, "")
        return chosen if chosen in TextSize.values else TextSize.NORMAL.value

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do something."""
        return self._user.shortcuts if self._user else True

    @cached_property
    def hall(self) -> Hall | None:
        """The hall whose desk the user sits at, if one is chosen."""
        return self._user.current_hall if self._user else None

    @cached_property
    def other_halls(self) -> list[Hall]:
        """The first halls the user may change to."""
        if self._user is None:
            return []
        mine = Hall.objects.for_user(self._user).active()[: HALLS_IN_MENU + 2]
        return [hall for hall in mine if hall.pk != self._user.current_hall_id]

    @property
    def menu_halls(self) -> list[Hall]:
        """As many of them as a menu holds."""
        return self.other_halls[:HALLS_IN_MENU]

    @property
    def has_more_halls(self) -> bool:
        """Whether the menu leaves some out."""
        return len(self.other_halls) > HALLS_IN_MENU

    @cached_property
    def nav(self) -> list[Area]:
        """The areas of the header."""
        if self._user is None:
            return []
        return [
            Area(
                label=str(item.label),
                url=(url := reverse(item.url_name)),
                current=self._is_within(url, item.covers),
                count=item.badge(self._user, self.hall) if item.badge and self.hall else 0,
            )
            for item in navigation.items()
        ]

    def _is_within(self, url: str, covers: tuple[str, ...]) -> bool:
        path = self._request.path
        return path == url or any(path.startswith(url + beneath) for beneath in covers)


def desk(request: HttpRequest) -> dict[str, Desk]:
    """`desk` in every template."""
    return {"desk": Desk(request)}
