"""Marking who can do what by now: a whole class on one skill, or one learner on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auditorium.activity_enums import EnrolmentState
from auditorium.domain.activities import learning
from auditorium.errors import DeskError
from auditorium.forms.activities.learning import LevelsForm
from auditorium.models import ActivitySkill, Enrolment
from auditorium.views.access import StaffRequest
from auditorium.views.activities.requests import open_activity, trail

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Activity
    from auditorium.models.activities.enrolments import EnrolmentQuerySet


@require_http_methods(["GET", "HEAD", "POST"])
def class_skill(request: StaffRequest, pk: int, skill_pk: int) -> HttpResponse:
    """Everybody with a place, three buttons each; the other skills are one press away."""
    activity = open_activity(request, pk)
    skill = get_object_or_404(ActivitySkill, pk=skill_pk, activity=activity)
    skills = list(activity.skills.all())
    following = next((one for one in skills[skills.index(skill) + 1 :]), None)
    learners = list(_people(request).enrolled().filter(activity=activity))
    levels = learning.newest([one.pk for one in learners])
    cells = [((one.pk, skill.pk), one.villager.name, levels.get((one.pk, skill.pk), "")) for one in learners]
    form = LevelsForm(request.POST if request.method == "POST" else None, cells=cells)
    if form.is_valid():
        _mark(request, activity, form)
        then = following if following and "then" in request.POST else skill
        return redirect("auditorium:activity_skill", pk, then.pk)
    context = {
        "activity": activity,
        "skill": skill,
        "skills": skills,
        "next": following,
        "learners": learners,
        "form": form,
        "trail": trail(activity),
    }
    return render(request, "auditorium/activities/skill.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def learner(request: StaffRequest, pk: int) -> HttpResponse:
    """One learner's skills, and what was marked of them before, by whom; of who left, only that."""
    enrolment = get_object_or_404(_people(request).select_related("activity__hall"), pk=pk)
    activity = enrolment.activity
    learns = activity.is_open and enrolment.state == EnrolmentState.ENROLLED
    skills, levels = list(activity.skills.all()) if learns else [], learning.newest([pk])
    cells = [((pk, skill.pk), skill.name, levels.get((pk, skill.pk), "")) for skill in skills]
    form = LevelsForm(request.POST if request.method == "POST" else None, cells=cells)
    if form.is_valid():
        _mark(request, activity, form)
        return redirect("auditorium:villager", enrolment.villager_id)
    context = {
        "activity": activity,
        "enrolment": enrolment,
        "skills": skills,
        "form": form,
        "history": learning.history(enrolment),
        "trail": trail(activity),
    }
    return render(request, "auditorium/activities/learner.html", context)


def _people(request: StaffRequest) -> EnrolmentQuerySet:
    found = Enrolment.objects.for_user(request.user).select_related("villager")
    return found.defer("villager__id_number", "villager__other_document_number")


def _mark(request: StaffRequest, activity: Activity, form: LevelsForm) -> None:
    try:
        moved = learning.mark(activity=activity, levels=form.levels, by=request.user)
    except DeskError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("记下了，改动 %(count)d 处。") % {"count": moved})
