"""The farm reading room at the desk: what is out, lending to somebody, taking back, renewing, reporting lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from auditorium.dates import full_date
from auditorium.domain import contacts
from auditorium.domain.library.lending import copies, loans, shelf
from auditorium.errors import DeskError
from auditorium.forms.library.lending import NewCopiesForm, NumberForm
from auditorium.library_enums import ResourceKind
from auditorium.models import BookCopy, Loan, Resource
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.activities.requests import may_manage, open_villager, require_manager, served

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Hall, Villager

PER_PAGE = 50
CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def lending(request: StaffRequest) -> HttpResponse:
    """What is out; a number in the box brings a book back, whoever had it."""
    hall = current_hall(request)
    form = NumberForm(request.POST or None, hall=hall, user=request.user)
    if form.is_valid():
        try:
            copy = form.copy
            _say_returned(request, copy, loans.give_back(copy=copy, by=request.user))
            return redirect("auditorium:lending")
        except DeskError as error:
            form.add_error("number", error.sentence)
    page: Any = Paginator(shelf.out_of(hall, user=request.user), PER_PAGE).get_page(request.GET.get("page"))
    for loan in page:
        loan.reached = contacts.how_to_reach(loan.villager)
    context = {
        "form": form,
        "page_obj": page,
        "counts": shelf.counts(hall, user=request.user),
        "policy": loans.policy_of(hall),
        "served": served(request),
        "trail": _trail(),
    }
    status = CONFLICT if form.errors else None
    return render(request, "auditorium/library/lending.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def lending_for(request: StaffRequest, villager_pk: int) -> HttpResponse:
    """What somebody has, and the box whose number lends them one more; it stays open for the next."""
    hall, villager = current_hall(request), open_villager(request, villager_pk)
    form = NumberForm(request.POST or None, hall=hall, user=request.user)
    if form.is_valid():
        try:
            _say_lent(request, loans.lend_at_desk(copy=form.copy, villager=villager, by=request.user))
            return redirect("auditorium:lending_for", villager_pk)
        except DeskError as error:
            form.add_error("number", error.sentence)
    policy = loans.policy_of(hall)
    context = {
        "form": form,
        "villager": villager,
        "loans": shelf.with_villager(villager, hall=hall, user=request.user),
        "policy": policy,
        "why_not": loans.why_not(villager, policy),
        "trail": [*_trail(), (_("借书还书"), reverse("auditorium:lending"))],
    }
    status = CONFLICT if form.errors else None
    return render(request, "auditorium/library/lending_for.html", context, status=status)


@require_POST
def copy_lend(request: StaffRequest, pk: int) -> HttpResponse:
    """From the book's page: this copy, to whoever is being served."""
    hall, villager = current_hall(request), served(request)
    copy = get_object_or_404(BookCopy.objects.for_user(request.user).select_related("resource", "hall"), pk=pk)
    if villager is None or copy.hall_id != hall.pk:
        messages.error(request, _("请先在服务台找到来借书的村民。"))
        return redirect("auditorium:resource", copy.resource_id)
    try:
        _say_lent(request, loans.lend_at_desk(copy=copy, villager=villager, by=request.user))
    except DeskError as error:
        messages.error(request, error.sentence)
        return redirect("auditorium:resource", copy.resource_id)
    return redirect("auditorium:lending_for", villager.pk)


@require_POST
def copies_add(request: StaffRequest, pk: int) -> HttpResponse:
    """New copies of a book on the hall's shelf; whoever manages the hall says so."""
    hall = current_hall(request)
    require_manager(request.user, hall)
    books = Resource.objects.for_hall(hall).filter(kind=ResourceKind.PRINTED_BOOK)
    resource = get_object_or_404(books, pk=pk)
    form = NewCopiesForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("auditorium:resource", pk)
    try:
        made = copies.add(resource=resource, hall=hall, numbers=form.listed, by=request.user)
    except DeskError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("登记了%(count)d册，可以外借了。") % {"count": len(made)})
    return redirect("auditorium:resource", pk)


@require_POST
def loan_renew(request: StaffRequest, pk: int) -> HttpResponse:
    """Another time, from today."""
    loan = _loan(request, pk)
    try:
        renewed = loans.renew(loan=loan, by=request.user)
    except DeskError as error:
        messages.error(request, error.sentence)
    else:
        said = {"title": loan.copy.resource.title, "day": full_date(renewed.due_on)}
        messages.success(request, _("《%(title)s》续借了，最晚%(day)s还。") % said)
    return _back(request, loan)


@require_POST
def loan_return(request: StaffRequest, pk: int) -> HttpResponse:
    """The button beside a loan, where the number cannot be read."""
    loan = _loan(request, pk)
    try:
        _say_returned(request, loan.copy, loans.give_back(copy=loan.copy, by=request.user))
    except DeskError as error:
        messages.error(request, error.sentence)
    return _back(request, loan)


@require_http_methods(["GET", "HEAD", "POST"])
def loan_lost(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once: nobody asks for the book any more."""
    loan = _loan(request, pk)
    if request.method != "POST":
        return render(request, "auditorium/library/loan_lost.html", {"loan": loan})
    try:
        loans.report_lost(loan=loan, by=request.user)
    except DeskError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("《%(title)s》记下丢了。") % {"title": loan.copy.resource.title})
    return _back(request, loan)


def book_context(request: StaffRequest, resource: Resource, *, hall: Hall, served: Villager | None) -> dict[str, Any]:
    """What the page of a printed book shows besides."""
    return {
        "shelf": shelf.of_book(resource, hall=hall, user=request.user),
        "new_copies": NewCopiesForm(),
        "may_add": may_manage(request.user, hall),
        "served": served,
        "hall": hall,
    }


def _loan(request: StaffRequest, pk: int) -> Loan:
    """A loan in scope, with book and borrower."""
    found = Loan.objects.for_user(request.user).select_related("copy__resource", "copy__hall").with_villager()
    return get_object_or_404(found, pk=pk)


def _back(request: StaffRequest, loan: Loan) -> HttpResponse:
    """To the list the button stood in."""
    if "desk" in request.POST:
        return redirect("auditorium:lending")
    return redirect("auditorium:lending_for", loan.villager_id)


def _say_lent(request: StaffRequest, loan: Loan) -> None:
    said = {"title": loan.copy.resource.title, "name": loan.villager.name, "day": full_date(loan.due_on)}
    messages.success(request, _("《%(title)s》借给%(name)s了，最晚%(day)s还。") % said)


def _say_returned(request: StaffRequest, copy: BookCopy, loan: Loan | None) -> None:
    """What came back, from whom, and what they still have."""
    said: dict[str, Any] = {"title": copy.resource.title, "number": copy.number}
    if loan is None:
        messages.success(request, _("《%(title)s》（%(number)s）找到了，放回架上。") % said)
        return
    said["name"] = loan.villager.name
    messages.success(request, _("《%(title)s》（%(number)s）还了，是%(name)s借的。") % said)
    left = len(shelf.with_villager(loan.villager, hall=loan.hall, user=request.user))
    if left:
        words = ngettext("%(name)s还有%(count)d本没还。", "%(name)s还有%(count)d本没还。", left)
        messages.info(request, words % {"name": loan.villager.name, "count": left})


def _trail() -> list[tuple[str, str]]:
    return [(_("看书听戏"), reverse("auditorium:library"))]
