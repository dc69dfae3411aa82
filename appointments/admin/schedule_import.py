"""Schedules sent in by hospitals' clerks and supervisors: upload, look at what would happen, decide."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST

from appointments.domain.schedule_import import uploads
from appointments.domain.schedule_import.apply import MissingAnswerError, ScheduleChangedError
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.domain.schedule_import.report import WORKBOOK_TYPE, marked_workbook
from appointments.domain.schedule_import.scope import ImportScope
from appointments.enums import UploadState
from appointments.forms.schedule_import import ScheduleUploadForm
from appointments.models import ScheduleUpload
from auditorium.admin.base import ScopedAdmin, actor
from auditorium.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

MOST_SHOWN = 200
"""Lines of each list on the page; all of them are in the workbook that can be downloaded."""


@admin.register(ScheduleUpload)
class ScheduleUploadAdmin(ScopedAdmin):
    """Each user's own uploads; nothing of them can be edited, only decided once."""

    list_display = ["file_name", "uploaded_by", "created_at", "state", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["uploaded_by"]
    search_fields = ["file_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lists do not read the files."""
        return super().get_queryset(request).defer("content", "outcome")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may use the admin and has anything to import: clerks too, who have no role of a hall."""
        known = vars(request)
        if "may_import_schedules" not in known:  # the frame of every page asks several times
            user = request.user
            is_staff = isinstance(user, User) and user.is_active and user.is_staff
            known["may_import_schedules"] = is_staff and ImportScope.of(actor(request)).may_import
        return bool(known["may_import_schedules"])

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits an upload."""
        return False

    def get_urls(self) -> list[Any]:
        """Beside the list: what was decided about one upload, and its workbook."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/confirm/", wrap(self.confirm_view), name="appointments_scheduleupload_confirm"),
            path("<int:pk>/discard/", wrap(self.discard_view), name="appointments_scheduleupload_discard"),
            path("<int:pk>/workbook/", wrap(self.workbook_view), name="appointments_scheduleupload_workbook"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a file and show what it would do."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ScheduleUploadForm(request.POST or None, request.FILES or None, user=actor(request))
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = uploads.receive(
                    file_name=file.name, content=file.read(), answers=form.answers, by=actor(request)
                )
                return redirect("admin:appointments_scheduleupload_change", upload.pk)
            except UnreadableScheduleError as unreadable:
                form.add_error("file", unreadable.sentence)
            except MissingAnswerError as missing:
                form.add_error(missing.question, missing.sentence)
        context = {"form": form, "title": _("导入排班表")}
        return self._render(request, "appointments/admin/schedule_upload.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What it would do, or did."""
        upload = self._upload(request, object_id)
        outcome = uploads.outcome_of(upload)
        context = {
            "upload": upload,
            "outcome": outcome,
            "is_open": upload.state == UploadState.PREVIEWED,
            "has_workbook": bool(upload.content) and bool(outcome.problems or outcome.notices),
            "shown": {
                name: (rows[:MOST_SHOWN], max(len(rows) - MOST_SHOWN, 0))
                for name in ("problems", "openings", "changes", "notices")
                for rows in (getattr(outcome, name),)
            },
            "title": upload.file_name,
        }
        return self._render(request, "appointments/admin/schedule_preview.html", context)

    @method_decorator([csrf_protect, require_POST])
    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring the good rows in, as they were shown."""
        upload = self._upload(request, pk)
        try:
            outcome = uploads.confirm(upload=upload, by=actor(request))
            done = _("已经导入：新班次 %(new)d 个，更改 %(changed)d 个。") % vars(outcome)
            messages.success(request, done)
        except ScheduleChangedError:
            messages.warning(request, _("刚才排班有变化，结果和您看到的不一样了。请再看一遍。"))
        except uploads.AlreadyDecidedError:
            messages.warning(request, _("这张表已经处理过了。"))
        return redirect("admin:appointments_scheduleupload_change", upload.pk)

    @method_decorator([csrf_protect, require_POST])
    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring nothing in."""
        upload = self._upload(request, pk)
        try:
            uploads.discard(upload=upload, by=actor(request))
            messages.success(request, _("这张表没有导入，一个班次也没有动。"))
        except uploads.AlreadyDecidedError:
            messages.warning(request, _("这张表已经处理过了。"))
        return redirect("admin:appointments_scheduleupload_changelist")

    @method_decorator(require_GET)
    def workbook_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The sheet as it was sent in, with reasons beside its rows."""
        upload = self._upload(request, pk)
        if not upload.content:
            raise Http404
        outcome = uploads.outcome_of(upload)
        marked = marked_workbook(bytes(upload.content), outcome.problems, outcome.notices)
        name = _("%(name)s-原因.xlsx") % {"name": PurePath(upload.file_name).stem}
        disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        return HttpResponse(marked, content_type=WORKBOOK_TYPE, headers={"Content-Disposition": disposition})

    def _upload(self, request: HttpRequest, pk: int | str) -> ScheduleUpload:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = ScheduleUpload.objects.for_user(actor(request)).select_related("hospital", "hall", "region")
        upload = rows.filter(pk=pk).first() if str(pk).isdecimal() else None
        if upload is None:
            raise Http404
        return upload

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        list_url = reverse("admin:appointments_scheduleupload_changelist")
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "list_url": list_url}
        return render(request, template, shared | context)
