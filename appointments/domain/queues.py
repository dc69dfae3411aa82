"""Who comes first: which wishes and waitlist entries concern a session, and waking whoever serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from appointments.enums import WishState
from appointments.models import ClinicSession, Department, WaitlistEntry, Wish
from auditorium.domain import wake
from auditorium.models.regions import SIGNIFICANT_DIGITS, prefix_range

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from appointments.models.sessions import ClinicSessionQuerySet
    from appointments.models.waitlist import WaitlistEntryQuerySet

SERVE = "appointments.serve_queues"
"""The task that gives what came free to whoever waits; see `appointments.tasks`."""


def wake_after_commit() -> None:
    """Have the queues served once what came free is committed."""
    wake.after_commit(SERVE)


def take_turn(department_id: int) -> Department:
    """The department with its rules, locked until the transaction ends: one turn at a time, before any villager's
    lock."""
    departments = Department.objects.select_for_update(no_key=True, of=("self",))
    return departments.select_related("hospital__policy", "policy").get(pk=department_id)


def waiting_for(session: ClinicSession) -> WaitlistEntryQuerySet:
    """Who waits for a place in the session, the first first: of the halls its places are allotted to."""
    if session.allotted_hall_id is not None:
        hall = Q(hall=session.allotted_hall_id)
    else:
        hall = Q(hall__region__code__range=prefix_range(_prefix(session.allotted_region_id or "")))
    return WaitlistEntry.objects.waiting().filter(
        hall,
        Q(doctor__isnull=True) | Q(doctor=session.doctor_id),
        Q(period="") | Q(period=session.period),
        department=session.department_id,
        first_date__lte=session.date,
        last_date__gte=session.date,
    )


def somebody_waits_for(session: ClinicSession) -> bool:
    """Whether a place of the session belongs to somebody in the queue, or who wished for it before its release."""
    wishes = Wish.objects.filter(session=session, state=WishState.WAITING)
    return ClinicSession.objects.filter(Exists(wishes) | Exists(waiting_for(session)), pk=session.pk).exists()


def waited_for(sessions: Collection[ClinicSession]) -> set[int]:
    """The same of several sessions in one query: the keys of those that somebody waits for."""
    waited = Q(Exists(Wish.objects.filter(session=OuterRef("pk"), state=WishState.WAITING)))
    for session in sessions:
        waited |= Q(Exists(waiting_for(session)), pk=session.pk)
    pks = [session.pk for session in sessions]
    return set(ClinicSession.objects.filter(waited, pk__in=pks).values_list("pk", flat=True))


def wished_for() -> QuerySet[Wish, int]:
    """The sessions that somebody waits to be released, or to be served since."""
    return Wish.objects.filter(state=WishState.WAITING).values_list("session", flat=True)


def sessions_for(entry: WaitlistEntry) -> ClinicSessionQuerySet:
    """The sessions in which the entry's villager would take a place; the entry comes with its hall."""
    found = ClinicSession.objects.for_hall(entry.hall).filter(department=entry.department_id)
    found = found.between(entry.first_date, entry.last_date)
    if entry.doctor_id is not None:
        found = found.filter(doctor=entry.doctor_id)
    return found.filter(period=entry.period) if entry.period else found


def _prefix(code: str) -> str:
    """The significant digits of a division's code: as many as the lowest level that holds them all."""
    digits = code.rstrip("0")
    return digits.ljust(min(length for length in SIGNIFICANT_DIGITS.values() if length >= len(digits)), "0")
