"""Which paper, how many copies, which language: choices of a print page, with sensible ones for anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import QueryDict


@dataclass(frozen=True)
class Wanted:
    """How a slip is to be printed."""

    paper: str = "a5"
    copies: int = 1
    language: str = settings.LANGUAGE_CODE


class SlipForm(forms.Form):
    """The print page's choices, read from its address."""

    PAPERS = (("a4", "A4"), ("a5", "A5"), ("roll80", _("80 毫米卷纸")), ("roll57", _("57 毫米卷纸")))

    paper = forms.ChoiceField(choices=PAPERS, required=False)
    copies = forms.TypedChoiceField(choices=((1, "1"), (2, "2")), coerce=int, required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)

    @classmethod
    def wanted(cls, data: QueryDict) -> Wanted:
        """What the address asks for; whatever it asks wrongly is left at its default."""
        form = cls(data)
        form.full_clean()
        given: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value}
        return Wanted(**given)
