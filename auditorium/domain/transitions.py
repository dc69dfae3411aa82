"""The one way a state changes: a conditional UPDATE with the allowed from-states in its WHERE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from auditorium.models import User


def transition(
    queryset: QuerySet[Any],
    *,
    to: str,
    table: Mapping[str, tuple[str, ...]],
    by: User | None,
    why: str = "",
    field: str = "state",
    audited: bool = True,
    **changes: Any,
) -> int:
    """Move every row of `queryset` that may go there to state `to`; return how many moved.

    `table` says which states may come before each state. Rows in any other state stay as they are, so of
    two callers exactly one gets the row. `changes` are written in the same UPDATE. The audit is written
    in the same transaction, one entry per moved row (models need `hall_id`; `villager_id` where it has one).
    """
    allowed = queryset.filter(**{f"{field}__in": table[to]}).order_by("pk")
    if not audited:
        moving = allowed.order_by()
        if queryset.query.count_active_tables() > 1:
            # It becomes a subquery, which a row changed meanwhile is not asked again; its own state is.
            moving = queryset.model._default_manager.filter(pk__in=moving.values("pk"), **{f"{field}__in": table[to]})
        return int(moving.update(**{field: to}, **changes))
    model = queryset.model
    names = [f.attname for f in model._meta.concrete_fields]
    with transaction.atomic():
        rows = list(
            allowed.select_for_update(of=("self",)).values_list(
                "pk", *(name if name in names else "pk" for name in ("hall_id", "villager_id"))
            )
        )
        moved = model._default_manager.filter(pk__in=[row[0] for row in rows], **{f"{field}__in": table[to]})
        count = int(moved.update(**{field: to}, **changes))
        audit.record_many(
            action=to,
            kind=model._meta.model_name or "",
            rows=[
                (pk, hall if "hall_id" in names else None, villager if "villager_id" in names else None)
                for pk, hall, villager in rows
            ],
            by=by,
            why=why,
        )
    return count
