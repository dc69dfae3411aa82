"""The week's grid: what stands in each cell, which days are shown, and how much it asks of the database."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import week_grid
from appointments.domain.week_grid import Standing
from appointments.enums import ClinicClass, DoctorGrade, Period, SessionState, SlotKind
from appointments.models import Appointment, BookingPolicy, Department, Slot
from auditorium import clock
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, DoctorFactory, SlotFactory, at
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def department():
    row = DepartmentFactory()
    return Department.objects.select_related("hospital__policy", "policy").get(pk=row.pk)


@pytest.fixture
def session(hall, department):
    """A session of the department for this hall, with one time at the start of its period."""

    def build(day=TUESDAY, *, taken=0, hour=8, **kwargs):
        slot = {name: kwargs.pop(name) for name in ("is_open", "kind") if name in kwargs}
        row = ClinicSessionFactory(department=department, date=day, **{"allotted_hall": hall, **kwargs})
        SlotFactory(session=row, starts_at=at(day, hour), taken=taken, **slot)
        return row

    return build


def open_week(department, hall, **kwargs):
    return week_grid.open_week(department=department, hall=hall, at=clock.now(), **kwargs)


def own(session):
    """The villager's booking in a session."""
    return Appointment(department=session.department, session=session, date=session.date)


def cell(week, session):
    return next(choice for row in week.rows for choice in row.choices if choice.session == session)


def test_week_has_seven_days_from_today_with_what_is_left(session, department, hall):
    row = session()
    SlotFactory(session=row, starts_at=at(TUESDAY, 9), capacity=5, taken=1, numbers=[[4, 8]])
    week = open_week(department, hall)
    assert week.days == tuple(MONDAY + timedelta(days=n) for n in range(7))
    assert (cell(week, row).standing, cell(week, row).left) == (Standing.FREE, 7)
    assert [len(day) for day in week.rows[0].days] == [0, 1, 0, 0, 0, 0, 0]


def test_week_says_why_a_session_has_no_place(session, department, hall):
    session(MONDAY + timedelta(days=4))
    cases = {
        Standing.CLOSED: session(MONDAY, hour=15, period=Period.AFTERNOON),
        Standing.SUSPENDED: session(TUESDAY, state=SessionState.SUSPENDED),
        Standing.FULL: session(MONDAY + timedelta(days=2), taken=3),
        Standing.OWN: session(MONDAY + timedelta(days=3)),
    }
    week = open_week(department, hall, booked=[own(cases[Standing.OWN])])
    assert {standing: cell(week, row).standing for standing, row in cases.items()} == {key: key for key in cases}


def test_week_keeps_the_whole_day_where_a_hospital_gives_one_place_a_day(session, department, hall):
    morning, afternoon = session(), session(period=Period.AFTERNOON, hour=14)
    later = session(MONDAY + timedelta(days=8))
    week = open_week(department, hall, booked=[own(morning)])
    assert (week.chosen.session, week.days[0]) == (later, MONDAY + timedelta(days=7))
    asked = open_week(department, hall, booked=[own(morning)], first=MONDAY)
    assert cell(asked, afternoon).standing == Standing.OWN
    BookingPolicy.objects.create(hospital=department.hospital, one_per_department_and_day=False)
    department.hospital.refresh_from_db()
    assert open_week(department, hall, booked=[own(morning)]).chosen.session == afternoon


def test_week_minds_no_booking_of_another_department(session, department, hall):
    row = session()
    other = Appointment(department=DepartmentFactory(), date=TUESDAY)
    assert cell(open_week(department, hall, booked=[other]), row).standing == Standing.FREE


def test_week_closes_the_next_day_at_the_stop_time(session, department, hall):
    row = session()
    with time_machine.travel(at(MONDAY, 16), tick=False):
        assert cell(open_week(department, hall), row).standing == Standing.CLOSED


def test_week_shows_what_is_not_released_yet_with_its_day(session, department, hall):
    row = session(MONDAY + timedelta(days=15))
    choice = cell(open_week(department, hall, first=MONDAY + timedelta(days=14)), row)
    assert (choice.standing, choice.opens) == (Standing.SOON, at(TUESDAY, 0))


def test_week_counts_no_place_of_a_closed_or_begun_time(session, department, hall):
    BookingPolicy.objects.create(hospital=department.hospital, same_day=True)
    department.hospital.refresh_from_db()
    row = session(MONDAY, hour=8)
    closed = SlotFactory(session=row, starts_at=at(MONDAY, 10), is_open=False, numbers=[[4, 6]])
    later = SlotFactory(session=row, starts_at=at(MONDAY, 11), numbers=[[7, 9]])
    choice = cell(open_week(department, hall), row)
    assert [time.standing for time in choice.times] == [Standing.CLOSED, Standing.CLOSED, Standing.FREE]
    assert (choice.left, choice.times[1].slot, choice.times[2].slot) == (3, closed, later)


