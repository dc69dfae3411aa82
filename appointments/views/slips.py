"""The slip on paper, and the card to copy from where there is no printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from appointments.domain.slips import slip_for
from appointments.enums import AppointmentState
from appointments.forms.slips import SlipForm
from appointments.views.requests import StaffRequest, open_appointment

if TYPE_CHECKING:
    from django.http import HttpResponse

    from appointments.models import Appointment


@require_safe
def slip(request: StaffRequest, reference: str) -> HttpResponse:
    """The slip on the paper asked for, once or twice; in Chinese unless English is asked for.

    Of what is over, called off or only held for an answer there is none: the page printed from may have stood open
    since before.
    """
    appointment = open_appointment(request, reference)
    if not _is_given(appointment):
        return redirect("appointments:appointment", appointment.reference)
    wanted = SlipForm.wanted(request.GET)
    with translation.override(wanted.language):
        sheet = {"slip": slip_for(appointment), "copies": range(wanted.copies)}
        sheets = render_to_string("appointments/_slip_sheets.html", sheet)
    context = {"appointment": appointment, "sheets": sheets, "wanted": wanted, "papers": SlipForm.PAPERS}
    return render(request, "appointments/slip.html", context)


@require_safe
def card(request: StaffRequest, reference: str) -> HttpResponse:
    """What must be on the paper, large on the screen, to be copied by hand: in Chinese, as the villager reads it."""
    appointment = open_appointment(request, reference)
    if not _is_given(appointment):
        return redirect("appointments:appointment", appointment.reference)
    with translation.override(settings.LANGUAGE_CODE):
        lines = render_to_string("appointments/_card_lines.html", {"slip": slip_for(appointment)})
    return render(request, "appointments/card.html", {"appointment": appointment, "lines": lines})


def _is_given(appointment: Appointment) -> bool:
    """Whether somebody may go there with a paper; not with a place that is only held for their answer."""
    return appointment.is_live and appointment.state != AppointmentState.HELD
