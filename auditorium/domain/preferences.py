"""How a member of staff likes the desk: language, text size, keys, and which hall they sit at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditorium.errors import NoHallError
from auditorium.models import Hall

if TYPE_CHECKING:
    from auditorium.models import User


def choose_language(*, language: str, by: User) -> None:
    """Speak this language (a code of settings.LANGUAGES) to the user from now on."""
    by.language = language
    by.save(update_fields=["language"])


def choose_text_size(*, text_size: str, by: User) -> None:
    """Write in this size (TextSize) for the user from now on."""
    by.text_size = text_size
    by.save(update_fields=["text_size"])


def switch_shortcuts(*, on: bool, by: User) -> None:
    """Let single keys do something for the user, or not."""
    by.shortcuts = on
    by.save(update_fields=["shortcuts"])


def choose_hall(*, hall: Hall, by: User) -> None:
    """Sit the user at this hall's desk. The caller has made sure that it is in the user's scope."""
    by.current_hall = hall
    by.save(update_fields=["current_hall"])


def current_hall(*, user: User) -> Hall:
    """The hall whose desk the user sits at; the only one in scope is chosen by itself.

    Raises NoHallError when there are several, or none. A hall that has left the user's scope or is closed
    down counts as none.
    """
    halls = Hall.objects.for_user(user).active().select_related("region")
    hall = halls.filter(pk=user.current_hall_id).first() if user.current_hall_id else None
    if hall is None:
        found = list(halls[:2])
        if len(found) != 1:
            raise NoHallError
        hall = found[0]
        choose_hall(hall=hall, by=user)
    user.current_hall = hall
    return hall


def hall_if_any(*, user: User) -> Hall | None:
    """The same, or None where there is none: for what a supervisor of many halls does at no desk."""
    try:
        return current_hall(user=user)
    except NoHallError:
        return None
