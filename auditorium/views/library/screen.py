"""The page of a second screen. Nobody is logged in there; it shows what its hall's desk sends, and nothing besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import parse_etags
from django.views.decorators.http import require_POST, require_safe

from auditorium.domain.library import displays
from auditorium.errors import DeskError
from auditorium.media_types import VIDEO
from auditorium.models import Display
from auditorium.views.library.pictures import send_picture
from auditorium.views.library.serving import send

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

COOKIE = "display"
KEPT = 400 * 24 * 3600
NOTHING = "nothing"


@dataclass(frozen=True)
class Links:
    """What a book's leaf leads to on a screen: its pictures, and nowhere else."""

    piece: str

    def chapter(self, number: int) -> str:
        """The desk turns the pages."""
        return ""

    def picture(self, path: str) -> str:
        """Out of the book that is shown now."""
        return reverse("auditorium:screen_picture", args=[self.piece, path])


@login_not_required
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """The code to type at the desk, then what the desk sends; while it sends nothing, the hall's board."""
    display = _display(request)
    piece = _piece(display)
    if piece == NOTHING:
        return redirect("auditorium:screen_board")
    context = {
        "display": display,
        "piece": piece,
        "is_read": bool(display and displays.is_read(display)),
        "leaf": displays.read_on(display, links=Links(piece)) if display else None,
        "has_captions": bool(display and displays.captions(display)),
        "is_film": bool(display and display.part and display.part.file.media_type in VIDEO),
        "refused": request.GET.get("refused"),
    }
    return render(request, "auditorium/library/screen.html", context)


@login_not_required
@require_POST
def screen_begin(request: HttpRequest) -> HttpResponse:
    """Show a code."""
    response = redirect("auditorium:screen")
    try:
        _new, token = displays.begin()
    except DeskError:
        response.headers["Location"] += "?refused=1"
        return response
    response.set_cookie(
        COOKIE,
        token,
        max_age=KEPT,
        path=response.headers["Location"],
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@login_not_required
@require_safe
def screen_state(request: HttpRequest) -> HttpResponse:
    """Whether anything changed: 304 as long as nothing did."""
    display = _display(request)
    etag = f'"{display.version}"' if display else '"none"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": etag})
    state = {"piece": _piece(display), "playing": bool(display and display.is_playing)}
    return JsonResponse(state, headers={"ETag": etag})


@login_not_required
@require_POST
def screen_tell(request: HttpRequest) -> HttpResponse:
    """It is still playing, or has come to the end of a piece; a screen without scripts is led back to its page."""
    display = _display(request)
    if display is None:
        raise Http404
    ended = request.POST.get("ended", "")
    if ended == _piece(display):
        displays.step(display=display, by=1, ended=display.version)
    elif not ended:
        displays.still_plays(display=display)
    return redirect("auditorium:screen") if "go" in request.POST else HttpResponse(status=204)


@login_not_required
@require_safe
def screen_sound(request: HttpRequest) -> HttpResponseBase:
    """The file it is playing now; there is no way to ask for another."""
    display = _display(request)
    stored = display and (display.part.file if display.part else display.phrase and display.phrase.audio)
    if not display or not stored:
        raise Http404
    return send(request, stored, name="sound")


@login_not_required
@require_safe
def screen_captions(request: HttpRequest) -> HttpResponseBase:
    """What is said in the film it is playing now."""
    display = _display(request)
    captions = displays.captions(display) if display else None
    if captions is None:
        raise Http404
    return send(request, captions.file, name="captions")


@login_not_required
@require_safe
def screen_picture(request: HttpRequest, piece: str, path: str) -> HttpResponse:
    """A picture of the book that is open on it now; `piece` lets a browser tell one book's from another's."""
    display = _display(request)
    if display is None or display.part is None or not displays.is_read(display):
        raise Http404
    return send_picture(display.part.file, path)


def _display(request: HttpRequest) -> Display | None:
    return displays.known_by(request.COOKIES.get(COOKIE, ""))


def _piece(display: Display | None) -> str:
    """What is shown, as the page knows it: changed, the page is loaded anew."""
    if display is None:
        return "none"
    if display.hall_id is None:
        return "code"
    if display.use_id is None:
        return NOTHING
    return f"{display.use_id}-{display.part_id}-{display.phrase_id}-{display.chapter}-{display.leaf}"
