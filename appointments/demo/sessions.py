"""The demo's clinic sessions: a weekly rota, opened for the days ahead whenever the demo starts.

The rota's `mark` makes two kinds of session sure to be there on any day of the year: within the coming week one
is suspended, and one is small enough to be booked full.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from appointments.domain.sessions import SessionDetails, open_sessions
from appointments.enums import SessionState
from appointments.models import ClinicSession, Department, Doctor, Slot
from appointments.models.sessions import ClinicSessionQuerySet
from auditorium import clock
from auditorium.models import Hall, Region

DAYS_AHEAD = 17
"""Past the usual window of 14 days, so that 即将放号 can be seen too."""

SUSPENDED, FULL = "suspended", "full"
WHY_SUSPENDED = "医生临时有事"
_ROTA = Path(__file__).with_name("rota.csv")
_SAME = ("department_id", "doctor_id", "date", "period", "clinic_class", "allotted_hall_id", "allotted_region_id")
"""What makes a session one."""


def described() -> list[dict[str, str]]:
    """The rota as its file has it; its README tells the columns."""
    with _ROTA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def open_days(first: date, last: date) -> int:
    """Open what the rota has from `first` to `last` and is not there yet; return how many sessions."""
    there = set(ClinicSession.objects.between(first, last).values_list(*_SAME))
    wanted = [(row, details) for row, details in _wanted(first, last) if _key(details) not in there]
    opened = open_sessions(details=[details for _row, details in wanted], by=None)
    suspended = [
        session.pk for session, (row, _details) in zip(opened, wanted, strict=True) if row["mark"] == SUSPENDED
    ]
    suspend(ClinicSession.objects.filter(pk__in=suspended))
    return len(opened)


def open_coming() -> int:
    """Open the days from today on; return how many sessions are new."""
    return open_days(clock.today(), clock.today() + timedelta(days=DAYS_AHEAD))


def marked(mark: str, first: date, last: date) -> list[ClinicSession]:
    """The sessions from `first` to `last` whose row in the rota bears the mark, earliest first."""
    keys = {_key(details) for row, details in _wanted(first, last) if row["mark"] == mark}
    found = ClinicSession.objects.between(first, last).select_related("department__hospital__policy")
    return [
        session for session in found.order_by("date", "pk") if tuple(getattr(session, name) for name in _SAME) in keys
    ]


def suspend(sessions: ClinicSessionQuerySet) -> None:
    """停诊: no place can be had any more, and the sessions say why."""
    Slot.objects.filter(session__in=sessions).update(is_open=False)
    sessions.update(state=SessionState.SUSPENDED, suspended_reason=WHY_SUSPENDED)


def resume(sessions: ClinicSessionQuerySet) -> None:
    """As if nobody had said 停诊 yet."""
    Slot.objects.filter(session__in=sessions).update(is_open=True)
    sessions.update(state=SessionState.OPEN, suspended_reason="")


def _key(details: SessionDetails) -> tuple[Any, ...]:
    return (
        details.department.pk,
        details.doctor and details.doctor.pk,
        details.date,
        details.period,
        details.clinic_class,
        details.hall and details.hall.pk,
        details.region and details.region.pk,
    )


def _wanted(first: date, last: date) -> Iterator[tuple[dict[str, str], SessionDetails]]:
    """Each row of the rota on each of its days; what somebody renamed in the demo has no sessions any more."""
    departments = {
        (department.hospital.name, department.name): department
        for department in Department.objects.select_related("hospital").prefetch_related("doctors")
    }
    halls = {hall.name: hall for hall in Hall.objects.all()}
    rota = described()
    regions = Region.objects.in_bulk({row["allotted"] for row in rota})
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for row in rota:
            department = departments.get((row["hospital"], row["department"]))
            if department is None or str(day.isoweekday()) not in row["days"]:
                continue
            doctor = next((doctor for doctor in department.doctors.all() if doctor.name == row["doctor"]), None)
            allotted = halls.get(row["allotted"]) or regions.get(row["allotted"])
            if allotted and (doctor or not row["doctor"]):
                yield row, _details(row, day=day, department=department, doctor=doctor, allotted=allotted)


def _details(
    row: dict[str, str], *, day: date, department: Department, doctor: Doctor | None, allotted: Hall | Region
) -> SessionDetails:
    starts, ends = time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"])
    minutes = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    return SessionDetails(
        department=department,
        doctor=doctor,
        date=day,
        period=row["period"],
        starts=starts,
        ends=ends,
        slot_minutes=int(row["minutes"]),
        capacity=minutes // int(row["minutes"]) * int(row["capacity"]),
        hall=allotted if isinstance(allotted, Hall) else None,
        region=allotted if isinstance(allotted, Region) else None,
        clinic_class=row["clinic_class"],
        fee=Decimal(row["fee"]),
        room=row["room"],
    )
