"""How many came to a session at the hall."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.domain.head_counts import MOST


class HeadCountForm(forms.Form):
    """One number; each session on the page has a form of its own."""

    summary_elsewhere = True

    count = forms.IntegerField(
        label=_("几位"),
        min_value=0,
        max_value=MOST,
        error_messages={
            "required": _("请写来了几位，没有人来写 0。"),
            "invalid": _("请写数字，例如 12。"),
            "max_value": _("人数太多了，请核对。"),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
