"""One villager: the page that tells everything, and the pages that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium.domain import consents, contacts, departures, drafts, phones, timeline, villagers
from auditorium.enums import ConsentGiver, ConsentPurpose
from auditorium.forms import contacts as contact_forms
from auditorium.forms import villagers as villager_forms
from auditorium.forms.consents import ConsentForm
from auditorium.forms.contacts import Contacts
from auditorium.forms.villagers import DeathForm, MoveForm, VillagerForm
from auditorium.models import Phone, Villager
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.people import line, say_given_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditorium.domain.villagers import FullIdentity

PER_PAGE = 50


@require_safe
def villager(request: StaffRequest, pk: int) -> HttpResponse:
    """The timeline, what can be done, and what is known of somebody."""
    current_hall(request)
    return _page(request, _load(request, pk))


@require_http_methods(["GET", "POST"])
def villager_full(request: StaffRequest, pk: int) -> HttpResponse:
    """The same page with whole numbers, once, by a button: who looked is written down."""
    hall = current_hall(request)
    found = _load(request, pk)
    if request.method == "GET":
        return redirect("auditorium:villager", pk)
    return _page(request, found, villagers.show_full(villager=found, hall=hall, by=request.user))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def villager_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Who somebody is, where they live, what to mind."""
    hall = current_hall(request)
    found = _load(request, pk)
    form = VillagerForm(request.POST or None, hall=hall, known=found, initial=villager_forms.initial_of(found))
    drafts.refill(request, form)
    if form.is_valid():
        try:
            villagers.update(villager=found, details=form.details, hall=hall, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _changed(request, pk)
    return render(request, "auditorium/villager_edit.html", {"villager": found, "form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def contacts_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """On which phones, in which order."""
    hall = current_hall(request)
    found = _load(request, pk)
    initial = contact_forms.initial_of(list(found.contacts.all()), request.POST, prefix="contacts")
    formset = Contacts(request.POST or None, prefix="contacts", initial=initial)
    drafts.refill(request, formset)
    if formset.is_valid():
        try:
            contacts.replace(villager=found, contacts=formset.details(), hall=hall, by=request.user, seen=formset.seen)
        except ValidationError as error:
            formset.non_form_errors().extend(error.messages)
        else:
            return _changed(request, pk)
    return render(request, "auditorium/villager_contacts.html", {"villager": found, "formset": formset})


@require_POST
def contact_texts(request: StaffRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Whoever has this phone wants texts again."""
    hall = current_hall(request)
    phone = get_object_or_404(Phone, contacts__villager=_load(request, pk), contacts__pk=contact_pk)
    if phones.send_again(phone=phone, by=request.user, hall=hall):
        messages.success(request, _("这个号码又能收短信了。"))
    return redirect("auditorium:villager", pk)


@require_http_methods(["GET", "POST"])
def consents_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """What is agreed to now, and what no longer."""
    hall = current_hall(request)
    found = _load(request, pk)
    giver = ConsentGiver.GUARDIAN if consents.needs_guardian(found.birth_date) else ConsentGiver.VILLAGER
    agreed = list(found.consents.in_force().values_list("purpose", flat=True))
    form = ConsentForm(request.POST or None, initial={"purposes": agreed, "giver": giver})
    if form.is_valid():
        try:
            consents.decide(villager=found, hall=hall, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("giver", error)
        else:
            return _changed(request, pk)
    return render(request, "auditorium/villager_consents.html", {"villager": found, "form": form})


@require_http_methods(["GET", "POST"])
def villager_death(request: StaffRequest, pk: int) -> HttpResponse:
    """That somebody died, or that this was a mistake."""
    return _departure(request, pk, DeathForm, departures.record_death, "auditorium/villager_death.html")


@require_http_methods(["GET", "POST"])
def villager_move(request: StaffRequest, pk: int) -> HttpResponse:
    """That somebody moved away, or is back."""
    return _departure(request, pk, MoveForm, departures.record_move, "auditorium/villager_move.html")


def _departure(
    request: StaffRequest,
    pk: int,
    form_class: type[DeathForm | MoveForm],
    record: Callable[..., None],
    template: str,
) -> HttpResponse:
    """Write down the day that the form asks for; the button `back` takes it back."""
    hall = current_hall(request)
    found = _load(request, pk)
    if request.method == "POST" and "back" in request.POST:
        record(villager=found, hall=hall, by=request.user, **dict.fromkeys(form_class.base_fields))
        say_given_up(request, found)
        return _changed(request, pk)
    form = form_class(request.POST or None, initial=model_to_dict(found, form_class.base_fields))
    if form.is_valid():
        try:
            record(villager=found, **form.cleaned_data, hall=hall, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _changed(request, pk)
    return render(request, template, {"villager": found, "form": form})


def _load(request: StaffRequest, pk: int) -> Villager:
    """Somebody in scope with contacts, else 404."""
    found = Villager.objects.for_user(request.user).select_related("region", "household", "registered_at")
    return get_object_or_404(contacts.with_contacts(found), pk=pk)


def _changed(request: StaffRequest, pk: int) -> HttpResponse:
    messages.success(request, _("已经改好。"))
    return redirect("auditorium:villager", pk)


def _page(request: StaffRequest, found: Villager, full: FullIdentity | None = None) -> HttpResponse:
    life = timeline.of(villager=found, user=request.user)
    agreed = list(found.consents.in_force())
    purposes = {consent.purpose for consent in agreed}
    context: dict[str, Any] = {
        "villager": found,
        "line": line(found),
        "contacts": found.contacts.all(),
        "consents": agreed,
        "facts": _facts(found),
        "may_book": ConsentPurpose.HEALTH in purposes,
        "may_remind": ConsentPurpose.REMINDERS in purposes,
        "coming": life.coming,
        "page_obj": Paginator(life.past, PER_PAGE).get_page(request.GET.get("page")),
        "full": full,
        "may_see_full": request.user.has_perm(villagers.FULL_VIEW),
    }
    return render(request, "auditorium/villager.html", context)


def _facts(found: Villager) -> list[tuple[str, str]]:
    """What is written down, in the order in which one asks."""
    living_at = found.address or f"{found.region or ''}{found.group}"
    born = date_format(found.birth_date) if found.birth_date else ""
    moved = date_format(found.moved_away_on) if found.moved_away_on else ""
    return [
        (_("出生日期"), born),
        (_("证件"), found.get_identity_kind_display()),
        (_("住址"), living_at),
        (_("哪一户"), str(found.household or "")),
        (_("备注"), found.note),
        (_("登记的礼堂"), str(found.registered_at)),
        (_("搬走日期"), moved),
    ]
