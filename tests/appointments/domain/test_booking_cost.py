"""What one booking costs the database, and what happens when its random reference is already somebody's."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import bookings
from appointments.models import Appointment
from auditorium import references
from auditorium.models import Hall
from tests.appointments.factories import SlotFactory, reachable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

STATEMENTS = 22
"""BEGIN and COMMIT among them, which a test sees as a savepoint. `booking_sql` of the benchmarks is the same."""


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def book(hall):
    desk = desk_user(hall)

    def book(slot):
        return bookings.book(
            slot=slot, villager=reachable_villager(hall), hall=Hall.objects.get(pk=hall.pk), by=desk, key=uuid.uuid4()
        )

    return book


@pytest.mark.parametrize("already", [0, 10])
def test_book_takes_a_fixed_number_of_statements(hall, already):
    desk = desk_user(hall)
    slot = SlotFactory(session__allotted_hall=hall, capacity=12)
    people = [reachable_villager(hall) for _person in range(already + 2)]
    for person in people[:-1]:  # the first of all writes the texts' templates
        bookings.book(slot=slot, villager=person, hall=hall, by=desk)
    fresh = Hall.objects.get(pk=hall.pk)
    with CaptureQueriesContext(connection) as asked:
        bookings.book(slot=slot, villager=people[-1], hall=fresh, by=desk, key=uuid.uuid4())
    assert len(asked) == STATEMENTS


def test_book_draws_another_reference_when_somebody_has_it(hall, book, monkeypatch):
    slot = SlotFactory(session__allotted_hall=hall)
    taken = book(slot).reference
    drawn = iter([taken, taken, "NEW2NEW3"])
    monkeypatch.setattr(references, "new_reference", lambda: next(drawn))
    assert book(slot).reference == "NEW2NEW3"
    slot.refresh_from_db()
    assert (slot.taken, Appointment.objects.count()) == (2, 2)
