"""Where to go: one box for hospital, department, doctor or everyday words, and what was used lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from appointments.domain import head_counts, places, recent
from appointments.forms.places import SearchForm, WhereForm
from appointments.views.requests import StaffRequest, open_person, trail
from auditorium.domain import preferences

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Hall, Villager


MOST_HELD = 6


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: StaffRequest, villager_pk: int) -> HttpResponse:
    """The page where a booking begins; what is searched for is posted, and htmx gets the answers alone."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    where = {**SearchForm(request.POST).read(), **WhereForm(request.GET).read()}
    context = {"person": person, "where": where, **_answers(where, person.villager, hall)}
    if request.htmx:
        return render(request, "appointments/_answers.html", context)
    return render(request, "appointments/place.html", {**context, "trail": trail(person)})


def _answers(where: dict[str, Any], villager: Villager, hall: Hall) -> dict[str, Any]:
    """What was found, or a hospital's departments, or what is likely."""
    if where["q"]:
        return {"found": places.find(query=where["q"], hall=hall)}
    if where["hospital"]:
        return {"departments": places.departments_of(hospital=where["hospital"], hall=hall)}
    return {
        "held": head_counts.coming(hall)[:MOST_HELD],
        "recent": recent.departments(villager=villager, hall=hall),
        "hospitals": places.hospitals(hall),
    }
