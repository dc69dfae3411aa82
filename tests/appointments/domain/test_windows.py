"""When places can be had and given back: to the second, over National Day 2026, and in words."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from appointments.domain import windows
from appointments.domain.policies import DEFAULTS
from appointments.domain.workdays import Workdays
from appointments.enums import Period, QueueMode, SessionState, SlotKind
from appointments.models import CalendarDay, ClinicSession, Slot
from tests.appointments.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(date(2026, 9, 20), 9))]

SECOND = timedelta(seconds=1)
EIGHTH = date(2026, 10, 8)
"""The first day after National Day; the workday before it is 30 September."""

ORDINARY = date(2026, 9, 24)


def policy(**rules):
    return replace(DEFAULTS, workdays=Workdays(), **rules)


def closed(rules, moment, day=ORDINARY, period=Period.MORNING, **session):
    """Why a session of the day is closed at a moment; empty when it is offered."""
    return windows.why_session_closed(
        session=ClinicSession(date=day, period=period, **session), policy=rules, at=moment
    )


@pytest.mark.parametrize(
    ("rules", "moment"),
    [
        ({}, at(date(2026, 9, 10), 0)),
        ({"window_days": 7, "release_time": time(7)}, at(date(2026, 9, 17), 7)),
        ({"window_days": 1, "release_time": time(15)}, at(date(2026, 9, 23), 15)),
        ({"window_days": 0, "same_day": True, "release_time": time(6, 30)}, at(date(2026, 9, 24), 6, 30)),
    ],
)
def test_places_can_be_had_from_the_second_of_their_release(rules, moment):
    rules = policy(**rules)
    assert windows.release_at(policy=rules, day=ORDINARY) == moment
    assert closed(rules, moment - SECOND).startswith("还没放号，")
    assert closed(rules, moment) == ""
    session = ClinicSession(date=ORDINARY, period=Period.MORNING)
    before = [windows.is_before_release(session=session, policy=rules, at=it) for it in (moment - SECOND, moment)]
    assert before == [True, False]


@pytest.mark.parametrize(
    ("release_time", "hour", "last"),
    [
        (time(0), 0, date(2026, 10, 4)),
        (time(7), 6, date(2026, 10, 3)),
        (time(7), 7, date(2026, 10, 4)),
        (time(23, 59), 23, date(2026, 10, 3)),
    ],
)
def test_last_day_is_the_last_one_released(release_time, hour, last):
    rules, moment = policy(release_time=release_time), at(date(2026, 9, 20), hour)
    assert windows.last_day(policy=rules, at=moment) == last
    assert windows.release_at(policy=rules, day=last) <= moment
    assert windows.release_at(policy=rules, day=last + timedelta(days=1)) > moment


@pytest.mark.parametrize(
    ("rules", "day", "moment"),
    [
        ({}, ORDINARY, at(date(2026, 9, 23), 16)),
        ({"stop_time": time(17)}, EIGHTH, at(date(2026, 10, 7), 17)),
        ({"stop_rule": "previous_workday"}, EIGHTH, at(date(2026, 9, 30), 16)),
        ({"stop_rule": "previous_workday"}, date(2026, 10, 1), at(date(2026, 9, 30), 16)),
        # the worked Saturday 10 October, and the Monday after it
        ({"stop_rule": "previous_workday"}, date(2026, 10, 10), at(date(2026, 10, 9), 16)),
        ({"stop_rule": "previous_workday"}, date(2026, 10, 12), at(date(2026, 10, 10), 16)),
        ({"stop_rule": "previous_workday"}, date(2026, 9, 21), at(date(2026, 9, 20), 16)),
        # not on the day: the rule for the day itself says nothing
        ({"stop_rule": "same_day"}, ORDINARY, at(date(2026, 9, 23), 16)),
    ],
)
def test_places_stop_at_the_second(rules, day, moment):
    rules = policy(window_days=28, **rules)
    assert windows.stop_at(policy=rules, day=day, period=Period.MORNING) == moment
    assert closed(rules, moment - SECOND, day) == ""
    assert closed(rules, moment, day) == "已经过了约号的时间，请选别的日子，或打电话问医院。"


def test_workday_before_follows_what_administrators_wrote():
    CalendarDay.objects.create(date=date(2026, 9, 30), is_workday=False)
    rules = policy(stop_rule="previous_workday")
    stop = windows.stop_at(policy=rules, day=EIGHTH, period=Period.MORNING)
    assert stop == at(date(2026, 9, 29), 16)


@pytest.mark.parametrize(
    ("period", "moment"),
    [
        (Period.MORNING, at(ORDINARY, 11)),
        (Period.AFTERNOON, at(ORDINARY, 16)),
        (Period.EVENING, at(ORDINARY, 19)),
    ],
)
def test_same_day_stops_by_period(period, moment):
    for rule in ("same_day", "previous_day", "previous_workday"):
        rules = policy(same_day=True, stop_rule=rule)
        assert windows.stop_at(policy=rules, day=ORDINARY, period=period) == moment
        assert closed(rules, moment - SECOND, period=period) == ""
        assert closed(rules, moment, period=period) == "已经过了约号的时间，请选别的日子，或打电话问医院。"


def test_same_day_is_given_again_at_midnight():
    rules = policy(same_day=True, stop_rule="previous_day")
    stopped, midnight = at(date(2026, 9, 23), 16), at(ORDINARY, 0)
    assert closed(rules, stopped - SECOND) == ""
    waits = "今天不再约这天的号，9月24日 周四当天还可以约。"
    assert [closed(rules, moment) for moment in (stopped, midnight - SECOND)] == [waits, waits]
    assert closed(rules, midnight) == ""


def test_same_day_after_a_holiday_waits_from_the_workday_before_it():
    rules = policy(same_day=True, stop_rule="previous_workday")
    stopped, midnight = at(date(2026, 9, 30), 16), at(EIGHTH, 0)
    assert closed(rules, stopped - SECOND, EIGHTH) == ""
    assert closed(rules, stopped, EIGHTH).startswith("今天不再约这天的号")
    assert closed(rules, midnight - SECOND, EIGHTH).startswith("今天不再约这天的号")
    assert closed(rules, midnight, EIGHTH) == ""


def test_stop_by_the_day_itself_has_no_gap_before_midnight():
    rules = policy(same_day=True, stop_rule="same_day")
    for moment in (at(date(2026, 9, 23), 16), at(date(2026, 9, 23), 23, 59), at(ORDINARY, 0)):
        assert closed(rules, moment) == ""


@pytest.mark.parametrize(
    ("rules", "day", "deadline"),
    [
        ({}, ORDINARY, at(date(2026, 9, 23), 15)),
        ({}, EIGHTH, at(date(2026, 10, 7), 15)),
        ({"cancel_on_workdays": True}, EIGHTH, at(date(2026, 9, 30), 15)),
        ({"cancel_on_workdays": True, "cancel_days_before": 2}, date(2026, 10, 12), at(date(2026, 10, 9), 15)),
        ({"cancel_on_workdays": True, "cancel_days_before": 4}, date(2026, 10, 12), at(date(2026, 9, 30), 15)),
        ({"cancel_days_before": 0, "cancel_time": time(7, 30)}, ORDINARY, at(ORDINARY, 7, 30)),
        ({"cancel_days_before": 0, "cancel_on_workdays": True, "cancel_time": time(7)}, EIGHTH, at(EIGHTH, 7)),
        ({"cancel_days_before": 3, "cancel_time": time(0)}, ORDINARY, at(date(2026, 9, 21), 0)),
    ],
)
def test_cancel_deadline_counts_days_or_workdays(rules, day, deadline):
    assert windows.cancel_deadline(policy=policy(**rules), date=day) == deadline


NOON = at(date(2026, 9, 20), 12)


def test_every_closed_session_says_why_and_what_to_do():
    rules = policy()
    assert closed(rules, NOON, state=SessionState.SUSPENDED) == "这个班次停诊了，请选别的时间。"
    assert closed(rules, NOON, queue=QueueMode.WALK_IN) == "这一场先到先看，不用预约，当天直接去就行。"
    assert closed(rules, NOON, date(2026, 10, 5)) == "还没放号，9月21日 周一起可以约。"
    at_seven = policy(release_time=time(7))
    assert closed(at_seven, NOON, date(2026, 10, 5)) == "还没放号，9月21日 周一早上7:00起可以约。"
    on_site = policy(on_site="早上7点起一楼有 20 个号")
    assert (
        closed(on_site, NOON, date(2026, 9, 20))
        == "已经过了约号的时间，请选别的日子，或去现场取号：早上7点起一楼有 20 个号"
    )


def test_every_closed_time_says_why():
    session = ClinicSession(date=ORDINARY, period=Period.MORNING)
    slot = Slot(session=session, starts_at=at(ORDINARY, 8), is_open=True, kind=SlotKind.REGULAR)
    assert windows.why_time_closed(slot=slot, at=slot.starts_at - SECOND) == ""
    assert windows.why_time_closed(slot=slot, at=slot.starts_at) == "这个时间已经过了，请选别的时间。"
    no_more = "这个时段不接受预约了，请选别的时间。"
    assert windows.why_time_closed(slot=Slot(starts_at=at(ORDINARY, 8), is_open=False), at=NOON) == no_more
    extra = Slot(starts_at=at(ORDINARY, 8), is_open=True, kind=SlotKind.EXTRA)
    assert windows.why_time_closed(slot=extra, at=NOON) == no_more


def test_slot_is_closed_by_its_session_first():
    session = ClinicSession(date=ORDINARY, period=Period.MORNING, state=SessionState.SUSPENDED)
    slot = Slot(session=session, starts_at=at(ORDINARY, 8), is_open=False)
    why = windows.why_not_bookable(slot=slot, policy=policy(), at=NOON)
    assert why == "这个班次停诊了，请选别的时间。"
