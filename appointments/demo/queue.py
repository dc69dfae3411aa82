"""Who waits in the demo: in front of a session that is full, one with a place held for them and one behind."""

from __future__ import annotations

from datetime import timedelta

from appointments.demo import sessions
from appointments.domain import bookings, policies, turns, waitlist, windows
from appointments.models import Appointment, ClinicSession
from auditorium import clock
from auditorium.models import User, Villager

WAITING = ("赵水珍", "陶金土")
"""In the order in which they came."""


def tell(villagers: dict[str, Villager], desks: dict[str, User]) -> None:
    """They join the queue of the first full session that can still be cancelled; then somebody gives a place back."""
    first = clock.today() + timedelta(days=2)
    for session in sessions.marked(sessions.FULL, first, first + timedelta(days=sessions.DAYS_AHEAD)):
        booked = Appointment.objects.live().filter(session=session).order_by("-pk").first()
        if booked and _can_be_waited_for(session):
            for name in WAITING:
                _join(session, villagers[name], desks)
            bookings.cancel(appointment=booked, by=desks[booked.hall.name], why="有事去不了")
            turns.serve_waitlists()
            return


def _join(session: ClinicSession, villager: Villager, desks: dict[str, User]) -> None:
    waitlist.join(
        villager=villager,
        department=session.department,
        hall=villager.registered_at,
        by=desks[villager.registered_at.name],
        first_date=session.date,
        last_date=session.date,
        doctor=session.doctor,
        period=session.period,
    )


def _can_be_waited_for(session: ClinicSession) -> bool:
    now, policy = clock.now(), policies.policy_for(session.department)
    full = not any(slot.free for slot in session.slots.all())
    offered = not windows.why_session_closed(session=session, policy=policy, at=now)
    return full and offered and now < windows.cancel_deadline(policy=policy, date=session.date)
