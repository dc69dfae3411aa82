"""`bookings.book` from eight threads beside a bare ORM loop that writes the same rows from eight threads."""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

from functools import partial
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import bookings
from appointments.models import Appointment, BookingRequest, Slot
from auditorium.models import AuditEntry, Hall, Reminder, User
from tests.benchmarks import bare_rows, report
from tests.benchmarks.rounds import ROUNDS, Figures, figures, in_turns, rate, ratios

THREADS = 8
BOOKINGS = 400
CAPACITY = 10
TABLES = (Appointment, BookingRequest, AuditEntry, Reminder)


def run() -> Figures:
    """Interleaved rounds; both sides write to slots of their own, new in every round."""
    here = ground.Ground.make()
    words = bare_rows.words()
    people = [here.people(BOOKINGS) for _round in range(ROUNDS + 1)]
    places = {
        side: [here.places(BOOKINGS // CAPACITY, capacity=CAPACITY) for _round in range(ROUNDS + 1)]
        for side in ("ours", "bare")
    }
    ground.analyse()

    def ours(number: int) -> float:
        slots = places["ours"][number]
        calls = [
            partial(
                bookings.book, slot=slots[n % len(slots)], villager=who, hall=_hall(here), by=here.desk, key=uuid4()
            )
            for n, who in enumerate(people[number])
        ]
        return rate(calls, threads=THREADS)

    def bare(number: int) -> float:
        slots = list(Slot.objects.select_related("session__department").filter(pk__in=_pks(places["bare"][number])))
        calls = [
            partial(
                bare_rows.write,
                slot=slots[n % len(slots)],
                villager_id=who.pk,
                hall_id=here.hall.pk,
                by=here.desk,
                number=slots[n % len(slots)].numbers[0][0] + n // len(slots),
                words=words,
            )
            for n, who in enumerate(people[number])
        ]
        return rate(calls, threads=THREADS)

    # Who is booked twice must not be: the bare side goes second and looks at nothing.
    measured = in_turns({"ours": ours, "bare": bare})
    return {
        **figures("booking_domain", ratios(measured["ours"], measured["bare"]), "x"),
        **figures("booking_domain.ours", measured["ours"], "per s"),
        **figures("booking_domain.bare", measured["bare"], "per s"),
        "booking_sql": (statements(here), "statements", 1),
        "booking_domain.rows": (rows(here), "rows", 1),
    }


def statements(here: ground.Ground) -> int:
    """How many statements one booking takes, BEGIN and COMMIT among them."""
    return len(_statements(here.desk, here.hall, here.people(1)[0].pk, here.places(1, capacity=3)[0]))


def rows(here: ground.Ground) -> int:
    """How many rows one booking writes into the tables both sides write to, besides the slot's count."""
    before = sum(table.objects.count() for table in TABLES)
    statements(here)
    return sum(table.objects.count() for table in TABLES) - before


def _statements(desk: User, hall: Hall, villager_id: int, slot: Slot) -> list[dict[str, str]]:
    villager = ground.Villager.objects.get(pk=villager_id)
    hall = Hall.objects.get(pk=hall.pk)
    with CaptureQueriesContext(connection) as captured:
        bookings.book(slot=slot, villager=villager, hall=hall, by=desk, key=uuid4())
    return captured.captured_queries


def _hall(here: ground.Ground) -> Hall:
    """The hall as a request has it: nothing of an earlier one is remembered on it."""
    return Hall.objects.get(pk=here.hall.pk)


def _pks(slots: list[Slot]) -> list[int]:
    return [slot.pk for slot in slots]


def main() -> None:
    with ground.database():
        measured = run()
    report.add(measured, command="make bench ONLY=booking_domain")


if __name__ == "__main__":
    main()
