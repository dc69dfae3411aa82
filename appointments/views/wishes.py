"""放号就约: asking for a session before its release, what became of it, and who waits at a hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments.domain import awaited, lines, policies, windows, wishes
from appointments.errors import BookingError
from appointments.forms.wishes import WishForm
from appointments.models import ClinicSession, Wish
from appointments.views.requests import StaffRequest, open_person, trail
from auditorium import clock
from auditorium.domain import preferences

if TYPE_CHECKING:
    from django.http import HttpResponse

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
def wish_new(request: StaffRequest, villager_pk: int, session_pk: int) -> HttpResponse:
    """When it will be tried and that it is no booking yet; pressing the button puts the villager in the row."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    session = get_object_or_404(awaited.sessions().for_hall(hall), pk=session_pk)
    begins = [clock.local(slot.starts_at).time() for slot in wishes.places_of(session).order_by("starts_at")]
    form = WishForm(request.POST if request.method == "POST" else None, times=begins)
    refused = person.why_not or wishes.why_not_to_wait(session=session, hall=hall)
    if form.is_valid():
        try:
            said = form.cleaned_data["not_before"]
            made = wishes.make(session=session, villager=person.villager, hall=hall, by=request.user, not_before=said)
        except BookingError as error:
            refused = error.sentence
        else:
            messages.success(request, _("登记好了，放号就约。现在还不算约上。"))
            return redirect("appointments:wish", made.pk)
    context = _facts(session) | {"person": person, "form": form, "refused": refused}
    where = (_("去哪里看"), reverse("appointments:place", args=[villager_pk]))
    context["trail"] = trail(person, where, (_("选时间"), awaited.week_url(villager_pk, session)))
    context["week_url"] = awaited.week_url(villager_pk, session)
    status = CONFLICT if refused and request.method == "POST" else None
    return render(request, "appointments/wish_new.html", context, status=status)


@require_safe
def wish(request: StaffRequest, pk: int) -> HttpResponse:
    """Where a wish stands, and what to do when it came to nothing."""
    shown = _open(request, pk)
    person = open_person(request, shown.villager_id)
    context = _facts(shown.session) | {
        "wish": shown,
        "person": person,
        "trail": trail(person),
        "place": wishes.ahead_of(shown) + 1,
        "week_url": awaited.week_url(shown.villager_id, shown.session),
    }
    return render(request, "appointments/wish.html", context)


@require_POST
def wish_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """不约了."""
    found = _open(request, pk)
    try:
        wishes.cancel(wish=found, by=request.user)
    except BookingError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("取消了，放号的时候不约。"))
    return redirect("appointments:wish", pk)


@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """Who at this hall waits for a place or a release, or is to come back to the doctor."""
    hall = preferences.current_hall(user=request.user)
    context = {
        "hall": hall,
        "offers": lines.offers_of_hall(hall=hall, user=request.user),
        "entries": lines.entries_of_hall(hall=hall, user=request.user),
        "wishes": awaited.wishes_of_hall(hall=hall, user=request.user),
        "revisits": awaited.revisits_of_hall(hall=hall, user=request.user),
    }
    return render(request, "appointments/waiting.html", context)


def _open(request: StaffRequest, pk: int) -> Wish:
    return get_object_or_404(awaited.wishes().for_user(request.user), pk=pk)


def _facts(session: ClinicSession) -> dict[str, object]:
    """What both pages say of the session."""
    policy = policies.policy_for(session.department)
    opens = windows.release_at(policy=policy, day=session.date)
    return {"session": session, "department": session.department, "opens": opens}