def test_week_leaves_extra_places_to_whom_they_are_granted(session, department, hall):
    row = session(kind=SlotKind.EXTRA)
    assert (cell(open_week(department, hall), row).times, row.slots.count()) == ((), 1)


def test_week_leaves_out_places_of_other_halls(session, department, hall):
    session(allotted_hall=None, allotted_region=HallFactory().region)
    assert open_week(department, hall).rows == ()


def test_week_starts_where_the_first_free_place_is(session, department, hall):
    session(taken=3)
    session(MONDAY + timedelta(days=9))
    week = open_week(department, hall)
    assert (week.days[0], week.earlier, week.later) == (MONDAY + timedelta(days=7), MONDAY, MONDAY + timedelta(days=14))
    asked = open_week(department, hall, first=MONDAY)
    assert (asked.days[0], asked.has_free, asked.earlier) == (MONDAY, False, None)


def test_week_without_any_place_is_this_one(session, department, hall):
    session(MONDAY + timedelta(days=3), taken=3)
    assert open_week(department, hall).days[0] == MONDAY


def test_week_leads_one_week_past_the_window_to_what_is_released_next(session, department, hall):
    week = open_week(department, hall, first=MONDAY + timedelta(days=14))
    assert (week.earlier, week.later) == (MONDAY + timedelta(days=7), MONDAY + timedelta(days=21))
    assert open_week(department, hall, first=MONDAY + timedelta(days=21)).later is None
    assert open_week(department, hall, first=MONDAY - timedelta(days=30)).days[0] == MONDAY


def test_rows_are_doctors_by_grade_then_the_ordinary_clinic(session, department, hall):
    young = DoctorFactory(department=department, name="丁医生", grade=DoctorGrade.ATTENDING)
    chief = DoctorFactory(department=department, name="章医生", grade=DoctorGrade.CHIEF)
    session()
    session(doctor=young)
    session(doctor=chief, clinic_class=ClinicClass.SPECIAL, fee=200)
    session(doctor=chief, clinic_class=ClinicClass.EXPERT, fee=50)
    rows = open_week(department, hall).rows
    assert [(row.doctor, row.first.fee) for row in rows] == [(chief, 50), (chief, 200), (young, 10), (None, 10)]
    wanted = open_week(department, hall, doctor_id=young.pk).rows
    assert [(row.doctor, row.is_wanted) for row in wanted[:2]] == [(young, True), (chief, False)]


def test_chosen_is_the_earliest_free_session_unless_one_is_asked_for(session, department, hall):
    doctor = DoctorFactory(department=department)
    full = session(taken=3, doctor=doctor)
    afternoon = session(period=Period.AFTERNOON, hour=14)
    session(clinic_class=ClinicClass.EXPERT, doctor=DoctorFactory(department=department), fee=50)
    morning = session(fee=10)
    later = session(MONDAY + timedelta(days=3), doctor=doctor)
    assert open_week(department, hall).chosen.session == morning
    assert open_week(department, hall, session_id=afternoon.pk).chosen.session == afternoon
    assert open_week(department, hall, session_id=full.pk).chosen.session == full
    assert open_week(department, hall, doctor_id=doctor.pk).chosen.session == later
    assert open_week(department, hall, session_id=-1).chosen.session == morning


def test_first_free_time_is_the_earliest_with_a_place(session, department, hall):
    row = session(taken=3)
    free = SlotFactory(session=row, starts_at=at(TUESDAY, 9), numbers=[[4, 6]])
    week = open_week(department, hall, session_id=row.pk)
    assert week.first_free_time.slot == free
    Slot.objects.update(taken=3)
    assert open_week(department, hall, session_id=row.pk).first_free_time is None


def test_times_of_gives_the_other_times_of_a_session(session, department, hall):
    row = session(taken=3)
    SlotFactory(session=row, starts_at=at(TUESDAY, 9), numbers=[[4, 6]])
    row.department = department
    times = week_grid.times_of(session=row, at=clock.now())
    assert [(time.slot.starts_at, time.standing) for time in times] == [
        (at(TUESDAY, 8), Standing.FULL),
        (at(TUESDAY, 9), Standing.FREE),
    ]


@pytest.mark.parametrize("doctors", [1, 10])
def test_week_asks_three_queries_for_any_number_of_doctors(session, department, hall, doctors):
    for _ in range(doctors):
        doctor = DoctorFactory(department=department)
        for day in range(7):
            for period in (Period.MORNING, Period.AFTERNOON):
                session(MONDAY + timedelta(days=day), doctor=doctor, period=period)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        week = open_week(department, hall)
        shown = [
            (row.doctor.name, choice.left, choice.session.department_id, time.slot.session.date)
            for row in week.rows
            for choice in row.choices
            for time in choice.times
        ]
    assert (len(queries), len(week.rows), len(shown)) == (3, doctors, doctors * 14)
