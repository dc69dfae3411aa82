"""What a villager, or a guardian, agrees to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from auditorium.enums import ConsentEvidence, ConsentGiver, ConsentPurpose


class ConsentForm(forms.Form):
    """What is agreed to now; whatever is not ticked is not agreed to, or withdrawn."""

    summary_elsewhere = True

    purposes = forms.MultipleChoiceField(
        label=_("同意什么"),
        choices=ConsentPurpose.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("问过一样，勾一样。不同意短信提醒的，到时候打电话或上门告诉。"),
    )
    giver = forms.ChoiceField(
        label=_("谁同意的"),
        choices=ConsentGiver.choices,
        widget=forms.RadioSelect,
        initial=ConsentGiver.VILLAGER,
        help_text=_("不满14岁，要监护人同意。"),
    )
    evidence = forms.ChoiceField(
        label=_("凭据"), choices=ConsentEvidence.choices, widget=forms.RadioSelect, initial=ConsentEvidence.SPOKEN
    )
