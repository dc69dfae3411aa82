"""Opening a resource for somebody, going on with it, and being told how far it got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium.domain import visits
from auditorium.domain.library import pages
from auditorium.domain.library import use as uses
from auditorium.errors import DeskError
from auditorium.forms.library.opening import OpeningForm
from auditorium.forms.library.progress import ProgressForm
from auditorium.library_enums import ResourceKind
from auditorium.models import Resource
from auditorium.views.access import current_hall
from auditorium.views.library import learning, players, reading
from auditorium.views.library.uses import Ways, load_use

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from auditorium.views.access import StaffRequest


@require_http_methods(["GET", "POST"])
def resource_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin: for the villager being served, for several people, or for nobody in particular."""
    hall = current_hall(request)
    resource = get_object_or_404(Resource.objects.for_hall(hall).exclude(kind=ResourceKind.PRINTED_BOOK), pk=pk)
    if request.method == "GET":
        return redirect("auditorium:resource", pk)
    visit = visits.served_now(request.user)
    form = OpeningForm(request.POST, villager=visit.villager if visit else None)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect("auditorium:resource", pk)
    use = uses.open_resource(
        resource=resource, hall=hall, by=request.user, villager=form.reader(), people=form.head_count()
    )
    return redirect("auditorium:resource_use", use.uid)


@require_safe
def resource_use(request: StaffRequest, uid: UUID) -> HttpResponseBase:
    """Read, hear or watch on: at the place asked for, else where it was left."""
    use = load_use(request, uid)
    if use.resource.kind == ResourceKind.LINK:
        return players.link(request, use)
    try:
        return show(request, Ways(use))
    except DeskError as refusal:
        messages.error(request, refusal.sentence)
        return redirect("auditorium:resource", use.resource_id)


def show(request: HttpRequest, ways: Ways) -> HttpResponse:
    """The page of an opened resource, at the place asked for, else where it was left; DeskError where it cannot be."""
    use = ways.use
    if use.resource.kind == ResourceKind.LESSON:
        return learning.lesson(request, ways)
    parts = uses.parts(use.resource)
    place = uses.place_of(use)
    wanted = request.GET.get("part", "")
    part = next((one for one in parts if str(one.pk) == wanted), None)
    part = part or next((one for one in parts if place and one.pk == place.file_id), None) or next(iter(parts), None)
    if part is None:
        raise Http404
    page = reading.book if part.file.media_type in pages.READABLE else players.player
    return page(request, ways, part, parts, place if place and place.file_id == part.pk else None)


@require_POST
def resource_progress(request: StaffRequest, uid: UUID) -> HttpResponse:
    """How far it got; with `go` a button leads on to another page."""
    use = load_use(request, uid)
    return told(request, Ways(use), ended=reverse("auditorium:resource", args=[use.resource_id]))


def told(request: HttpRequest, ways: Ways, *, ended: str) -> HttpResponse:
    """Write down how far it got, and lead on to where the button does; to `ended` where somebody has finished."""
    form = ProgressForm(request.POST, use=ways.use)
    if not form.is_valid():
        return HttpResponseBadRequest()
    uses.progress(use=ways.use, **form.told)
    if "end" in request.POST:
        return redirect(ended)
    if not form.cleaned_data.get("go"):
        return HttpResponse(status=204)
    return redirect(ways.page(part=form.cleaned_data["part"], n=form.cleaned_data["n"]))
