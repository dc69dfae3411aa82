"""When: the week's grid of a department, and the times of one session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.domain import extra_places, policy_words, recent, week_grid
from appointments.forms.places import WeekForm
from appointments.models import Department
from appointments.views.requests import StaffRequest, open_person, trail
from appointments.views.suspensions import may_suspend
from auditorium import clock
from auditorium.domain import preferences

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
def week(request: StaffRequest, villager_pk: int, department_pk: int) -> HttpResponse:
    """Seven days of a department; htmx gets the grid alone."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    departments = Department.objects.filter(is_active=True, hospital__is_active=True)
    department = get_object_or_404(departments.select_related("hospital__policy", "policy"), pk=department_pk)
    asked = WeekForm(request.GET).read()
    shown = week_grid.open_week(
        department=department,
        hall=hall,
        at=clock.now(),
        first=asked["first"],
        doctor_id=asked["doctor"],
        session_id=asked["session"],
        booked=person.coming,
    )
    context = {
        "person": person.at(department),
        "week": shown,
        "asked": asked,
        "extra_for": extra_places.grantable(week=shown, user=request.user, hall=hall),
        "may_suspend": bool(shown.chosen and may_suspend(request.user, shown.chosen.session)),
        "rules": policy_words.window_in_words(shown.policy, clock.now()),
    }
    if request.htmx:
        return render(request, "appointments/_week.html", context)
    where = (_("去哪里看"), reverse("appointments:place", args=[villager_pk]))
    context |= {
        "trail": trail(person, where),
        "recent": recent.departments(villager=person.villager, hall=hall),
        "channels": [] if shown.rows else department.hospital.channels.all(),
    }
    return render(request, "appointments/week.html", context)
