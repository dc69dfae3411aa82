"""The numbers on books: one that is scanned or typed at the desk, or several that are new."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from auditorium.domain.library.lending import copies
from auditorium.models import BookCopy, Hall, User

_TYPED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}


class NumberForm(forms.Form):
    """One copy of this hall; a scanner ends what it reads with Enter."""

    summary_elsewhere = True

    number = forms.CharField(
        label=gettext_lazy("册号"),
        max_length=60,
        widget=forms.TextInput(attrs=_TYPED),
        error_messages={"required": gettext_lazy("请输入或扫描册号。")},
    )

    def __init__(self, *args: Any, hall: Hall, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hall, self._user = hall, user

    @property
    def copy(self) -> BookCopy:
        """Which one it is; DeskError where there is none."""
        return copies.find(number=self.cleaned_data["number"], hall=self._hall, user=self._user)


class NewCopiesForm(forms.Form):
    """Numbers of copies that stand on the shelf from now on."""

    summary_elsewhere = True

    numbers = forms.CharField(
        label=gettext_lazy("新书的册号"),
        max_length=2000,
        help_text=gettext_lazy("有几册就扫几个，每行一个。"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填册号。")},
    )

    @property
    def listed(self) -> list[str]:
        """One a line."""
        return str(self.cleaned_data["numbers"]).splitlines()
