"""Who is told: the first contact who can read a text, relatives who get a copy, or whom to call instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from auditorium import phone_numbers
from auditorium.enums import ConsentPurpose, MessageAudience, Reach
from auditorium.models import Consent, Contact
from auditorium.plain_select import PlainRelated

if TYPE_CHECKING:
    from collections.abc import Collection

    from auditorium.models import Reminder, Villager

CONSENTS = PlainRelated(
    Consent,
    "SELECT {columns} FROM auditorium_consent this WHERE villager_id = %s ORDER BY given_at DESC",
    name="consents",
)
CONTACTS = PlainRelated(
    Contact,
    """
    SELECT {columns}
    FROM auditorium_contact this LEFT JOIN auditorium_phone phone ON phone.id = this.phone_id
    WHERE this.villager_id = %s
    ORDER BY this."order", this.id
    """,
    related=["phone"],
    name="contacts",
)

AUDIENCES = (MessageAudience.OWN, MessageAudience.DISCREET)


@dataclass(frozen=True)
class Recipients:
    """Whose phones a text goes to; without `main` nobody can be told in writing, and `why_not` says why.

    `others` can read a text too; of them `copies` are those the villager wants to know of everything.
    """

    main: Contact | None = None
    others: list[Contact] = field(default_factory=list)
    copies: list[Contact] = field(default_factory=list)
    why_not: str = ""


def load(villager: Villager) -> None:
    """Load what the functions here ask of a villager: consents, and contacts with their phones."""
    CONSENTS.load(villager)
    CONTACTS.load(villager)


def resolve(reminder: Reminder, *, without: Collection[int] = ()) -> Recipients:
    """Who is told of this reminder now, leaving out the phones in `without` (ids): tried in vain, or at their cap.

    Nothing here queries when villager, contacts with phone, and consents are loaded.
    """
    return of_villager(reminder.villager, without=without)


def of_villager(villager: Villager, *, without: Collection[int] = ()) -> Recipients:
    """Who is told in writing of anything that concerns this villager."""
    if villager.died_on or villager.erased_at:
        return Recipients(why_not=_("这位村民的资料已经停用。"))
    if villager.moved_away_on:
        return Recipients(why_not=_("村民已搬走"))
    agreed = {consent.purpose for consent in villager.consents.all() if consent.withdrawn_at is None}
    ended = {consent.purpose for consent in villager.consents.all()} - agreed
    if ended.intersection((ConsentPurpose.SERVICE, ConsentPurpose.HEALTH)):
        return Recipients(why_not=_("村民不再同意代办，问清楚约好的事还办不办"))
    if ConsentPurpose.REMINDERS not in agreed:
        return Recipients(why_not=_("没有同意发短信"))
    contacts = _in_order(villager)
    able = [contact for contact in contacts if _can_read(contact, villager)]
    readers = [contact for contact in able if contact.phone_id not in without]
    if not readers:
        return Recipients(why_not=_why_nobody(villager, contacts, has_readers=bool(able)))
    main = readers[0]
    wants_copies = ConsentPurpose.RELATIVE_COPIES in agreed
    copies = [contact for contact in readers[1:] if wants_copies and contact.gets_copies]
    return Recipients(main=main, others=readers[1:], copies=copies)


def to_call(villager: Villager) -> Contact | None:
    """Whom to call: first who asked for calls, then anybody with a phone that works; None: somebody must knock.

    Who cannot hear is not called on their own phone.
    """
    callable_contacts = [
        contact
        for contact in _in_order(villager)
        if contact.phone
        and contact.phone.bad_since is None
        and contact.reach != Reach.IN_PERSON
        and not (villager.hard_of_hearing and contact.is_own)
    ]
    callable_contacts.sort(key=lambda contact: contact.reach != Reach.CALL)
    return callable_contacts[0] if callable_contacts else None


def audience_of(contact: Contact) -> MessageAudience:
    """Whose eyes a text to this contact is for."""
    return MessageAudience.OWN if contact.is_own else MessageAudience.DISCREET


def _in_order(villager: Villager) -> list[Contact]:
    return sorted(villager.contacts.all(), key=lambda contact: (contact.order, contact.pk))


def _can_read(contact: Contact, villager: Villager) -> bool:
    """Whether a text reaches this contact in a way the person can use."""
    return (
        contact.reach == Reach.TEXT
        and contact.phone is not None
        and contact.phone.takes_texts
        and phone_numbers.takes_texts(contact.phone.number)
        and not (villager.cannot_read and contact.is_own)
    )


def _why_nobody(villager: Villager, contacts: list[Contact], *, has_readers: bool) -> str:
    if has_readers:
        return _("短信没送到")
    own = next((contact for contact in contacts if contact.is_own and contact.reach == Reach.TEXT), None)
    if own and villager.cannot_read:
        return _("本人不识字，没有能看短信的家人")
    if any(contact.phone and not contact.phone.takes_texts for contact in contacts):
        return _("号码收不了短信")
    return _("没有能收短信的手机")
