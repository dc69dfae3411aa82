"""The hall's second screens at the desk: paired, told what to play, and let go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from auditorium.domain import hall_network
from auditorium.domain.library import displays, playlists
from auditorium.errors import DeskError
from auditorium.forms.library.displays import PairForm
from auditorium.models import Display, Resource
from auditorium.views.access import current_hall
from auditorium.views.refusals import saying_refusals

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.domain.library.leaves import Leaf
    from auditorium.models import Hall
    from auditorium.views.access import StaffRequest


@dataclass(frozen=True)
class Shown:
    """A screen as the desk sees it: switched on or not, the leaf of a book, the piece's number of how many."""

    display: Display
    is_seen: bool
    is_read: bool
    leaf: Leaf | None
    number: int
    of: int


@require_http_methods(["GET", "POST"])
def display_list(request: StaffRequest) -> HttpResponse:
    """The hall's screens with their buttons; a code typed pairs one more. `resource` waits to be sent to one."""
    hall = current_hall(request)
    form = PairForm(request.POST or None)
    if form.is_valid():
        try:
            displays.pair(**form.cleaned_data, hall=hall, by=request.user)
        except DeskError as refusal:
            form.add_error("code", refusal.sentence)
        else:
            messages.success(request, _("屏幕连上了。"))
            return redirect(request.get_full_path())
    wanted = request.GET.get("resource", "")
    shown = Resource.objects.for_hall(hall).filter(kind__in=playlists.SHOWN)
    context = {
        "displays": _shown(hall),
        "address": _address(),
        "is_open": hall_network.is_open(),
        "form": form,
        "resource": shown.filter(pk=wanted).first() if wanted.isdecimal() else None,
    }
    return render(request, "auditorium/library/displays.html", context)


@require_POST
@saying_refusals
def display_send(request: StaffRequest, pk: int, resource_pk: int) -> HttpResponse:
    """Play a resource there."""
    display = _display(request, pk)
    resource = get_object_or_404(Resource.objects.for_hall(current_hall(request)), pk=resource_pk)
    displays.send(display=display, resource=resource, by=request.user)
    return redirect(_page(request))


@require_POST
@saying_refusals
def display_tell(request: StaffRequest, pk: int) -> HttpResponse:
    """One of its buttons."""
    display = _display(request, pk)
    pressed, chapter = request.POST.get("do", ""), request.POST.get("chapter", "")
    if pressed in _BUTTONS:
        _BUTTONS[pressed](display=display)
    elif pressed == "chapter" and chapter.isdecimal():
        displays.turn_to(display=display, chapter=int(chapter))
    elif pressed == "unpair":
        displays.unpair(display=display, by=request.user)
    return redirect(_page(request))


_BUTTONS: dict[str, Callable[..., None]] = {
    "play": displays.play,
    "pause": displays.pause,
    "previous": partial(displays.step, by=-1),
    "next": partial(displays.step, by=1),
    "back": partial(displays.turn, by=-1),
    "on": partial(displays.turn, by=1),
    "stop": displays.stop,
}


def _shown(hall: Hall) -> list[Shown]:
    """The hall's screens with what each shows."""
    rows = list(displays.of_hall(hall))
    pieces = playlists.of([row.use.resource for row in rows if row.use], hall=hall)
    shown = []
    for row in rows:
        playlist = pieces[row.use.resource_id] if row.use else []
        number = playlists.place(row, playlist) + 1
        leaf = displays.read_on(row)
        shown.append(Shown(row, displays.is_seen(row), displays.is_read(row), leaf, number, len(playlist)))
    return shown


def _address() -> str:
    """Where tablets on the hall's network find the page of a screen; empty where they cannot."""
    origin = hall_network.origin()
    return f"{origin}{reverse('auditorium:screen')}" if origin else ""


def _page(request: StaffRequest) -> str:
    """Back to the page the button stands on, with the resource that waits there."""
    wanted = request.POST.get("resource", "")
    page = reverse("auditorium:displays")
    return f"{page}?resource={wanted}" if wanted.isdecimal() else page


def _display(request: StaffRequest, pk: int) -> Display:
    return get_object_or_404(Display.objects.for_user(request.user), pk=pk, hall=current_hall(request))
