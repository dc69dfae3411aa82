"""Signing up whoever is at the desk, with their household, and signing off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from auditorium.activity_enums import EnrolmentState
from auditorium.domain import contacts, recipients
from auditorium.domain.activities import enrolling
from auditorium.errors import DeskError
from auditorium.forms.activities.people import SignOffForm, SignUpForm
from auditorium.models import Enrolment, Villager
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.activities.requests import open_activity, open_villager, trail

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Activity

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: StaffRequest, pk: int, villager_pk: int) -> HttpResponse:
    """Who of the household comes, looked at once more; pressing the button signs them up, all or nobody."""
    current_hall(request)
    activity, villager = open_activity(request, pk), open_villager(request, villager_pk)
    family = [villager, *_family(request, villager)]
    signed = set(activity.enrolments.live().filter(villager__in=family).values_list("villager_id", flat=True))
    refused = {one.pk: enrolling.why_not(activity, one) for one in family if one.pk not in signed}
    offered = [one for one in family if one.pk not in signed and not refused[one.pk]]
    why = enrolling.why_closed(activity)
    form = SignUpForm(
        request.POST if request.method == "POST" else None,
        offered=offered,
        initial={"people": [villager.pk] if villager in offered else []},
    )
    if form.is_valid():
        try:
            enrolling.sign_up_at_desk(activity=activity, villagers=form.villagers, by=request.user)
        except DeskError as error:
            why = error.sentence
        else:
            return redirect("auditorium:activity_signed", pk, villager_pk)
    context = {
        "activity": activity,
        "dates": activity.dates.coming().select_related("room"),
        "villager": villager,
        "form": form,
        "offered": offered,
        "signed": [one for one in family if one.pk in signed],
        "refused": [sentence for sentence in refused.values() if sentence],
        "why": why,
        "left": _left(activity),
        "trail": trail(activity),
    }
    status = CONFLICT if why and request.method == "POST" else None
    return render(request, "auditorium/activities/sign_up.html", context, status=status)


@require_safe
def signed(request: StaffRequest, pk: int, villager_pk: int) -> HttpResponse:
    """Who of the household comes, when, and where their texts go; may be opened again."""
    current_hall(request)
    context = household_of(request, pk, villager_pk)
    for one in context["enrolments"]:
        one.receivers = recipients.of_villager(one.villager)
    return render(request, "auditorium/activities/signed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_off(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once, with why; the place goes to who waits first."""
    found = Enrolment.objects.for_user(request.user).select_related("activity__hall", "villager")
    enrolment = get_object_or_404(found.defer("villager__id_number", "villager__other_document_number"), pk=pk)
    form = SignOffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            followers = enrolling.sign_off(enrolment=enrolment, by=request.user, why=form.reason)
        except DeskError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("%(name)s的报名取消了。") % {"name": enrolment.villager.name})
            for one in followers:
                messages.info(request, _("%(name)s候补轮到了，我们会告诉本人。") % {"name": one.villager.name})
        return redirect("auditorium:activity", enrolment.activity_id)
    context = {"enrolment": enrolment, "activity": enrolment.activity, "form": form}
    return render(request, "auditorium/activities/sign_off.html", context)


def household_of(request: StaffRequest, pk: int, villager_pk: int) -> dict[str, Any]:
    """The live enrolments of somebody and their household in an activity; 404 where there is none."""
    activity, villager = open_activity(request, pk), open_villager(request, villager_pk)
    family = {one.pk: one for one in [villager, *_family(request, villager)]}
    rows = list(Enrolment.objects.for_user(request.user).live().filter(activity=activity, villager__in=family))
    if not rows:
        raise Http404
    for one in rows:
        one.villager = family[one.villager_id]
    return {
        "activity": activity,
        "villager": villager,
        "enrolments": rows,
        "waits": [one for one in rows if one.state == EnrolmentState.WAITING],
        "dates": activity.dates.coming().select_related("room"),
        "trail": trail(activity),
    }


def _family(request: StaffRequest, villager: Villager) -> list[Villager]:
    """The others of the household, with contacts and consents."""
    if villager.household_id is None:
        return []
    others = Villager.objects.for_user(request.user).living().filter(household=villager.household_id)
    others = others.exclude(pk=villager.pk).defer("id_number", "other_document_number").order_by("pk")
    return list(contacts.with_contacts(others.prefetch_related("consents")))


def _left(activity: Activity) -> int | None:
    """How many places there are for who comes now."""
    if activity.places is None:
        return None
    counted: Any = activity  # with_counts
    return 0 if counted.waiting else max(activity.places - counted.taken, 0)
