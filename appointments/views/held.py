"""What is held at the hall: the coming sessions, and how many came to those that were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments.domain import head_counts
from appointments.errors import BookingError
from appointments.forms.held import HeadCountForm
from appointments.views.requests import StaffRequest
from auditorium.domain import preferences

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Hall


@require_safe
def held(request: StaffRequest) -> HttpResponse:
    """The hall's own page of 巡回义诊, 村医坐诊 and 家庭医生."""
    hall = preferences.current_hall(user=request.user)
    return render(request, "appointments/held.html", _context(hall))


@require_http_methods(["GET", "HEAD", "POST"])
def head_count(request: StaffRequest, pk: int) -> HttpResponse:
    """Write down how many came to one of them."""
    if request.method != "POST":
        return redirect("appointments:held")
    hall = preferences.current_hall(user=request.user)
    session = get_object_or_404(head_counts.held_at(hall), pk=pk)
    form = HeadCountForm(request.POST, prefix=f"session-{pk}")
    if not form.is_valid():
        return render(request, "appointments/held.html", _context(hall, form))
    try:
        head_counts.write(session=session, count=form.cleaned_data["count"], by=request.user)
    except BookingError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("已经登记：来了 %(count)d 位。") % {"count": form.cleaned_data["count"]})
    return redirect("appointments:held")


def _context(hall: Hall, asked: HeadCountForm | None = None) -> dict[str, Any]:
    forms = []
    for session in head_counts.to_count(hall):
        form = HeadCountForm(prefix=f"session-{session.pk}", initial={"count": session.head_count})
        forms.append((session, asked if asked and asked.prefix == form.prefix else form))
    return {
        "hall": hall,
        "coming": head_counts.coming(hall),
        "forms": forms,
        "asked": asked,
        "trail": [(_("预约"), reverse("appointments:appointment_list"))],
    }
