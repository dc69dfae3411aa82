"""Rules that contradict themselves: one sentence each, at the field that brought it in."""

from dataclasses import replace
from datetime import time

import pytest

from appointments.domain import policies, policy_checks
from appointments.models import BookingPolicy
from tests.appointments.factories import DepartmentFactory, HospitalFactory


def found(above=policies.DEFAULTS, **rules):
    """The fields at which a row is stopped, and those at which it is only told something."""
    findings = policy_checks.in_row(BookingPolicy(**rules), above)
    return (
        sorted(finding.field for finding in findings if not finding.is_harmless),
        sorted(finding.field for finding in findings if finding.is_harmless),
    )


CLEAN = ([], [])


def test_platform_defaults_do_not_contradict_themselves():
    assert found() == CLEAN


LIFELIKE = [
    {"window_days": 7, "release_time": time(7)},
    {"stop_rule": "previous_workday", "cancel_on_workdays": True},
    {"same_day": True, "stop_rule": "same_day", "stop_morning": time(11), "stop_afternoon": time(16)},
    {"same_day": True, "stop_rule": "previous_day", "stop_time": time(16)},
    {"window_days": 28, "cancel_time": time(12)},
    {"window_days": 0, "same_day": True, "release_time": time(6), "cancel_days_before": 0, "cancel_time": time(7)}
    | {"offer_minutes": 10, "waitlist": False},
    {"one_per_department_and_day": False, "per_day": 2, "per_week": 14, "per_month": 20, "per_quarter": 30},
    {"per_day": 3, "per_quarter": 3},
    {"no_show_threshold": 0},
    {"pick_up_morning": time(11, 20), "pick_up_afternoon": time(16, 20), "pick_up_evening": time(20)},
    {"minimum_age": 14, "documents": ["resident_id"]},
]


@pytest.mark.parametrize("rules", LIFELIKE, ids="-".join)
def test_rules_as_hospitals_have_them_are_not_stopped(rules):
    assert found(**rules)[0] == []


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({"stop_rule": "same_day"}, ["stop_rule"]),
        ({"window_days": 0, "waitlist": False}, ["window_days", "window_days"]),  # neither booked nor cancelled
        ({"window_days": 1, "release_time": time(16), "cancel_time": time(20)}, ["release_time"]),
        ({"window_days": 1, "release_time": time(15, 59), "cancel_time": time(20)}, []),
        ({"same_day": True, "window_days": 1, "release_time": time(16), "cancel_time": time(20)}, ["release_time"]),
    ],
)
def test_what_can_never_be_booked_is_stopped(rules, fields):
    assert found(**rules)[0] == fields


def test_period_that_stops_before_its_release_is_stopped():
    rules = {"window_days": 0, "same_day": True, "cancel_days_before": 0, "waitlist": False}
    early = {"release_time": time(7), "cancel_time": time(8)}
    assert found(**rules, **early, stop_morning=time(7, 1))[0] == []
    assert found(**rules, **early, stop_morning=time(7))[0] == ["stop_morning"]


def test_weekdays_that_are_never_released_in_time_are_said():
    rules = {"stop_rule": "previous_workday"}
    assert found(**rules, window_days=2)[1] == ["stop_rule"]
    assert found(**rules, window_days=3)[1] == []
    sentences = [finding.sentence for finding in policy_checks.in_row(BookingPolicy(**rules, window_days=2))]
    assert sentences[0].startswith("周一的号")


@pytest.mark.parametrize(
    ("rules", "stopped", "said"),
    [
        ({"cancel_days_before": 0, "cancel_time": time(8)}, [], []),
        ({"cancel_days_before": 0, "cancel_time": time(8, 1)}, ["cancel_time"], []),
        ({"cancel_days_before": 0}, ["cancel_days_before"], []),
        ({"cancel_days_before": 13}, [], []),
        ({"cancel_days_before": 14}, [], []),
        ({"cancel_days_before": 15}, ["cancel_days_before"], []),
        ({"cancel_days_before": 14, "cancel_time": time(0, 0)}, ["cancel_days_before"], []),
        ({"window_days": 2, "cancel_on_workdays": True}, [], ["window_days"]),
    ],
)
def test_cancelling_lies_between_release_and_visit(rules, stopped, said):
    assert found(**rules) == (stopped, said)


@pytest.mark.parametrize(
    ("limits", "fields"),
    [
        ((2, 2, 2, 2), []),
        ((3, 2, None, None), ["per_day"]),
        ((3, None, None, 2), ["per_day"]),
        ((None, 4, 3, None), ["per_week"]),
        ((None, None, 4, 3), ["per_month"]),
        ((5, 4, 3, 2), ["per_day", "per_month", "per_week"]),
        ((2, 5, 3, 9), ["per_week"]),
    ],
)
def test_limit_of_a_shorter_time_is_not_above_a_longer_ones(limits, fields):
    names = ("per_day", "per_week", "per_month", "per_quarter")
    assert found(**dict(zip(names, limits, strict=True)))[0] == fields


