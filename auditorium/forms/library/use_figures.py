"""Which months' figures are looked at."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditorium.domain.library.use_figures import MOST_MONTHS, Month, Period


class MonthField(forms.CharField):
    """2026-11, as browsers send a month."""

    widget = forms.TextInput(attrs={"type": "month"})
    default_error_messages = {"invalid": _("请填年和月，例如 2026-11。")}

    def to_python(self, value: Any) -> Any:
        """The month, or None."""
        found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", str(value or "").strip(), re.ASCII)
        if found:
            return Month(int(found[1]), int(found[2]))
        if value:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return None


class PeriodForm(forms.Form):
    """From month to month; the present one unless something is said."""

    first = MonthField(label=_("从哪个月"), required=False)
    last = MonthField(label=_("到哪个月"), required=False)

    def clean(self) -> dict[str, Any]:
        """In order, and not too many."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = self._asked(cleaned)
        if not self.errors and first > last:
            self.add_error("last", _("结束的月份不能早于开始的月份。"))
        elif not self.errors and first < last.before(MOST_MONTHS - 1):
            self.add_error("first", _("一次最多看 %(count)d 个月。") % {"count": MOST_MONTHS})
        return cleaned

    def period(self) -> Period:
        """What is asked for; the present month where that makes no sense."""
        return Period(*self._asked(self.cleaned_data)) if self.is_valid() else Period(Month.now(), Month.now())

    def _asked(self, cleaned: dict[str, Any]) -> tuple[Month, Month]:
        last = cleaned.get("last") or max(cleaned.get("first") or Month.now(), Month.now())
        return cleaned.get("first") or last, last
