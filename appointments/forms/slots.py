"""How many places a part of a session has, as the admin asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain.schedule_import.cells import MOST_PLACES
from appointments.enums import SlotKind
from appointments.models import Slot

if TYPE_CHECKING:
    _Form = forms.ModelForm[Slot]
else:
    _Form = forms.ModelForm


class CapacityForm(_Form):
    """A slot's capacity. Extra places are granted one by one, never edited."""

    capacity = forms.IntegerField(label=gettext_lazy("号数"), min_value=0, max_value=MOST_PLACES)

    class Meta:
        model = Slot
        fields = ("capacity",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["capacity"].disabled = self.instance.kind == SlotKind.EXTRA

    def clean_capacity(self) -> int:
        """As many as are booked at least."""
        capacity: int = self.cleaned_data["capacity"]
        if capacity < self.instance.taken:
            raise ValidationError(_("号数不能比已约的少。"))
        return capacity
