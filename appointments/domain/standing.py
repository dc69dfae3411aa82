"""When a booking is and where it stands, in words and in the tone they are shown in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain import times
from appointments.enums import AppointmentState
from auditorium import clock
from auditorium.dates import clock_time, full_date

if TYPE_CHECKING:
    from appointments.models import Appointment
    from auditorium.ports import Tone

_TONES: dict[str, Tone] = {
    AppointmentState.HELD: "warn",
    AppointmentState.PENDING_EXTERNAL: "warn",
    AppointmentState.BOOKED: "good",
    AppointmentState.ARRIVED: "good",
    AppointmentState.FULFILLED: "good",
    AppointmentState.NO_SHOW: "stop",
    AppointmentState.CANCELLED_BY_CLINIC: "stop",
    AppointmentState.REJECTED: "stop",
}


def is_over(appointment: Appointment) -> bool:
    """Whether its time has passed; where no time is known, its part of the day."""
    return clock.now() >= times.over(
        day=appointment.date, period=appointment.period, starts_at=appointment.ends_at or appointment.starts_at
    )


def when(appointment: Appointment) -> str:
    """11月24日 周二 上午8:30, or as much of it as is known."""
    part = clock_time(appointment.starts_at) if appointment.starts_at else appointment.get_period_display()
    return f"{full_date(appointment.date)} {part}".strip()


def words(appointment: Appointment) -> str:
    """The state as the desk says it. Until the hospital acknowledged, a live booking is 待医院确认."""
    if appointment.is_live and is_over(appointment):
        return _("时间已过")
    return _("待医院确认") if appointment.awaits_hospital else str(appointment.get_state_display())


def tone(appointment: Appointment) -> Tone:
    """The tone of `words`."""
    if appointment.is_live and is_over(appointment):
        return "plain"
    return "warn" if appointment.awaits_hospital else _TONES.get(appointment.state, "plain")
