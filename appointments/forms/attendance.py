"""Whether somebody went, as it is pressed at the desk, and why a limit is lifted."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.enums import AppointmentState

TAKE_BACK = "take_back"


class MarkForm(forms.Form):
    """A mark or its undoing, why where an earlier mark was wrong, and the page it was pressed on."""

    MARKS = (
        (AppointmentState.ARRIVED.value, _("到了")),
        (AppointmentState.FULFILLED.value, _("看好了")),
        (AppointmentState.NO_SHOW.value, _("没去")),
        (TAKE_BACK, _("撤销登记")),
    )
    PAGES = (("board", _("今天和明天")), ("list", _("预约")), ("appointment", _("这个预约")))

    to = forms.ChoiceField(label=_("去了没有"), choices=MARKS, widget=forms.RadioSelect)
    why = forms.CharField(label=_("为什么要改"), max_length=120, required=False, widget=forms.TextInput)
    back = forms.ChoiceField(choices=PAGES, required=False, widget=forms.HiddenInput)


class LiftForm(forms.Form):
    """Why the limit is lifted; it will be read later."""

    why = forms.CharField(
        label=_("为什么解除"),
        max_length=120,
        help_text=_("例如：那几天住院，家里没人知道约了号。"),
        error_messages={"required": _("请写明为什么解除，以后查得到。")},
    )
