"""Files on a resource's page in the admin: uploaded with a bar that shows how far, or plainly where no script runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import Media
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, LabelledFormSet, ScopedInline
from auditorium.domain.library import publishing
from auditorium.domain.wake import after_commit
from auditorium.forms.library.uploads import ResourceFileForm, store_first
from auditorium.library_enums import FileRole, ResourceState
from auditorium.media_types import name_of
from auditorium.models.library.files import ResourceFile

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse

    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class ResourceFileFormSet(LabelledFormSet):
    """What is on the shelf keeps something to be opened."""

    def clean(self) -> None:
        """ValidationError where the last file of what is shown would go."""
        super().clean()
        resource = self.instance
        if resource.state != ResourceState.PUBLISHED or resource.kind not in publishing.IN_FILES or any(self.errors):
            return
        known = [form for form in self.forms if form.instance.pk or form.has_changed()]
        others = resource.files.filter(role=FileRole.CONTENT).exclude(pk__in=[form.instance.pk for form in known])
        stays = any(
            form.cleaned_data.get("role") == FileRole.CONTENT and not form.cleaned_data.get("DELETE") for form in known
        )
        if not stays and not others.exists():
            raise ValidationError(_("已经上架，不能没有%(what)s。要改请先下架。"), params={"what": _("正文文件")})


class ResourceFileInline(ScopedInline):
    """The files of a resource."""

    model = ResourceFile
    form = ResourceFileForm
    formset = ResourceFileFormSet
    extra = 1  # one more can be added where no script runs
    editors = EVERYBODY
    fields = ["role", "what", "upload", "order", "title", "language", "kept"]
    readonly_fields = ["what"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what is known of the contents."""
        return super().get_queryset(request).select_related("file")

    @admin.display(description=gettext_lazy("现有文件"))
    def what(self, row: ResourceFile) -> str:
        """What it is and how large, leading to it."""
        if not row.pk:
            return "–"
        said = f"{name_of(row.file.media_type)} {filesizeformat(row.file.size)}"
        return format_html('<a href="{}">{}</a>', reverse("auditorium:resource_file", args=[row.pk]), said)


class UploadingAdmin(_Admin):
    """A page whose uploads are stored before its transaction begins, and looked into after it."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Store first; nobody else waits for the database while a film is copied."""
        if request.method == "POST" and self.has_change_permission(request):
            store_first(upload for name, upload in request.FILES.items() if name.endswith("-upload"))
        return super().changeform_view(request, *args, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Covers are made once it is committed."""
        super().save_formset(request, form, formset, change)
        if formset.model is ResourceFile and formset.has_changed():
            after_commit("auditorium.make_covers")

    @property
    def media(self) -> Media:
        """With the bar that shows how far an upload is."""
        return super().media + Media(js=["auditorium/upload.js"])
