"""What the doctor said of coming back: in how many weeks or on what day, to whom, and whether to ask again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.domain.revisits import FURTHEST

if TYPE_CHECKING:
    from datetime import date

    from appointments.models import Appointment, Doctor

MOST_WEEKS = FURTHEST.days // 7


class RevisitForm(forms.Form):
    """Weeks, counted from the visit, or a day; exactly one of the two."""

    SAME, ANY = "same", "any"
    WHO = ((SAME, _("还看这位医生")), (ANY, _("哪位医生都行")))
    HOW = (("ask", _("到时候先打电话问")), ("book", _("到时候直接约，不用再问")))

    weeks = forms.IntegerField(
        label=_("几周以后"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_WEEKS, "inputmode": "numeric"}),
        help_text=_("从看病那天算起。"),
    )
    due_on = forms.DateField(
        label=_("或者哪一天"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    who = forms.ChoiceField(label=_("看哪位医生"), choices=WHO, widget=forms.RadioSelect, initial=SAME)
    how = forms.ChoiceField(
        label=_("能约的时候怎么办"),
        choices=HOW,
        widget=forms.RadioSelect,
        initial="ask",
        help_text=_("直接约的，放号时约最早的号，约好发短信。"),
    )

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appointment = appointment
        if appointment.doctor is None:
            del self.fields["who"]

    def clean_weeks(self) -> int | None:
        """A number of weeks somebody may have said."""
        weeks: int | None = self.cleaned_data["weeks"]
        if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
            raise ValidationError(gettext("请填 1 到 %(most)d 周。") % {"most": MOST_WEEKS})
        return weeks

    def clean(self) -> dict[str, Any]:
        """One of the two says when."""
        said = self.cleaned_data
        if not self.errors and (said["weeks"] is None) == (said["due_on"] is None):
            none = said["weeks"] is None
            self.add_error(
                "weeks", gettext("请填几周以后，或者哪一天。") if none else gettext("周数和日期填一样就行。")
            )
        return said

    @property
    def when(self) -> str:
        """The field that said when, for what is wrong with it."""
        return "due_on" if self.cleaned_data["weeks"] is None else "weeks"

    def details(self) -> dict[str, Any]:
        """What was said, for the domain."""
        return {"due_on": self._due_on(), "doctor": self._doctor(), "automatic": self.cleaned_data["how"] == "book"}

    def _due_on(self) -> date:
        weeks = self.cleaned_data["weeks"]
        day: date = self.cleaned_data["due_on"] if weeks is None else self.appointment.date + timedelta(weeks=weeks)
        return day

    def _doctor(self) -> Doctor | None:
        return self.appointment.doctor if self.cleaned_data.get("who") == self.SAME else None
