"""Which SMS line carries a hall's texts, and keeping one back for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from auditorium import clock
from auditorium.domain import audit
from auditorium.models import SmsLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from auditorium.models import Hall, User

_LEVELS = (2, 4, 6, 9, 12)


def line_for(hall: Hall) -> SmsLine | None:
    """The first usable line whose region covers the hall; None when there is none now."""
    return lines_for([hall])[hall.pk]


def lines_for(halls: Iterable[Hall]) -> dict[int, SmsLine | None]:
    """For each hall, by its id, the line of `line_for`; one query for all of them."""
    around = {hall.pk: {hall.region_id[:digits].ljust(12, "0") for digits in _LEVELS} for hall in halls}
    regions = set().union(*around.values())
    usable = list(SmsLine.objects.usable().filter(Q(region=None) | Q(region__in=regions)))
    return {
        pk: next((line for line in usable if line.region_id is None or line.region_id in codes), None)
        for pk, codes in around.items()
    }


@transaction.atomic
def pause(*, lines: QuerySet[SmsLine], by: User, why: str) -> int:
    """Let nothing more go out on these lines; what waits for them stays. Return how many were running."""
    running = list(lines.filter(paused_at__isnull=True).select_for_update(of=("self",)).order_by("pk"))
    SmsLine.objects.filter(pk__in=[line.pk for line in running]).update(paused_at=clock.now(), paused_reason=why[:120])
    _note("paused", running, by, why)
    return len(running)


@transaction.atomic
def resume(*, lines: QuerySet[SmsLine], by: User) -> int:
    """Let what waited go out, as long as it still makes sense; return how many were paused."""
    paused = list(lines.filter(paused_at__isnull=False).select_for_update(of=("self",)).order_by("pk"))
    SmsLine.objects.filter(pk__in=[line.pk for line in paused]).update(paused_at=None, paused_reason="")
    _note("resumed", paused, by)
    return len(paused)


def _note(action: str, lines: list[SmsLine], by: User, why: str = "") -> None:
    audit.record_many(action=action, kind="smsline", rows=[(line.pk, None, None) for line in lines], by=by, why=why)
