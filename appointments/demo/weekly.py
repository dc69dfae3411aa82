"""The demo's weekly schedules at the main hall: a village doctor twice a week, and a free clinic on two Saturdays."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from appointments.demo import hospitals
from appointments.domain import schedules, sessions
from appointments.enums import Period, QueueMode, SessionKind
from appointments.models import Department, Doctor, ScheduleTemplate
from auditorium import clock
from auditorium.models import Hall

VILLAGE_DOCTOR = "俞文斌"
_SATURDAY = 6


def load(hall: Hall) -> None:
    """Write the schedules down and open what they have; the last free clinic is over and waits for its head-count."""
    doctor = Doctor.objects.select_related("department").get(
        name=VILLAGE_DOCTOR, department__hospital__name=hospitals.TOWNSHIP
    )
    for weekday in (2, 5):
        _template(
            hall,
            department=doctor.department,
            doctor=doctor,
            weekday=weekday,
            starts=time(8, 30),
            ends=time(10, 30),
            capacity=12,
            room="一楼",
            kind=SessionKind.VILLAGE_DOCTOR,
            valid_from=clock.today(),
        )
    coming = _saturday_after(clock.today())
    last = coming - timedelta(days=7 if coming - timedelta(days=7) < clock.today() else 14)
    outreach = _template(
        hall,
        department=Department.objects.get(name="心血管内科", hospital__name=hospitals.MAIN),
        weekday=_SATURDAY,
        starts=time(8, 30),
        ends=time(11),
        capacity=0,
        room="大厅",
        kind=SessionKind.OUTREACH,
        queue=QueueMode.WALK_IN,
        on_holidays=True,
        valid_from=last,
        valid_until=coming,
    )
    sessions.open_session(details=schedules.details_on(outreach, last, 0), by=None)
    schedules.open_ahead(by=None)


def _template(hall: Hall, **said: Any) -> ScheduleTemplate:
    return ScheduleTemplate.objects.create(period=Period.MORNING, held_at=hall, allotted_hall=hall, **said)


def _saturday_after(day: date) -> date:
    return day + timedelta(days=(_SATURDAY - day.isoweekday() - 1) % 7 + 1)
