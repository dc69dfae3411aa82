"""Who is asking, and at which hall's desk they sit."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from auditorium.domain import preferences
from auditorium.models import Hall, User


class StaffRequest(HttpRequest):
    """A request as middleware leaves it: of somebody logged in, and knowing whether htmx asks."""

    user: User
    htmx: HtmxDetails


class NoHallError(Exception):
    """The user may sit at several halls, or at none, and has not said at which."""


def current_hall(request: StaffRequest) -> Hall:
    """The hall whose desk the user sits at; the only one in scope is chosen by itself.

    Raises NoHallError, which ChooseHallMiddleware answers with the page that asks. A hall that has left
    the user's scope or is closed down counts as none.
    """
    user = request.user
    halls = Hall.objects.for_user(user).active().select_related("region")
    hall = halls.filter(pk=user.current_hall_id).first() if user.current_hall_id else None
    if hall is None:
        found = list(halls[:2])
        if len(found) != 1:
            raise NoHallError
        hall = found[0]
        preferences.choose_hall(hall=hall, by=user)
    user.current_hall = hall
    return hall


class ChooseHallMiddleware:
    """Leads whoever has chosen no hall to the page that asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer NoHallError; any other exception takes its usual way."""
        return redirect("auditorium:choose_hall") if isinstance(exception, NoHallError) else None
