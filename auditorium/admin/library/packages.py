"""Packages of the library: taken in from a USB stick, made for one, and how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST

from auditorium.admin.base import EVERYBODY, ScopedAdmin, actor
from auditorium.domain.library import files
from auditorium.domain.library.packages import jobs
from auditorium.forms.library.packages import PackageForm
from auditorium.library_enums import PackageJobKind, PackageJobState
from auditorium.models import Channel, PackageJob

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


@admin.register(PackageJob)
class PackageJobAdmin(ScopedAdmin):
    """One's own packages; nothing of them can be edited."""

    editors = EVERYBODY
    list_display = ["__str__", "asked_by", "asked_at", "state"]
    list_display_links = ["__str__"]
    list_filter = ["kind", "state"]
    list_select_related = ["channel", "asked_by"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits a package."""
        return False

    def get_urls(self) -> list[Any]:
        """Beside the list: a channel's package is asked for, and fetched."""
        wrap = self.admin_site.admin_view
        return [
            path("export/<int:channel>/", wrap(self.export_view), name="auditorium_packagejob_export"),
            path("<int:pk>/file/", wrap(self.file_view), name="auditorium_packagejob_file"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send a package in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = PackageForm(*sent, user=actor(request))
        if form.is_valid():
            hall = form.cleaned_data["hall"]
            job = jobs.ask_import(file=form.cleaned_data["file"], hall=hall, by=actor(request))
            return redirect("admin:auditorium_packagejob_change", job.pk)
        return self._render(request, "upload", form=form, title=_("导入资源包"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far it is, and what came of it."""
        job = self._job(request, object_id)
        is_open = job.state in {PackageJobState.WAITING, PackageJobState.RUNNING}
        can_be_fetched = job.has_file and (job.kind, job.state) == (PackageJobKind.EXPORT, PackageJobState.DONE)
        context = {"job": job, "is_open": is_open, "can_be_fetched": can_be_fetched, "title": str(job)}
        return self._render(request, "job", **context)

    @method_decorator([csrf_protect, require_POST])
    def export_view(self, request: HttpRequest, channel: int) -> HttpResponse:
        """Have the channel's package made."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        kept = get_object_or_404(Channel.objects.for_user(actor(request)), pk=channel)
        job = jobs.ask_export(channel=kept, by=actor(request))
        messages.success(request, _("正在做资源包，做好了就在这一页下载。"))
        return redirect("admin:auditorium_packagejob_change", job.pk)

    @method_decorator(require_GET)
    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The package itself."""
        job = self._job(request, pk)
        if not job.has_file or (job.kind, job.state) != (PackageJobKind.EXPORT, PackageJobState.DONE):
            raise Http404
        name = f"{job.channel or _('资源包')}-{job.asked_at:%Y%m%d}.zip"
        content = files.storage().open(job.path, "rb")
        return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")

    def _job(self, request: HttpRequest, pk: int | str) -> PackageJob:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = PackageJob.objects.for_user(actor(request)).select_related("channel", "asked_by")
        job = rows.filter(pk=pk).first() if str(pk).isdecimal() else None
        if job is None:
            raise Http404
        return job

    def _render(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/auditorium/packagejob/{template}.html", shared | context)
