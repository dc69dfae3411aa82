"""A spreadsheet somebody sends in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from appointments.domain.schedule_import.files import MOST_BYTES


class SheetField(forms.FileField):
    """One file, .xlsx or .csv; what is too long is refused before it is read."""

    widget = forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"})

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        """The file; ValidationError when it is missing, empty or too long."""
        file: UploadedFile = super().clean(data, initial)
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(
                gettext("文件太大，最多 %(most)d MB。请按月份或医院分成几个文件。") % {"most": MOST_BYTES // 1024**2}
            )
        return file
