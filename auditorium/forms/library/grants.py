"""For whom something is taken home, and for how long."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from auditorium.domain.library import grants
from auditorium.models import Villager


class GrantForm(forms.Form):
    """Usually one press: a day, for the villager being served, else for nobody in particular."""

    summary_elsewhere = True

    hours = forms.TypedChoiceField(label=_("多久以内能打开"), coerce=int, widget=forms.RadioSelect)
    whom = forms.ChoiceField(label=_("给谁"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, villager: Villager | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._villager = villager
        hours: Any = self.fields["hours"]
        hours.choices = [(number, _span(number)) for number in grants.HOURS]
        hours.initial = grants.USUAL_HOURS
        whom: Any = self.fields["whom"]
        whom.choices = [("villager", villager.name)] if villager else []
        whom.choices = [*whom.choices, ("nobody", _("不记名"))]
        whom.initial = "villager" if villager else "nobody"

    def taker(self) -> Villager | None:
        """The villager, where it is one."""
        return self._villager if self.cleaned_data["whom"] == "villager" else None


def _span(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if rest:
        return ngettext("%(count)d 小时内", "%(count)d 小时内", hours) % {"count": hours}
    return ngettext("%(count)d 天内", "%(count)d 天内", days) % {"count": days}
