"""Visits at the desk: every button of the list of today, and the page of one visit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium.domain import contacts, drafts, people_search, visits
from auditorium.errors import DeskError
from auditorium.forms.visits import MatterForm, VisitForm
from auditorium.models import Matter, Villager, Visit
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.preferences import back
from auditorium.views.refusals import saying_refusals


@require_POST
@saying_refusals
def visit_add(request: StaffRequest) -> HttpResponse:
    """Somebody is here; with `now` they are served at once."""
    form = VisitForm(request.POST, user=request.user)
    if not form.is_valid():
        raise DeskError(" ".join(str(error) for errors in form.errors.values() for error in errors))
    said = form.cleaned_data
    visit = visits.arrive(
        hall=current_hall(request),
        by=request.user,
        villager=said["villager"],
        label="" if said["villager"] else said["who"],
        channel=said["channel"],
        matters=[(said["kind"], said["note"])],
    )
    if "now" in request.POST:
        return _begin(request, visit)
    messages.success(request, _("记下了：%(who)s，请稍等。") % {"who": visit})
    return back(request)


@require_safe
def visit(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything about one visit."""
    return _page(request, _visit(request, pk))


@require_POST
@saying_refusals
def visit_start(request: StaffRequest, pk: int) -> HttpResponse:
    """Serve them, or go on where the half-filled form was left."""
    return _begin(request, _visit(request, pk))


@require_POST
@saying_refusals
def visit_put_aside(request: StaffRequest, pk: int) -> HttpResponse:
    """Let somebody else go first."""
    visits.put_aside(visit=_visit(request, pk), by=request.user)
    return back(request)


@sensitive_post_parameters()
@require_POST
@saying_refusals
def put_aside_form(request: StaffRequest) -> HttpResponse:
    """先放一放 on a form page: keep what was typed there."""
    draft = drafts.from_post(request.POST)
    if draft is None:
        return HttpResponseBadRequest()
    pk = request.POST.get(drafts.VILLAGER_FIELD, "")
    villager = get_object_or_404(Villager.objects.for_user(request.user), pk=pk) if pk.isdecimal() else None
    typed = "".join(draft["data"].get("name", [])[:1]).strip()[:40]
    kept = visits.put_form_aside(
        hall=current_hall(request), by=request.user, draft=draft, villager=villager, label=typed
    )
    messages.success(request, _("%(who)s先放一放，填了一半的也留着。回来时点“接着办”。") % {"who": kept})
    return redirect("auditorium:desk")


@require_POST
@saying_refusals
def visit_finish(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything is done."""
    ended = visits.finish(visit=_visit(request, pk), by=request.user)
    messages.success(request, _("%(who)s的事办好了。") % {"who": ended})
    return redirect("auditorium:desk")


@require_POST
@saying_refusals
def visit_leave(request: StaffRequest, pk: int) -> HttpResponse:
    """They went away."""
    visits.leave(visit=_visit(request, pk), by=request.user)
    return back(request)


@require_POST
def visits_close_left_over(request: StaffRequest) -> HttpResponse:
    """End what the days before left open."""
    visits.close_left_over(hall=current_hall(request), by=request.user)
    return redirect("auditorium:desk")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@saying_refusals
def visit_identify(request: StaffRequest, pk: int) -> HttpResponse:
    """Say who it is: `q` looks for them, `villager` is who it is."""
    found = _visit(request, pk)
    if request.method == "GET":
        return redirect("auditorium:visit", pk)
    if "villager" not in request.POST:
        return _page(request, found, request.POST.get("q", "").strip())
    chosen = request.POST["villager"]
    villager = get_object_or_404(Villager.objects.for_user(request.user), pk=chosen if chosen.isdecimal() else None)
    named = visits.identify(visit=found, villager=villager, by=request.user)
    if visits.current(user=request.user, villager=villager) == named:
        return redirect("auditorium:villager", villager.pk)
    return redirect("auditorium:visit", pk)


@require_POST
@saying_refusals
def matter_add(request: StaffRequest, pk: int) -> HttpResponse:
    """They came for one more thing."""
    found, form = _visit(request, pk), MatterForm(request.POST)
    if form.is_valid():
        visits.add_matter(visit=found, **form.cleaned_data)
    return redirect("auditorium:visit", pk)


@require_POST
def matter_tick(request: StaffRequest, pk: int) -> HttpResponse:
    """One thing is done (`done`), or not after all."""
    matters = Matter.objects.filter(visit__in=Visit.objects.for_user(request.user))
    matter = visits.tick(matter=get_object_or_404(matters, pk=pk), done="done" in request.POST)
    return redirect("auditorium:visit", matter.visit_id)


def _visit(request: StaffRequest, pk: int) -> Visit:
    return get_object_or_404(
        Visit.objects.for_user(request.user).with_villager().select_related("hall", "served_by"), pk=pk
    )


def _begin(request: StaffRequest, visit: Visit) -> HttpResponse:
    """To the half-filled form, else to the villager's page, else to the page where they get a name."""
    before = visits.served_now(request.user)
    draft = visits.resume(visit=visit, by=request.user)
    if before and before != visit:
        messages.info(request, _("%(who)s先放一放了。") % {"who": before})
    if draft:
        return redirect(drafts.resume_url(draft, visit))
    if visit.villager_id:
        return redirect("auditorium:villager", visit.villager_id)
    return redirect("auditorium:visit", visit.pk)


def _page(request: StaffRequest, visit: Visit, query: str = "") -> HttpResponse:
    """With whoever is found by what was typed, or by what the visit without a name is called."""
    villager = None
    if visit.villager_id:
        people = contacts.with_contacts(Villager.objects.for_user(request.user)).defer(
            "id_number", "other_document_number"
        )
        villager = people.filter(pk=visit.villager_id).first()
    looked_for = query or ("" if visit.villager_id else visit.label)
    return render(
        request,
        "auditorium/visit.html",
        {
            "row": visits.row(visit, request.user),
            "visit": visit,
            "villager": villager,
            "matters": visit.matters.all(),
            "matter_form": MatterForm(),
            "query": query,
            "hits": people_search.find(query=looked_for, user=request.user, hall=visit.hall),
        },
    )
