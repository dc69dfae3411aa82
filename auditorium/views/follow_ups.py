"""Tasks: the list, one task with the number to call and what came of it, and the list for knocking at doors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium import clock, ports
from auditorium.domain import door_list as doors
from auditorium.domain import follow_ups as tasks
from auditorium.domain import task_lists, task_outcomes
from auditorium.enums import FollowUpKind
from auditorium.forms.follow_ups import DoorsForm, HandForm, OutcomeForm
from auditorium.models import FollowUp, Villager
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.preferences import back
from auditorium.views.refusals import saying_refusals

PER_PAGE = 20


@require_safe
def follow_ups(request: StaffRequest) -> HttpResponse:
    """One shelf of tasks."""
    hall, chosen = current_hall(request), request.GET.get("list", "")
    shelf = task_lists.Shelf(chosen if chosen in task_lists.Shelf.values else task_lists.Shelf.HALL)
    listed = task_lists.on_shelf(shelf, hall=hall, user=request.user)
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    shelves = task_lists.Shelf.choices
    return render(
        request,
        "auditorium/follow_ups.html",
        {"page_obj": page, "shelf": shelf, "shelves": shelves, "query": f"list={shelf}", "hall": hall},
    )


@require_safe
def follow_up(request: StaffRequest, pk: int) -> HttpResponse:
    """One task, with the number to call in full: reading it is written to the audit."""
    return _page(request, _task(request, pk))


@require_POST
@saying_refusals
def follow_up_take(request: StaffRequest, pk: int) -> HttpResponse:
    """我来办."""
    tasks.take(follow_up=_task(request, pk), by=request.user)
    return redirect("auditorium:follow_up", pk)


@require_POST
@saying_refusals
def follow_up_put_back(request: StaffRequest, pk: int) -> HttpResponse:
    """请别人办."""
    tasks.put_back(follow_up=_task(request, pk), by=request.user)
    return back(request)


@require_http_methods(["GET", "POST"])
def follow_up_hand(request: StaffRequest, pk: int) -> HttpResponse:
    """Give it to a colleague or a helper."""
    task = _task(request, pk)
    form = HandForm(request.POST or None, follow_up=task, user=request.user)
    if not form.is_valid():
        return _page(request, task, hand=form) if form.is_bound else redirect("auditorium:follow_up", pk)
    to = form.cleaned_data["to"]
    if tasks.hand_to(follow_ups=FollowUp.objects.filter(pk=pk), by=request.user, **to):
        messages.success(request, _("交给%(name)s了。") % {"name": next(iter(to.values()))})
    else:
        messages.error(request, _("这件事已经有结果了。"))
    return redirect("auditorium:follow_up", pk)


@require_http_methods(["GET", "POST"])
@saying_refusals
def follow_up_outcome(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down what came of it, and say what follows."""
    task, form = _task(request, pk), OutcomeForm(request.POST or None)
    if not form.is_valid():
        return _page(request, task, outcome=form) if form.is_bound else redirect("auditorium:follow_up", pk)
    step = task_outcomes.record_outcome(follow_up=task, by=request.user, **form.cleaned_data)
    if step:
        said = {"what": step.get_kind_display(), "when": task_lists.due_words(step)}
        messages.success(request, _("记下了。下一步：%(what)s，%(when)s。") % said)
    else:
        messages.success(request, _("记下了，这件事办结。"))
    return redirect("auditorium:follow_ups")


@require_safe
def door_list(request: StaffRequest) -> HttpResponse:
    """The doors to knock at, by group, for paper."""
    hall = current_hall(request)
    found, wanted = doors.doors(hall=hall, user=request.user), request.GET.get("helper", "")
    if wanted.isdecimal():
        found = found.filter(helper=int(wanted))
    helpers = task_lists.helpers_of([hall.pk], request.user)
    doors.note_shown(hall=hall, by=request.user)
    context = {
        "hall": hall,
        "groups": doors.grouped(found),
        "helpers": helpers,
        "wanted": wanted,
        "day": clock.today(),
    }
    return render(request, "auditorium/door_list.html", context)


@require_POST
def door_list_hand(request: StaffRequest) -> HttpResponse:
    """Give the doors of one group to a helper."""
    hall = current_hall(request)
    form = DoorsForm(request.POST, helpers=task_lists.helpers_of([hall.pk], request.user))
    if form.is_valid():
        found = doors.doors(hall=hall, user=request.user).filter(pk__in=form.cleaned_data["doors"])
        tasks.hand_to(follow_ups=found, by=request.user, helper=form.cleaned_data["helper"])
    return redirect("auditorium:door_list")


def _task(request: StaffRequest, pk: int) -> FollowUp:
    scope = (
        FollowUp.objects.for_user(request.user)
        .with_villager()
        .select_related(
            "hall",
            "contact__phone",
            "assignee",
            "helper",
            "escalated_hall",
            "escalated_region",
            "closed_by",
            "created_by",
            "next_step",
        )
    )
    return get_object_or_404(scope, pk=pk)


def _page(
    request: StaffRequest, task: FollowUp, *, outcome: OutcomeForm | None = None, hand: HandForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "task": task,
        "villager_url": _villager_url(request, task),
        "about_url": ports.page_of(task.about_kind, task.about_id) if task.about_id else "",
        "tried_before": task_lists.tried_before(task),
        "told": task_lists.told(task, request.user),
    }
    if task.is_open:
        kind, due_at = task_outcomes.next_try(task)
        context |= {
            "numbers": tasks.numbers_to_call(follow_up=task, by=request.user),
            "outcome": outcome or OutcomeForm(initial={"again_at": due_at}),
            "then_knock": kind == FollowUpKind.KNOCK,
            "hand": hand or HandForm(follow_up=task, user=request.user),
        }
    return render(request, "auditorium/follow_up.html", context)


def _villager_url(request: StaffRequest, task: FollowUp) -> str:
    """The villager's page, where the user may see it: a task handed on comes without it."""
    pk = task.villager_id
    seen = pk is not None and Villager.objects.for_user(request.user).filter(pk=pk).exists()
    return reverse("auditorium:villager", args=[pk]) if seen else ""
