"""The day of the visit: when to be there, until when the number is handed out, what to bring and prepare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain import policies

if TYPE_CHECKING:
    from datetime import datetime, time

    from appointments.domain.policies import Policy
    from appointments.models import Appointment, ClinicSession, Department, Hospital, Slot


@dataclass(frozen=True)
class VisitDay:
    """What a hospital asks of whoever comes. Empty and None where it says nothing.

    Where people are seen at a hall, no number is picked up at the hospital.
    """

    at_hall: bool
    arrive_by: datetime | None
    pick_up_place: str
    pick_up_by: time | None
    bring: str
    prepare: str


def of_slot(slot: Slot, policy: Policy) -> VisitDay:
    """For a place that could be booked; the slot comes with session, department and hospital."""
    session = slot.session
    return _day(
        policy,
        department=session.department,
        hospital=session.department.hospital,
        session=session,
        period=session.period,
        starts_at=slot.starts_at,
    )


def of_appointment(appointment: Appointment, policy: Policy) -> VisitDay:
    """For a booking `with_names`."""
    return _day(
        policy,
        department=appointment.department,
        hospital=appointment.hospital,
        session=appointment.session,
        period=appointment.period,
        starts_at=appointment.starts_at,
    )


def _day(
    policy: Policy,
    *,
    department: Department | None,
    hospital: Hospital | None,
    session: ClinicSession | None,
    period: str,
    starts_at: datetime | None,
) -> VisitDay:
    at_hall = session is not None and session.held_at_id is not None
    return VisitDay(
        at_hall=at_hall,
        arrive_by=starts_at and starts_at - timedelta(minutes=policy.arrive_minutes),
        pick_up_place=hospital.pick_up_place if hospital and not at_hall else "",
        pick_up_by=policy.pick_up_by(period) if period and not at_hall else None,
        bring=policies.bring(policy),
        prepare=_prepare(policy, department),
    )


def _prepare(policy: Policy, department: Department | None) -> str:
    """What the department asks, then what the rules ask, each said once."""
    asked = [department.prepare if department else "", policy.prepare]
    return _("；").join(dict.fromkeys(filter(None, asked)))
