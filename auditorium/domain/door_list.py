"""上门单: whom somebody must knock for, by village group, on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from auditorium.domain import audit, follow_ups
from auditorium.enums import FollowUpKind, Reach
from auditorium.models import Contact, FollowUp, Villager

if TYPE_CHECKING:
    from auditorium.models import Hall, User
    from auditorium.models.follow_ups import FollowUpQuerySet

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Group:
    """The doors of one 村民组; its name is empty where no group is known."""

    hall: str
    name: str
    tasks: list[FollowUp]

    @property
    def pks(self) -> str:
        """The tasks, for the form that hands the whole group to a helper."""
        return ",".join(str(task.pk) for task in self.tasks)


def doors(*, hall: Hall, user: User) -> FollowUpQuerySet:
    """Open tasks that lead to a door: knocks, and calls to somebody who has no number to call any more.

    Nobody knocks for somebody who died or moved away.
    """
    can_be_called = Contact.objects.filter(
        villager=OuterRef("villager"), phone__isnull=False, phone__bad_since__isnull=True
    ).exclude(reach=Reach.IN_PERSON)
    unreachable = Q(kind=FollowUpKind.CALL) & ~Exists(can_be_called)
    return (
        follow_ups.at(hall)
        .for_user(user)
        .open()
        .filter(Q(kind=FollowUpKind.KNOCK) | unreachable, villager__in=Villager.objects.present())
        .with_villager()
        .select_related("hall", "helper")
        .order_by("due_at", "pk")
    )


def grouped(tasks: FollowUpQuerySet) -> list[Group]:
    """By hall and group, groups by their number (2组 before 10组), those without one last; in one query."""
    groups: dict[tuple[str, str], list[FollowUp]] = {}
    for task in tasks:
        group = task.villager.group.strip() if task.villager else ""
        groups.setdefault((task.hall.name, group), []).append(task)
    return [Group(*key, tasks) for key, tasks in sorted(groups.items(), key=lambda item: _place(*item[0]))]


def note_shown(*, hall: Hall, by: User) -> None:
    """Write down that the list was shown to be printed: paper leaves the hall."""
    audit.record(action="viewed_door_list", what=hall, by=by, hall=hall)


def _place(hall: str, group: str) -> tuple[str, bool, int, str]:
    number = _NUMBER.search(group)
    return hall, not group, int(number[0]) if number else 0, group
