"""Registering and changing villagers, and linking one to a further hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from auditorium import clock, crypto, identity, names
from auditorium.domain import audit, departures, follow_ups, households, villager_keys
from auditorium.domain import consents as consent_book
from auditorium.domain import contacts as contact_book
from auditorium.enums import ConsentEvidence, ConsentGiver, FollowUpKind, IdentityKind, ServedAs, Sex
from auditorium.errors import DeskError
from auditorium.models import AuditEntry, Region, User, Villager, VillagerHall

if TYPE_CHECKING:
    from auditorium.domain.contacts import ContactDetails
    from auditorium.models import Hall

WITH_NUMBER = (IdentityKind.RESIDENT_ID_SEEN, IdentityKind.RESIDENT_ID_TOLD)
FULL_VIEW = "auditorium.view_full_identity"
ID_DUE = timedelta(days=7)
ID_WANTED = gettext_noop("补齐身份证号")  # kept in Chinese, translated where it is read
WRONG_LINKS_AN_HOUR = 10
_LINK_REFUSED = "link_refused"
_PLAIN_FIELDS = ("name", "also_known_as", "sex", "birth_date", "identity_kind", "group", "address", "note")


@dataclass(frozen=True, kw_only=True)
class VillagerDetails:
    """What the desk writes down about a villager.

    When somebody known is changed, an empty `id_number` or `other_document_number` keeps the one there is
    as long as `identity_kind` asks for it, and no `region` keeps the region. `needs` are names of
    Villager.NEEDS; `household` is its name at the hall, and the name of the one there keeps it, whichever hall's it is.
    """

    name: str
    also_known_as: str = ""
    sex: str = Sex.UNKNOWN
    birth_date: date | None = None
    identity_kind: str = IdentityKind.UNKNOWN
    id_number: str = ""
    other_document: str = ""
    other_document_number: str = ""
    region: Region | None = None
    group: str = ""
    address: str = ""
    household: str = ""
    needs: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class FullIdentity:
    """Everything that is otherwise masked."""

    id_number: str
    other_document_number: str
    phones: list[tuple[str, str]]


def checked(details: VillagerDetails, known: Villager | None = None) -> VillagerDetails:
    """The details completed: number in its stored form, sex and birth date read from it.

    Raises one ValidationError that names every field that is missing or disagrees. `known` is the villager to be
    changed, whose number stays when none is given.
    """
    errors: dict[str, ValidationError] = {}
    details = replace(details, name=details.name.strip(), also_known_as=details.also_known_as.strip())
    if not details.name:
        errors["name"] = ValidationError(_("请填姓名。"), code="required")
    if details.birth_date and details.birth_date > clock.today():
        errors["birth_date"] = ValidationError(_("出生日期还没到，请再核对一遍。"), code="future")
    if details.identity_kind in WITH_NUMBER:
        details = _with_id_number(details, known, errors)
    elif details.id_number:
        errors["identity_kind"] = ValidationError(
            _("填了身份证号，请选“身份证在这里”或“知道号码，证没带来”。"), code="number_given"
        )
    if details.identity_kind == IdentityKind.OTHER:
        details = _with_other_document(details, known, errors)
    else:
        details = replace(details, other_document="", other_document_number="")
    if errors:
        raise ValidationError(errors)
    return details


@transaction.atomic
def register(
    *,
    details: VillagerDetails,
    contacts: Sequence[ContactDetails] = (),
    consents: Sequence[str] = (),
    hall: Hall,
    by: User | None,
    consent_giver: str = ConsentGiver.VILLAGER,
    consent_evidence: str = ConsentEvidence.SPOKEN,
    served_as: str = ServedAs.RESIDENT,
    ask_for_id: bool = False,
) -> Villager:
    """Write down somebody new, served by this hall, with contacts, consents and search keys.

    `ask_for_id` opens the task of getting an identity number that nobody knows yet. Raises ValidationError by
    field when something is missing or disagrees, or when the number is somebody else's.
    """
    details = checked(details)
    villager = Villager(registered_at=hall, registered_by=by, region=details.region or hall.region)
    _apply(villager, details, hall)
    _save(villager)
    VillagerHall.objects.create(villager=villager, hall=hall, kind=served_as)
    villager_keys.rebuild([villager])
    audit.record(action="registered", what=villager, by=by, hall=hall, villager_id=villager.pk)
    contact_book.replace(villager=villager, contacts=contacts, hall=hall, by=by)
    consent_book.decide(
        villager=villager, purposes=consents, hall=hall, by=by, giver=consent_giver, evidence=consent_evidence
    )
    if ask_for_id and villager.identity_kind == IdentityKind.UNKNOWN:
        follow_ups.open_task(
            hall=hall,
            villager=villager,
            kind=FollowUpKind.COMPLETE,
            reason=ID_WANTED,
            due_at=clock.now() + ID_DUE,
            about_kind=follow_ups.ABOUT_VILLAGER,
            about_id=villager.pk,
            by=by,
        )
    return villager


@transaction.atomic
def update(*, villager: Villager, details: VillagerDetails, hall: Hall, by: User) -> Villager:
    """Change what is written down; the audit names the fields. Raises ValidationError as `register` does."""
    villager = Villager.objects.select_for_update(of=("self",)).get(pk=villager.pk)
    details = checked(details, villager)
    before = _values(villager)
    _apply(villager, details, hall)
    changed = [name for name, value in _values(villager).items() if value != before[name]]
    if not changed:
        return villager
    _save(villager)
    villager_keys.rebuild([villager])
    audit.record(action="changed", what=villager, by=by, hall=hall, villager_id=villager.pk, fields=changed)
    if "identity_kind" in changed and before["identity_kind"] == IdentityKind.UNKNOWN:
        follow_ups.close_about(about_kind=follow_ups.ABOUT_VILLAGER, about_id=villager.pk, by=by, why=_("证件号已补齐"))
    return villager


@transaction.atomic
def show_full(*, villager: Villager, hall: Hall, by: User) -> FullIdentity:
    """Everything that is otherwise masked; who looked, when and at whom is written down first.

    Raises PermissionDenied without the permission to look.
    """
    if not by.has_perm(FULL_VIEW):
        raise PermissionDenied
    audit.record(action="viewed_identity", what=villager, by=by, hall=hall, villager_id=villager.pk)
    contacts = villager.contacts.in_order().filter(phone__isnull=False).select_related("phone")
    return FullIdentity(
        id_number=villager.id_number,
        other_document_number=villager.other_document_number,
        phones=[
            (contact.get_relation_display(), contact.phone.number.as_national) for contact in contacts if contact.phone
        ],
    )


def holder(id_number: str) -> Villager | None:
    """Whoever has this identity number, in the user's scope or not: to decide with, never to show."""
    hashes = crypto.all_hashes(identity.normalise(id_number))
    return Villager.objects.filter(id_hash__in=hashes, erased_at__isnull=True).first()


