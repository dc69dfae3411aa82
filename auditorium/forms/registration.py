"""The one page on which somebody new is written down: person, contacts and consents together."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from auditorium.domain import consents, contacts, people_search
from auditorium.enums import ConsentGiver, ConsentPurpose
from auditorium.forms.consents import ConsentForm
from auditorium.forms.contacts import NewContacts
from auditorium.forms.villagers import VillagerForm
from auditorium.models import Hall, Villager

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class Registration:
    """Three forms that are one: valid together or not at all.

    `searched` is what was typed at the desk before nobody was found; it fills the field it belongs to.
    """

    def __init__(self, data: QueryDict | None = None, *, hall: Hall, searched: str = "") -> None:
        self.data = data
        person, phone = _first_values(searched.strip())
        self.villager = VillagerForm(data, hall=hall, initial=person)
        self.contacts = NewContacts(data, prefix="contacts")
        self.contacts.forms[0].initial.update(phone)
        self.consents = ConsentForm(data, initial={"purposes": []})

    def is_valid(self) -> bool:
        """Whether every form is, and whether they fit each other."""
        if self.consents.is_valid() and ConsentPurpose.SERVICE not in self.consents.cleaned_data["purposes"]:
            self.consents.add_error(
                "purposes", ValidationError(_("没有同意“登记和代办”，就不能登记。"), code="service")
            )
        if not all([self.villager.is_valid(), self.contacts.is_valid(), self.consents.is_valid()]):
            return False
        agreed = self.consents.cleaned_data
        copies = any(contact.gets_copies for contact in self.contacts.details())
        if copies and ConsentPurpose.RELATIVE_COPIES not in agreed["purposes"]:
            self.consents.add_error(
                "purposes", ValidationError(_("要发给家人，先问过本人，再勾“也告诉家人”。"), code="copies")
            )
        if agreed["giver"] != ConsentGiver.GUARDIAN and consents.needs_guardian(self.villager.details.birth_date):
            self.consents.add_error("giver", ValidationError(_("不满14岁，要监护人同意。"), code="guardian"))
        return self.consents.is_valid()

    def not_these(self, look_alikes: list[Villager]) -> bool:
        """Whether the desk has said of every one of these that it is somebody else."""
        said = self.data.get("not_these", "").split(",") if self.data else []
        return all(str(villager.pk) in said for villager in look_alikes)

    def numbers(self) -> list[str]:
        """The phone numbers typed."""
        return [contact.number for contact in self.contacts.details() if contact.number]


def _first_values(searched: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the villager's form and the first contact's form begin with."""
    number = people_search.whole_id(searched)
    if number:
        return {"id_number": number}, {}
    if _HAN.search(searched):
        return {"name": searched}, {}
    try:
        return {}, {"number": contacts.parsed(searched).as_e164}
    except ValidationError:
        return {}, {}
