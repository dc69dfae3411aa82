"""Finding people, writing down somebody new, and letting the hall serve somebody known elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from auditorium import ports
from auditorium.domain import contacts, departures, drafts, look_alikes, people_search, villagers, visits
from auditorium.errors import DeskError
from auditorium.forms.registration import Registration
from auditorium.forms.villagers import LinkForm
from auditorium.models import Villager
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.desk import desk_context

if TYPE_CHECKING:
    from auditorium.models import Hall, User


@dataclass(frozen=True)
class Line:
    """Somebody as a list of people shows them: how word reaches them, and what can be done for them."""

    villager: Villager
    reached: str
    choices: list[ports.Link]


def line(villager: Villager) -> Line:
    """The line of somebody whose contacts are loaded."""
    choices = [] if villager.is_gone else [link for service in ports.services() for link in service.choices(villager)]
    return Line(villager, contacts.how_to_reach(villager), choices)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def people_find(request: StaffRequest) -> HttpResponse:
    """Whoever the typed words find: the list alone for htmx, the whole desk without JavaScript.

    A card that was read opens its holder's page at once.
    """
    hall = current_hall(request)
    if request.method == "GET":
        return redirect("auditorium:desk")
    query = request.POST.get("q", "").strip()
    hits = people_search.find(query=query, user=request.user, hall=hall)
    if not request.htmx and len(hits) == 1 and people_search.whole_id(query):
        return redirect("auditorium:villager", hits[0].villager.pk)
    found = {"query": query, "lines": [line(hit.villager) for hit in hits], "most": people_search.SHOWN}
    if request.htmx:
        return render(request, "auditorium/_people_found.html", found)
    return render(request, "auditorium/desk.html", {**desk_context(request, hall), **found})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def villager_register(request: StaffRequest) -> HttpResponse:
    """One page for somebody new; who may be the same person is asked before anything is written."""
    hall = current_hall(request)
    sent = request.method == "POST" and "searched" not in request.POST
    page = Registration(request.POST if sent else None, hall=hall, searched=request.POST.get("searched", ""))
    drafts.refill(request, page.villager, page.contacts, page.consents)
    context: dict[str, object] = {"page": page}
    if sent and page.is_valid():
        alike = look_alikes.find(details=page.villager.details, user=request.user, numbers=page.numbers())
        if alike.came_back(page.villager.details):
            return _back(request, page, hall)
        if alike.elsewhere or not page.not_these(alike.people):
            context |= {"alike": alike, "lines": [line(villager) for villager in alike.people]}
        elif villager := _register(page, hall, request.user):
            messages.success(request, _("登记好了。"))
            return redirect("auditorium:villager", villager.pk)
    return render(request, "auditorium/villager_register.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def villager_link(request: StaffRequest) -> HttpResponse:
    """Somebody known at another hall, by number and name together."""
    hall = current_hall(request)
    form = LinkForm(request.POST or None)
    if form.is_valid():
        try:
            villager = villagers.link(**form.cleaned_data, hall=hall, by=request.user)
        except DeskError as error:
            form.add_error(None, error.sentence)
        else:
            if villager:
                messages.success(request, _("已经加到本礼堂。"))
                say_given_up(request, villager)
                return redirect("auditorium:villager", villager.pk)
            form.add_error(None, _("姓名和身份证号对不上，请照身份证再核对一遍。"))
    return render(request, "auditorium/villager_link.html", {"form": form})


def _back(request: StaffRequest, page: Registration, hall: Hall) -> HttpResponse:
    """Who had moved away is registered again: linked to this hall, and asked to be looked over."""
    details = page.villager.details
    villager = villagers.link(id_number=details.id_number, name=details.name, hall=hall, by=request.user)
    messages.success(request, _("以前登记过，记了搬走，现在记作又回来了。住址、电话有变的，请改好。"))
    if villager is None:
        return redirect("auditorium:desk")
    say_given_up(request, villager)
    return redirect("auditorium:villager", villager.pk)


def say_given_up(request: StaffRequest, villager: Villager) -> None:
    """Whoever is back reads which places in activities went to others meanwhile."""
    if titles := departures.given_up(villager):
        words = _("原来报的活动（%(titles)s）位置已经让给别人，还想来，请重新报名。")
        messages.warning(request, words % {"titles": _("、").join(titles)})


def _register(page: Registration, hall: Hall, by: User) -> Villager | None:
    """Write it down; what the database alone could know is shown on the form instead."""
    agreed = page.consents.cleaned_data
    try:
        villager = villagers.register(
            details=page.villager.details,
            contacts=page.contacts.details(),
            consents=agreed["purposes"],
            consent_giver=agreed["giver"],
            consent_evidence=agreed["evidence"],
            ask_for_id=page.villager.cleaned_data["ask_for_id"],
            hall=hall,
            by=by,
        )
    except ValidationError as error:
        page.villager.add_error(None, error)
        return None
    if visit := visits.current(user=by, villager=villager):
        visits.identify(visit=visit, villager=villager, by=by)
    return villager
