"""Sending in a package of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.enums import RoleKind
from auditorium.models import Hall

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from auditorium.models import User

_MANAGER = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)


class PackageForm(forms.Form):
    """The file, and who looks after a channel that is new; only an administrator may give it to everybody."""

    file = forms.FileField(
        label=gettext_lazy("资源包"),
        help_text=gettext_lazy("U 盘里的 .zip 文件，不用解压。导入过的再导一次也没关系。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )
    hall = forms.ModelChoiceField(
        Hall.objects.none(),
        label=gettext_lazy("新频道归哪个礼堂"),
        required=False,
        help_text=gettext_lazy("频道以前导入过，就不用选。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        halls: forms.ModelChoiceField[Hall] = self.fields["hall"]  # type: ignore[assignment]
        halls.queryset = Hall.objects.active().filter(user.hall_scope(kinds=_MANAGER))
        halls.required = not user.is_administrator
        halls.empty_label = _("所有礼堂都能看") if user.is_administrator else _("请选")

    def clean_file(self) -> UploadedFile:
        """What is no zip at all, or too large to be sent by a browser, is said here, before anybody waits for it."""
        file: UploadedFile = self.cleaned_data["file"]
        most = settings.LIBRARY_MEGABYTES["package"]
        if (file.size or 0) > most << 20:
            raise ValidationError(
                _("这个资源包太大，在网页上最大能传 %(most)s MB。再大的，请管理员用 import_package 命令导入。"),
                params={"most": most},
            )
        head = file.read(4)
        file.seek(0)
        if not head.startswith(b"PK"):
            raise ValidationError(_("这不是资源包。资源包是一个 .zip 文件。"))
        return file
