"""带回家 at the desk: a QR code for a phone, the codes that still open something, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from auditorium.domain import hall_network, visits
from auditorium.domain.library import grants
from auditorium.errors import DeskError
from auditorium.forms.library.grants import GrantForm
from auditorium.models import Resource, ResourceGrant
from auditorium.views.access import current_hall

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.safestring import SafeString

    from auditorium.models import Hall
    from auditorium.views.access import StaffRequest


@require_http_methods(["GET", "POST"])
def taken_home(request: StaffRequest) -> HttpResponse:
    """The hall's live codes; with `resource` the form for one more, and once, after it was sent, the code itself."""
    hall = current_hall(request)
    resource = _wanted(request, hall)
    visit = visits.served_now(request.user)
    villager = visit.villager if visit else None
    form = GrantForm(request.POST if resource and request.method == "POST" else None, villager=villager)
    context: dict[str, Any] = {"resource": resource, "form": form}
    if resource and form.is_valid():
        try:
            context |= _given(resource, hall, request, form)
        except DeskError as refusal:
            messages.error(request, refusal.sentence)
    context |= {"closed": "" if hall_network.origin() else grants.closed_because(), "grants": grants.live_at(hall)}
    return render(request, "auditorium/library/taken_home.html", context)


@require_POST
def grant_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one back."""
    known = ResourceGrant.objects.for_user(request.user).select_related("hall")
    grant = get_object_or_404(known, pk=pk, hall=current_hall(request))
    if grants.revoke(grant=grant, by=request.user):
        messages.success(request, _("收回了，那个二维码打不开了。"))
    return redirect("auditorium:taken_home")


def _wanted(request: StaffRequest, hall: Hall) -> Resource | None:
    asked = request.GET.get("resource", "")
    shown = Resource.objects.for_hall(hall).filter(kind__in=grants.TAKEN)
    return get_object_or_404(shown, pk=asked) if asked.isdecimal() else None


@sensitive_variables()
def _given(resource: Resource, hall: Hall, request: StaffRequest, form: GrantForm) -> dict[str, Any]:
    """The code and its address: only this answer has them."""
    grant, token = grants.give(
        resource=resource, hall=hall, by=request.user, hours=form.cleaned_data["hours"], villager=form.taker()
    )
    address = hall_network.origin() + reverse("auditorium:phone_begin", args=[token])
    return {"given": grant, "address": address, "code": _code(address)}


def _code(address: str) -> SafeString:
    drawing = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4)
    return mark_safe(drawing)  # noqa: S308 an address has no character that SVG could take for markup
