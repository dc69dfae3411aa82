"""Finding people by whatever the desk types: one range of keys in the hall, one in the rest of the user's scope."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from auditorium import crypto, identity, names
from auditorium.domain.contacts import with_contacts
from auditorium.models import KeyKind, Villager, VillagerKey

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import Hall, User
    from auditorium.models.villagers import VillagerQuerySet

SHOWN = 10
# One villager may have several keys that begin alike (zhang…, zxm): enough rows for ten people.
_ROWS = 4 * SHOWN
_END = "\U0010ffff"
_GROUP = re.compile(r"第?[0-9一二三四五六七八九十]+(?:组|队)")
_COUNTRY_CODE = re.compile(r"(?:0086|86)(?=1[3-9][0-9]{9}$)")


@dataclass(frozen=True)
class Hit:
    """Somebody found, and by which kind of key."""

    villager: Villager
    matched_kind: str


def find(*, query: str, user: User, hall: Hall) -> list[Hit]:
    """Up to ten of the hall's villagers, then up to ten of the rest of the user's scope, in the order of their keys.

    A whole identity number, typed or read from a card, finds its one holder. A village group behind the name
    narrows (张小明 3组). Nothing typed finds nobody. Contacts and region come with each villager.
    """
    number = whole_id(query)
    if number:
        holders = _with_what_is_shown(Villager.objects.for_user(user).filter(id_hash__in=crypto.all_hashes(number)))
        return [Hit(villager, KeyKind.ID) for villager in holders]
    text, group = _without_group(query)
    key = _folded(text)
    if not key:
        return []
    kinds = _scan(key, group, Q(hall=hall))
    if _sees_more_than(user, hall):
        elsewhere = _scan(key, group, user.hall_scope("hall__") & ~Q(hall=hall))
        kinds |= {pk: kind for pk, kind in elsewhere.items() if pk not in kinds}
    found = _with_what_is_shown(Villager.objects.for_user(user).filter(pk__in=kinds))
    by_pk = {villager.pk: villager for villager in found}
    return [Hit(by_pk[pk], kind) for pk, kind in kinds.items() if pk in by_pk]


def matching(*, query: str, user: User) -> QuerySet[VillagerKey, Any]:
    """The ids of everybody in the user's scope whom the query finds; nobody when it says nothing."""
    number = whole_id(query)
    if number:
        held = Villager.objects.for_user(user).filter(id_hash__in=crypto.all_hashes(number))
        return VillagerKey.objects.filter(villager__in=held).values("villager_id")
    key = _folded(query)
    if not key:
        return VillagerKey.objects.none().values("villager_id")
    return VillagerKey.objects.filter(user.hall_scope("hall__"), key__gte=key, key__lt=key + _END).values("villager_id")


def whole_id(text: str) -> str:
    """The identity number in its stored form when the text is a whole valid one, else nothing."""
    try:
        return identity.validate_resident_id(text)
    except ValidationError:
        return ""


def _folded(text: str) -> str:
    """What was typed as keys are written, a mobile number without its country code."""
    return _COUNTRY_CODE.sub("", names.fold_query(text))


def _scan(key: str, group: str, where: Q) -> dict[int, str]:
    """The first ten villagers in the range of keys that begin with `key`, each with the kind that matched first.

    Ordered as the index is, so that the database stops at the limit instead of sorting.
    """
    rows = VillagerKey.objects.filter(where, key__gte=key, key__lt=key + _END)
    if group:
        rows = rows.filter(villager__group__in=[group, f"第{group}"])
    kinds: dict[int, str] = {}
    for pk, kind in rows.order_by("key", "villager_id").values_list("villager_id", "kind")[:_ROWS]:
        kinds.setdefault(pk, kind)
    return dict(islice(kinds.items(), SHOWN))


def _without_group(query: str) -> tuple[str, str]:
    """The query without a village group at its end, and that group as it is stored."""
    words = unicodedata.normalize("NFKC", query).split()
    if len(words) > 1 and _GROUP.fullmatch(words[-1]):
        return " ".join(words[:-1]), words[-1].removeprefix("第")
    return query, ""


def _sees_more_than(user: User, hall: Hall) -> bool:
    return user.is_administrator or any(
        role.region_id or role.hall_id not in (None, hall.pk) for role in user.role_list
    )


def _with_what_is_shown(villagers: VillagerQuerySet) -> VillagerQuerySet:
    """With all that a line about them says, and without decrypting what it does not."""
    return with_contacts(villagers).select_related("region").defer("id_number", "other_document_number")
