"""A file of a resource as it is uploaded: checked by what it contains, kept even while the rest is not right yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.domain.library import files
from auditorium.errors import DeskError
from auditorium.models.library.files import ResourceFile, StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    _ResourceFileForm = forms.ModelForm[ResourceFile]
else:
    _ResourceFileForm = forms.ModelForm

_SALT = "auditorium.uploads"


class Upload(UploadedFile):
    """An upload that was put into the storage already (`stored`), or the sentence why not (`refusal`)."""

    stored: StoredFile | None
    refusal: str


def store_first(uploads: Iterable[Any]) -> None:
    """Put uploads into the storage before the page's transaction begins: a film takes longer than others can wait."""
    for upload in uploads:
        upload.stored, upload.refusal = None, ""
        try:
            upload.stored = files.store(upload)
        except DeskError as error:
            upload.refusal = error.sentence


class ResourceFileForm(_ResourceFileForm):
    """One file. What was uploaded with a form that has mistakes elsewhere need not be uploaded again (`kept`)."""

    upload = forms.FileField(label=gettext_lazy("选择文件"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ResourceFile
        fields = ["role", "title", "language", "order"]
        widgets = {
            "title": forms.TextInput(attrs={"size": 16, "class": ""}),
            "language": forms.TextInput(attrs={"size": 6, "class": ""}),
        }

    def clean(self) -> dict[str, Any]:
        """A file there must be, and it must fit the resource and its role."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stored = self._stored(cleaned)
        if stored:
            self.data = {**self.data, self.add_prefix("kept"): signing.dumps(stored.pk, salt=_SALT)}
            self.instance.file, self.instance.looked_at = stored, None
        elif not self.errors and not self.instance.file_id:
            self.add_error("upload", _("请选择文件。"))
        if self.instance.file_id and "role" in cleaned and "upload" not in self.errors:
            fitting = files.fitting(kind=self.instance.resource.kind, role=cleaned["role"])
            try:
                files.require(self.instance.file.media_type, fitting)
            except DeskError as error:
                self.add_error("upload", error.sentence)
        return cleaned

    def _stored(self, cleaned: dict[str, Any]) -> StoredFile | None:
        upload: Upload | None = cleaned.get("upload")
        if upload is not None:
            if upload.refusal:
                self.add_error("upload", ValidationError(upload.refusal))
            return upload.stored
        try:
            pk = signing.loads(cleaned.get("kept") or "", salt=_SALT, max_age=12 * 3600)
        except signing.BadSignature:
            return None
        return StoredFile.objects.filter(pk=pk).first()
