"""Asking what people thought: hands counted in the room, or one person at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from auditorium.domain.activities import feedback, roll
from auditorium.errors import DeskError
from auditorium.forms.activities.feedback import HandsForm, OpinionForm
from auditorium.models import Feedback
from auditorium.views.access import StaffRequest
from auditorium.views.activities.requests import open_date, trail

if TYPE_CHECKING:
    from django.http import HttpResponse

SHOWN = 50


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
def opinions(request: StaffRequest, pk: int) -> HttpResponse:
    """Both ways on one page, with what has been said of this date so far."""
    date = open_date(request, pk)
    people = [line.villager for line in roll.of_date(date=date, user=request.user)]
    counted, said = request.POST.get("ask") == "hands", request.POST.get("ask") == "opinion"
    hands = HandsForm(request.POST if counted else None, initial=feedback.hands_of(date))
    opinion = OpinionForm(request.POST if said else None, people=people)
    try:
        if counted and hands.is_valid():
            feedback.count_hands(date=date, hands=hands.hands, by=request.user)
            return _noted(request, pk)
        if said and opinion.is_valid():
            words = opinion.cleaned_data
            feedback.say(
                date=date,
                satisfaction=words["satisfaction"],
                words=words["words"],
                villager=opinion.villager,
                by=request.user,
            )
            return _noted(request, pk)
    except DeskError as error:
        messages.error(request, error.sentence)
        return redirect("auditorium:activity", date.activity_id)
    so_far = Feedback.objects.for_user(request.user).filter(date=date, by_hands=False).select_related("villager")
    context = {
        "date": date,
        "activity": date.activity,
        "why_not": feedback.why_not(date),
        "hands": hands,
        "opinion": opinion,
        "said": so_far.defer("villager__id_number", "villager__other_document_number")[:SHOWN],
        "trail": trail(date.activity),
    }
    return render(request, "auditorium/activities/feedback.html", context)


def _noted(request: StaffRequest, pk: int) -> HttpResponse:
    messages.success(request, _("记下了，谢谢。"))
    return redirect("auditorium:activity_feedback", pk)
