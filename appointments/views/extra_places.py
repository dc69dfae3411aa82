"""加号: asking why, then booking a place that the doctor added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.domain import desk, extra_places
from appointments.errors import BookingError
from appointments.forms.extra_places import ExtraPlaceForm
from appointments.models import ClinicSession
from appointments.views.requests import StaffRequest, open_person, trail
from auditorium.domain import preferences, recipients

if TYPE_CHECKING:
    from django.http import HttpResponse

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: StaffRequest, villager_pk: int, session_pk: int) -> HttpResponse:
    """Which time and why; who may not add places has no such page."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    with_rules = ("department__hospital__policy", "department__policy", "doctor", "held_at")
    session = get_object_or_404(ClinicSession.objects.for_hall(hall).select_related(*with_rules), pk=session_pk)
    if not extra_places.may_grant(user=request.user, hall=hall, hospital=session.department.hospital):
        raise Http404
    times = extra_places.offer(session=session, hall=hall).times
    form = ExtraPlaceForm(request.POST if request.method == "POST" else None, times=times)
    refused = None
    try:
        if form.is_valid():
            given = {"starts_at": form.starts_at, "why": form.cleaned_data["why"], "key": form.cleaned_data["key"]}
            made = desk.add_place(session=session, villager=person.villager, hall=hall, by=request.user, **given)
            return redirect("appointments:appointment", made.reference)
        extra_places.check(session=session, villager=person.villager, hall=hall, by=request.user)
    except BookingError as error:
        refused = error
    week = reverse("appointments:week", args=[villager_pk, session.department_id])
    context = {
        "person": person,
        "session": session,
        "form": form,
        "refused": refused,
        "week_url": f"{week}?from={session.date:%Y-%m-%d}",
        "trail": trail(person, (_("选时间"), week)),
        "receivers": recipients.of_villager(person.villager),
    }
    status = CONFLICT if refused and request.method == "POST" else None
    return render(request, "appointments/extra_place.html", context, status=status)
