"""The demo's villagers: written down through the same door as at the desk."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from stdnum.cn import ric

from auditorium import clock
from auditorium.demo.past import clock_kept, open_moment
from auditorium.domain import consents, villagers
from auditorium.domain.contacts import ContactDetails
from auditorium.domain.villagers import VillagerDetails
from auditorium.enums import ConsentGiver, IdentityKind, ServedAs
from auditorium.models import Hall, User, Villager

_PEOPLE = Path(__file__).with_name("people.csv")
_IDENTITY = {
    "seen": IdentityKind.RESIDENT_ID_SEEN,
    "told": IdentityKind.RESIDENT_ID_TOLD,
    "unknown": IdentityKind.UNKNOWN,
    "other": IdentityKind.OTHER,
}


def load(halls: dict[str, Hall], by: dict[str, User]) -> dict[str, Villager]:
    """Register everybody of the file; return them by name, which the file gives to one person each."""
    found = {}
    rows = described()
    moments = [_moment(row, place / len(rows), halls[row["hall"]]) for place, row in enumerate(rows)]
    with clock_kept():
        for row, moment in zip(rows, moments, strict=True):
            clock.move_to(moment)
            villager = _registered(row, halls[row["hall"]], by.get(row["hall"]))
            Villager.objects.filter(pk=villager.pk).update(created_at=moment, updated_at=moment)
            villager.hall_links.update(since=clock.today())
            found[villager.name] = villager
    return found


def described() -> list[dict[str, str]]:
    """The people as their file has them; its README tells the columns."""
    with _PEOPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def resident_id(*, county: str, born: date, serial: str) -> str:
    """An identity number with the right check digit."""
    digits = f"{county}{born:%Y%m%d}{serial}"
    return digits + str(ric.calc_check_digit(f"{digits}0"))


def _moment(row: dict[str, str], part: float, hall: Hall) -> datetime:
    """Half a year ago to two months ago; whose number nobody knows came the day before yesterday."""
    unknown = row["identity"] == "unknown"
    return open_moment(hall, days_ago=2 if unknown else 180 - round(120 * part), after=round(60 * part))


def _registered(row: dict[str, str], hall: Hall, by: User | None) -> Villager:
    details = _details(row, hall)
    giver = ConsentGiver.GUARDIAN if consents.needs_guardian(details.birth_date) else ConsentGiver.VILLAGER
    return villagers.register(
        details=details,
        contacts=list(_contacts(row["contacts"])),
        consents=row["agreed"].split(),
        consent_giver=giver,
        hall=hall,
        by=by,
        served_as=ServedAs.REGISTERED,
        ask_for_id=True,
    )


def _details(row: dict[str, str], hall: Hall) -> VillagerDetails:
    kind, _space, document = row["identity"].partition(" ")
    born = _born(row["born"])
    id_number = ""
    if born and _IDENTITY[kind] in villagers.WITH_NUMBER:
        id_number = resident_id(county=hall.region_id[:6], born=born, serial=row["serial"])
    other, _space, number = document.partition(" ")
    return VillagerDetails(
        name=row["name"],
        also_known_as=row["also_known_as"],
        sex=row["sex"],
        birth_date=born,
        identity_kind=_IDENTITY[kind],
        id_number=id_number,
        other_document=other,
        other_document_number=number,
        group=row["group"],
        address=row["address"],
        household=row["household"],
        needs=frozenset(row["needs"].split()),
    )


def _born(text: str) -> date | None:
    """A date, or an age as 9y: a child of the demo stays a child."""
    if text.endswith("y"):
        return date(clock.today().year - int(text[:-1]), 1, 1)
    return date.fromisoformat(text) if text else None


def _contacts(text: str) -> Iterator[ContactDetails]:
    """`relation number reach [name] [copies] [decides]`, separated by bars, the first to be tried first."""
    for order, contact in enumerate(filter(None, text.split("|")), start=1):
        relation, number, reach, *more = contact.split()
        flags = {"copies", "decides"} & set(more)
        yield ContactDetails(
            number=number,
            relation=relation,
            reach=reach,
            order=order,
            name=next((word for word in more if word not in flags), ""),
            gets_copies="copies" in flags,
            may_decide="decides" in flags,
        )
