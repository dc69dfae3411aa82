"""Schedules that come in while desks book, and twice at once."""

import threading
from datetime import timedelta
from functools import partial
from unittest import mock

import pytest
from django.db import connection

from appointments.domain import bookings
from appointments.domain.schedule_import.apply import Answers, import_schedule
from appointments.models import Appointment, ClinicSession, Department, Slot
from auditorium import clock
from tests.appointments.domain.schedule_import.workbooks import row, sheet_of
from tests.appointments.factories import HospitalFactory, bookable_villager
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, RegionFactory, desk_user
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = 12


@pytest.fixture
def hall():
    HospitalFactory(name="柯桥区示例医院")
    return HallFactory(name="宝善桥村文化礼堂", region=RegionFactory(code="330603011258"))


def load(good_rows_only=True, **changes):
    content = sheet_of(row(日期=clock.today() + timedelta(days=3), **changes))
    return import_schedule(content=content, answers=Answers(), by=None, good_rows_only=good_rows_only)


def test_capacity_never_falls_below_what_desks_book_meanwhile(hall):
    load(结束="8:30", 号数=DESKS)
    [slot] = Slot.objects.all()
    desk = desk_user(hall)
    villagers = [bookable_villager(hall) for _ in range(DESKS)]
    calls = [partial(bookings.book, slot=slot, villager=v, hall=hall, by=desk) for v in villagers]
    at_once([*calls, partial(load, 结束="8:30", 号数=4)])
    slot.refresh_from_db()
    numbers = sorted(Appointment.objects.values_list("number", flat=True))
    assert slot.taken == len(numbers) == len(set(numbers))
    assert 4 <= slot.capacity <= DESKS
    assert slot.taken <= slot.capacity
    owned = {number for first, last in slot.numbers for number in range(first, last + 1)}
    assert (set(numbers) <= owned, len(owned)) == (True, slot.capacity)


def test_the_same_sheet_at_once_opens_its_sessions_once(hall):
    outcomes = at_once([load] * 4)
    assert sorted((outcome.new, outcome.unchanged) for outcome in outcomes) == [(0, 1), (0, 1), (0, 1), (1, 0)]
    assert (ClinicSession.objects.count(), Department.objects.count()) == (1, 1)


@pytest.mark.postgres
def test_booking_and_change_never_wait_for_each_other_in_turn(hall):
    """A desk has claimed its place and is about to write the appointment, which refers to a session that a change
    has locked by then; the change waits for the place. Were the session locked whole, neither could go on."""
    load(结束="9:00", 号数=20)
    slot = Slot.objects.order_by("starts_at").first()
    desk, villager = desk_user(hall), bookable_villager(hall)
    claimed = threading.Event()
    real = bookings.insert

    def insert_late(appointment):
        claimed.set()
        wait_until(somebody_waits_for_a_lock)
        return real(appointment)

    def change():
        assert claimed.wait(30)
        return load(结束="9:00", 号数=30)

    with mock.patch.object(bookings, "insert", insert_late):
        book = partial(bookings.book, slot=slot, villager=villager, hall=hall, by=desk)
        changed, made = at_once([change, book])
    slot.refresh_from_db()
    assert (changed.changed, made.number, slot.taken, slot.capacity) == (1, 1, 1, 15)


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]
