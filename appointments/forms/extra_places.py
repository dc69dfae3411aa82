"""加号: at what time, and why."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.domain.extra_places import REASON_LENGTH
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from appointments.models import Slot


class ExtraPlaceForm(forms.Form):
    """One of the session's times, the last at first, and the reason; pressed twice, the key adds one place."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    why = forms.CharField(
        label=_("为什么加号"),
        help_text=_("写明哪位医生同意的、为什么等不到下次，以后查得到。"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, times: Sequence[Slot], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._times = {slot.pk: slot.starts_at for slot in times}
        self.fields["time"] = forms.TypedChoiceField(
            label=_("加在几点"),
            coerce=int,
            choices=[(slot.pk, f"{_hour(slot.starts_at)}–{_hour(slot.ends_at)}") for slot in times],
            initial=times[-1].pk if times else None,
            widget=forms.RadioSelect,
        )
        self.order_fields(["key", "time", "why"])

    @property
    def starts_at(self) -> datetime:
        """When the chosen time begins."""
        return self._times[self.cleaned_data["time"]]


def _hour(moment: datetime) -> str:
    here = clock.local(moment)
    return f"{here.hour}:{here:%M}"
