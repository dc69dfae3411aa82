"""复诊: what the doctor said after a visit, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments.domain import awaited, revisits
from appointments.enums import RevisitState
from appointments.errors import BookingError, DateOutOfReach
from appointments.forms.revisits import RevisitForm
from appointments.models import Revisit
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium.domain import preferences

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def revisit_new(request: StaffRequest, reference: str) -> HttpResponse:
    """医生说 N 周后复诊; where that day can be booked already, straight on to the week."""
    after = open_appointment(request, reference)
    if after.department is None or not revisits.can_follow(after):
        return redirect("appointments:appointment", after.reference)
    form = RevisitForm(request.POST if request.method == "POST" else None, appointment=after)
    hall = preferences.current_hall(user=request.user)
    if form.is_valid():
        try:
            made = revisits.note(
                villager=after.villager,
                hall=hall,
                department=after.department,
                by=request.user,
                after=after,
                **form.details(),
            )
        except BookingError as error:
            form.add_error(form.when if isinstance(error, DateOutOfReach) else None, error.sentence)
        else:
            return _on(request, made)
    person = open_person(request, after.villager_id)
    context = {"appointment": after, "form": form, "person": person, "trail": trail(person)}
    return render(request, "appointments/revisit_new.html", context)


@require_safe
def revisit(request: StaffRequest, pk: int) -> HttpResponse:
    """What was said, and booking it once it can be booked."""
    shown = _open(request, pk)
    person = open_person(request, shown.villager_id)
    context = {"revisit": shown, "person": person, "trail": trail(person), "week_url": awaited.revisit_url(shown)}
    return render(request, "appointments/revisit.html", context)


@require_POST
def revisit_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """不用复诊了."""
    try:
        revisits.cancel(revisit=_open(request, pk), by=request.user)
    except BookingError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("记下了，不用复诊，到时候不提醒。"))
    return redirect("appointments:revisit", pk)


def _on(request: StaffRequest, made: Revisit) -> HttpResponse:
    """To the week where it can be booked now, else back to the visit."""
    if made.state == RevisitState.DUE:
        messages.success(request, _("记下了。这几天的号已经放了，现在就可以约。"))
        return redirect(awaited.revisit_url(made))
    messages.success(request, _("记下了，到时候会提醒。"))
    return redirect("appointments:revisit", made.pk)


def _open(request: StaffRequest, pk: int) -> Revisit:
    return get_object_or_404(awaited.revisits().for_user(request.user), pk=pk)
