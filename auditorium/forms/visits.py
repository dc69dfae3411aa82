"""What the desk types about somebody who has come."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditorium.enums import MatterKind, VisitChannel
from auditorium.models import User, Villager

USUAL_LABELS = (_("一位大爷"), _("一位大妈"), _("一位村民"))


class MatterForm(forms.Form):
    """One thing somebody came for."""

    kind = forms.ChoiceField(label=_("办什么事"), choices=MatterKind.choices)
    note = forms.CharField(label=_("说明"), max_length=120, required=False)


class VisitForm(MatterForm):
    """Somebody is here: a villager chosen elsewhere on the page, or whatever the desk calls them."""

    who = forms.CharField(
        label=_("谁来了"),
        error_messages={"required": _("请写上是谁：姓名，或者“一位大爷”。")},
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "list": "usual-labels",
                "autocomplete": "off",
                "placeholder": _("姓名，或一位大爷"),
            }
        ),
    )
    villager = forms.ModelChoiceField(Villager.objects.none(), required=False, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("怎么来的"), choices=VisitChannel.choices, initial=VisitChannel.WALK_IN, required=False
    )
    field_order = ("who", "kind", "channel", "note")

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user:
            self.fields["who"].required = not self.data.get("villager")
            self.fields["villager"].queryset = Villager.objects.for_user(user)  # type: ignore[attr-defined]

    def clean_channel(self) -> str:
        """Who doesn't say it came in person."""
        return self.cleaned_data["channel"] or VisitChannel.WALK_IN
