"""What is said of the day itself: when to be there, where the number is picked up, what to bring and to do before."""

from dataclasses import replace
from datetime import date, time

import pytest

from appointments.domain import visit_day
from appointments.domain.policies import DEFAULTS
from appointments.models import Appointment, ClinicSession, Department, Hospital, Slot
from tests.appointments.factories import at

DAY = date(2026, 11, 27)
POLICY = replace(
    DEFAULTS, arrive_minutes=20, pick_up_morning=time(11), pick_up_afternoon=time(16, 20), prepare="不吃早饭"
)


@pytest.fixture
def department():
    return Department(hospital=Hospital(pick_up_place="一楼大厅"), prepare="")


def slot(department, **session):
    held = ClinicSession(department=department, date=DAY, **{"period": "morning"} | session)
    return Slot(session=held, starts_at=at(DAY, 8, 30))


def booking(department, **said):
    kwargs = {"hospital": department.hospital, "department": department, "period": "afternoon", "date": DAY} | said
    return Appointment(**kwargs)


def test_place_that_could_be_booked_and_the_booking_say_the_same(department):
    place = slot(department)
    said = visit_day.of_slot(place, POLICY)
    assert said == visit_day.of_appointment(
        booking(department, session=place.session, period="morning", starts_at=place.starts_at), POLICY
    )
    assert (said.arrive_by, said.pick_up_place, said.pick_up_by) == (at(DAY, 8, 10), "一楼大厅", time(11))
    assert (said.bring, said.prepare, said.at_hall) == ("身份证、社保卡（或医保码）、病历", "不吃早饭", False)


def test_at_a_hall_no_number_is_picked_up(department):
    said = visit_day.of_slot(slot(department, held_at_id=1), POLICY)
    assert (said.at_hall, said.pick_up_place, said.pick_up_by) == (True, "", None)
    place = slot(department, held_at_id=1)
    again = visit_day.of_appointment(booking(department, session=place.session), POLICY)
    assert (again.at_hall, again.pick_up_place, again.pick_up_by) == (True, "", None)


def test_what_is_not_known_of_a_booking_made_elsewhere_is_not_said(department):
    said = visit_day.of_appointment(Appointment(hospital=None, department=None, date=DAY, period=""), POLICY)
    assert (said.arrive_by, said.pick_up_place, said.pick_up_by, said.prepare) == (None, "", None, "不吃早饭")
    assert visit_day.of_appointment(booking(department), POLICY).pick_up_by == time(16, 20)


@pytest.mark.parametrize(
    ("department_asks", "said"),
    [("带上片子", "带上片子；不吃早饭"), ("不吃早饭", "不吃早饭"), ("", "不吃早饭")],
)
def test_what_to_do_before_is_the_departments_word_then_the_rules_each_once(department, department_asks, said):
    department.prepare = department_asks
    assert visit_day.of_slot(slot(department), POLICY).prepare == said
