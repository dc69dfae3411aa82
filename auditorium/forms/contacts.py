"""On which phones a villager can be told something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from auditorium.domain import contacts
from auditorium.domain.contacts import ContactDetails
from auditorium.enums import Reach, Relation, TextLanguage
from auditorium.models import Contact

AT_REGISTRATION = 3
MOST = 8
_TYPED = ("pk", "number", "relation", "name", "reach", "gets_copies", "may_decide")


class ContactForm(forms.Form):
    """One way to reach a villager; a contact there already keeps its number when none is typed."""

    summary_elsewhere = True

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("电话号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=_("手机，或带区号的座机。"),
    )
    relation = forms.ChoiceField(label=_("是谁的电话"), choices=Relation.choices, initial=Relation.SELF)
    name = forms.CharField(label=_("怎么称呼"), max_length=40, required=False, help_text=_("不是本人时写，例如：张丽"))
    reach = forms.ChoiceField(label=_("怎么告诉"), choices=Reach.choices, widget=forms.RadioSelect, initial=Reach.TEXT)
    in_english = forms.BooleanField(label=_("短信用英文写"), required=False)
    order = forms.IntegerField(label=_("先后"), min_value=1, max_value=99, initial=1)
    gets_copies = forms.BooleanField(label=_("提醒也发一份到这里"), required=False)
    may_decide = forms.BooleanField(label=_("可以代为确认或取消"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: Contact | None = self.initial.get("contact")
        if self.known and self.known.phone:
            self.fields["number"].help_text = _("现在是 %(number)s。要换才填。") % {"number": self.known.phone}

    @property
    def is_begun(self) -> bool:
        """Whether anything is or was written in it: to show it opened."""
        first = any(self.initial.get(name) for name in ("number", "name"))
        return first or (self.is_bound and (self.has_changed() or bool(self.errors)))

    def clean_number(self) -> str:
        """Only a number that exists: mobile, or landline with its area code."""
        typed: str = self.cleaned_data["number"].strip()
        return contacts.parsed(typed).as_e164 if typed else ""

    def clean(self) -> dict[str, Any]:
        """A number, or somebody who tells in person; texts where they arrive; nothing about others on one's own."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("relation") == Relation.SELF:
            cleaned |= {"name": "", "gets_copies": False, "may_decide": False}
        kept = self.known.phone if self.known else None
        number = cleaned.get("number") or (kept.number.as_e164 if kept else "")
        if "number" in cleaned and not number and cleaned.get("reach") != Reach.IN_PERSON:
            self.add_error("number", ValidationError(_("请填号码；没有电话的，选“只能当面”。"), code="required"))
        if number and cleaned.get("reach") == Reach.TEXT:
            try:
                contacts.check_takes_texts(contacts.parsed(number))
            except ValidationError as error:
                self.add_error("reach", error)
        return cleaned


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[ContactForm]
else:
    _FormSet = forms.BaseFormSet


class NewContactForm(ContactForm):
    """A contact of somebody new: which of them comes first is how they are written down."""

    order = None  # type: ignore[assignment]


class BaseContacts(_FormSet):
    """All the ways to reach a villager."""

    def add_fields(self, form: ContactForm, index: int | None) -> None:
        """A further contact is tried last."""
        super().add_fields(form, index)
        if "order" in form.fields:
            form.fields["order"].initial = (index or 0) + 1
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("删掉这个联系人")

    def clean(self) -> None:
        """No number twice."""
        numbers = [] if any(self.errors) else [details.number for details in self.details() if details.number]
        if len(numbers) != len(set(numbers)):
            raise ValidationError(_("同一个号码填了两次，请留一个。"), code="twice")

    @property
    def seen(self) -> set[int]:
        """The contacts the page showed."""
        return {form.cleaned_data["pk"] for form in self.forms if form.cleaned_data.get("pk")}

    def details(self) -> list[ContactDetails]:
        """The contacts to keep or to make; an empty row is none."""
        kept = [
            form for form in self.forms if (form.has_changed() or form.known) and not form.cleaned_data.get("DELETE")
        ]
        return [
            ContactDetails(
                order=form.cleaned_data.get("order", place),
                language=TextLanguage.ENGLISH if form.cleaned_data["in_english"] else TextLanguage.CHINESE,
                **{name: form.cleaned_data[name] for name in _TYPED},
            )
            for place, form in enumerate(kept, 1)
        ]


NewContacts = cast(
    "type[BaseContacts]",
    forms.formset_factory(NewContactForm, BaseContacts, extra=AT_REGISTRATION, max_num=AT_REGISTRATION),
)
"""Those of somebody new, all on the page from the start."""

Contacts = cast(
    "type[BaseContacts]",
    forms.formset_factory(ContactForm, BaseContacts, extra=1, max_num=MOST, can_delete=True, can_delete_extra=False),
)
"""Those of a villager, each to be changed or taken away, and one more."""


def initial_of(found: list[Contact], posted: Mapping[str, Any] | None = None, prefix: str = "") -> list[dict[str, Any]]:
    """What the forms about these contacts begin with: all but the numbers.

    For a page that was `posted`, in its order, whatever a colleague has added or taken away since.
    """
    fields = ("pk", "relation", "name", "reach", "order", "gets_copies", "may_decide")
    by_pk = {
        str(contact.pk): {
            "contact": contact,
            "in_english": contact.language == TextLanguage.ENGLISH,
            **{name: getattr(contact, name) for name in fields},
        }
        for contact in found
    }
    if not posted:
        return list(by_pk.values())
    shown = [posted[f"{prefix}-{n}-pk"] for n in range(MOST) if posted.get(f"{prefix}-{n}-pk")]
    return [by_pk.get(pk, {}) for pk in shown]
