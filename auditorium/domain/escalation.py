"""A task that nobody takes in time, or that falls due behind a closed door, is handed on and stays visible at its hall.

It goes to the backup hall if that is open at the moment, else to the town: the nearest superior division there
is, for the supervisors of its region. A task is handed on once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from auditorium import clock
from auditorium.domain import audit, hall_hours
from auditorium.enums import FollowUpState, RegionLevel
from auditorium.models import FollowUp, Hall, Region
from auditorium.models.follow_ups import FollowUpQuerySet
from auditorium.models.regions import SIGNIFICANT_DIGITS

BATCH = 500
_SUPERIORS = (RegionLevel.TOWN, RegionLevel.COUNTY, RegionLevel.CITY, RegionLevel.PROVINCE)
_HOURS = (
    "hall__opening_hours",
    "hall__closures",
    "hall__backup_hall__opening_hours",
    "hall__backup_hall__closures",
)


def escalate_overdue(*, at: datetime | None = None) -> int:
    """Hand on what is due and not taken, or taken at a hall that was shut when it fell due; return how many.

    What a helper has isn't bound to the hall's hours. Works through batches, each in its own transaction, so
    that a sweep cut off has lost nothing; two sweeps at once hand each task on once.
    """
    at = at or clock.now()
    free = Q(state=FollowUpState.OPEN) | Q(state=FollowUpState.TAKEN, helper__isnull=True)
    waiting = FollowUp.objects.filter(free, due_at__lte=at, escalated_at__isnull=True).order_by("due_at", "pk")
    handed = 0
    batch = _loaded(waiting)
    while batch:
        handed += _hand_on([task for task in batch if _nobody_is_on_it(task)], at)
        last = batch[-1]
        batch = _loaded(waiting.filter(Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)))
    return handed


def hand_on_if_shut(task: FollowUp) -> None:
    """Hand a new task on at once if its hall doesn't open any more before it is due."""
    if hand_on_those_shut([task]):
        task.refresh_from_db()


def hand_on_those_shut(tasks: Collection[FollowUp]) -> int:
    """The same for many new tasks; return how many. Nothing is queried for halls that come with their hours."""
    now = clock.now()
    openings = {
        pk: hall_hours.next_opening(hall, now) for pk, hall in {task.hall_id: task.hall for task in tasks}.items()
    }
    shut = [task.pk for task in tasks if (opens := openings[task.hall_id]) is None or opens > task.due_at]
    starts = range(0, len(shut), BATCH)
    return sum(_hand_on(_loaded(FollowUp.objects.filter(pk__in=shut[n : n + BATCH])), now) for n in starts)


def _loaded(tasks: FollowUpQuerySet) -> list[FollowUp]:
    return list(tasks.select_related("hall__backup_hall").prefetch_related(*_HOURS)[:BATCH])


def _nobody_is_on_it(task: FollowUp) -> bool:
    return task.state == FollowUpState.OPEN or not hall_hours.is_open(task.hall, task.due_at)


@transaction.atomic
def _hand_on(tasks: Collection[FollowUp], at: datetime) -> int:
    """Write down to whom each goes; a taken one is free again."""
    by_target: dict[tuple[int | None, str | None], list[int]] = {}
    halls = {task.hall_id: task.hall for task in tasks}
    superiors = _superiors(halls.values())
    targets = {pk: _target(hall, superiors, at) for pk, hall in halls.items()}
    for task in tasks:
        by_target.setdefault(targets[task.hall_id], []).append(task.pk)
    taken = {task.pk for task in tasks if task.state == FollowUpState.TAKEN}
    in_order = sorted(by_target.items(), key=lambda item: min(item[1]))
    return sum(_hand_to(pks, taken, target, at) for target, pks in in_order)


def _target(hall: Hall, superiors: dict[str, str], at: datetime) -> tuple[int | None, str | None]:
    backup = hall.backup_hall
    if backup and backup.is_active and hall_hours.is_open(backup, at):
        return backup.pk, None
    return None, superiors.get(hall.region_id)


def _superiors(halls: Iterable[Hall]) -> dict[str, str]:
    """For each hall's village the town's code, or the nearest superior's where the town is unknown here."""
    ways = {hall.region_id: _codes_above(hall.region_id) for hall in halls}
    known = set(
        Region.objects.current()
        .filter(code__in={code for way in ways.values() for code in way})
        .values_list("code", flat=True)
    )
    return {village: code for village, way in ways.items() if (code := next((c for c in way if c in known), None))}


def _codes_above(village: str) -> list[str]:
    return [village[: SIGNIFICANT_DIGITS[level]].ljust(12, "0") for level in _SUPERIORS]


def _hand_to(pks: list[int], taken: set[int], target: tuple[int | None, str | None], at: datetime) -> int:
    """One conditional UPDATE and its audit; the rows are locked first so that both speak of the same ones.

    What somebody took since it was read, or gave to a helper, is left to them; `taken` are those taken before.
    """
    still = Q(state=FollowUpState.OPEN) | Q(state=FollowUpState.TAKEN, helper__isnull=True, pk__in=taken)
    waiting = FollowUp.objects.filter(still, pk__in=pks, escalated_at__isnull=True)
    rows = list(waiting.order_by("pk").select_for_update().values_list("pk", "hall_id", "villager_id"))
    hall_id, region_code = target
    FollowUp.objects.filter(pk__in=[pk for pk, _hall, _villager in rows]).update(
        escalated_at=at,
        escalated_hall=hall_id,
        escalated_region=region_code,
        state=FollowUpState.OPEN,
        assignee=None,
    )
    audit.record_many(action="handed_on", kind="followup", rows=rows, by=None)
    return len(rows)
