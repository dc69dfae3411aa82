"""Tasks about many things at once, in a fixed number of statements.

The promises are those of `follow_ups.open_task`, which also has a contact of its own choice and tasks about nothing;
the caller holds the locks of all the villagers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from auditorium import clock
from auditorium.domain import audit, escalation, follow_ups
from auditorium.enums import FollowUpKind
from auditorium.models import FollowUp

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from auditorium.models import Hall, User, Villager


@dataclass(frozen=True)
class ToDo:
    """What a hall must do about one thing until `due_at`. Halls that come with their hours cost no query."""

    about_id: int
    villager: Villager
    hall: Hall
    due_at: datetime
    reason: str
    words: str = ""


@transaction.atomic
def open_tasks(*, about_kind: str, kind: FollowUpKind, todo: Collection[ToDo], by: User | None) -> int:
    """Give the halls something to do about each; return how many tasks are new. One that is open is brought forward."""
    open_already = FollowUp.objects.open().filter(about_kind=about_kind, kind=kind)
    there = set(open_already.filter(about_id__in=[one.about_id for one in todo]).values_list("about_id", flat=True))
    new = [one for one in todo if one.about_id not in there]
    for one in todo:
        if one.about_id in there:
            _open_singly(one, about_kind, kind, by)
    try:
        with transaction.atomic():
            tasks = FollowUp.objects.bulk_create(_rows(new, about_kind, kind, by))
    except IntegrityError:  # another worker opened one of them this very moment
        for one in new:
            _open_singly(one, about_kind, kind, by)
        return len(new)
    by_reason: dict[str, list[tuple[int, int | None, int | None]]] = {}
    for task in tasks:
        by_reason.setdefault(task.reason, []).append((task.pk, task.hall_id, task.villager_id))
    for reason, rows in by_reason.items():
        audit.record_many(action="opened", kind="followup", rows=rows, by=by, why=reason)
    escalation.hand_on_those_shut(tasks)
    return len(tasks)


def _rows(todo: Collection[ToDo], about_kind: str, kind: FollowUpKind, by: User | None) -> list[FollowUp]:
    """A task for each, to be done with the first contact who can be called."""
    callable_contacts = follow_ups.who_can_be_called({one.villager.pk for one in todo})
    first: dict[int, int] = {}
    if kind != FollowUpKind.KNOCK:
        for contact in callable_contacts:
            first.setdefault(contact.villager_id, contact.pk)
    now = clock.now()
    return [
        FollowUp(
            hall=one.hall,
            villager=one.villager,
            contact_id=first.get(one.villager.pk),
            kind=kind,
            reason=one.reason,
            words=one.words,
            about_kind=about_kind,
            about_id=one.about_id,
            due_at=one.due_at,
            created_by=by,
            created_at=now,
        )
        for one in todo
    ]


def _open_singly(one: ToDo, about_kind: str, kind: FollowUpKind, by: User | None) -> None:
    follow_ups.open_task(
        hall=one.hall,
        villager=one.villager,
        kind=kind,
        reason=one.reason,
        words=one.words,
        due_at=one.due_at,
        about_kind=about_kind,
        about_id=one.about_id,
        by=by,
    )
