"""A hospital calls off a week: how long until 2,000 booked people are cancelled, texted and on somebody's list."""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

import time
from datetime import timedelta

from appointments.domain import suspensions
from appointments.domain.suspensions import Scope
from appointments.enums import SuspensionState
from appointments.models import Appointment, Slot, Suspension
from auditorium import clock
from tests.appointments.factories import HospitalFactory
from tests.benchmarks import report
from tests.benchmarks.rounds import ROUNDS, Figures, figures

PEOPLE, CAPACITY = 2_000, 10


def run() -> Figures:
    """A hospital in each round, new and fully booked; the first one warms up."""
    taken = [_round(number) for number in range(ROUNDS + 1)]
    return figures("suspend_2000", taken[1:], "s")


def _round(number: int) -> float:
    here = ground.Ground.make()
    here.department.hospital = HospitalFactory()
    slots = here.places(PEOPLE // CAPACITY, capacity=CAPACITY)
    people = here.people(PEOPLE)
    booked = []
    for n, person in enumerate(people):
        slot = slots[n // CAPACITY]
        booked.append(ground.booked(here, slot, person, number=slot.numbers[0][0] + n % CAPACITY))
    Appointment.objects.bulk_create(booked)
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(taken=CAPACITY)
    ground.analyse()
    week = Scope(
        hospital=here.department.hospital,
        first_date=clock.today(),
        last_date=clock.today() + timedelta(days=10),
    )
    begun = time.perf_counter()
    suspension = suspensions.suspend(scope=week, why="台风", by=None)
    told = suspensions.settle(suspension)
    seconds = time.perf_counter() - begun
    settled = Suspension.objects.filter(pk=suspension.pk, state=SuspensionState.SETTLED).exists()
    if told != PEOPLE or not settled:
        raise RuntimeError(f"{told} of {PEOPLE} were told")
    print(f"  round {number}: {seconds:.1f} s")
    return seconds


def main() -> None:
    with ground.database():
        measured = run()
    report.add(measured, command="make bench ONLY=suspend_2000")


if __name__ == "__main__":
    main()
