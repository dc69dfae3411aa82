"""On which phones a villager can be told something, in which order, and how that is said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber, to_python

from auditorium import phone_numbers
from auditorium.domain import audit, silencing, villager_keys
from auditorium.enums import Reach, Relation, TextLanguage
from auditorium.models import Contact, Phone, Villager

if TYPE_CHECKING:
    from auditorium.models import Hall, User
    from auditorium.models.villagers import VillagerQuerySet

_FIELDS = ("phone_id", "name", "relation", "order", "reach", "gets_copies", "may_decide", "language")


@dataclass(frozen=True, kw_only=True)
class ContactDetails:
    """One way to reach a villager. `pk` names a contact there already; its number stays when none is given."""

    number: str = ""
    relation: str = Relation.SELF
    name: str = ""
    order: int = 1
    reach: str = Reach.TEXT
    gets_copies: bool = False
    may_decide: bool = False
    language: str = TextLanguage.CHINESE
    pk: int | None = None


def with_contacts(villagers: VillagerQuerySet) -> VillagerQuerySet:
    """The villagers with their contacts, in order, and the phones of these: one more query for all of them."""
    return villagers.prefetch_related(Prefetch("contacts", Contact.objects.in_order().select_related("phone")))


def parsed(number: str) -> PhoneNumber:
    """A mobile or landline number as it is stored; ValidationError when it is none."""
    found = to_python(number, region="CN")
    if not isinstance(found, PhoneNumber) or not found.is_valid():
        raise ValidationError(_("电话号码不对，请再核对一遍。座机请加上区号，例如：0575-84000000。"), code="phone")
    return found


def check_takes_texts(number: PhoneNumber) -> None:
    """ValidationError where no text can go to such a number."""
    if phone_numbers.takes_texts(number):
        return
    if number.country_code != phone_numbers.MAINLAND:
        raise ValidationError(_("境外号码收不到短信，请选“接电话”。"), code="abroad")
    raise ValidationError(_("座机收不到短信，请选“接电话”。"), code="landline")


def phone_for(number: str) -> Phone:
    """The one row of this number, made if it is new; two desks asking at once get the same row."""
    return Phone.objects.get_or_create(number=parsed(number))[0]


@transaction.atomic
def replace(
    *,
    villager: Villager,
    contacts: Sequence[ContactDetails],
    hall: Hall,
    by: User | None,
    seen: Collection[int] | None = None,
) -> list[Contact]:
    """Make these the villager's contacts: known ones change, new ones come, the others go.

    With `seen`, only those can go that the form showed: what a colleague added meanwhile stays. Raises
    ValidationError when a number is wrong, stands twice, or is a landline that should get texts.
    """
    silencing.lock(villager)
    there = {contact.pk: contact for contact in villager.contacts.select_related("phone")}
    before = {pk: _values(contact) for pk, contact in there.items()}
    phones = {contact.phone_id for contact in there.values() if contact.phone_id}
    wanted = [_as_wanted(there.get(details.pk or 0) or Contact(villager=villager), details) for details in contacts]
    gone = (there.keys() if seen is None else there.keys() & set(seen)) - {contact.pk for contact in wanted}
    _check_numbers(wanted, before, gone)
    changed = [contact for contact in wanted if before.get(contact.pk) != _values(contact)]
    if not gone and not changed:
        return wanted
    villager.contacts.filter(pk__in=gone).delete()
    for contact in changed:
        contact.save()
    villager_keys.rebuild([villager])
    texted = villager.contacts.filter(reach=Reach.TEXT).values_list("phone_id", flat=True)
    silencing.to_phones(villager=villager, phones=phones.difference(texted))
    audit.record(action="changed", what=villager, by=by, hall=hall, villager_id=villager.pk, fields=["contacts"])
    return wanted


def how_to_reach(villager: Villager) -> str:
    """Where word reaches the villager first, with the number masked: 138****0021, or 无手机，短信发给女儿139****8870.

    Reads `villager.contacts`, which the caller has loaded in order with their phones.
    """
    contacts = list(villager.contacts.all())
    if not contacts:
        return _("没有电话，要上门告诉")
    first = contacts[0]
    words = _words(first)
    if first.phone and first.phone.opted_out_at:
        words = _("%(words)s（已退订）") % {"words": words}
    elif first.phone and first.phone.bad_since:
        words = _("%(words)s（打不通）") % {"words": words}
    has_own = any(contact.is_own and contact.phone for contact in contacts)
    return words if has_own else _("无手机，%(words)s") % {"words": words}


def _words(contact: Contact) -> str:
    said = {"number": str(contact.phone or ""), "who": contact.get_relation_display()}
    if contact.is_own:
        return {
            Reach.TEXT: "%(number)s",
            Reach.CALL: _("%(number)s，接电话"),
            Reach.IN_PERSON: _("只能当面告诉"),
        }[Reach(contact.reach)] % said
    return {
        Reach.TEXT: _("短信发给%(who)s %(number)s"),
        Reach.CALL: _("打电话给%(who)s %(number)s"),
        Reach.IN_PERSON: _("请%(who)s当面转告"),
    }[Reach(contact.reach)] % said


def _as_wanted(contact: Contact, details: ContactDetails) -> Contact:
    if details.number:
        contact.phone = phone_for(details.number)
    for field in ("relation", "name", "order", "reach", "gets_copies", "may_decide", "language"):
        setattr(contact, field, getattr(details, field))
    if contact.phone is None and contact.reach != Reach.IN_PERSON:
        raise ValidationError(_("没有号码的联系人只能当面告诉。"), code="no_number")
    if contact.phone and contact.reach == Reach.TEXT:
        check_takes_texts(contact.phone.number)
    return contact


def _check_numbers(wanted: Sequence[Contact], before: dict[int, tuple[object, ...]], gone: set[int]) -> None:
    """No number twice, and none that another contact has until now: the database checks row by row."""
    phones = [contact.phone_id for contact in wanted if contact.phone_id]
    if len(phones) != len(set(phones)):
        raise ValidationError(_("同一个号码填了两次，请留一个。"), code="twice")
    held = {values[0]: pk for pk, values in before.items() if pk not in gone}
    if any(contact.phone_id in held and held[contact.phone_id] != contact.pk for contact in wanted if contact.phone_id):
        raise ValidationError(_("这个号码已经在另一个联系人里。要换先后，改“先后”就行。"), code="moved")


def _values(contact: Contact) -> tuple[object, ...]:
    return tuple(getattr(contact, field) for field in _FIELDS)
