"""Taking a place: a reference that nobody has, and a number of the slot's own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from appointments.domain import bookings, places_given
from appointments.models import Appointment
from auditorium import references
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def made(hall):
    return book(SlotFactory(session__allotted_hall=hall), hall)


def book(slot, hall):
    return bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk_user(hall))


def test_a_reference_somebody_has_is_drawn_again(hall, made, monkeypatch):
    drawn = [made.reference, made.reference, "K7M3P2Q9"]
    monkeypatch.setattr(references, "new_reference", lambda: drawn.pop(0))
    assert (book(made.slot, hall).reference, drawn) == ("K7M3P2Q9", [])


def test_what_else_the_database_refuses_is_not_tried_again(made, monkeypatch):
    drawn = ["K7M3P2Q9", "K7M3P2QA"]
    monkeypatch.setattr(references, "new_reference", lambda: drawn.pop(0))
    twice = Appointment.objects.get(pk=made.pk)
    twice.pk, twice.uid = None, uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        places_given.insert(twice)
    assert (drawn, Appointment.objects.count()) == (["K7M3P2QA"], 1)


def test_numbers_given_in_one_slot_are_free_in_another(hall, made):
    other = SlotFactory(session__allotted_hall=hall, session__date=made.date + timedelta(days=1))
    assert (made.number, book(other, hall).number, book(made.slot, hall).number) == (1, 1, 2)
