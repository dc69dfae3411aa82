"""The hall's second screens at the desk: paired, told what to play, and let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from auditorium.domain.library import displays
from auditorium.errors import DeskError
from auditorium.forms.library.displays import PairForm
from auditorium.models import Display, Resource
from auditorium.views.access import current_hall
from auditorium.views.refusals import saying_refusals

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.views.access import StaffRequest


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
    shown = Resource.objects.for_hall(hall).filter(kind__in=displays.PLAYED)
    context = {
        "displays": [(display, displays.is_seen(display)) for display in displays.of_hall(hall)],
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
    return redirect("auditorium:displays")


@require_POST
@saying_refusals
def display_tell(request: StaffRequest, pk: int) -> HttpResponse:
    """One of its buttons."""
    display = _display(request, pk)
    pressed = request.POST.get("do")
    if pressed == "play":
        displays.play(display=display)
    elif pressed == "pause":
        displays.pause(display=display)
    elif pressed in {"next", "previous"}:
        displays.step(display=display, by=1 if pressed == "next" else -1)
    elif pressed == "stop":
        displays.stop(display=display)
    elif pressed == "unpair":
        displays.unpair(display=display, by=request.user)
    return redirect("auditorium:displays")


def _display(request: StaffRequest, pk: int) -> Display:
    return get_object_or_404(Display.objects.for_user(request.user), pk=pk, hall=current_hall(request))
