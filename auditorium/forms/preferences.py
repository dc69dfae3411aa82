"""The switches of the header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings

from auditorium.enums import TextSize
from auditorium.models import Hall

if TYPE_CHECKING:
    from auditorium.models.halls import HallQuerySet


class LanguageForm(forms.Form):
    """Which language."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)


class TextSizeForm(forms.Form):
    """Which text size."""

    text_size = forms.ChoiceField(choices=TextSize.choices)


class ShortcutsForm(forms.Form):
    """Whether single keys do something."""

    shortcuts = forms.TypedChoiceField(choices=[("on", "on"), ("off", "off")], coerce=lambda value: value == "on")


class HallForm(forms.Form):
    """Which hall, of those one may choose."""

    hall = forms.ModelChoiceField(Hall.objects.none())

    def __init__(self, *args: Any, halls: HallQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"] = forms.ModelChoiceField(halls)
