"""Who is asking, and at which hall's desk they sit."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from auditorium.domain import preferences
from auditorium.errors import NoHallError
from auditorium.models import Hall, User


class StaffRequest(HttpRequest):
    """A request as middleware leaves it: of somebody logged in, and knowing whether htmx asks."""

    user: User
    htmx: HtmxDetails


def current_hall(request: StaffRequest) -> Hall:
    """The hall whose desk the user sits at; NoHallError, which ChooseHallMiddleware answers, when none is chosen."""
    return preferences.current_hall(user=request.user)


def client_address(request: HttpRequest) -> str:
    """Whose request it is: as the server in front says, where `CLIENT_ADDRESS_HEADER` names what it says it in."""
    if settings.CLIENT_ADDRESS_HEADER:
        return request.headers.get(settings.CLIENT_ADDRESS_HEADER, "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


class ChooseHallMiddleware:
    """Leads whoever has chosen no hall to the page that asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer NoHallError; any other exception takes its usual way."""
        return redirect("auditorium:choose_hall") if isinstance(exception, NoHallError) else None
