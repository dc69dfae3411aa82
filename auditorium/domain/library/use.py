"""The use of resources: opened for somebody, how far it got, where a villager left off, and a hall's totals."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import visits
from auditorium.enums import MatterKind
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, UsePlace
from auditorium.models import HallResource, ReadingPlace, ResourceFile, ResourceUse

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models import Hall, Resource, User, Villager

END = 1000
DONE_FROM = 970
"""In thousandths: the last pages of a book are often notes, and few hear the last seconds of an opera."""

LONGEST_STEP = timedelta(minutes=10)
"""What a page without scripts counts between two presses at most: somebody may have walked away."""

ABOUT = "resource_use"


@transaction.atomic
def open_resource(
    *,
    resource: Resource,
    hall: Hall,
    by: User | None,
    villager: Villager | None = None,
    people: int = 1,
    place: str = UsePlace.DESK,
) -> ResourceUse:
    """Write down that the resource is opened, for a villager, a group of so many people, or somebody not named.

    The hall's totals count it at once. What a villager at the desk came for is ticked off their visit.
    """
    if villager and people != 1:
        raise DeskError(_("几个人一起看，就不写是哪一位。"))
    now = clock.now()
    use = ResourceUse.objects.create(
        resource=resource,
        hall=hall,
        villager=villager,
        people=people,
        place=place,
        started_at=now,
        last_at=now,
        opened_by=by,
    )
    count(hall_id=use.hall_id, resource_id=use.resource_id, at=now)
    if villager and by and place == UsePlace.DESK and not is_ticked(villager, by):
        visits.note(villager=villager, hall=hall, by=by, matter=MatterKind.RESOURCE, about_kind=ABOUT, about_id=use.pk)
    return use


@transaction.atomic
def progress(
    *,
    use: ResourceUse,
    position: int,
    seconds: int | None = None,
    file: ResourceFile | None = None,
    locator: dict[str, Any] | None = None,
) -> ResourceUse:
    """How far it got (`position` in thousandths) after so many seconds in all, and where to go on.

    Told twice or late it changes nothing for the worse: time and reach only grow, and no more time is counted than
    went by. Without `seconds` what went by since the last word counts, up to LONGEST_STEP.
    """
    use = ResourceUse.objects.select_for_update(of=("self",)).get(pk=use.pk)
    now = clock.now()
    if seconds is None:
        seconds = use.seconds + int(min(now - use.last_at, LONGEST_STEP).total_seconds())
    use.seconds = max(use.seconds, min(seconds, int((now - use.started_at).total_seconds())))
    use.position = max(use.position, min(position, END))
    use.completed_at = use.completed_at or (now if use.position >= DONE_FROM else None)
    use.last_at = now
    use.save(update_fields=["seconds", "position", "completed_at", "last_at"])
    if use.villager_id and locator:
        ReadingPlace.objects.update_or_create(
            villager_id=use.villager_id,
            resource_id=use.resource_id,
            defaults={"file": file, "locator": locator, "position": min(position, END), "updated_at": now},
        )
    elif use.villager_id and position >= END:
        kept = ReadingPlace.objects.filter(villager=use.villager_id, resource=use.resource_id)
        kept.update(position=END, updated_at=now)
    return use


def place_of(use: ResourceUse) -> ReadingPlace | None:
    """Where the villager left off; None for others, and for whoever begins or has come to the end."""
    if use.villager_id is None:
        return None
    found = ReadingPlace.objects.filter(villager=use.villager_id, resource=use.resource_id).first()
    return found if found and found.position < END else None


def parts(resource: Resource) -> list[ResourceFile]:
    """What is read, heard or watched, in its order."""
    return list(resource.files.filter(role=FileRole.CONTENT).select_related("file"))


def position_in(part: ResourceFile, at: int | None) -> int:
    """How far the whole has got, in thousandths, after `at` seconds of a part, or at its end; parts count alike.

    Where it is not known how long the part plays, no more than its beginning is sure.
    """
    keys = [row.pk for row in parts(part.resource)]
    if part.pk not in keys:
        return 0
    share = 1.0 if at is None else min(at / part.seconds, 1.0) if part.seconds else 0.0
    return int(END * (keys.index(part.pk) + share) / len(keys))


def beside(part: ResourceFile, role: str, *, of: int) -> list[ResourceFile]:
    """Captions or transcripts of one of `of` parts: those of the same order, or all where there is but one part."""
    rows = ResourceFile.objects.filter(resource=part.resource_id, role=role).select_related("file")
    return list(rows if of == 1 else rows.filter(order=part.order))


def count(*, hall_id: int, resource_id: int, at: datetime) -> None:
    """It was opened, or taken home, once more: what the hall used lately and what is liked there."""
    totals = HallResource.objects.filter(hall=hall_id, resource=resource_id)
    while not totals.update(times=F("times") + 1, last_used_at=at):
        HallResource.objects.bulk_create(
            [HallResource(hall_id=hall_id, resource_id=resource_id, times=0, last_used_at=at)],
            ignore_conflicts=True,
        )


def is_ticked(villager: Villager, by: User) -> bool:
    """Whether the visit being served says already that they read or heard something."""
    visit = visits.current(user=by, villager=villager)
    return bool(visit and visit.matters.filter(kind=MatterKind.RESOURCE, done_at__isnull=False).exists())
