"""What a hospital's rules come to: a department's row over its hospital's over the platform's, read anew each time."""

from datetime import date, timedelta

import pytest

from appointments.domain import bookings, policies
from appointments.domain.policies import DEFAULTS
from appointments.errors import SlotNotOffered
from appointments.models import Appointment, BookingPolicy, CalendarDay, Department
from tests.appointments.factories import DepartmentFactory, SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return DepartmentFactory()


def fresh(department):
    return Department.objects.select_related("hospital").get(pk=department.pk)


def test_department_goes_over_its_hospital_and_both_over_the_platform(department):
    BookingPolicy.objects.create(hospital=department.hospital, window_days=7, max_moves=5)
    BookingPolicy.objects.create(department=department, window_days=3)
    policy = policies.policy_for(fresh(department))
    assert (policy.window_days, policy.max_moves, policy.offer_minutes) == (3, 5, DEFAULTS.offer_minutes)
    assert policies.policy_for(fresh(department).hospital).window_days == 7
    assert policies.policy_for(DepartmentFactory()) == DEFAULTS


def test_rules_loaded_beside_the_department_are_the_same_and_need_no_query(department, django_assert_num_queries):
    BookingPolicy.objects.create(hospital=department.hospital, window_days=7, max_moves=5)
    BookingPolicy.objects.create(department=department, window_days=3)
    BookingPolicy.objects.create(department=DepartmentFactory(hospital=department.hospital), window_days=1)
    for one, rules in [(department, (3, 5)), (DepartmentFactory(hospital=department.hospital), (7, 5))]:
        loaded = fresh(one)
        with django_assert_num_queries(1):
            policies.load(loaded)
            policy = policies.policy_for(loaded)
        assert (policy.window_days, policy.max_moves) == rules


def test_booking_holds_to_the_departments_own_rules():
    hall = HallFactory()
    slot = SlotFactory(session__allotted_hall=hall)
    BookingPolicy.objects.create(department=slot.session.department, window_days=2)
    with pytest.raises(SlotNotOffered, match="not_offered"):
        bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk_user(hall))


def test_booking_of_a_hospital_only_known_by_name_has_the_platforms_rules():
    assert policies.policy_of(Appointment(hospital=None, department=None)) == DEFAULTS


def test_row_that_says_nothing_changes_nothing():
    assert policies.merged(BookingPolicy(documents=[], bring="", per_day=None)) == DEFAULTS
    assert policies.merged(BookingPolicy(same_day=False, max_moves=0)).max_moves == 0
    assert policies.merged(BookingPolicy(documents=["passport"])).documents == ("passport",)


def test_calendar_is_read_anew_each_time_the_rules_are_asked_for(department):
    """An administrator who writes a holiday down needs no restart."""
    wednesday = date(2026, 11, 18)
    ways = (lambda: policies.policy_for(fresh(department)), lambda: policies.merged(BookingPolicy()))
    assert [way().workdays.is_workday(wednesday) for way in ways] == [True, True]
    assert DEFAULTS.workdays.is_workday(wednesday)
    CalendarDay.objects.create(date=wednesday, is_workday=False, name="停电")
    assert [way().workdays.is_workday(wednesday) for way in ways] == [False, False]
    assert [way().workdays.before(wednesday + timedelta(days=1), 1) for way in ways] == [date(2026, 11, 17)] * 2


def test_what_to_bring_is_the_hospitals_word_before_ours():
    assert policies.bring(policies.merged(BookingPolicy(bring="老花镜"))) == "老花镜"
    assert policies.bring(DEFAULTS) == "身份证、社保卡（或医保码）、病历"
