"""Divisions as the years change them: a place that is gone is retired, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from auditorium import clock
from auditorium.domain import audit
from auditorium.models import Region

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import User


@transaction.atomic
def retire(*, regions: QuerySet[Region], by: User) -> int:
    """Note that these places are gone from today; return how many were not retired already."""
    current = list(regions.filter(retired_on__isnull=True).select_for_update(of=("self",)).order_by("code"))
    Region.objects.filter(pk__in=[region.code for region in current]).update(retired_on=clock.today())
    rows = [(int(region.code), None, None) for region in current]
    audit.record_many(action="retired", kind="region", rows=rows, by=by)
    return len(current)
