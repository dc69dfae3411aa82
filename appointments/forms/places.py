"""What the address of a booking page may say, and its search box; anything else is passed over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.domain.hall_days import Days, Which
from appointments.models import Hospital


class AddressForm(forms.Form):
    """Reads an address: a value that makes no sense counts as not given."""

    def read(self) -> dict[str, Any]:
        """The values, None or empty where nothing sensible was given."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}


class SearchForm(AddressForm):
    """The one box. What ails somebody is posted: it stands in no address."""

    q = forms.CharField(
        label=_("医院、科室、医生，或者哪里不舒服"),
        max_length=60,
        required=False,
    )


class WhereForm(AddressForm):
    """A hospital whose departments are listed."""

    hospital = forms.ModelChoiceField(queryset=Hospital.objects.active(), required=False)


class WeekForm(AddressForm):
    """Which seven days, whose row comes first, and which session is open."""

    first = forms.DateField(required=False)
    doctor = forms.IntegerField(required=False)
    session = forms.IntegerField(required=False)

    def add_prefix(self, field_name: str) -> str:
        """The address says `from`, which is no name in Python."""
        return "from" if field_name == "first" else field_name


class DaysForm(AddressForm):
    """Which days and which states a hall's list shows."""

    days = forms.ChoiceField(choices=Days, required=False)
    state = forms.ChoiceField(choices=Which, required=False)
