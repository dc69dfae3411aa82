"""How much one person may book: each limit one below it and at it, and what does not count."""

from datetime import date, timedelta

import pytest

from appointments.domain import limits, policies
from appointments.domain.policies import DEFAULTS
from appointments.enums import AppointmentState, Period
from appointments.errors import AlreadyBooked, LimitReached
from appointments.models import Appointment, BookingPolicy
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, HospitalFactory, at, bookable_villager
from tests.factories import HallFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(date(2026, 11, 2), 9))]

WEDNESDAY = date(2026, 11, 18)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall):
    return bookable_villager(hall)


@pytest.fixture
def hospital():
    return HospitalFactory()


@pytest.fixture
def has(villager, hall, hospital):
    """Write down a booking of the villager, at the hospital unless another is named."""

    def write(day=WEDNESDAY, department=None, **kwargs):
        department = department or DepartmentFactory(hospital=kwargs.pop("at_hospital", hospital))
        said = {"source": "connected", "state": AppointmentState.BOOKED, "period": Period.MORNING} | kwargs
        return Appointment.objects.create(
            reference=f"{Appointment.objects.count():08}",
            villager=villager,
            hall=hall,
            hospital=department.hospital,
            department=department,
            date=day,
            booked_at=at(date(2026, 11, 2), 9),
            held_until=at(date(2026, 11, 2), 10),
            **said,
        )

    return write


def refused(villager, hospital, day=WEDNESDAY, department=None, besides=None, **rules):
    """What stands against one more booking at the hospital."""
    department = department or DepartmentFactory(hospital=hospital)
    session = ClinicSessionFactory(department=department, date=day)
    policy = policies.merged(BookingPolicy(**rules))
    try:
        limits.check(villager=villager, session=session, policy=policy, besides=besides)
    except (LimitReached, AlreadyBooked) as error:
        return error.sentence
    return ""


SENTENCES = {
    "per_day": "张小明这一天在这家医院已经约满 2 个号，请选别的日子。",
    "per_week": "张小明这一周在这家医院已经约满 2 个号，请选别的周。",
    "per_month": "张小明这个月在这家医院已经约满 2 个号，请选下个月。",
    "per_quarter": "张小明这一季在这家医院已经约满 2 个号，请选下一季。",
}


@pytest.mark.parametrize("limit", SENTENCES)
def test_limit_holds_at_its_number_and_not_below(limit, has, villager, hospital):
    has()
    assert refused(villager, hospital, **{limit: 2}) == ""
    has()
    assert refused(villager, hospital, **{limit: 2}) == SENTENCES[limit]
    assert refused(villager, hospital, **{limit: 3}) == ""


@pytest.mark.parametrize(
    ("limit", "inside", "outside"),
    [
        ("per_day", [WEDNESDAY], [date(2026, 11, 17), date(2026, 11, 19)]),
        ("per_week", [date(2026, 11, 16), date(2026, 11, 22)], [date(2026, 11, 15), date(2026, 11, 23)]),
        ("per_month", [date(2026, 11, 1), date(2026, 11, 30)], [date(2026, 10, 31), date(2026, 12, 1)]),
        ("per_quarter", [date(2026, 10, 1), date(2026, 12, 31)], [date(2026, 9, 30), date(2027, 1, 1)]),
    ],
)
def test_calendar_decides_what_counts(limit, inside, outside, has, villager, hospital):
    for day in outside:
        has(day)
    assert refused(villager, hospital, **{limit: 1}) == ""
    for day in inside:
        row = has(day)
        assert refused(villager, hospital, **{limit: 1}) != ""
        row.delete()


@pytest.mark.parametrize(
    ("day", "week", "month", "quarter"),
    [
        # a week across the year's end; December
        (
            date(2026, 12, 31),
            (date(2026, 12, 28), date(2027, 1, 3)),
            (date(2026, 12, 1), date(2026, 12, 31)),
            (date(2026, 10, 1), date(2026, 12, 31)),
        ),
        # a leap year's February
        (
            date(2028, 2, 29),
            (date(2028, 2, 28), date(2028, 3, 5)),
            (date(2028, 2, 1), date(2028, 2, 29)),
            (date(2028, 1, 1), date(2028, 3, 31)),
        ),
    ],
)
def test_weeks_months_and_quarters_are_the_calendars(day, week, month, quarter):
    assert (limits.week_of(day), limits.month_of(day), limits.quarter_of(day)) == (week, month, quarter)


