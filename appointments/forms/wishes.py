"""From what time of day a place suits that is to be booked at its release."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from auditorium.dates import clock_time

if TYPE_CHECKING:
    from collections.abc import Iterable


class WishForm(forms.Form):
    """One of the times the session begins a part at, or any."""

    not_before = forms.TypedChoiceField(
        label=_("最早几点"),
        required=False,
        coerce=time.fromisoformat,
        empty_value=None,
        help_text=_("不选就约最早的号。选了，就不约比这早的。"),
    )

    def __init__(self, *args: Any, times: Iterable[time], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["not_before"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", gettext("几点都行")),
                *((f"{begins:%H:%M}", gettext("%(time)s以后") % {"time": clock_time(begins)}) for begins in times),
            ]
