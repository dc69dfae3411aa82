"""Calling the roll of one date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auditorium.domain.activities import roll
from auditorium.errors import DeskError
from auditorium.forms.activities.people import RollForm
from auditorium.views.access import StaffRequest
from auditorium.views.activities.requests import open_date, trail

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def roll_call(request: StaffRequest, pk: int) -> HttpResponse:
    """Everybody with a place, three buttons each; of a date that was called off one sentence says so."""
    date = open_date(request, pk)
    lines = list(roll.of_date(date=date, user=request.user))
    skill = date.activity.skills.first()
    form = RollForm(request.POST if request.method == "POST" else None, lines=lines)
    if form.is_valid():
        try:
            changed = roll.mark(date=date, marks=form.marks, by=request.user)
        except DeskError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("记下了，改动 %(count)d 人。") % {"count": changed})
            if skill and "then" in request.POST:
                return redirect("auditorium:activity_skill", date.activity_id, skill.pk)
        return redirect("auditorium:activity", date.activity_id)
    context = {
        "date": date,
        "activity": date.activity,
        "lines": lines,
        "form": form,
        "skill": skill,
        "why_not": roll.why_not(date),
        "trail": trail(date.activity),
    }
    return render(request, "auditorium/activities/roll.html", context)
