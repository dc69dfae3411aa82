"""Where somebody can go whose booking the clinic cancelled: what is offered, in which order, and what is left out."""

from datetime import date, timedelta

import pytest
import time_machine

from appointments.domain import alternatives, bookings, moves, suspensions
from appointments.enums import Period, SlotKind
from appointments.models import Appointment, BookingPolicy, WaitlistEntry
from auditorium import clock
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    SlotFactory,
    at,
    bookable_villager,
)
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
DAY = MONDAY + timedelta(days=7)


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
def doctor():
    return DoctorFactory(grade="chief")


@pytest.fixture
def equal(doctor):
    return DoctorFactory(department=doctor.department, grade="chief")


@pytest.fixture
def cancelled(hall, desk, doctor):
    """A booking of Monday at nine that the clinic cancelled."""
    session = ClinicSessionFactory(department=doctor.department, doctor=doctor, date=DAY, allotted_hall=hall)
    slot = SlotFactory(session=session, starts_at=at(DAY, 9))
    made = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    suspensions.settle(suspensions.suspend(scope=suspensions.scope_of([session]), why="外出开会", by=None))
    return made


@pytest.fixture
def slot(hall):
    """A time of another session, so many days from the usual one."""

    def build(doctor, days, hour=9, period=Period.MORNING, department=None, session=None, **kwargs):
        session = session or ClinicSessionFactory(
            department=department or doctor.department,
            doctor=doctor,
            date=DAY + timedelta(days=days),
            period=period,
            allotted_hall=hall,
        )
        return SlotFactory(session=session, starts_at=at(session.date, hour), **kwargs)

    return build


def offered(appointment, hall):
    shown = Appointment.objects.with_names().with_policies().get(pk=appointment.pk)
    return [one.slot for one in alternatives.find(appointment=shown, villager=shown.villager, hall=hall)]


def test_the_nearest_day_comes_first_and_on_one_day_the_same_part_of_it(hall, cancelled, equal, slot):
    far, before = slot(equal, 3), slot(equal, -2)
    afternoon = slot(equal, 1, 14, Period.AFTERNOON)
    morning = slot(DoctorFactory(department=equal.department, grade="chief"), 1)
    assert offered(cancelled, hall) == [morning, afternoon, before, far]


def test_of_a_session_the_time_nearest_to_the_old_one_is_offered(hall, cancelled, equal, slot):
    early = slot(equal, 1, 8)
    near = slot(equal, 1, 10, session=early.session)
    slot(equal, 1, 11, session=early.session)
    assert offered(cancelled, hall) == [early]
    early.is_open = False
    early.save()
    assert offered(cancelled, hall) == [near]


def test_another_department_is_never_offered_though_its_doctor_is_equal(hall, cancelled, slot):
    elsewhere = DoctorFactory(grade="chief", department=DepartmentFactory())
    slot(elsewhere, 1)
    assert offered(cancelled, hall) == []


def test_what_is_no_ordinary_place_or_over_is_not_offered(hall, cancelled, equal, slot):
    slot(equal, 1, kind=SlotKind.EXTRA)
    slot(equal, 2, is_open=False)
    slot(equal, -1, taken=3)
    assert offered(cancelled, hall) == []


def test_what_somebody_waits_for_is_not_offered(hall, cancelled, doctor, equal, slot):
    slot(equal, 1)
    free = slot(equal, 2)
    WaitlistEntry.objects.create(
        villager=bookable_villager(hall),
        hall=hall,
        department=doctor.department,
        first_date=DAY + timedelta(days=1),
        last_date=DAY + timedelta(days=1),
        joined_at=clock.now(),
    )
    assert offered(cancelled, hall) == [free]


def test_who_has_another_place_or_lost_none_is_offered_nothing(hall, desk, cancelled, equal, slot):
    first = slot(equal, 1)
    slot(equal, 2)
    new = moves.rebook(appointment=cancelled, slot=first, by=desk)
    assert (offered(cancelled, hall), offered(new, hall)) == ([], [])


def test_who_the_hospital_does_not_take_or_blocks_is_offered_nothing(hall, cancelled, equal, slot):
    slot(equal, 1)
    policy = BookingPolicy.objects.create(hospital=equal.department.hospital, documents=["passport"])
    assert offered(cancelled, hall) == []
    policy.delete()
    assert len(offered(cancelled, hall)) == 1
    cancelled.villager.consents.all().delete()
    assert offered(cancelled, hall) == []


def test_an_ordinary_clinic_is_replaced_by_its_next_ones(hall, desk, slot):
    department = DepartmentFactory()
    old = slot(None, 0, department=department)
    made = bookings.book(slot=old, villager=bookable_villager(hall), hall=hall, by=desk)
    suspensions.settle(suspensions.suspend(scope=suspensions.scope_of([old.session]), why="停电", by=None))
    near = slot(None, 1, department=department)
    slot(DoctorFactory(department=department), 2)
    assert offered(made, hall) == [near]
