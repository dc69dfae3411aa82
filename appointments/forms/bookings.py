"""What the desk confirms: a booking, or its end."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class BookingForm(forms.Form):
    """The check page's only field: a key made when the page was shown, so that pressing twice books once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class RebookForm(BookingForm):
    """One of the times offered instead of what the clinic cancelled."""

    slot = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    """Why, and for a booking made elsewhere whether its platform has been told."""

    REASONS = (
        ("time", _("有事去不了")),
        ("better", _("身体好了")),
        ("moved", _("换了时间或医院")),
        ("mistake", _("约错了")),
        ("other", _("别的原因")),
    )
    PLATFORM = (
        ("told", _("原来的平台已经取消了")),
        ("later", _("还没有，记一件待办")),
    )

    why = forms.ChoiceField(label=_("为什么取消"), choices=REASONS, widget=forms.RadioSelect, required=False)
    platform = forms.ChoiceField(label=_("原来约号的平台取消了吗"), choices=PLATFORM, widget=forms.RadioSelect)

    def __init__(self, *args: object, elsewhere: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not elsewhere:
            del self.fields["platform"]

    @property
    def reason(self) -> str:
        """The reason in Chinese, which every page can translate; empty when none was given."""
        with translation.override(settings.LANGUAGE_CODE):
            return str(dict(self.REASONS).get(self.cleaned_data["why"], ""))

    @property
    def platform_told(self) -> bool:
        """Whether nobody need tell the platform any more."""
        return self.cleaned_data.get("platform") != "later"
