"""What of the library belongs to an activity: chosen by who decides what is held, and printed for who teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium.domain.activities import handouts
from auditorium.domain.library import search
from auditorium.models import Handout, Resource
from auditorium.views.access import StaffRequest
from auditorium.views.activities.requests import open_activity, require_manager, trail
from auditorium.views.refusals import saying_refusals

if TYPE_CHECKING:
    from django.http import HttpResponse

FOUND = 20


@saying_refusals
@require_http_methods(["GET", "HEAD", "POST"])
def handout_choice(request: StaffRequest, pk: int) -> HttpResponse:
    """Those that belong to it, and what is found in the library for the words typed; a button adds one."""
    activity = open_activity(request, pk, to_manage=True)
    if request.method == "POST":
        wanted = request.POST.get("resource", "")
        shown = Resource.objects.for_hall(activity.hall)
        resource = get_object_or_404(shown, pk=wanted if wanted.isdecimal() else 0)
        handouts.add(activity=activity, resource=resource, by=request.user)
        return redirect("auditorium:activity_handouts", pk)
    query = request.GET.get("q", "").strip()
    there = handouts.shown(activity)
    found = list(search.find(hall=activity.hall, query=query)[:FOUND]) if query else []
    context = {
        "activity": activity,
        "handouts": there,
        "have": {one.resource_id for one in there},
        "query": query,
        "found": found,
        "trail": trail(activity),
    }
    return render(request, "auditorium/activities/handouts.html", context)


@require_POST
def handout_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """One less; it stays in the library."""
    found = Handout.objects.filter(request.user.hall_scope("activity__hall__")).select_related("activity__hall")
    handout = get_object_or_404(found, pk=pk)
    require_manager(request.user, handout.activity.hall)
    handouts.remove(handout=handout, by=request.user)
    return redirect("auditorium:activity_handouts", handout.activity_id)


@require_safe
def handout_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """For who teaches: what is shown and handed out, when, and what the class is to learn."""
    activity = open_activity(request, pk)
    context = {
        "activity": activity,
        "handouts": handouts.shown(activity),
        "skills": activity.skills.all(),
        "dates": activity.dates.coming().select_related("room"),
    }
    return render(request, "auditorium/activities/handout_sheet.html", context)
