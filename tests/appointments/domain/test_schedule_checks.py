"""What a template must not say."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from appointments.domain import schedule_checks
from appointments.enums import ClinicClass, Period, QueueMode, SessionKind
from tests.appointments.factories import DoctorFactory, ScheduleTemplateFactory
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def template():
    return ScheduleTemplateFactory(valid_from=date(2026, 11, 1), valid_until=date(2026, 12, 31))


def problem(template):
    """The field and the sentence that refuse it, or nothing."""
    try:
        schedule_checks.check(template)
    except ValidationError as refused:
        return next(iter(refused.message_dict)) if hasattr(refused, "error_dict") else refused.messages[0]
    return None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"ends": time(8)}, "ends"),
        ({"starts": time(14), "ends": time(16)}, "starts"),
        ({"starts": time(14), "ends": time(16), "period": Period.AFTERNOON}, None),
        ({"valid_until": date(2026, 10, 1)}, "valid_until"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 120}, None),
        ({"capacity": 121}, "capacity"),
        ({"slot_minutes": 121}, "slot_minutes"),
        ({"queue": QueueMode.WALK_IN}, "capacity"),
        ({"queue": QueueMode.WALK_IN, "capacity": 0}, None),
        ({"kind": SessionKind.OUTREACH}, "held_at"),
    ],
)
def test_nonsense_is_refused_at_its_field(template, changes, field):
    for name, value in changes.items():
        setattr(template, name, value)
    assert problem(template) == field


def test_only_other_kinds_are_held_at_a_hall(template):
    template.held_at = HallFactory()
    assert problem(template) == "kind"
    template.kind = SessionKind.VILLAGE_DOCTOR
    assert problem(template) is None


def test_a_doctor_of_another_department_is_refused(template):
    template.doctor = DoctorFactory()
    assert problem(template) == "doctor"


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({}, True),
        ({"starts": time(9, 59), "ends": time(11)}, True),
        ({"starts": time(10), "ends": time(11)}, True),  # one session a morning
        ({"period": Period.AFTERNOON, "starts": time(14), "ends": time(16)}, False),
        ({"weekday": 2}, False),
        ({"valid_from": date(2027, 1, 1), "valid_until": None}, False),
        ({"valid_from": date(2026, 12, 31), "valid_until": None}, True),
        ({"is_active": False}, False),
        ({"clinic_class": ClinicClass.EXPERT}, True),
    ],
)
@pytest.mark.parametrize("has_doctor", [True, False])
def test_overlaps_are_refused_with_one_sentence(template, changes, is_refused, has_doctor):
    if not has_doctor:
        template.doctor = None
        template.save()
    said = {
        "department": template.department,
        "doctor": template.doctor,
        "allotted_hall": template.allotted_hall,
        "valid_from": template.valid_from,
        **changes,
    }
    other = ScheduleTemplateFactory.build(**said)
    if changes.get("clinic_class") and not has_doctor:
        is_refused = False  # a department holds both at once
    assert ("08:00–10:00已经有排班" in (problem(other) or "")) is is_refused


def test_one_clinic_may_be_given_to_two_halls_at_one_time_only(template):
    said = {"department": template.department, "doctor": template.doctor, "allotted_hall": HallFactory()}
    assert problem(ScheduleTemplateFactory.build(**said)) is None
    assert problem(ScheduleTemplateFactory.build(**said, starts=time(9), ends=time(11))) is not None


@pytest.mark.parametrize(
    ("starts", "ends", "is_refused"),
    [
        (time(10), time(11), False),
        (time(9, 59), time(11), True),
        (time(7), time(8), False),
        (time(7), time(8, 1), True),
    ],
)
def test_one_may_begin_when_the_other_ends(template, starts, ends, is_refused):
    said = {"department": template.department, "doctor": template.doctor, "allotted_hall": HallFactory()}
    other = ScheduleTemplateFactory.build(**said, starts=starts, ends=ends)
    assert (problem(other) is not None) is is_refused


def test_a_template_does_not_stand_in_its_own_way(template):
    template.capacity = 5
    assert problem(template) is None
