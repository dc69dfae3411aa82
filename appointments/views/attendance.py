"""Noting whether somebody went, and correcting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.domain import attendance
from appointments.errors import BookingError, ReasonMissing
from appointments.forms.attendance import TAKE_BACK, MarkForm
from appointments.views.requests import StaffRequest, open_appointment

if TYPE_CHECKING:
    from django.http import HttpResponse

    from appointments.models import Appointment
    from auditorium.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: StaffRequest, reference: str) -> HttpResponse:
    """One press marks and leads back to where it was pressed; what contradicts an earlier mark asks why first."""
    appointment = open_appointment(request, reference)
    form = MarkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        back = form.cleaned_data["back"]
        try:
            _act(appointment, form, request.user)
        except ReasonMissing as missing:
            form.add_error("why", missing.sentence)
        except BookingError as refused:
            messages.error(request, refused.sentence)
            return redirect(_page(appointment, back))
        else:
            said = {"name": appointment.villager.name, "state": appointment.get_state_display()}
            messages.success(request, _("%(name)s：%(state)s。") % said)
            return redirect(_page(appointment, back))
    context = {
        "appointment": appointment,
        "form": form,
        "back_url": _page(appointment, str(form["back"].value() or "")),
    }
    return render(request, "appointments/attendance.html", context)


def _act(appointment: Appointment, form: MarkForm, by: User) -> None:
    to, why = form.cleaned_data["to"], form.cleaned_data["why"]
    if to == TAKE_BACK:
        attendance.take_back(appointment=appointment, by=by, why=why)
    else:
        attendance.mark(appointment=appointment, to=to, by=by, why=why)


def _page(appointment: Appointment, back: str) -> str:
    """Where it was pressed, at the very row."""
    if back == "board":
        return f"{reverse('appointments:board')}#{appointment.reference}"
    if back == "list":
        return f"{reverse('appointments:appointment_list')}#{appointment.reference}"
    return reverse("appointments:appointment", args=[appointment.reference])
