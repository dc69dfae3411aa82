"""The keys by which villagers are found, kept right for every hall that serves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import phonenumbers
from django.db import transaction
from phonenumber_field.phonenumber import PhoneNumber

from auditorium import names
from auditorium.models import Contact, KeyKind, Villager, VillagerHall, VillagerKey

_BATCH = 500

_Key = tuple[int, str, str]


def rebuild(villagers: Iterable[Villager]) -> None:
    """Make the keys of these villagers what their names, numbers and halls say now.

    A fixed number of statements for every 500 villagers; keys that are already right are left alone. Whatever
    changes a name, an identity number, a contact's number or a hall link calls this in its own transaction.
    """
    left = iter(villagers)
    while batch := list(islice(left, _BATCH)):
        with transaction.atomic():
            _rebuild_batch(batch)


def phone_keys(number: PhoneNumber) -> list[str]:
    """The whole number as it is dialled here, and its last four digits; a tail longer than four finds nothing."""
    digits = phonenumbers.national_significant_number(number)
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE and number.country_code == 86:
        digits = f"0{digits}"
    return [digits, digits[-4:]]


def _rebuild_batch(villagers: Sequence[Villager]) -> None:
    pks = [villager.pk for villager in villagers]
    halls: dict[int, list[int]] = {}
    for villager_id, hall_id in VillagerHall.objects.filter(villager__in=pks).values_list("villager_id", "hall_id"):
        halls.setdefault(villager_id, []).append(hall_id)
    numbers: dict[int, list[PhoneNumber]] = {}
    contacts = Contact.objects.filter(villager__in=pks, phone__isnull=False)
    for villager_id, number in contacts.values_list("villager_id", "phone__number"):
        numbers.setdefault(villager_id, []).append(number)
    there: dict[int, dict[_Key, int]] = {}
    for key in VillagerKey.objects.filter(villager__in=pks):
        there.setdefault(key.villager_id, {})[key.hall_id, key.kind, key.key] = key.pk

    missing: list[VillagerKey] = []
    superfluous: list[int] = []
    for villager in villagers:
        found = there.get(villager.pk, {})
        own = _keys(villager, numbers.get(villager.pk, []))
        wanted = {(hall_id, kind, key) for hall_id in halls.get(villager.pk, []) for kind, key in own}
        missing += [
            VillagerKey(villager=villager, hall_id=hall_id, kind=kind, key=key)
            for hall_id, kind, key in sorted(wanted - found.keys())
        ]
        superfluous += [pk for key, pk in found.items() if key not in wanted]
    if superfluous:
        VillagerKey.objects.filter(pk__in=superfluous).delete()
    VillagerKey.objects.bulk_create(missing, batch_size=_BATCH)


def _keys(villager: Villager, numbers: Sequence[PhoneNumber]) -> set[tuple[str, str]]:
    """What finds this villager in any of their halls; nothing once they are erased."""
    if villager.erased_at:
        return set()
    keys = names.search_keys(villager.name)
    if villager.also_known_as:
        keys |= names.search_keys(villager.also_known_as)
    if villager.id_last4:
        keys.add((KeyKind.ID, villager.id_last4.lower()))
    return keys | {(KeyKind.PHONE, key) for number in numbers for key in phone_keys(number)}
