"""停诊 at the desk: look first, then close; see how far it is; lift it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments.domain import suspension_preview, suspension_progress, suspensions
from appointments.errors import BookingError
from appointments.forms.suspensions import ReasonForm, ScopeForm
from appointments.models import ClinicSession, Suspension
from appointments.views.requests import StaffRequest
from auditorium.domain import preferences
from auditorium.enums import RoleKind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import User

A_PAGE = 40


def may_suspend(user: User, session: ClinicSession | None = None) -> bool:
    """Whether the user may suspend anything, or this session; no query for who may not."""
    has_role = user.is_administrator or user.has_role(RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
    if session is None or not has_role:
        return has_role
    return ClinicSession.objects.manageable_by(user).filter(pk=session.pk).exists()


@require_safe
def suspension_list(request: StaffRequest) -> HttpResponse:
    """What does not take place, the latest first."""
    rows = suspension_progress.listed(user=request.user)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "appointments/suspensions.html", {"page_obj": page, "may_add": may_suspend(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def suspension_new(request: StaffRequest) -> HttpResponse:
    """The address says what is meant; then what would happen is shown, and a reason with the button does it."""
    if not may_suspend(request.user):
        raise PermissionDenied
    form = ScopeForm(request.GET or None, user=request.user)
    reason = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if reason.is_valid():
                hall = preferences.hall_if_any(user=request.user)
                made = suspensions.suspend(scope=form.scope, why=reason.cleaned_data["why"], by=request.user, hall=hall)
                return redirect("appointments:suspension", made.pk)
            preview = suspension_preview.preview(form.scope, by=request.user)
        except BookingError as error:
            form.add_error(None, error.sentence)
        else:
            context = {"preview": preview, "scope": form.scope, "form": reason}
            return render(request, "appointments/suspension_preview.html", context)
    return render(request, "appointments/suspension_new.html", {"form": form})


@require_safe
def suspension(request: StaffRequest, pk: int) -> HttpResponse:
    """How far it is; htmx asks for the counts alone until everybody has been told."""
    rows = suspension_progress.listed(user=request.user)
    shown = get_object_or_404(rows, pk=pk)
    context = {"progress": suspension_progress.of(shown, user=request.user), "suspension": shown}
    template = "appointments/_suspension_progress.html" if request.htmx else "appointments/suspension.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def suspension_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once, then reopen."""
    mine = Suspension.objects.for_user(request.user).manageable_by(request.user)
    shown = get_object_or_404(mine.select_related("hospital", "department", "doctor"), pk=pk)
    if request.method == "POST":
        try:
            asked = suspensions.resume(suspension=shown, by=request.user)
        except BookingError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(
                request, _("恢复了，又可以约了。有 %(count)d 位要问还来不来，已经记成待办。") % {"count": asked}
            )
        return redirect("appointments:suspension", shown.pk)
    context = {"progress": suspension_progress.of(shown, user=request.user), "suspension": shown}
    return render(request, "appointments/suspension_resume.html", context)
