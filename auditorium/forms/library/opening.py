"""For whom a resource is opened: the villager at the desk, several people together, or nobody who need be named."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.models import Villager

MOST_PEOPLE = 500


class Whom(TextChoices):
    """Who reads, hears or watches."""

    VILLAGER = "villager", gettext_lazy("这位村民")
    NOBODY = "nobody", gettext_lazy("不记名")
    GROUP = "group", gettext_lazy("大家一起")


class OpeningForm(forms.Form):
    """Usually one press: the villager being served, else nobody in particular."""

    summary_elsewhere = True

    whom = forms.ChoiceField(label=gettext_lazy("给谁看"), choices=Whom, widget=forms.RadioSelect)
    people = forms.IntegerField(
        label=gettext_lazy("大家一起，几个人"),
        min_value=2,
        max_value=MOST_PEOPLE,
        required=False,
        widget=forms.NumberInput(attrs={"class": "field-short"}),
    )

    def __init__(self, *args: Any, villager: Villager | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.villager = villager
        whom: Any = self.fields["whom"]
        choices = [(str(value), label) for value, label in Whom.choices]
        whom.choices = [(choices[0][0], villager.name), *choices[1:]] if villager else choices[1:]
        whom.initial = Whom.VILLAGER if villager else Whom.NOBODY

    def clean(self) -> dict[str, Any]:
        """How many, where there are several."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("whom") == Whom.GROUP and not cleaned.get("people") and "people" not in self.errors:
            self.add_error("people", _("请填有几个人。"))
        return cleaned

    def reader(self) -> Villager | None:
        """The villager, where it is one."""
        return self.villager if self.cleaned_data["whom"] == Whom.VILLAGER else None

    def head_count(self) -> int:
        """How many read, hear or watch."""
        return int(self.cleaned_data["people"]) if self.cleaned_data["whom"] == Whom.GROUP else 1