def test_half_day_that_the_day_covers_is_said():
    assert found(one_per_department_and_period=False) == ([], ["one_per_department_and_period"])
    assert found(one_per_department_and_period=False, one_per_department_and_day=False) == CLEAN


@pytest.mark.parametrize(
    ("rules", "stopped", "said"),
    [
        ({"no_show_days": 0}, ["no_show_days"], []),
        ({"no_show_penalty_days": 0}, ["no_show_penalty_days"], []),
        ({"no_show_threshold": 3, "no_show_days": 1}, [], []),
        (
            {"no_show_threshold": 0, "no_show_days": 30, "no_show_penalty_days": 0},
            [],
            ["no_show_days", "no_show_penalty_days"],
        ),
        ({"no_show_threshold": 0, "no_show_scope": "everywhere"}, [], ["no_show_scope"]),
    ],
)
def test_no_show_rule_is_whole_or_off(rules, stopped, said):
    assert found(**rules) == (stopped, said)


@pytest.mark.parametrize(
    ("rules", "stopped", "said"),
    [
        # released at 0:00 the day before, cancelled until 15:00: seven waking hours
        ({"window_days": 1, "offer_minutes": 420}, [], []),
        ({"window_days": 1, "offer_minutes": 421}, ["offer_minutes"], []),
        ({"window_days": 2, "offer_minutes": 421}, [], []),
        ({"waitlist": False, "offer_minutes": 30}, [], ["offer_minutes"]),
    ],
)
def test_place_is_held_no_longer_than_there_is_time(rules, stopped, said):
    assert found(**rules) == (stopped, said)


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({"pick_up_morning": time(8)}, ["pick_up_morning"]),
        ({"pick_up_morning": time(8, 1)}, []),
        ({"pick_up_morning": time(12)}, []),
        ({"pick_up_morning": time(12, 1)}, ["pick_up_morning"]),
        ({"pick_up_afternoon": time(11, 20)}, ["pick_up_afternoon"]),
        ({"pick_up_evening": time(21, 30)}, ["pick_up_evening"]),
    ],
)
def test_number_is_picked_up_while_the_clinic_is_open(rules, fields):
    assert found(**rules)[0] == fields


@pytest.mark.parametrize(
    ("rules", "stopped", "said"),
    [
        ({"stop_morning": time(10), "stop_evening": time(18)}, [], ["stop_evening", "stop_morning"]),
        ({"same_day": True, "stop_morning": time(12)}, [], []),
        ({"same_day": True, "stop_morning": time(16)}, ["stop_morning"], []),
        ({"same_day": True, "stop_rule": "same_day", "stop_time": time(16)}, [], ["stop_time"]),
    ],
)
def test_stops_of_the_day_itself(rules, stopped, said):
    assert found(**rules) == (stopped, said)


def test_department_is_weighed_with_its_hospital_and_blamed_at_its_own_field():
    hospital = replace(policies.DEFAULTS, same_day=True, stop_rule="same_day", per_week=2)
    assert found(hospital) == CLEAN
    assert found(hospital, same_day=False) == (["same_day"], [])
    assert found(hospital, per_day=3) == (["per_day"], [])
    assert found(replace(hospital, per_day=2), per_week=1)[0] == ["per_week"]


@pytest.mark.django_db
def test_hospital_is_told_what_it_makes_impossible_in_a_department():
    hospital = HospitalFactory()
    eyes = DepartmentFactory(hospital=hospital, name="眼科")
    BookingPolicy.objects.create(department=eyes, per_day=3)
    BookingPolicy.objects.create(department=DepartmentFactory(name="骨科"), per_day=3)  # of another hospital
    told = policy_checks.in_departments(BookingPolicy(hospital=hospital, per_week=2), hospital)
    assert [(finding.field, finding.sentence[:3]) for finding in told] == [("per_week", "眼科：")]
    assert policy_checks.in_departments(BookingPolicy(hospital=hospital, per_week=3), hospital) == []


@pytest.mark.django_db
def test_what_the_hospital_contradicts_itself_is_not_repeated_for_each_department():
    hospital = HospitalFactory()
    BookingPolicy.objects.create(department=DepartmentFactory(hospital=hospital), bring="病历")
    row = BookingPolicy(hospital=hospital, stop_rule="same_day")
    assert [finding.field for finding in policy_checks.in_row(row)] == ["stop_rule"]
    assert policy_checks.in_departments(row, hospital) == []
