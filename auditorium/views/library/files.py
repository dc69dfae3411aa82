"""The addresses of files: whoever may see the resource may have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from auditorium.domain import preferences
from auditorium.domain.library import files
from auditorium.library_enums import FileRole
from auditorium.views.library.serving import send

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from auditorium.views.access import StaffRequest


@require_safe
def resource_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One file of a resource; with `download` it is saved instead of shown."""
    seen = files.shown_to(user=request.user, hall=preferences.hall_if_any(user=request.user))
    found = get_object_or_404(seen, pk=pk)
    return send(request, found.file, name=found.title or found.resource.title, download="download" in request.GET)


@require_safe
def resource_cover(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The cover of a resource."""
    seen = files.shown_to(user=request.user, hall=preferences.hall_if_any(user=request.user))
    found = get_object_or_404(seen, resource=pk, role=FileRole.COVER)
    return send(request, found.file, name=found.resource.title)