@transaction.atomic
def link(*, id_number: str, name: str, hall: Hall, by: User) -> Villager | None:
    """Let this hall serve somebody registered elsewhere; None when number and name are not one person's.

    Who had moved away is back with that.

    Nothing is told apart in the answer: a number nobody has and a wrong name look alike. Wrong answers are
    counted per user; after ten within an hour DeskError, so that nobody tries their way to other people.
    """
    User.objects.select_for_update().get(pk=by.pk)
    wrong = AuditEntry.objects.of("user", by.pk).filter(action=_LINK_REFUSED, at__gt=clock.now() - timedelta(hours=1))
    if wrong.count() >= WRONG_LINKS_AN_HOUR:
        raise DeskError(_("这一小时里试错太多次了，请过一小时再试，或请村民到原来登记的礼堂办。"))
    villager = holder(id_number)
    if villager is None or names.fold_query(villager.name) != names.fold_query(name):
        audit.record(action=_LINK_REFUSED, what=by, by=by, hall=hall)
        return None
    made = VillagerHall.objects.get_or_create(villager=villager, hall=hall)[1]
    if made:
        villager_keys.rebuild([villager])
        audit.record(action="linked", what=villager, by=by, hall=hall, villager_id=villager.pk)
    departures.record_move(villager=villager, moved_away_on=None, hall=hall, by=by)
    return villager


def _with_id_number(
    details: VillagerDetails, known: Villager | None, errors: dict[str, ValidationError]
) -> VillagerDetails:
    """The details with number, birth date and sex as the number says them."""
    number = details.id_number or (known.id_number if known else "")
    if not number:
        errors["id_number"] = ValidationError(_("请填身份证号；还不知道，就选“号码还不知道”。"), code="required")
        return details
    try:
        number = identity.validate_resident_id(number)
    except ValidationError as error:
        errors["id_number"] = error
        return details
    birth_date, sex = identity.birth_date_of(number), identity.sex_of(number)
    if details.birth_date not in (None, birth_date):
        errors["birth_date"] = ValidationError(
            _("和身份证号里的出生日期（%(date)s）不一样，请核对。"),
            code="disagrees",
            params={"date": birth_date.isoformat()},
        )
    if details.sex not in (Sex.UNKNOWN, sex):
        errors["sex"] = ValidationError(_("和身份证号里的性别不一样，请核对。"), code="disagrees")
    return replace(details, id_number=number, birth_date=birth_date, sex=sex)


def _with_other_document(
    details: VillagerDetails, known: Villager | None, errors: dict[str, ValidationError]
) -> VillagerDetails:
    number = details.other_document_number.strip() or (known.other_document_number if known else "")
    if not details.other_document:
        errors["other_document"] = ValidationError(_("请选证件种类。"), code="required")
    if not number:
        errors["other_document_number"] = ValidationError(_("请填证件号码。"), code="required")
    return replace(details, other_document_number=number)


def _apply(villager: Villager, details: VillagerDetails, hall: Hall) -> None:
    for name in _PLAIN_FIELDS:
        setattr(villager, name, getattr(details, name))
    for need in Villager.NEEDS:
        setattr(villager, need, need in details.needs)
    villager.region = details.region or villager.region
    if details.household.strip() != (villager.household.name if villager.household else ""):
        villager.household = households.named(name=details.household, hall=hall)
    villager.other_document = details.other_document
    villager.other_document_number = details.other_document_number
    number = details.id_number if details.identity_kind in WITH_NUMBER else ""
    villager.id_number = number
    villager.id_hash, villager.id_hash_version = crypto.keyed_hash(number) if number else ("", 0)
    villager.id_last4 = identity.last_four(number)


def _save(villager: Villager) -> None:
    """Write the row; ValidationError when another desk has just registered the same number."""
    if villager.id_number:
        other = holder(villager.id_number)
        if other and other.pk != villager.pk:
            raise _taken()
    try:
        with transaction.atomic():
            villager.save()
    except IntegrityError:
        if villager.id_number and holder(villager.id_number):
            raise _taken() from None
        raise


def _taken() -> ValidationError:
    return ValidationError({"id_number": ValidationError(_("这个身份证号已经登记过了。"), code="taken")})


def _values(villager: Villager) -> dict[str, Any]:
    fields = (*_PLAIN_FIELDS, *Villager.NEEDS, "region_id", "household_id", "other_document")
    numbers = ("id_number", "other_document_number")
    return {name: getattr(villager, name) for name in fields + numbers}
