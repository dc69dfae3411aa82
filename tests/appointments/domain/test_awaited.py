"""Who waits for a release or is to come back: whose rows are shown where, and what is left out."""

from datetime import date, timedelta

import pytest
import time_machine

from appointments.domain import awaited
from appointments.enums import RevisitState, WishState
from appointments.models import Department, Hospital, Revisit, Wish
from auditorium import clock
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return bookable_villager(hall)


def wish(villager, hall, state=WishState.WAITING, days=20):
    session = ClinicSessionFactory(date=MONDAY + timedelta(days=days))
    return Wish.objects.create(villager=villager, hall=hall, session=session, state=state, made_at=clock.now())


def revisit(villager, hall, state=RevisitState.WAITING, days=30):
    return Revisit.objects.create(
        villager=villager,
        hall=hall,
        department=DepartmentFactory(),
        due_on=MONDAY + timedelta(days=days),
        state=state,
        made_at=clock.now(),
    )


def test_timeline_has_a_villagers_own_and_not_what_became_a_booking(hall, desk, villager):
    neighbour = bookable_villager(hall)
    for made, booked, shown in (
        (wish, WishState.BOOKED, awaited.wishes_of),
        (revisit, RevisitState.BOOKED, awaited.revisits_of),
    ):
        mine = [made(villager, hall, state) for state in ("waiting", "cancelled")]
        made(villager, hall, booked)
        made(neighbour, hall)
        assert sorted(row.pk for row in shown(villager, desk)) == [row.pk for row in mine]
        assert list(shown(villager, desk_user(HallFactory()))) == []


def test_hall_has_its_own_that_are_still_to_come_the_first_first(hall, desk, villager):
    later, sooner = wish(villager, hall, days=21), wish(villager, hall, days=20)
    wish(villager, hall, WishState.MISSED)
    wish(villager, HallFactory())
    assert list(awaited.wishes_of_hall(hall=hall, user=desk)) == [sooner, later]
    last, due = revisit(villager, hall, days=31), revisit(villager, hall, RevisitState.DUE)
    revisit(villager, hall, RevisitState.CANCELLED)
    revisit(villager, HallFactory())
    assert list(awaited.revisits_of_hall(hall=hall, user=desk)) == [due, last]


def test_what_another_halls_people_wait_for_is_nobodys_here(hall, desk):
    other = HallFactory()
    stranger = bookable_villager(other)
    wish(stranger, hall)
    revisit(stranger, hall)
    assert list(awaited.wishes_of_hall(hall=hall, user=desk)) == []
    assert list(awaited.revisits_of_hall(hall=hall, user=desk)) == []


def test_sessions_are_those_of_departments_in_use():
    session = ClinicSessionFactory()
    for model, key in ((Department, session.department_id), (Hospital, session.department.hospital_id)):
        assert list(awaited.sessions()) == [session]
        model.objects.filter(pk=key).update(is_active=False)
        assert list(awaited.sessions()) == []
        model.objects.filter(pk=key).update(is_active=True)
