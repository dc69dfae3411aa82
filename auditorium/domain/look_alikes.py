"""Who may be the same person as somebody about to be registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditorium import names
from auditorium.domain import contacts, villagers
from auditorium.models import Contact, KeyKind, Villager, VillagerKey

if TYPE_CHECKING:
    from auditorium.domain.villagers import VillagerDetails
    from auditorium.models import User

SHOWN = 10
_SAME_SOUND = 500


@dataclass(frozen=True)
class LookAlikes:
    """Who may be meant, and whether the identity number itself is taken: by one of them, or out of scope.

    Of somebody out of scope nothing more is told than that.
    """

    people: list[Villager]
    has_the_number: bool
    elsewhere: bool

    def came_back(self, details: VillagerDetails) -> bool:
        """Whether the one who has the number, and is called the same, was said to have moved away."""
        if not self.has_the_number or not self.people[0].moved_away_on:
            return False
        return names.fold_query(self.people[0].name) == names.fold_query(details.name)


def find(*, details: VillagerDetails, user: User, numbers: Sequence[str] = ()) -> LookAlikes:
    """Villagers in scope with the same identity number, or whose name sounds the same with nothing against it.

    Name or 又名 sounds the same in any of its readings. Then one of the phone `numbers` must be theirs too, or the
    birth year; where a birth date is not known, the village group or the very characters of the name are enough.
    Contacts and region come with each.
    """
    holder = villagers.holder(details.id_number) if details.id_number else None
    alike = _same_sound(details, user, numbers) | ({holder.pk} if holder else set())
    found = Villager.objects.for_user(user).filter(pk__in=alike).select_related("region").order_by("pk")
    people = sorted(contacts.with_contacts(found), key=lambda villager: villager != holder)[:SHOWN]
    return LookAlikes(people, holder in people, holder is not None and holder not in people)


def _same_sound(details: VillagerDetails, user: User, numbers: Sequence[str]) -> set[int]:
    sounds = _sounds(details)
    keys = VillagerKey.objects.filter(user.hall_scope("hall__"), kind=KeyKind.PINYIN, key__in=sounds)
    pks = list(keys.values_list("villager_id", flat=True)[:_SAME_SOUND])
    candidates = Villager.objects.for_user(user).filter(pk__in=pks)
    shown = candidates.only("name", "also_known_as", "birth_date", "group")
    wanted = [contacts.parsed(number) for number in numbers]
    callers = Contact.objects.filter(villager__in=candidates, phone__number__in=wanted)
    on_phone = set(callers.values_list("villager_id", flat=True))
    return {
        villager.pk
        for villager in shown
        if sounds & _sounds(villager) and (villager.pk in on_phone or _fits(villager, details))
    }


def _fits(villager: Villager, details: VillagerDetails) -> bool:
    if villager.birth_date and details.birth_date:
        return villager.birth_date.year == details.birth_date.year
    same_group = bool(details.group) and villager.group == details.group
    return same_group or bool(_written(villager) & _written(details))


def _written(person: Villager | VillagerDetails) -> set[str]:
    return {names.fold_query(name) for name in (person.name, person.also_known_as) if name}


def _sounds(person: Villager | VillagerDetails) -> set[str]:
    """Every whole reading of name and 又名, as it stands in a search key."""
    spoken = (name for name in (person.name, person.also_known_as) if name)
    return {"".join(syllables)[: names.KEY_LENGTH] for name in spoken for syllables in names.readings(name)}
