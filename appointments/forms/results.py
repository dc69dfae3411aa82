"""Sending in a hospital's results: the file and whose it is; then the marks that were shown, signed, to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from appointments.forms.sheets import SheetField
from appointments.models import Hospital

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from auditorium.models import User

SHOWN_FOR = 3600
"""Seconds after which a preview must be made anew."""
_SALT = "appointments.results"


class ResultsForm(forms.Form):
    """A result sheet of one of the hospitals the user may speak for."""

    file = SheetField(
        label=gettext_lazy("就诊结果文件"),
        help_text=gettext_lazy(
            ".xlsx 或 .csv，最多 5 MB。要有“结果”这一列（已就诊、到院、未到），还要有“预约号”，"
            "或者“姓名”“日期”和“科室”或“号”。"
        ),
    )
    hospital = forms.ModelChoiceField(Hospital.objects.none(), label=gettext_lazy("哪家医院"))

    def __init__(self, *args: Any, hospitals: QuerySet[Hospital], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hospital"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = hospitals
        few = list(hospitals[:2])
        if len(few) == 1:
            field.initial = few[0].pk


class ConfirmResultsForm(forms.Form):
    """What was shown: ids and states only, signed for who saw it, so that nothing of a sheet need be kept."""

    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    @classmethod
    def showing(cls, *, marks: Mapping[int, str], bad: int, hospital: Hospital, user: User) -> ConfirmResultsForm:
        """The form beside a preview that leaves out `bad` rows."""
        kept = {"user": user.pk, "hospital": hospital.pk, "marks": list(marks.items()), "bad": bad}
        return cls(user=user, initial={"token": signing.dumps(kept, salt=_SALT, compress=True)})

    def clean_token(self) -> dict[str, Any]:
        """What was shown to this user within the hour."""
        try:
            kept: dict[str, Any] = signing.loads(self.cleaned_data["token"], salt=_SALT, max_age=SHOWN_FOR)
        except signing.BadSignature:
            kept = {}
        if kept.get("user") != self._user.pk:
            raise ValidationError(gettext("预览过了太久，请把文件再传一次。"))
        return kept

    @property
    def marks(self) -> dict[int, str]:
        """The marks to be made."""
        return dict(self.cleaned_data["token"]["marks"])

    @property
    def bad(self) -> int:
        """How many rows were left out."""
        return int(self.cleaned_data["token"]["bad"])

    @property
    def hospital_pk(self) -> int:
        """Whose results they are."""
        return int(self.cleaned_data["token"]["hospital"])
