"""Departments used lately."""

from datetime import timedelta

import pytest

from appointments.domain import recent
from appointments.enums import AppointmentSource, AppointmentState
from appointments.models import Appointment
from auditorium import clock, references
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, bookable_villager
from tests.factories import HallFactory, VillagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall):
    return bookable_villager(hall)


def used(department, villager, hall, days_ago=10):
    """A past visit, wherever it had been booked."""
    return Appointment.objects.create(
        reference=references.new_reference(),
        source=AppointmentSource.ELSEWHERE,
        state=AppointmentState.UNMARKED,
        villager=villager,
        hall=hall,
        hospital=department.hospital,
        department=department,
        date=clock.today() - timedelta(days=days_ago),
        booked_at=clock.now(),
    )


def offered(hall):
    return ClinicSessionFactory(allotted_hall=hall).department


def test_departments_are_the_villagers_own_latest_first_then_the_halls_most_used(hall, villager):
    older, latest, often, once = (offered(hall) for _ in range(4))
    used(older, villager, hall, days_ago=400)
    used(latest, villager, hall, days_ago=20)
    other = VillagerFactory(registered_at=hall)
    for department in (once, often, often, latest):
        used(department, other, hall)
    assert recent.departments(villager=villager, hall=hall) == [latest, older, often, once]


def test_departments_leave_out_what_the_hall_cannot_book_now(hall, villager):
    used(DepartmentFactory(), villager, hall)
    used(offered(HallFactory()), villager, hall)
    assert recent.departments(villager=villager, hall=hall) == []


def test_departments_forget_what_the_hall_used_long_ago_and_other_halls(hall, villager):
    department = offered(hall)
    other = VillagerFactory(registered_at=hall)
    used(department, other, hall, days_ago=61)
    used(department, other, HallFactory(), days_ago=1)
    assert recent.departments(villager=villager, hall=hall) == []


@pytest.mark.parametrize("many", [1, 20])
def test_departments_ask_three_queries_and_give_eight_at_most(hall, villager, many, django_assert_num_queries):
    for _ in range(many):
        used(offered(hall), villager, hall)
    with django_assert_num_queries(3):
        found = [f"{row.hospital.name} {row.name}" for row in recent.departments(villager=villager, hall=hall)]
    assert len(found) == min(many, 8)
