"""What somebody waits for: which doctor, on which days, in which part of the day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.enums import Period
from appointments.models import Doctor
from auditorium.dates import full_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appointments.models import Department


class WaitForm(forms.Form):
    """A doctor or any, from one day to another, a part of the day or any."""

    doctor = forms.ModelChoiceField(
        label=gettext_lazy("等哪位医生"),
        queryset=Doctor.objects.none(),
        required=False,
        empty_label=gettext_lazy("哪位医生都行"),
    )
    first_date = forms.TypedChoiceField(label=gettext_lazy("从哪天"), coerce=date.fromisoformat)
    last_date = forms.TypedChoiceField(label=gettext_lazy("到哪天"), coerce=date.fromisoformat)
    period = forms.ChoiceField(
        label=gettext_lazy("上午还是下午"),
        required=False,
        choices=[("", gettext_lazy("都行")), *Period.choices],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, department: Department, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = self.fields["doctor"]
        if isinstance(doctors, forms.ModelChoiceField):
            doctors.queryset = Doctor.objects.filter(department=department, is_active=True)
        for name in ("first_date", "last_date"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [(day.isoformat(), full_date(day)) for day in days]

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_date"), cleaned.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("最后一天不能早于第一天。"))
        return cleaned
