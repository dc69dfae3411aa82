"""Weekly schedules and leaves in the admin: checked by the domain, and kept as typed while somebody looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain import leaves, schedule_checks, schedule_scope
from appointments.models import Leave, ScheduleTemplate

if TYPE_CHECKING:
    from django.db.models import Model

    from auditorium.models import User

    _Form = forms.ModelForm[Any]
else:
    _Form = forms.ModelForm

EDIT = "_edit"
"""The button that leads back from what saving would do to the form, as it was filled in."""


class _CheckedForm(_Form):
    """A form whose rules look at the whole row, those of its fields that cannot be edited included."""

    user: ClassVar[User]

    def clean(self) -> dict[str, Any]:
        """Only a row without faults of its own is looked at as a whole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if EDIT in self.data:
            raise ValidationError(_("还没有保存。请接着改，改好再保存。"))
        if not self.errors:
            try:
                self.check_row(self._row(cleaned))
            except ValidationError as refused:
                self._object(refused)
        return cleaned

    def check_row(self, row: Any) -> None:
        """Raise ValidationError, by field."""
        raise NotImplementedError

    def _row(self, cleaned: dict[str, Any]) -> Model:
        stored: Model = self.instance
        row = type(stored)(**{field.attname: getattr(stored, field.attname) for field in stored._meta.concrete_fields})
        for name, value in cleaned.items():
            setattr(row, name, value)
        return row

    def _object(self, refused: ValidationError) -> None:
        by_field = refused.message_dict if hasattr(refused, "error_dict") else {NON_FIELD_ERRORS: refused.messages}
        for field, messages in by_field.items():
            is_shown = field in self.fields and field != NON_FIELD_ERRORS
            self.add_error(field if is_shown else None, messages)


class ScheduleTemplateForm(_CheckedForm):
    """One row of the week."""

    class Meta:
        model = ScheduleTemplate
        fields = "__all__"

    def check_row(self, row: ScheduleTemplate) -> None:
        """What it says makes sense, is the user's to say, and overlaps with nothing."""
        if bool(row.allotted_hall_id) == bool(row.allotted_region_id):
            raise ValidationError({"allotted_hall": _("号源要分给一个礼堂，或一个区域。")})
        schedule_scope.check_template(row, self.user)
        schedule_checks.check(row)


class LeaveForm(_CheckedForm):
    """From when to when somebody is away."""

    class Meta:
        model = Leave
        fields = "__all__"
        help_texts: ClassVar = {
            "department": gettext_lazy("不选就是整个医院。"),
            "doctor": gettext_lazy("不选就是整个科室。"),
        }

    def check_row(self, row: Leave) -> None:
        """It lies ahead and names who belongs together."""
        schedule_scope.check_leave(row, self.user)
        leaves.check(row, before=Leave.objects.filter(pk=row.pk).first())
