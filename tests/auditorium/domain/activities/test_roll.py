"""The roll: who came, corrected where somebody erred, and never of a date that was called off."""

import pytest
import time_machine

from auditorium.domain.activities import cancelling, enrolling, roll
from auditorium.errors import DeskError, EndedError
from auditorium.models import Attendance, AuditEntry
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday_at_ten():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def activity(hall, desk):
    activity = activity_in(RoomFactory(hall=hall), weeks=2, places=2)
    people = [told(hall, name=name) for name in ("张小明", "李秀英", "王月珍")]
    enrolling.sign_up(activity=activity, villagers=people, by=desk)
    return activity


def lines(date):
    return [(row.villager.name, row.state) for row in Attendance.objects.filter(date=date).order_by("pk")]


def test_mark_writes_who_came_and_corrects_it(desk, activity, tuesday_at_ten):
    date, later = activity.dates.all()
    tuesday_at_ten.move_to(at(TUESDAY, 10))
    first, second = roll.of_date(date=date, user=desk)
    assert roll.mark(date=date, marks={first.pk: "present", second.pk: "absent"}, by=desk) == 2
    assert roll.mark(date=date, marks={first.pk: "present", second.pk: "excused"}, by=desk) == 1
    assert lines(date) == [("张小明", "present"), ("李秀英", "excused"), ("王月珍", "expected")]
    assert [state for _name, state in lines(later)] == ["expected"] * 3
    assert AuditEntry.objects.filter(action="marked").count() == 3


def test_mark_writes_nothing_of_who_only_waits_or_of_another_date(desk, activity, tuesday_at_ten):
    date, later = activity.dates.all()
    tuesday_at_ten.move_to(at(TUESDAY, 10))
    others = Attendance.objects.filter(enrolment__state="waiting") | Attendance.objects.filter(date=later)
    marks = dict.fromkeys(others.values_list("pk", flat=True), "present")
    assert roll.mark(date=date, marks=marks, by=desk) == 0


def test_mark_refuses_a_date_that_was_called_off(desk, activity):
    date = activity.dates.all()[0]
    line = Attendance.objects.filter(date=date).first()
    cancelling.cancel_date(date=date, why="老师有事", by=desk)
    with pytest.raises(EndedError) as refused:
        roll.mark(date=date, marks={line.pk: "present"}, by=desk)
    assert refused.value.sentence == "11月24日 周二这一次已经取消了，不用点名。"
    assert {state for _name, state in lines(date)} == {"expected"}


def test_mark_refuses_a_day_that_has_not_come(desk, activity):
    date = activity.dates.all()[0]
    with pytest.raises(DeskError) as refused:
        roll.mark(date=date, marks={}, by=desk)
    assert refused.value.sentence == "还没到11月24日 周二，到那天再点名。"


def test_of_date_is_empty_for_who_works_elsewhere(activity):
    assert list(roll.of_date(date=activity.dates.all()[0], user=desk_user(HallFactory()))) == []
