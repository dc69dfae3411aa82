"""Writing the audit log: keys and field names, never values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model

    from auditorium.models import Hall, User


def record(
    *,
    action: str,
    what: Model,
    by: User | None,
    hall: Hall | None = None,
    villager_id: int | None = None,
    fields: Iterable[str] = (),
    why: str = "",
) -> AuditEntry:
    """Write one act on one row; `by` is None when the system acted. Call it inside the act's transaction."""
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=by,
        hall=hall,
        action=action,
        object_kind=what._meta.model_name or "",
        object_id=what.pk,
        villager_id=villager_id,
        fields=sorted(fields),
        why=why[:200],
    )


def record_many(
    *,
    action: str,
    kind: str,
    rows: Sequence[tuple[int, int | None, int | None]],
    by: User | None,
    fields: Iterable[str] = (),
    why: str = "",
) -> None:
    """Write the same act on many rows, given as (id, hall id, villager id), in one statement per thousand."""
    at = clock.now()
    names = sorted(fields)
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                at=at,
                actor=by,
                action=action,
                object_kind=kind,
                object_id=pk,
                hall_id=hall_id,
                villager_id=villager_id,
                fields=names,
                why=why[:200],
            )
            for pk, hall_id, villager_id in rows
        ),
        batch_size=1000,
    )
