"""What people thought of an activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.activity_enums import Satisfaction
from auditorium.models import Villager

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 2000


class HandsForm(forms.Form):
    """How many raised a hand for what; `hands` after `is_valid`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value, label in Satisfaction.choices:
            self.fields[value] = forms.IntegerField(
                label=_("%(what)s的有几人") % {"what": label},
                min_value=0,
                max_value=MOST,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def hands(self) -> dict[str, int]:
        """What was counted."""
        return {name: count or 0 for name, count in self.cleaned_data.items()}


class OpinionForm(forms.Form):
    """What one person said, who came or does not want to be named; `villager` after `is_valid`."""

    satisfaction = forms.ChoiceField(
        label=gettext_lazy("满意不满意"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("怎么说的"),
        help_text=gettext_lazy("几个字就行。不要写别人的事。"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    who = forms.TypedChoiceField(
        label=gettext_lazy("谁说的"), coerce=int, empty_value=None, required=False, widget=forms.Select
    )

    def __init__(self, *args: Any, people: Iterable[Villager], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {villager.pk: villager for villager in people}
        named = [(pk, villager.name) for pk, villager in self._people.items()]
        self.fields["who"].choices = [("", _("不写名字")), *named]  # type: ignore[attr-defined]

    @property
    def villager(self) -> Villager | None:
        """Who said it, if they are named."""
        return self._people.get(self.cleaned_data["who"])
