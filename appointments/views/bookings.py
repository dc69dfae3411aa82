"""Checking a booking before it is made, and ending one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.domain import bookings, desk, hoarding, policies, visit_day, week_grid, windows
from appointments.enums import AppointmentSource
from appointments.errors import BookingError
from appointments.forms.bookings import BookingForm, CancelForm
from appointments.models import ClinicSession, Slot
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium import clock
from auditorium.domain import preferences, recipients
from auditorium.models import Villager

if TYPE_CHECKING:
    from django.http import HttpResponse

    from appointments.views.requests import Person
    from auditorium.models import User

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: StaffRequest, villager_pk: int, slot_pk: int) -> HttpResponse:
    """Everything about the booking in full; pressing the button books. A refusal says what to do instead."""
    hall = preferences.current_hall(user=request.user)
    offered = Slot.objects.filter(session__in=ClinicSession.objects.for_hall(hall))
    form = BookingForm(request.POST if request.method == "POST" else None)
    refused = None
    if form.is_valid():
        villager = get_object_or_404(Villager.objects.for_user(request.user).only("pk"), pk=villager_pk)
        slot = get_object_or_404(offered.select_related("session"), pk=slot_pk)
        try:
            made = desk.book(slot=slot, villager=villager, hall=hall, by=request.user, key=form.cleaned_data["key"])
            return redirect("appointments:appointment", made.reference)
        except BookingError as error:
            refused = error
    person = open_person(request, villager_pk)
    slot = get_object_or_404(offered.with_policies(), pk=slot_pk)
    refused = refused or bookings.why_not(slot=slot, villager=person.villager, hall=hall)
    status = CONFLICT if refused and request.method == "POST" else None
    return render(request, "appointments/check.html", _facts(person, slot, refused, request.user), status=status)


def _facts(person: Person, slot: Slot, refused: BookingError | None, user: User) -> dict[str, object]:
    """What the check page says of the slot and of whom it concerns."""
    session = slot.session
    policy = policies.policy_for(session.department)
    deadline = windows.cancel_deadline(policy=policy, date=session.date)
    pk = person.villager.pk
    week = reverse("appointments:week", args=[pk, session.department_id])
    return {
        "person": person.at(session.department),
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
        "hoarding": None if refused else hoarding.about_to_take(session=session, user=user),
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
