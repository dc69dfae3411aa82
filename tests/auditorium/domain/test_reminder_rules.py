"""Which rule holds at a hall: the nearest, whole; and what is usual where there is none."""

from datetime import time

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import reminder_rules, reminders
from auditorium.enums import ReminderPurpose
from auditorium.models import ReminderRule
from tests.errands import KIND
from tests.factories import HallFactory, RegionFactory, VillagerFactory
from tests.outbox import at

pytestmark = pytest.mark.django_db
THREE_DAYS, ONE_DAY, TWO_HOURS = ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY, ReminderPurpose.TWO_HOURS


@pytest.fixture(autouse=True)
def service(errands):
    return errands


@pytest.fixture
def hall():
    return HallFactory(region=RegionFactory(code="330603001200"))


def rule(purpose=ONE_DAY, kind=KIND, **kwargs):
    timed = {ONE_DAY: {"days": 1, "at": time(16)}, THREE_DAYS: {"days": 3, "at": time(9)}, TWO_HOURS: {"hours": 2}}
    return ReminderRule.objects.create(about_kind=kind, purpose=purpose, **timed.get(purpose, {}) | kwargs)


def hour(hall, kind=KIND):
    return reminder_rules.rules_for(hall, kind)[ONE_DAY].at.hour


def region(code, level):
    return RegionFactory(code=code, level=level, name="柯桥")


def test_usual_rules_hold_where_nobody_has_set_any(hall):
    assert reminder_rules.rules_for(hall, KIND) == reminder_rules.USUAL


def test_nearest_rule_holds(hall):
    rule(at=time(10))
    assert hour(hall) == 10
    rule(at=time(11), region=region("330600000000", "city"))
    assert hour(hall) == 11
    rule(at=time(12), region=region("330603000000", "county"))
    assert hour(hall) == 12
    rule(at=time(13), region=hall.region)
    assert hour(hall) == 13
    rule(at=time(14), hall=hall)
    assert hour(hall) == 14


def test_rules_of_others_do_not_hold(hall):
    rule(at=time(10), hall=HallFactory())
    rule(at=time(11), region=region("330604000000", "county"))
    rule(at=time(12), kind="other")
    assert hour(hall) == 16


def test_rules_are_read_in_one_query(hall, django_assert_num_queries):
    rule(at=time(10))
    with django_assert_num_queries(1):
        reminder_rules.rules_of([hall, HallFactory.build(pk=1, region_id="330604001200")], [KIND, "other"])


def test_hour_late_in_the_day_does_not_run_into_the_night(hall):
    rule(at=time(19, 50))
    assert reminder_rules.rules_for(hall, KIND)[ONE_DAY].minutes == 10


# What is planned by them


def planned(hall, event="11-30 14:00", now="11-23 10:00", **kwargs):
    with time_machine.travel(at(now), tick=False):
        found = reminders.plan(
            about_kind=KIND,
            about_id=1,
            villager=VillagerFactory(registered_at=hall),
            hall=hall,
            event_at=at(event),
            by=None,
            **kwargs,
        )
    return {reminder.purpose: clock.local(reminder.due_at).strftime("%m-%d %H:%M") for reminder in found}


@pytest.fixture
def on_the_hour():
    return HallFactory(pk=540, region=RegionFactory(code="330603001200"))


def test_plan_takes_days_and_hour_from_the_rules(on_the_hour):
    rule(THREE_DAYS, days=5, at=time(10))
    rule(ONE_DAY, at=time(15))
    assert planned(on_the_hour) == {
        "confirmation": "11-23 10:00",
        "three_days": "11-25 10:00",
        "one_day": "11-29 15:00",
    }


def test_plan_leaves_out_what_is_off(on_the_hour):
    rule(THREE_DAYS, is_on=False)
    assert set(planned(on_the_hour)) == {"confirmation", "one_day"}


def test_last_reminder_off_leaves_the_earlier_one_where_it_is(on_the_hour):
    rule(ONE_DAY, is_on=False)
    assert planned(on_the_hour) == {"confirmation": "11-23 10:00", "three_days": "11-27 09:00"}


def test_two_hours_are_off_until_somebody_switches_them_on(on_the_hour):
    assert "two_hours" not in planned(on_the_hour)
    rule(TWO_HOURS)
    ReminderRule.objects.exclude(purpose=TWO_HOURS).delete()
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="")
    assert planned(on_the_hour)["two_hours"] == "11-30 12:00"


@pytest.mark.parametrize(
    ("event", "now", "expected"),
    [
        ("11-30 10:00", "11-23 10:00", "11-30 08:00"),
        ("11-30 09:30", "11-23 10:00", None),
        ("11-23 14:00", "11-23 10:00", "11-23 12:00"),
        ("11-23 13:30", "11-23 10:00", None),
    ],
    ids=["just by day", "never at night", "booked four hours before", "booked later"],
)
def test_two_hours_before(on_the_hour, event, now, expected):
    rule(TWO_HOURS)
    assert planned(on_the_hour, event, now).get("two_hours") == expected


def test_gap_says_how_soon_after_the_confirmation(on_the_hour):
    assert "one_day" not in planned(on_the_hour, "11-24 14:00", "11-23 10:00")
    rule(ONE_DAY, gap_hours=4)
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="")
    assert planned(on_the_hour, "11-24 14:00", "11-23 10:00")["one_day"] == "11-23 16:00"


def test_what_is_planned_keeps_its_time_when_the_rules_change(on_the_hour):
    before = planned(on_the_hour)
    rule(ONE_DAY, at=time(9))
    assert planned(on_the_hour) == {}  # owed already
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="")
    after = planned(on_the_hour)
    assert (before["one_day"], after["one_day"]) == ("11-29 16:00", "11-29 09:00")
