"""Pairing a second screen."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PairForm(forms.Form):
    """The number on the screen, and what the desk calls it."""

    code = forms.RegexField(
        r"^\s*\d{3}\s*\d{3}\s*$",
        label=_("屏幕上的配对码"),
        error_messages={"invalid": _("配对码是六位数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "field-short"}),
    )
    name = forms.CharField(label=_("这块屏幕叫什么"), max_length=20, help_text=_("例如：大厅电视"))

    def clean_code(self) -> str:
        """Without the spaces between the digits."""
        return "".join(self.cleaned_data["code"].split())
