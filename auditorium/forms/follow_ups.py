"""What came of a task, and who shall do it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.domain import task_lists
from auditorium.enums import FollowUpState
from auditorium.models import FollowUp, Helper, User

OUTCOMES = (
    FollowUpState.DONE,
    FollowUpState.NOT_REACHED,
    FollowUpState.WRONG_NUMBER,
    FollowUpState.CANCELLED,
)


class OutcomeForm(forms.Form):
    """Each outcome is a button of its own; the note says more, the time is for the next try."""

    outcome = forms.ChoiceField(choices=[(state.value, state.label) for state in OUTCOMES], widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("说明"), max_length=200, required=False, help_text=_("例如：女儿接的电话，会转告。不用办了，请写原因。")
    )
    again_at = forms.DateTimeField(
        label=_("没联系上，什么时候再试"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def clean(self) -> dict[str, Any]:
        """A next try lies ahead, and dropping a task needs its reason; other outcomes ask for neither."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome")
        if outcome != FollowUpState.NOT_REACHED:
            cleaned["again_at"] = None
            self.errors.pop("again_at", None)
        elif cleaned.get("again_at") and cleaned["again_at"] <= clock.now():
            self.add_error("again_at", ValidationError(_("这个时间已经过了，请往后选。"), code="past"))
        if outcome == FollowUpState.CANCELLED and not cleaned.get("note"):
            self.add_error("note", ValidationError(_("为什么不用办了？请写一句。"), code="reason"))
        return cleaned


class HandForm(forms.Form):
    """One list of everybody who can do it: colleagues of the halls concerned, and their helpers."""

    to = forms.ChoiceField(label=_("交给谁"))

    def __init__(self, *args: Any, follow_up: FollowUp, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues, helpers = task_lists.hands(follow_up=follow_up, user=user)
        self._people: dict[str, dict[str, User | Helper]] = {
            **{f"user-{colleague.pk}": {"assignee": colleague} for colleague in colleagues},
            **{f"helper-{helper.pk}": {"helper": helper} for helper in helpers},
        }
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            (_("同事"), [(f"user-{colleague.pk}", str(colleague)) for colleague in colleagues]),
            (_("帮手"), [(f"helper-{helper.pk}", helper_label(helper)) for helper in helpers]),
        ]

    def clean_to(self) -> dict[str, User | Helper]:
        """The person, as `follow_ups.hand_to` takes them."""
        return self._people[self.cleaned_data["to"]]


class DoorsForm(forms.Form):
    """Doors and the helper who goes there."""

    helper = forms.ModelChoiceField(Helper.objects.none(), label=_("交给谁"), empty_label=_("请选择"))
    doors = forms.RegexField(r"^\d+(,\d+){0,499}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, helpers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["helper"]
        field.queryset = helpers  # type: ignore[attr-defined]
        field.label_from_instance = helper_label  # type: ignore[attr-defined]

    def clean_doors(self) -> list[int]:
        """The tasks' keys."""
        return [int(pk) for pk in self.cleaned_data["doors"].split(",")]


def helper_label(helper: Helper) -> str:
    """沈阿毛 网格员 1组、2组."""
    return " ".join(part for part in (helper.name, str(helper.get_kind_display()), helper.groups) if part)
