"""A hospital's or a department's rules as an administrator fills them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain import policies, policy_checks, policy_words
from appointments.models import BookingPolicy, Department, Hospital

if TYPE_CHECKING:
    from django.forms.models import BaseInlineFormSet

    _FormSet = BaseInlineFormSet[Any, Any, forms.ModelForm[Any]]
    _Form = forms.ModelForm[BookingPolicy]
else:
    from django.forms.models import BaseInlineFormSet as _FormSet

    _Form = forms.ModelForm


class BookingPolicyForm(_Form):
    """Every field may stay empty and says what holds then; rules that contradict each other are not saved."""

    documents = forms.MultipleChoiceField(
        label=gettext_lazy("可用的证件"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = BookingPolicy
        fields = policies.RULES

    def __init__(self, *args: Any, parent: Hospital | Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parent = parent
        self._above = _above(parent)
        self.harmless: list[str] = []
        documents: Any = self.fields["documents"]
        documents.choices = policy_words.document_choices()
        for rule in policies.RULES:
            self._say_what_holds(rule)

    def clean(self) -> dict[str, Any]:
        """With every contradiction at its field; what is only of no effect is kept in `harmless`."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return said
        row = BookingPolicy(**{rule: said.get(rule) for rule in policies.RULES})
        found = policy_checks.in_row(row, self._above)
        if isinstance(self._parent, Hospital) and self._parent.pk:
            found += policy_checks.in_departments(row, self._parent)
        for finding in found:
            if finding.is_harmless:
                said_of = {"label": self.fields[finding.field].label, "error": finding.sentence}
                self.harmless.append(_("%(label)s：%(error)s") % said_of)
            else:
                self.add_error(finding.field, finding.sentence)
        return said

    def _say_what_holds(self, rule: str) -> None:
        field: Any = self.fields[rule]
        what = {"what": policy_words.in_words(self._above, rule)}
        if rule == "documents":
            field.help_text = _("都不勾：%(what)s。") % what
        elif isinstance(field.widget, forms.Select):
            nothing, *others = field.widget.choices
            field.widget.choices = [(nothing[0], _("空着：%(what)s") % what), *others]
        else:
            field.help_text = format_lazy("{}{}", _("空着：%(what)s。") % what, field.help_text)


class BookingPolicyFormSet(_FormSet):
    """The one row of a hospital or a department; its form knows whose it is."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """With the hospital or department, as it is being saved."""
        return {**super().get_form_kwargs(index), "parent": self.instance}

    @property
    def harmless(self) -> list[str]:
        """What was saved and has no effect."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [sentence for form in kept if isinstance(form, BookingPolicyForm) for sentence in form.harmless]


def _above(parent: Hospital | Department) -> policies.Policy:
    """What holds where the row says nothing."""
    if isinstance(parent, Hospital):
        return policies.DEFAULTS
    try:
        return policies.policy_for(parent.hospital)
    except ObjectDoesNotExist:
        return policies.DEFAULTS  # a new department whose hospital is not chosen yet
