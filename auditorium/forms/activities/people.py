"""Who signs up, who does not come any more, and who came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from auditorium.activity_enums import AttendanceState
from auditorium.models import Villager

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditorium.models import Attendance


class SignUpForm(forms.Form):
    """Which of a household come; offered is only who can."""

    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("谁来参加"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请选要报名的人。")},
    )

    def __init__(self, *args: Any, offered: Sequence[Villager], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {villager.pk: villager for villager in offered}
        choices = [(villager.pk, villager.name) for villager in offered]
        self.fields["people"].choices = choices  # type: ignore[attr-defined]

    @property
    def villagers(self) -> list[Villager]:
        """Those chosen, in the order in which they were offered."""
        chosen = set(self.cleaned_data["people"])
        return [villager for pk, villager in self._offered.items() if pk in chosen]


class SignOffForm(forms.Form):
    """Why they do not come."""

    REASONS = (
        ("time", gettext_lazy("有事来不了")),
        ("health", gettext_lazy("身体不舒服")),
        ("mistake", gettext_lazy("报错了")),
        ("other", gettext_lazy("别的原因")),
    )
    why = forms.ChoiceField(label=gettext_lazy("为什么不来"), choices=REASONS, widget=forms.RadioSelect, required=False)

    @property
    def reason(self) -> str:
        """In words; empty when none was given."""
        return str(dict(self.REASONS).get(self.cleaned_data["why"], ""))


class RollForm(forms.Form):
    """Who came: one choice a line, asked only of who is on the roll; `marks` after `is_valid`."""

    CHOICES = (
        (AttendanceState.PRESENT, AttendanceState.PRESENT.label),
        (AttendanceState.ABSENT, AttendanceState.ABSENT.label),
        (AttendanceState.EXCUSED, AttendanceState.EXCUSED.label),
    )

    def __init__(self, *args: Any, lines: Iterable[Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line-{line.pk}"] = forms.ChoiceField(
                label=line.villager.name,
                choices=self.CHOICES,
                widget=forms.RadioSelect,
                required=False,
                initial="" if line.state == AttendanceState.EXPECTED else line.state,
            )

    @property
    def marks(self) -> dict[int, str]:
        """What was said, by the keys of the lines; who was not marked is left out."""
        said = self.cleaned_data.items()
        return {int(name.removeprefix("line-")): mark for name, mark in said if mark}
