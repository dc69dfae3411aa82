"""Moving a booking: another time in its department's week, then the old and the new side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments.domain import desk, hoarding, moves, policies, policy_words, visit_day, week_grid, windows
from appointments.errors import BookingError, NotLive, TooLateToCancel, TooManyMoves
from appointments.forms.bookings import BookingForm
from appointments.forms.places import WeekForm
from appointments.models import ClinicSession, Department, Slot
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium import clock
from auditorium.domain import recipients

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from appointments.models import Appointment
    from appointments.views.requests import Person

CONFLICT = 409
_FOR_GOOD = (NotLive.code, TooLateToCancel.code, TooManyMoves.code)
"""Refusals that another time would not help."""


@require_safe
def week(request: StaffRequest, reference: str) -> HttpResponse:
    """Seven days of the department the booking is in, the present one marked; htmx gets the grid alone."""
    moving = open_appointment(request, reference)
    if why_not := moves.why_not_movable(moving):
        messages.error(request, why_not)
        return redirect("appointments:appointment", moving.reference)
    person = open_person(request, moving.villager_id)
    department = Department.objects.select_related("hospital__policy", "policy").get(appointments=moving)
    asked = WeekForm(request.GET).read()
    asked["doctor"] = asked["doctor"] or moving.doctor_id
    shown = week_grid.open_week(
        department=department,
        hall=moving.hall,
        at=clock.now(),
        first=asked["first"] or _its_week(moving.date),
        doctor_id=asked["doctor"],
        session_id=asked["session"],
        booked=[row for row in person.coming if row.pk != moving.pk],
    )
    rules = policy_words.window_in_words(shown.policy, clock.now())
    context = {"moving": moving, "person": person, "week": shown, "asked": asked, "rules": rules}
    page = "_week" if request.htmx else "move_week"
    return render(request, f"appointments/{page}.html", {**context, "trail": _trail(person, moving)})


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: StaffRequest, reference: str, slot_pk: int) -> HttpResponse:
    """The old and the new side by side; pressing the button moves. A refusal leaves the old as it is."""
    moving = open_appointment(request, reference)
    person = open_person(request, moving.villager_id)
    offered = Slot.objects.filter(session__in=ClinicSession.objects.for_hall(moving.hall))
    slot = get_object_or_404(offered.with_policies(), pk=slot_pk)
    form = BookingForm(request.POST if request.method == "POST" else None)
    refused = None
    try:
        if form.is_valid():
            key = form.cleaned_data["key"]
            new = desk.move(appointment=moving, slot=slot, by=request.user, key=key)
            messages.success(request, _("改好了。原来的号已经退掉，原来的短信不会再发；原来的预约单请作废。"))
            return redirect("appointments:appointment", new.reference)
        moves.check(appointment=moving, slot=slot)
    except BookingError as error:
        refused = error
    status = CONFLICT if refused and request.method == "POST" else None
    context = _facts(person, moving, slot) | {"refused": refused, "for_good": refused and refused.code in _FOR_GOOD}
    context["hoarding"] = None if refused else hoarding.about_to_take(session=slot.session, user=request.user)
    return render(request, "appointments/move_check.html", context, status=status)


def _facts(person: Person, moving: Appointment, slot: Slot) -> dict[str, object]:
    session = slot.session
    policy = policies.policy_for(session.department)
    deadline = windows.cancel_deadline(policy=policy, date=session.date)
    week_url = reverse("appointments:move", args=[moving.reference])
    return {
        "person": person,
        "moving": moving,
        "slot": slot,
        "session": session,
        "department": session.department,
        "form": BookingForm(),
        "times": week_grid.times_of(session=session, at=clock.now()),
        "week_url": f"{week_url}?from={session.date:%Y-%m-%d}&session={session.pk}",
        "trail": _trail(person, moving),
        "deadline": deadline,
        "deadline_is_over": clock.now() >= deadline,
        "day": visit_day.of_slot(slot, policy),
        "same_day": [row for row in person.coming if row.date == session.date and row.pk != moving.pk],
        "receivers": recipients.of_villager(person.villager),
    }


def _trail(person: Person, moving: Appointment) -> list[tuple[str, str]]:
    return trail(person, (_("预约"), reverse("appointments:appointment", args=[moving.reference])))


def _its_week(day: date) -> date:
    """The first of the seven days, counted in sevens from today, that hold the present booking."""
    today = clock.today()
    return today + (day - today) // timedelta(days=week_grid.DAYS) * timedelta(days=week_grid.DAYS)
