"""Sending in a hospital's schedule: the file, and what holds for rows that do not say it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from appointments.domain.schedule_import.allotments import Allotments
from appointments.domain.schedule_import.apply import Answers
from appointments.domain.schedule_import.cells import CellError
from appointments.domain.schedule_import.directory import Hospitals
from appointments.domain.schedule_import.scope import ImportScope
from appointments.forms.sheets import SheetField

if TYPE_CHECKING:
    from appointments.domain.schedule_import.allotments import Allotment
    from appointments.models import Hospital
    from auditorium.models import User


class ScheduleUploadForm(forms.Form):
    """Names are checked within what the user may import; the sheet itself is read by the domain."""

    file = SheetField(
        label=gettext_lazy("排班表文件"),
        help_text=gettext_lazy(".xlsx 或 .csv，最多 5 MB。医院发来什么样就传什么样，不用改格式。"),
    )
    hospital = forms.CharField(
        label=gettext_lazy("哪家医院"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("表里有“医院”这一列就不用填。"),
    )
    allotment = forms.CharField(
        label=gettext_lazy("分配给"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("这些号给哪里用：礼堂名称，或者区划名称、代码。表里有“分配给”这一列就不用填。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = ImportScope.of(user)
        hospitals = list(self.scope.hospitals()[:2])
        if len(hospitals) == 1:
            self.fields["hospital"].initial = hospitals[0].name

    def clean_hospital(self) -> Hospital | None:
        """The hospital of that name, which the user may import."""
        name = self.cleaned_data["hospital"]
        try:
            return Hospitals(self.scope).find(name) if name else None
        except CellError as fault:
            raise ValidationError(str(fault)) from None

    def clean_allotment(self) -> Allotment | None:
        """The hall or region of that name."""
        said = self.cleaned_data["allotment"]
        try:
            return Allotments(None, self.scope).look_up(said) if said else None
        except CellError as fault:
            raise ValidationError(str(fault)) from None

    @property
    def answers(self) -> Answers:
        """What was answered, for the domain."""
        allotment = self.cleaned_data["allotment"]
        hall, region = (allotment.hall, allotment.region) if allotment else (None, None)
        return Answers(self.cleaned_data["hospital"], hall, region)
