"""A notice for everybody who comes in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NoticeForm(forms.Form):
    """What it says, and from when to when it hangs."""

    words = forms.CharField(
        label=_("写什么"),
        help_text=_("一句话，人人看得到，不写村民的名字和电话。例如：12月1日起医保开始缴费，带身份证到服务台办"),
        max_length=60,
    )
    first_day = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last_day = forms.DateField(label=_("到哪天为止"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
