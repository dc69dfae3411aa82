"""Used keys of forms and the files of decided schedules go after a month; what came of them stays."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine

from appointments.domain import bookings, retention
from appointments.enums import UploadState
from appointments.models import Appointment, BookingRequest, ScheduleUpload
from auditorium import clock, ports
from auditorium.domain.retention import keep_house
from tests.appointments.factories import SlotFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


def upload(user, **kwargs):
    kwargs = {"state": UploadState.APPLIED, "decided_at": clock.now() - MONTH - timedelta(hours=1), **kwargs}
    return ScheduleUpload.objects.create(
        uploaded_by=user, created_at=clock.now(), file_name="周排班.xlsx", content=b"PK", outcome={"rows": 3}, **kwargs
    )


@pytest.fixture
def monday():
    with time_machine.travel(at(date(2026, 11, 23), 10), tick=False):
        yield


def test_a_used_key_goes_and_its_booking_stays(monday):
    hall = HallFactory()
    slot = SlotFactory(session__allotted_hall=hall)
    booked = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk_user(hall), key=uuid4())
    assert retention.drop_keys(clock.now() + MONTH) == 0
    assert retention.drop_keys(clock.now() + MONTH + timedelta(hours=1)) == 1
    assert (BookingRequest.objects.count(), Appointment.objects.get()) == (0, booked)


def test_the_file_of_a_decided_schedule_goes_and_its_outcome_stays():
    user = desk_user(HallFactory())
    applied = upload(user)
    discarded = upload(user, state=UploadState.DISCARDED)
    young = upload(user, decided_at=clock.now() - MONTH + timedelta(hours=1))
    waiting = upload(user, state=UploadState.PREVIEWED, decided_at=None)
    assert keep_house()["schedule files"] == 2
    assert retention.drop_files(clock.now()) == 0
    kept = {row.pk: bytes(row.content) for row in ScheduleUpload.objects.all()}
    assert kept == {applied.pk: b"", discarded.pk: b"", young.pk: b"PK", waiting.pk: b"PK"}
    applied.refresh_from_db()
    assert applied.outcome == {"rows": 3}


def test_both_are_registered():
    assert {"booking keys", "schedule files"} <= set(ports.chores())
