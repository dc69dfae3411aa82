"""A year's holiday notice, pasted."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.domain import calendar_days


class CalendarDaysForm(forms.Form):
    """A line for each day or range; all of them can be read, or none is written."""

    text = forms.CharField(
        label=_("放假和调休的日子"),
        widget=forms.Textarea(attrs={"rows": 14, "cols": 60, "class": "vLargeTextField"}),
        help_text=_("一行一天，或一段日子。调休上班的周末也要写。已经写过的日子，照新的改。"),
        max_length=5000,
    )

    def clean_text(self) -> list[calendar_days.Day]:
        """The days, read."""
        try:
            return calendar_days.read(self.cleaned_data["text"])
        except calendar_days.UnreadableLinesError as unreadable:
            raise ValidationError([ValidationError(sentence) for sentence in unreadable.sentences]) from None
