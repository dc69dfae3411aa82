"""How far a suspension is: who has been told, who has another place, whom somebody must still see to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from appointments.domain import suspension_telling, suspensions
from appointments.domain.places_given import ABOUT
from appointments.models import Appointment, Suspension
from auditorium.models import FollowUp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appointments.models.suspensions import SuspensionQuerySet
    from auditorium.models import User

SHOWN = 100
"""So many people are named on the page, those to be seen to first; all are counted."""


@dataclass(frozen=True)
class Progress:
    """How many of `all` have been ended and owed the news (`told`), how many of them are booked anew, and for how
    many a task is open. `people` are the first in the user's scope, each with `has_task`."""

    suspension: Suspension
    told: int
    all: int
    rebooked: int
    open_tasks: int
    people: Sequence[Appointment]
    sessions: int
    may_resume: bool

    @property
    def is_telling(self) -> bool:
        """Whether people are still being told."""
        return self.told < self.all

    @property
    def more_people(self) -> int:
        """How many people are not named."""
        return self.told - len(self.people)


def of(suspension: Suspension, *, user: User) -> Progress:
    """Where the suspension stands now: a fixed number of queries."""
    told = suspension_telling.told(suspension)
    open_task = Exists(FollowUp.objects.open().filter(about_kind=ABOUT, about_id=OuterRef("pk")))
    people = told.filter(pk__in=Appointment.objects.for_user(user)).with_names().select_related("successor")
    people = people.defer("villager__id_number", "villager__other_document_number")
    urgent = people.annotate(has_task=open_task).order_by("-has_task", "date", "starts_at", "pk")
    count = told.count()
    may = Suspension.objects.in_force().manageable_by(user).filter(pk=suspension.pk).exists()
    return Progress(
        suspension=suspension,
        told=count,
        all=count + suspensions.left_to_tell(suspension),
        rebooked=told.filter(successor__isnull=False).count(),
        open_tasks=told.filter(open_task).count(),
        people=list(urgent[:SHOWN]),
        sessions=suspension.sessions.count(),
        may_resume=may,
    )


def listed(*, user: User) -> SuspensionQuerySet:
    """The suspensions the user sees, the latest first."""
    rows = Suspension.objects.for_user(user).select_related("hospital", "department", "doctor", "created_by")
    return rows.order_by("-created_at", "-pk")
