"""What a suspension would do, before it is decided: the sessions, the people, and whom no text reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from appointments.domain import suspension_telling, suspensions
from appointments.enums import AppointmentState, Period
from appointments.models import Appointment, Slot
from auditorium.domain import recipients

if TYPE_CHECKING:
    from appointments.domain.suspensions import Scope
    from appointments.models import ClinicSession
    from auditorium.domain.recipients import Recipients
    from auditorium.models import User

SHOWN = 100
"""So many people, and so many sessions, are named on the page; all are counted."""

_CHUNK = 500


@dataclass(frozen=True)
class Concerned:
    """Somebody who loses their place, and how they are told."""

    appointment: Appointment
    receivers: Recipients


@dataclass(frozen=True)
class Preview:
    """What suspending would do. `people` are the first in the user's scope; `unreachable` get no text: somebody must
    call or knock. `arrived` are being seen and stay."""

    sessions: list[ClinicSession]
    people: list[Concerned]
    concerned: int
    unreachable: int
    arrived: int
    free_places: int

    @property
    def more_sessions(self) -> int:
        """How many sessions are not listed."""
        return max(len(self.sessions) - SHOWN, 0)

    @property
    def more_people(self) -> int:
        """How many people are not named."""
        return self.concerned - len(self.people)


def preview(scope: Scope, *, by: User) -> Preview:
    """What `suspensions.suspend` would do, writing nothing. Raises NothingToSuspend."""
    suspensions.check(scope)
    found = suspensions.sessions_in(scope, by=by).select_related("department__hospital", "doctor", "held_at")
    sessions = sorted(found, key=lambda one: (one.date, list(Period.values).index(one.period), one.pk))
    if not sessions:
        raise suspensions.nothing()
    pks = [session.pk for session in sessions]
    concerned = suspension_telling.concerned(pks).exclude(state=AppointmentState.HELD)
    in_scope = set(Appointment.objects.for_user(by).filter(pk__in=concerned.values("pk")).values_list("pk", flat=True))
    people: list[Concerned] = []
    count = unreachable = 0
    rows = concerned.with_names().defer("villager__id_number", "villager__other_document_number")
    rows = rows.prefetch_related("villager__contacts__phone", "villager__consents")
    for row in rows.order_by("date", "starts_at", "pk").iterator(chunk_size=_CHUNK):
        receivers = recipients.of_villager(row.villager)
        count += 1
        unreachable += receivers.main is None
        if len(people) < SHOWN and row.pk in in_scope:
            people.append(Concerned(row, receivers))
    places = Slot.objects.open().filter(session__in=pks).aggregate(left=Sum(F("capacity") - F("taken")))
    return Preview(
        sessions=sessions,
        people=people,
        concerned=count,
        unreachable=unreachable,
        arrived=Appointment.objects.filter(session__in=pks, state=AppointmentState.ARRIVED).count(),
        free_places=places["left"] or 0,
    )