def test_week_counts_across_the_end_of_a_month_and_a_quarter(has, villager, hospital):
    has(date(2026, 12, 28))
    assert refused(villager, hospital, date(2027, 1, 2), per_week=1, per_month=1, per_quarter=1).startswith(
        "张小明这一周"
    )


def test_other_hospitals_and_other_people_do_not_count(has, villager, hall, hospital):
    has(at_hospital=HospitalFactory())
    assert refused(villager, hospital, per_day=1, per_quarter=1) == ""
    has()
    assert refused(bookable_villager(hall), hospital, per_day=1) == ""


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("held", True),
        ("pending_external", True),
        ("booked", True),
        ("arrived", True),
        ("fulfilled", True),
        ("no_show", True),
        ("unmarked", True),
        ("lapsed", False),
        ("cancelled_by_villager", False),
        ("cancelled_by_clinic", False),
        ("rescheduled", False),
        ("rejected", False),
    ],
)
def test_what_took_a_place_counts(state, counts, has, villager, hospital):
    has(state=state)
    assert bool(refused(villager, hospital, per_day=1)) is counts


def test_booking_that_is_replaced_does_not_count(has, villager, hospital):
    old, _other = has(), has(WEDNESDAY + timedelta(days=1))
    assert refused(villager, hospital, besides=old.pk, per_week=2, per_day=1) == ""
    assert refused(villager, hospital, besides=old.pk, per_week=1) != ""
    same = DepartmentFactory(hospital=hospital)
    here = has(department=same)
    assert refused(villager, hospital, department=same, besides=here.pk) == ""
    assert refused(villager, hospital, department=same) != ""


def test_one_place_a_day_in_a_department(has, villager, hospital):
    department = DepartmentFactory(hospital=hospital, name="骨科")
    row = has(department=department, period=Period.AFTERNOON)
    assert refused(villager, hospital, department=department) == (
        f"张小明 11月18日 周三在骨科已经约了一个号（{row.reference}），同一天同一科室只能约一个。"
    )
    assert refused(villager, hospital, WEDNESDAY + timedelta(days=1), department) == ""
    assert refused(villager, hospital) == ""  # another department


def test_one_place_each_half_day_in_a_department(has, villager, hospital):
    department = DepartmentFactory(hospital=hospital, name="骨科")
    rules = {"one_per_department_and_day": False}
    has(department=department, period=Period.AFTERNOON)
    assert refused(villager, hospital, department=department, **rules) == ""
    row = has(department=department)
    assert refused(villager, hospital, department=department, **rules) == (
        f"张小明 11月18日 周三在骨科已经约了一个号（{row.reference}），同一个半天同一科室只能约一个。"
    )


def test_same_session_is_never_booked_twice(has, villager, hospital):
    session = ClinicSessionFactory(department=DepartmentFactory(hospital=hospital, name="骨科"), date=WEDNESDAY)
    row = has(department=session.department, session=session)
    free = {"one_per_department_and_day": False, "one_per_department_and_period": False}
    with pytest.raises(AlreadyBooked) as error:
        limits.check(villager=villager, session=session, policy=policies.merged(BookingPolicy(**free)))
    assert error.value.sentence == (
        f"张小明 11月18日 周三在骨科已经约了一个号（{row.reference}），请去那一个，或先改约、取消。"
    )
    assert refused(villager, hospital, department=session.department, **free) == ""


def test_limits_take_one_query_of_who_never_missed_a_visit(has, villager, hospital, django_assert_num_queries):
    has()
    session = ClinicSessionFactory(department__hospital=hospital, date=WEDNESDAY)
    with django_assert_num_queries(1):
        limits.check(villager=villager, session=session, policy=DEFAULTS)
