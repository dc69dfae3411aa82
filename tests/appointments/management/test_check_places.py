"""Counting places against appointments, and putting a wrong count right."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from appointments.domain import bookings
from appointments.models import Appointment, Slot
from auditorium.models import AuditEntry
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot():
    """Three places, one of them taken."""
    hall = HallFactory()
    slot = SlotFactory(session__allotted_hall=hall)
    bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk_user(hall))
    return slot


def check_places(*options):
    out, err = StringIO(), StringIO()
    call_command("check_places", *options, stdout=out, stderr=err)
    return out.getvalue()


def taken(slot):
    slot.refresh_from_db()
    return slot.taken


def test_check_places_is_content_when_every_count_is_right(slot):
    SlotFactory()
    assert check_places() == "每个时段的号数都对得上。\n"


def test_check_places_names_a_wrong_count_and_changes_nothing(slot):
    Slot.objects.filter(pk=slot.pk).update(taken=3)
    with pytest.raises(CommandError):
        check_places()
    assert taken(slot) == 3


def test_check_places_repairs_a_count_and_writes_it_down(slot):
    Slot.objects.filter(pk=slot.pk).update(taken=3)
    assert "实际 1" in check_places("--repair")
    assert taken(slot) == 1
    assert AuditEntry.objects.filter(action="count_repaired", object_id=slot.pk).count() == 1


def test_check_places_repairs_no_slot_with_more_people_than_places(slot):
    Appointment.objects.all().update(number=None)
    Slot.objects.filter(pk=slot.pk).update(taken=0, capacity=0)
    with pytest.raises(CommandError):
        check_places("--repair")
    assert taken(slot) == 0
