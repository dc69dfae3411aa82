"""The switches of the header."""

from django import forms
from django.conf import settings

from auditorium.enums import TextSize


class LanguageForm(forms.Form):
    """Which language."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)


class TextSizeForm(forms.Form):
    """Which text size."""

    text_size = forms.ChoiceField(choices=TextSize.choices)


class ShortcutsForm(forms.Form):
    """Whether single keys do something."""

    shortcuts = forms.TypedChoiceField(choices=[("on", "on"), ("off", "off")], coerce=lambda value: value == "on")
