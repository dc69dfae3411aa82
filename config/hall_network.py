"""The addresses that the hall's network may open: what phones were given, and second screens. No desk among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import include, path
from django.utils.translation import gettext as _

from auditorium.urls import urlpatterns as desk_urls

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

OPEN = ("phone_", "screen")
"""How the names of such addresses begin; none that wants a login is let through."""

_opened = [
    pattern
    for pattern in desk_urls
    if str(pattern.name).startswith(OPEN) and not getattr(pattern.callback, "login_required", True)
]
urlpatterns = [path("", include((_opened, "auditorium")))]


def not_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Whoever looks for the desk on the network, or for nothing there is."""
    sentence = _("这里只能打开礼堂给您的二维码。服务台要在礼堂的电脑上用。")
    return render(request, "auditorium/library/phone_closed.html", {"sentence": sentence}, status=404)


def refused(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """A form that this page did not send, or a request that is none."""
    sentence = _("没有办成，请回到上一页再试一次。")
    return render(request, "auditorium/library/phone_closed.html", {"sentence": sentence}, status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Something went wrong here."""
    sentence = _("出了点问题，请过一会儿再试，或者到礼堂问一声。")
    return render(request, "auditorium/library/phone_closed.html", {"sentence": sentence}, status=500)


handler400 = handler403 = refused
handler404 = not_here
handler500 = broken
