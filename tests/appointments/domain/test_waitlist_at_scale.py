"""The sweep of a province's queues where nothing came free: one query, by the index of the queue."""

from datetime import timedelta
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import turns
from appointments.enums import WaitlistState
from appointments.models import ClinicSession, Slot, WaitlistEntry
from auditorium import clock
from tests.appointments.factories import DepartmentFactory, HospitalFactory, at, bookable_villager
from tests.factories import HallFactory

pytestmark = [pytest.mark.django_db, pytest.mark.hard, pytest.mark.postgres]

DEPARTMENTS = PEOPLE = 100
ENDED = 4
"""How many ended entries there are beside each that waits."""


@pytest.fixture
def departments():
    """Each with two weeks of full sessions, everybody waiting in it, and what they waited for before."""
    hall, hospital = HallFactory(), HospitalFactory()
    people = [bookable_villager(hall) for _ in range(PEOPLE)]
    departments = [DepartmentFactory(hospital=hospital) for _ in range(DEPARTMENTS)]
    days = [clock.today() + timedelta(days=ahead) for ahead in range(2, 16)]
    sessions = ClinicSession.objects.bulk_create(
        ClinicSession(department=department, date=day, period="morning", fee=10, allotted_hall=hall, last_number=20)
        for department in departments
        for day in days
    )
    Slot.objects.bulk_create(
        Slot(
            session=session,
            starts_at=at(session.date, hour),
            ends_at=at(session.date, hour + 1),
            capacity=5,
            taken=5,
            numbers=[[hour * 5, hour * 5 + 4]],
        )
        for session in sessions
        for hour in (8, 9, 10)
    )
    for state in [WaitlistState.LAPSED] * ENDED + [WaitlistState.WAITING]:
        WaitlistEntry.objects.bulk_create(
            (
                WaitlistEntry(
                    villager=villager,
                    hall=hall,
                    department=department,
                    first_date=days[0],
                    last_date=days[-1],
                    state=state,
                    joined_at=clock.now(),
                )
                for villager in people
                for department in departments
            ),
            batch_size=2000,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return departments


def plan_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_the_sweep_reads_the_queue_by_its_index_where_nothing_is_free(departments, record_property):
    assert WaitlistEntry.objects.waiting().count() == DEPARTMENTS * PEOPLE
    began = perf_counter()
    with CaptureQueriesContext(connection) as asked:
        assert turns.serve_waitlists() == 0
    record_property("milliseconds", round((perf_counter() - began) * 1000, 1))
    assert len(asked) == 1
    plan = plan_of(asked[0]["sql"])
    assert "waitlist_queue" in plan
    assert "Seq Scan on appointments_waitlistentry" not in plan
