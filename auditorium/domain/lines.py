"""Which SMS line carries a hall's texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from auditorium.models import SmsLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import Hall

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
