"""Where somebody can go whose booking the clinic cancelled: their doctor's next session, and equal doctors nearby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from appointments.domain import eligibility, limits, policies, queues, windows
from appointments.enums import AppointmentState, SessionState, SlotKind
from appointments.models import ClinicSession, Slot
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from appointments.domain.policies import Policy
    from appointments.models import Appointment
    from auditorium.models import Hall, Villager

NEAR = timedelta(days=3)
HANDFUL = 5
_LOOKED_AT = 20
"""So many sessions are tried, the best first: what is offered is read out to somebody on the phone."""


@dataclass(frozen=True)
class Alternative:
    """A place that can be had instead; `is_own_doctor` says that it is with the same doctor."""

    slot: Slot
    is_own_doctor: bool


def is_asked_for(appointment: Appointment) -> bool:
    """Whether the clinic cancelled this booking and nobody has found another place yet."""
    return appointment.state == AppointmentState.CANCELLED_BY_CLINIC and appointment.successor_id is None


def find(*, appointment: Appointment, villager: Villager, hall: Hall) -> list[Alternative]:
    """At most a handful of places this hall may book for the villager now, the best first.

    The next session of the same doctor (or of the ordinary clinic), then doctors of the same grade in the same
    department within three days, the nearest day first; of each session the time nearest to the old one. What limits
    or a queue stand against is left out. The appointment comes with names and policies, the villager with consents:
    then it takes a fixed number of queries.
    """
    department = appointment.department
    if not is_asked_for(appointment) or department is None or eligibility.why_not_ready(villager):
        return []
    policy = policies.policy_of(appointment)
    sessions = _sessions(appointment, hall, policy)
    free = _free_slots(sessions)
    sessions = [
        session
        for session in sessions
        if session.pk in free and not eligibility.why_not_accepted(villager, policy, session.date)
    ]
    sessions = _own_next_and_near(appointment, sessions)[:_LOOKED_AT]
    sessions, _why = limits.allowed(villager=villager, sessions=sessions, policy=policy)
    waited = queues.waited_for(sessions)
    return [
        Alternative(slot=_nearest(appointment, free[session.pk]), is_own_doctor=_is_own(appointment, session))
        for session in sessions
        if session.pk not in waited
    ][:HANDFUL]


def _sessions(appointment: Appointment, hall: Hall, policy: Policy) -> list[ClinicSession]:
    """The sessions on offer that come into question, with their doctor."""
    now = clock.now()
    own = Q(doctor=appointment.doctor_id)
    near = Q(date__range=(appointment.date - NEAR, appointment.date + NEAR))
    if appointment.doctor:
        near &= Q(doctor__grade=appointment.doctor.grade)
    elif appointment.clinic_class:
        near &= Q(doctor__isnull=True, clinic_class=appointment.clinic_class)
    found = ClinicSession.objects.for_hall(hall).filter(
        own | near, department=appointment.department_id, state=SessionState.OPEN
    )
    found = found.between(clock.today(), windows.last_day(policy=policy, at=now))
    found = found.select_related("department__hospital", "doctor", "held_at").order_by("date", "period", "pk")
    return [session for session in found if not windows.why_session_closed(session=session, policy=policy, at=now)]


def _free_slots(sessions: Sequence[ClinicSession]) -> dict[int, list[Slot]]:
    by_pk = {session.pk: session for session in sessions}
    free: dict[int, list[Slot]] = {}
    slots = Slot.objects.open().with_free_places().filter(session__in=by_pk, kind=SlotKind.REGULAR)
    for slot in slots.filter(starts_at__gt=clock.now()).order_by("starts_at", "pk"):
        slot.session = by_pk[slot.session_id]
        free.setdefault(slot.session_id, []).append(slot)
    return free


def _own_next_and_near(appointment: Appointment, sessions: Sequence[ClinicSession]) -> list[ClinicSession]:
    """The doctor's own next session first, then whatever is near, in the order of distance."""
    own = [session for session in sessions if _is_own(appointment, session)]
    near = [session for session in sessions if abs(session.date - appointment.date) <= NEAR and session not in own[:1]]
    near.sort(key=lambda one: (abs(one.date - appointment.date), one.period != appointment.period, one.date, one.pk))
    return [*own[:1], *near]


def _is_own(appointment: Appointment, session: ClinicSession) -> bool:
    return session.doctor_id == appointment.doctor_id


def _nearest(appointment: Appointment, slots: Sequence[Slot]) -> Slot:
    """The slot at the time of day nearest to the old one."""
    if appointment.starts_at is None:
        return slots[0]
    wanted = _minutes(appointment.starts_at)
    return min(slots, key=lambda slot: abs(_minutes(slot.starts_at) - wanted))


def _minutes(moment: datetime) -> int:
    here = clock.local(moment)
    return here.hour * 60 + here.minute
