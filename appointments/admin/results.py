"""Results sent in by hospitals' clerks and supervisors: upload, look at what would be marked, confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from appointments.domain import results
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.domain.schedule_import.scope import ImportScope
from appointments.errors import BookingError
from appointments.forms.results import ConfirmResultsForm, ResultsForm
from auditorium.admin.base import ScopedAdmin, actor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    _Base = ScopedAdmin
else:
    _Base = object

MOST_SHOWN = 200
"""Rows of each list on the page."""


class WithResults(_Base):
    """The admin page of bookings, with the way in for a hospital's results."""

    change_list_template = "appointments/admin/appointments.html"

    def has_results_permission(self, request: HttpRequest) -> bool:
        """Who may send schedules may send results: clerks their hospital's, supervisors their region's people's."""
        return self.has_view_permission(request) and ImportScope.of(actor(request)).may_import

    def get_urls(self) -> list[Any]:
        """Beside the list: send, look, confirm."""
        wrap = self.admin_site.admin_view
        return [
            path("results/", wrap(self.results_view), name="appointments_appointment_results"),
            path("results/confirm/", wrap(self.results_confirm_view), name="appointments_appointment_results_confirm"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the link, for whoever may follow it."""
        may_send = self.has_results_permission(request)
        return super().changelist_view(request, {**(extra_context or {}), "may_send_results": may_send})

    @method_decorator([csrf_protect, require_http_methods(["GET", "HEAD", "POST"])])
    def results_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file and show what it would mark; nothing is kept or changed."""
        user = self._sender(request)
        hospitals = ImportScope.of(user).hospitals()
        form = ResultsForm(request.POST or None, request.FILES or None, hospitals=hospitals)
        if request.method == "POST" and form.is_valid():
            hospital = form.cleaned_data["hospital"]
            try:
                outcome = results.read(content=form.cleaned_data["file"].read(), by=user, hospital=hospital)
            except UnreadableScheduleError as unreadable:
                form.add_error("file", unreadable.sentence)
            else:
                context = {
                    "title": _("就诊结果：先看看"),
                    "outcome": outcome,
                    "hospital": hospital,
                    "problems": outcome.problems[:MOST_SHOWN],
                    "more": max(len(outcome.problems) - MOST_SHOWN, 0),
                    "form": ConfirmResultsForm.showing(
                        marks=outcome.marks, bad=outcome.bad, hospital=hospital, user=user
                    ),
                }
                return self._render(request, "appointments/admin/results_preview.html", context)
        return self._render(request, "appointments/admin/results.html", {"form": form, "title": _("导入就诊结果")})

    @method_decorator([csrf_protect, require_POST])
    def results_confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Mark what was shown, all or nothing."""
        user = self._sender(request)
        form = ConfirmResultsForm(request.POST, user=user)
        if not form.is_valid():
            messages.warning(request, _("预览过了太久，请把文件再传一次。"))
            return redirect("admin:appointments_appointment_results")
        try:
            hospital = ImportScope.of(user).hospitals().filter(pk=form.hospital_pk).first()
            count = results.carry_out(marks=form.marks, by=user, hospital=hospital)
        except BookingError as refused:
            messages.error(request, _("一个也没有登记：%(reason)s请把文件再传一次。") % {"reason": refused.sentence})
            return redirect("admin:appointments_appointment_results")
        messages.success(request, _("登记好了 %(count)d 个。") % {"count": count})
        if form.bad:
            messages.warning(request, _("还有 %(count)d 行没有登记，请在文件里改好再传一次。") % {"count": form.bad})
        return redirect("admin:appointments_appointment_changelist")

    def _sender(self, request: HttpRequest) -> Any:
        if not self.has_results_permission(request):
            raise PermissionDenied
        return actor(request)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        list_url = reverse("admin:appointments_appointment_changelist")
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "list_url": list_url}
        return render(request, template, shared | context)
