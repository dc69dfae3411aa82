"""Lifting the limit on a villager who did not go too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.domain import no_shows, policies
from appointments.errors import BookingError
from appointments.forms.attendance import LiftForm
from appointments.models import Hospital
from appointments.views.requests import StaffRequest, open_person, trail

if TYPE_CHECKING:
    from django.http import HttpResponse

FORBIDDEN = 403


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: StaffRequest, villager_pk: int, hospital_pk: int) -> HttpResponse:
    """A manager lifts it with a reason; anybody else reads whom to ask."""
    person = open_person(request, villager_pk)
    hospital = get_object_or_404(Hospital.objects.active().select_related("policy"), pk=hospital_pk)
    form = LiftForm(request.POST if request.method == "POST" else None)
    may_lift = no_shows.may_lift(villager=person.villager, user=request.user)
    if form.is_valid():
        try:
            why = form.cleaned_data["why"]
            no_shows.lift(villager=person.villager, hospital=hospital, by=request.user, why=why)
        except BookingError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("限制解除了，现在可以约。"))
            return redirect("appointments:place", person.villager.pk)
    policy = policies.policy_for(hospital)
    context = {
        "person": person,
        "hospital": hospital,
        "standing": no_shows.standing(villager=person.villager, hospital=hospital, policy=policy),
        "form": form,
        "may_lift": may_lift,
        "ask": [] if may_lift else no_shows.who_may_lift(villager=person.villager, user=request.user),
        "trail": trail(person),
    }
    status = FORBIDDEN if request.method == "POST" and not may_lift else None
    return render(request, "appointments/no_show_lift.html", context, status=status)
