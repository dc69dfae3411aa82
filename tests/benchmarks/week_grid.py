"""The week's grid of a department with 200 doctors and 10,000 appointments, beside one read by primary key.

A doctor holds a session on each of five days, of four times with three places: 1,000 sessions, all of them shown. The
department is loaded as the page does it, and the grid looks for the first days with a free place, as it does when
nobody has turned its pages.
"""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import week_grid
from appointments.enums import Period
from appointments.models import Appointment, ClinicSession, Department, Slot
from auditorium import clock
from tests.appointments.factories import DoctorFactory, at
from tests.benchmarks import report
from tests.benchmarks.rounds import Figures, figures, in_turns, ratios

DOCTORS, DAYS, TIMES, CAPACITY = 200, 5, 4, 3
APPOINTMENTS = 10_000
GRIDS, GETS = 3, 200


def run() -> Figures:
    """Interleaved rounds, each side's median in milliseconds."""
    here = ground.Ground.make()
    slots = _plan(here)
    _book(here, slots)
    ground.analyse()

    def grid() -> week_grid.Week:
        departments = Department.objects.select_related("hospital__policy", "policy")
        department = departments.get(pk=here.department.pk)
        return week_grid.open_week(department=department, hall=here.hall, at=clock.now())

    with CaptureQueriesContext(connection) as queries:
        shown = grid()
    sessions = sum(len(row.choices) for row in shown.rows)
    if (len(shown.rows), sessions) != (DOCTORS, DOCTORS * DAYS):
        raise RuntimeError(f"the grid shows {len(shown.rows)} doctors and {sessions} sessions")
    measured = in_turns(
        {
            "grid": lambda _number: _milliseconds(grid, GRIDS),
            "get": lambda _number: _milliseconds(lambda: Department.objects.get(pk=here.department.pk), GETS),
        }
    )
    return {
        "week_grid_queries": (len(queries), "queries", 1),
        **figures("week_grid_over_get", ratios(measured["grid"], measured["get"]), "x"),
        **figures("week_grid.grid", measured["grid"], "ms"),
        **figures("week_grid.get", measured["get"], "ms"),
    }


def _plan(here: ground.Ground) -> list[Slot]:
    """The sessions of a week from tomorrow, each with its times."""
    doctors = DoctorFactory.create_batch(DOCTORS, department=here.department)
    sessions = ClinicSession.objects.bulk_create(
        ClinicSession(
            department=here.department,
            doctor=doctor,
            date=clock.today() + timedelta(days=1 + day),
            period=Period.MORNING,
            allotted_hall=here.hall,
            fee=10,
            last_number=TIMES * CAPACITY,
        )
        for doctor in doctors
        for day in range(DAYS)
    )
    return Slot.objects.bulk_create(
        Slot(
            session=session,
            starts_at=at(session.date, 8) + ground.HALF_AN_HOUR * n,
            ends_at=at(session.date, 8) + ground.HALF_AN_HOUR * (n + 1),
            capacity=CAPACITY,
            numbers=[[n * CAPACITY + 1, (n + 1) * CAPACITY]],
        )
        for session in sessions
        for n in range(TIMES)
    )


def _book(here: ground.Ground, slots: list[Slot]) -> None:
    """Fill five places of every six, one time after the other."""
    people = here.people(APPOINTMENTS)
    booked = []
    for n, person in enumerate(people):
        slot = slots[n % len(slots)]
        booked.append(ground.booked(here, slot, person, number=slot.numbers[0][0] + n // len(slots)))
    Appointment.objects.bulk_create(booked, batch_size=2000)
    for n, slot in enumerate(slots):
        slot.taken = len(range(n, APPOINTMENTS, len(slots)))
    Slot.objects.bulk_update(slots, ["taken"], batch_size=1000)


def _milliseconds(call: Callable[[], object], times: int) -> float:
    """The median of so many calls."""
    taken = []
    for _time in range(times):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def main() -> None:
    with ground.database():
        measured = run()
    report.add(measured, command="make bench ONLY=week_grid")


if __name__ == "__main__":
    main()
