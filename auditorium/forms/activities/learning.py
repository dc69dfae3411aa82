"""Who can do it by now: one choice a line, for a whole class and one skill, or for one learner and all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from auditorium.activity_enums import SkillLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.domain.activities.learning import Cell


class LevelsForm(forms.Form):
    """Asked only of the cells given, each with its label and how far it was; `levels` after `is_valid`."""

    def __init__(self, *args: Any, cells: Iterable[tuple[Cell, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names: dict[str, Cell] = {}
        for cell, label, level in cells:
            name = "cell-{}-{}".format(*cell)
            self._names[name] = cell
            self.fields[name] = forms.ChoiceField(
                label=label, choices=SkillLevel.choices, widget=forms.RadioSelect, required=False, initial=level
            )

    @property
    def levels(self) -> dict[Cell, str]:
        """What was said; what was left open is left out."""
        return {self._names[name]: level for name, level in self.cleaned_data.items() if level}
