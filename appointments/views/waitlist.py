"""候补: joining a queue, where somebody stands in it, leaving it, and answering when a place is held for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments.domain import desk, lines, offers, policies, waitlist
from appointments.enums import AppointmentState
from appointments.errors import BookingError
from appointments.forms.places import WeekForm
from appointments.forms.waitlist import WaitForm
from appointments.models import ClinicSession, Department, WaitlistEntry
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium.domain import preferences, recipients

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from appointments.views.requests import Person
    from auditorium.models import Hall

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: StaffRequest, villager_pk: int, department_pk: int) -> HttpResponse:
    """What to wait for, how many do already, and that it is no booking; pressing the button joins."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    departments = Department.objects.filter(is_active=True, hospital__is_active=True)
    department = get_object_or_404(departments.select_related("hospital__policy", "policy"), pk=department_pk)
    if pending := lines.pending_of(villager=person.villager, department=department):
        return redirect("appointments:waitlist_entry", pending.pk)
    days = lines.days_to_wait_for(policy=policies.policy_for(department))
    asked = _asked(request, hall, department, days)
    posted = request.POST if request.method == "POST" else None
    form = WaitForm(posted, department=department, days=days, initial=asked)
    refused = person.why_not
    if form.is_valid():
        try:
            made = _join(request, form, person, department, hall)
        except BookingError as error:
            refused = error.sentence
        else:
            messages.success(request, _("排上了。排队不等于约上，有号了马上告诉村民。"))
            return redirect("appointments:waitlist_entry", made.pk)
    context = _facts(person, department, hall, asked) | {"form": form, "refused": refused, "days": days}
    status = CONFLICT if refused and posted is not None else None
    return render(request, "appointments/wait_new.html", context, status=status)


@require_safe
def entry(request: StaffRequest, pk: int) -> HttpResponse:
    """Where somebody stands in the queue, or what became of it."""
    shown = _open(request, pk)
    person = open_person(request, shown.villager_id)
    week = reverse("appointments:week", args=[shown.villager_id, shown.department_id])
    context = {
        "entry": shown,
        "person": person,
        "trail": trail(person),
        "ahead": waitlist.position(shown) - 1,
        "until": lines.lasts_until(shown),
        "offer": shown.offers.order_by("-pk").first(),
        "week_url": week,
        "receivers": recipients.of_villager(person.villager),
    }
    return render(request, "appointments/wait.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once; then the villager waits no more, and a place held for them goes to the next."""
    found = _open(request, pk)
    if request.method == "POST":
        try:
            waitlist.leave(entry=found, by=request.user)
        except BookingError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("不排了。要看的时候可以再排，从最后一位排起。"))
        return redirect("appointments:waitlist_entry", pk)
    return render(request, "appointments/wait_leave.html", {"entry": found})


@require_POST
def accept(request: StaffRequest, reference: str) -> HttpResponse:
    """要，约上."""
    appointment = open_appointment(request, reference)
    try:
        desk.accept(appointment=appointment, by=request.user)
    except BookingError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("约上了。"))
    return redirect("appointments:appointment", appointment.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask once; then the place goes to the next."""
    appointment = open_appointment(request, reference)
    if request.method == "POST":
        try:
            offers.decline(appointment=appointment, by=request.user)
        except BookingError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("不要了，这个号给下一位。"))
    elif appointment.state == AppointmentState.HELD:
        return render(request, "appointments/offer_decline.html", {"appointment": appointment})
    return redirect("appointments:appointment", appointment.reference)


def _join(request: StaffRequest, form: WaitForm, person: Person, department: Department, hall: Hall) -> WaitlistEntry:
    return waitlist.join(
        villager=person.villager,
        department=department,
        hall=hall,
        by=request.user,
        first_date=form.cleaned_data["first_date"],
        last_date=form.cleaned_data["last_date"],
        doctor=form.cleaned_data["doctor"],
        period=form.cleaned_data["period"],
    )


def _facts(person: Person, department: Department, hall: Hall, asked: dict[str, Any]) -> dict[str, Any]:
    """What the page says besides the form: who is before them for what the page that led here was about."""
    week = reverse("appointments:week", args=[person.villager.pk, department.pk])
    facts = {
        "person": person,
        "department": department,
        "week_url": week,
        "trail": trail(person, (_("去哪里看"), reverse("appointments:place", args=[person.villager.pk]))),
        "receivers": recipients.of_villager(person.villager),
    }
    if asked["first_date"] is None:
        return facts
    entry = WaitlistEntry(department=department, hall=hall, **asked)
    return facts | {
        "week_url": f"{week}?from={entry.first_date:%Y-%m-%d}",
        "ahead": waitlist.position(entry) - 1,
        "until": lines.lasts_until(entry),
    }


def _asked(request: StaffRequest, hall: Hall, department: Department, days: list[date]) -> dict[str, Any]:
    """What the page that led here was about: a session, or a doctor's or everybody's week."""
    asked = WeekForm(request.GET).read()
    sessions = ClinicSession.objects.for_hall(hall).filter(department=department, date__in=days)
    session = sessions.filter(pk=asked["session"]).select_related("doctor").first()
    if session:
        return {
            "doctor": session.doctor,
            "first_date": session.date,
            "last_date": session.date,
            "period": session.period,
        }
    week = [day for day in days if asked["first"] and day >= asked["first"]][:7] or days
    doctor = department.doctors.filter(pk=asked["doctor"]).first()
    return {"doctor": doctor, "first_date": week[0] if week else None, "last_date": week[-1] if week else None}


def _open(request: StaffRequest, pk: int) -> WaitlistEntry:
    return get_object_or_404(lines.entries().for_user(request.user), pk=pk)
