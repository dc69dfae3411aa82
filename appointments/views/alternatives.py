"""Another time for somebody whose booking the clinic cancelled: one press on the booking's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appointments.domain import alternatives, desk
from appointments.errors import BookingError
from appointments.forms.bookings import RebookForm
from appointments.models import ClinicSession, Slot
from appointments.views.requests import StaffRequest, open_appointment

if TYPE_CHECKING:
    from django.http import HttpResponse

    from appointments.domain.alternatives import Alternative
    from appointments.models import Appointment
    from auditorium.models import Villager


@dataclass(frozen=True)
class Choice:
    """A time that is offered, and the form that takes it."""

    alternative: Alternative
    form: RebookForm


def offered(appointment: Appointment, villager: Villager) -> list[Choice] | None:
    """What the booking's page offers instead; None where nothing is asked for."""
    if not alternatives.is_asked_for(appointment):
        return None
    found = alternatives.find(appointment=appointment, villager=villager, hall=appointment.hall)
    return [Choice(one, RebookForm(initial={"slot": one.slot.pk})) for one in found]


@require_POST
def rebook(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the time; a refusal says why, and the page offers what is left."""
    appointment = open_appointment(request, reference)
    form = RebookForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有看清选的是哪个时间，请再选一次。"))
        return redirect("appointments:appointment", appointment.reference)
    sessions = ClinicSession.objects.for_hall(appointment.hall)
    slot = get_object_or_404(Slot.objects.filter(session__in=sessions), pk=form.cleaned_data["slot"])
    try:
        new = desk.rebook(appointment=appointment, slot=slot, by=request.user, key=form.cleaned_data["key"])
    except BookingError as error:
        messages.error(request, error.sentence)
        return redirect("appointments:appointment", appointment.reference)
    messages.success(request, _("改好了，原来的待办已经办结。"))
    return redirect("appointments:appointment", new.reference)
