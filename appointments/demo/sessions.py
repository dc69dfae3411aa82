"""The demo's clinic sessions: a weekly rota, opened for the days ahead whenever the demo starts.

The rota's `mark` makes two kinds of session sure to be there on any day of the year: within the coming week one
is suspended, and one is small enough to be booked full.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from appointments.domain import times
from appointments.enums import SessionState
from appointments.models import ClinicSession, Department, Doctor, Slot
from auditorium import clock
from auditorium.models import Hall

DAYS_AHEAD = 17
"""Past the usual window of 14 days, so that 即将放号 can be seen too."""

SUSPENDED, FULL = "suspended", "full"
WHY_SUSPENDED = "医生临时有事"
_ROTA = Path(__file__).with_name("rota.csv")


class _Key(NamedTuple):
    """What makes a session one."""

    department_id: int
    doctor_id: int | None
    date: date
    period: str
    clinic_class: str
    allotted_hall_id: int | None
    allotted_region_id: str | None


def described() -> list[dict[str, str]]:
    """The rota as its file has it; `days` are ISO weekdays."""
    with _ROTA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def open_days(first: date, last: date) -> int:
    """Open what the rota has from `first` to `last` and is not there yet; return how many sessions."""
    there = {_Key(*values) for values in ClinicSession.objects.between(first, last).values_list(*_Key._fields)}
    wanted = [(key, row) for key, row in _wanted(first, last) if key not in there]
    made = ClinicSession.objects.bulk_create(ClinicSession(**key._asdict(), **_particulars(row)) for key, row in wanted)
    Slot.objects.bulk_create(
        slot for session, (_key, row) in zip(made, wanted, strict=True) for slot in _slots(session, row)
    )
    return len(made)


def open_coming() -> int:
    """Open the days from today on; return how many sessions are new."""
    return open_days(clock.today(), clock.today() + timedelta(days=DAYS_AHEAD))


def marked(mark: str, first: date, last: date) -> list[ClinicSession]:
    """The sessions from `first` to `last` whose row in the rota bears the mark, earliest first."""
    keys = {key for key, row in _wanted(first, last) if row["mark"] == mark}
    found = ClinicSession.objects.between(first, last).order_by("date", "pk")
    found = found.select_related("department__hospital__policy")
    return [session for session in found if _Key(*(getattr(session, name) for name in _Key._fields)) in keys]


def _wanted(first: date, last: date) -> Iterator[tuple[_Key, dict[str, str]]]:
    departments = {
        (hospital, name): pk for pk, hospital, name in Department.objects.values_list("pk", "hospital__name", "name")
    }
    doctors = {(row.department_id, row.name): row.pk for row in Doctor.objects.all()}
    halls = {name: pk for pk, name in Hall.objects.values_list("pk", "name")}
    rota = described()
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for row in rota:
            if str(day.isoweekday()) not in row["days"]:
                continue
            department = departments[row["hospital"], row["department"]]
            hall = halls.get(row["allotted"])
            yield (
                _Key(
                    department_id=department,
                    doctor_id=doctors[department, row["doctor"]] if row["doctor"] else None,
                    date=day,
                    period=row["period"],
                    clinic_class=row["clinic_class"],
                    allotted_hall_id=hall,
                    allotted_region_id=None if hall else row["allotted"],
                ),
                row,
            )


def _particulars(row: dict[str, str]) -> dict[str, object]:
    suspended = row["mark"] == SUSPENDED
    return {
        "fee": row["fee"],
        "room": row["room"],
        "state": SessionState.SUSPENDED if suspended else SessionState.OPEN,
        "suspended_reason": WHY_SUSPENDED if suspended else "",
        "last_number": len(_starts(row)) * int(row["capacity"]),
    }


def _slots(session: ClinicSession, row: dict[str, str]) -> Iterator[Slot]:
    capacity = int(row["capacity"])
    for place, start in enumerate(_starts(row)):
        starts_at = times.at(session.date, start)
        yield Slot(
            session=session,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=int(row["minutes"])),
            capacity=capacity,
            numbers=[[place * capacity + 1, (place + 1) * capacity]],
            is_open=session.state == SessionState.OPEN,
        )


def _starts(row: dict[str, str]) -> list[time]:
    start, end = (datetime.strptime(row[name], "%H:%M") for name in ("starts", "ends"))  # noqa: DTZ007
    step = timedelta(minutes=int(row["minutes"]))
    return [(start + n * step).time() for n in range((end - start) // step)]
