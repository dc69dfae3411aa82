"""What the hall holds, and the page of one activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from auditorium import clock
from auditorium.activity_enums import AttendanceState, DateState, EnrolmentState
from auditorium.domain import people_search
from auditorium.domain.activities import enrolling, feedback, handouts, learning, programme, shut
from auditorium.models import Enrolment
from auditorium.templatetags.activities import local_day
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.activities.requests import may_manage, open_activity, open_villager, served, trail

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Activity

SHOWN = 60


@require_safe
def activities(request: StaffRequest) -> HttpResponse:
    """What the hall holds from now on, day by day."""
    return render(request, "auditorium/activities/list.html", _listed(request))


@require_safe
def activities_for(request: StaffRequest, villager_pk: int) -> HttpResponse:
    """The same for one villager, with what they have signed up for."""
    villager = open_villager(request, villager_pk)
    mine = programme.enrolments_of(villager, current_hall(request))
    return render(request, "auditorium/activities/list.html", {**_listed(request), "villager": villager, "mine": mine})


@require_safe
def activity(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything about one activity: dates, places, who comes, who waits."""
    return render(request, "auditorium/activities/activity.html", _page(request, open_activity(request, pk)))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activity_find(request: StaffRequest, pk: int) -> HttpResponse:
    """Whoever the typed words find, to be signed up."""
    if request.method == "GET":
        return redirect("auditorium:activity", pk)
    shown = open_activity(request, pk)
    query = request.POST.get("q", "").strip()
    hits = people_search.find(query=query, user=request.user, hall=shown.hall)
    found = {"query": query, "hits": hits}
    return render(request, "auditorium/activities/activity.html", {**_page(request, shown), **found})


def _listed(request: StaffRequest) -> dict[str, Any]:
    hall = current_hall(request)
    dates = list(programme.coming(hall)[: SHOWN + 1])
    known = programme.activities(dates)
    for date in dates:
        date.activity = known[date.activity_id]
    return {
        "hall": hall,
        "dates": dates[:SHOWN],
        "has_more": len(dates) > SHOWN,
        "may_manage": may_manage(request.user, hall),
        "served": served(request),
    }


def _page(request: StaffRequest, shown: Activity) -> dict[str, Any]:
    going = Q(attendances__enrolment__state=EnrolmentState.ENROLLED)
    here = Q(attendances__state=AttendanceState.PRESENT)
    dates = shown.dates.select_related("room").annotate(
        going=Count("attendances", going), here=Count("attendances", going & here)
    )
    ahead = [date for date in dates if not date.is_over and date.state == DateState.SCHEDULED]
    people = Enrolment.objects.for_user(request.user).live().filter(activity=shown).order_by("pk")
    people = people.select_related("villager").defer("villager__id_number", "villager__other_document_number")
    at_desk = served(request)
    enrolled = [one for one in people if one.state == EnrolmentState.ENROLLED]
    live = {one.villager_id for one in people}
    return {
        "activity": shown,
        "trail": trail(),
        "dates": dates,
        "shut": shut.among(shown.hall, ahead),
        "today": clock.today(),
        "enrolled": enrolled,
        "waiting": [one for one in people if one.state == EnrolmentState.WAITING],
        "left": None if shown.places is None else max(shown.places - len(enrolled), 0),
        "why_closed": enrolling.why_closed(shown),
        "served": at_desk if at_desk and at_desk.pk not in live else None,
        "live": live,
        "progress": learning.progress(skills=list(shown.skills.all()), enrolments=[one.pk for one in enrolled]),
        "opinions": feedback.totals(shown),
        "handouts": handouts.shown(shown),
        "together": next((date.here for date in dates if local_day(date.starts_at) == clock.today()), 0),
        "may_manage": may_manage(request.user, shown.hall),
    }
