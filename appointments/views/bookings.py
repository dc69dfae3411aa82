"""Checking a booking before it is made, and ending one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.domain import bookings, desk, policies, visit_day, week_grid, windows
from appointments.enums import AppointmentSource
from appointments.errors import BookingError
from appointments.forms.bookings import BookingForm, CancelForm
from appointments.models import ClinicSession, Slot
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium import clock
from auditorium.domain import preferences, recipients

if TYPE_CHECKING:
    from django.http import HttpResponse

    from appointments.views.requests import Person

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: StaffRequest, villager_pk: int, slot_pk: int) -> HttpResponse:
    """Everything about the booking in full; pressing the button books. A refusal says what to do instead."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    offered = Slot.objects.filter(session__in=ClinicSession.objects.for_hall(hall))
    slot = get_object_or_404(offered.with_policies(), pk=slot_pk)
    form = BookingForm(request.POST if request.method == "POST" else None)
    refused = None
    try:
        if form.is_valid():
            key = form.cleaned_data["key"]
            made = desk.book(slot=slot, villager=person.villager, hall=hall, by=request.user, key=key)
            return redirect("appointments:appointment", made.reference)
        bookings.check(slot=slot, villager=person.villager, hall=hall)
    except BookingError as error:
        refused = error
    status = CONFLICT if refused and request.method == "POST" else None
    return render(request, "appointments/check.html", _facts(person, slot, refused), status=status)


def _facts(person: Person, slot: Slot, refused: BookingError | None) -> dict[str, object]:
    """What the check page says of the slot and of whom it concerns."""
    session = slot.session
    policy = policies.policy_for(session.department)
    deadline = windows.cancel_deadline(policy=policy, date=session.date)
    pk = person.villager.pk
    week = reverse("appointments:week", args=[pk, session.department_id])
    return {
        "person": person,
        "slot": slot,
        "session": session,
        "department": session.department,
        "refused": refused,
        "form": BookingForm(),
        "times": week_grid.times_of(session=session, at=clock.now()),
        "week_url": f"{week}?from={session.date:%Y-%m-%d}&session={session.pk}",
        "trail": trail(person, (_("去哪里看"), reverse("appointments:place", args=[pk])), (_("选时间"), week)),
        "deadline": deadline,
        "deadline_is_over": clock.now() >= deadline,
        "policy": policy,
        "day": visit_day.of_slot(slot, policy),
        "same_day": [row for row in person.coming if row.date == session.date],
        "receivers": recipients.of_villager(person.villager),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask once, with why; after the deadline there is nothing to press and the appointment page says whom to phone."""
    appointment = open_appointment(request, reference)
    if request.method != "POST" and not desk.ending(appointment).by_us:
        return redirect("appointments:appointment", appointment.reference)
    elsewhere = appointment.source == AppointmentSource.ELSEWHERE
    form = CancelForm(request.POST if request.method == "POST" else None, elsewhere=elsewhere)
    if form.is_valid():
        try:
            desk.cancel(appointment=appointment, by=request.user, why=form.reason, platform_told=form.platform_told)
        except BookingError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("已经取消，没发出的短信不会再发。"))
        return redirect("appointments:appointment", appointment.reference)
    channels = appointment.hospital.channels.all() if elsewhere and appointment.hospital else []
    context = {"appointment": appointment, "form": form, "elsewhere": elsewhere, "channels": channels}
    return render(request, "appointments/cancel.html", context)
