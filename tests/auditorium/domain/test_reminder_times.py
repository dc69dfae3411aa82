"""When a villager is told: by day, twice before the visit, early enough that a failure is seen at the hall."""

from datetime import UTC, date, datetime, time

import pytest

from auditorium import clock
from auditorium.domain import reminder_times
from auditorium.enums import ReminderPurpose
from tests.factories import HallClosureFactory, HallFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

CONFIRMATION, THREE_DAYS, ONE_DAY = (
    ReminderPurpose.CONFIRMATION,
    ReminderPurpose.THREE_DAYS,
    ReminderPurpose.ONE_DAY,
)


def at(text):
    """A local moment: 11-24 08:30 of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.SHANGHAI)


def hall(open_days=(1, 2, 3, 4, 5, 6, 7), opens=time(8), closes=time(17), pk=540):
    """A hall whose own minute is the first: 9:00 and 16:00."""
    made = HallFactory(pk=pk)
    for weekday in open_days:
        OpeningHoursFactory(hall=made, weekday=weekday, opens=opens, closes=closes)
    return made


def told(event, now, at_hall):
    found = reminder_times.times_for(event_at=at(event), now=at(now), hall=at_hall)
    return [(purpose, clock.local(due_at).strftime("%m-%d %H:%M")) for purpose, due_at in found]


ALWAYS = (1, 2, 3, 4, 5, 6, 7)
WORKDAYS = (1, 2, 3, 4, 5)
NOT_SUNDAY = (1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("event", "now", "open_days", "expected"),
    [
        pytest.param(
            "11-27 08:30",
            "11-20 10:00",
            ALWAYS,
            [(CONFIRMATION, "11-20 10:00"), (THREE_DAYS, "11-24 09:00"), (ONE_DAY, "11-26 16:00")],
            id="a week ahead: at once, three days before, the afternoon before",
        ),
        pytest.param(
            "11-30 08:00",
            "11-20 10:00",
            WORKDAYS,
            [(CONFIRMATION, "11-20 10:00"), (THREE_DAYS, "11-26 09:00"), (ONE_DAY, "11-27 16:00")],
            id="Monday, shut at the weekend: the last one on Friday, the other a day earlier",
        ),
        pytest.param(
            "11-30 08:00",
            "11-20 10:00",
            NOT_SUNDAY,
            [(CONFIRMATION, "11-20 10:00"), (THREE_DAYS, "11-27 09:00"), (ONE_DAY, "11-28 16:00")],
            id="Monday, shut on Sunday: the last one on Saturday",
        ),
        pytest.param(
            "11-30 08:00",
            "11-27 10:00",
            WORKDAYS,
            [(CONFIRMATION, "11-27 10:00"), (ONE_DAY, "11-29 16:00")],
            id="booked on the Friday itself: the last one stays on Sunday, the confirmation shows that texts arrive",
        ),
        pytest.param(
            "11-27 08:30",
            "11-26 14:00",
            ALWAYS,
            [(CONFIRMATION, "11-26 14:00")],
            id="the next morning: nothing within 20 hours of the confirmation",
        ),
        pytest.param(
            "11-27 08:30",
            "11-25 21:00",
            ALWAYS,
            [(CONFIRMATION, "11-26 08:00")],
            id="at night: the confirmation waits for the morning, and silences what would follow it the same day",
        ),
        pytest.param(
            "11-26 09:30",
            "11-25 21:00",
            ALWAYS,
            [(CONFIRMATION, "11-25 21:00")],
            id="at night, with the visit early in the morning: at once",
        ),
        pytest.param("11-24 08:30", "11-24 08:30", ALWAYS, [], id="nothing once it has begun"),
        pytest.param("11-24 08:30", "11-25 08:30", ALWAYS, [], id="nothing afterwards"),
        pytest.param(
            "11-24 15:00", "11-24 09:00", ALWAYS, [(CONFIRMATION, "11-24 09:00")], id="the same day: only at once"
        ),
    ],
)
def test_times_follow_the_rules(event, now, open_days, expected):
    assert told(event, now, hall(open_days)) == expected


def test_last_reminder_leaves_half_an_hour_of_an_open_hall():
    assert told("11-27 08:30", "11-20 10:00", hall(closes=time(15)))[-1] == (ONE_DAY, "11-26 14:30")


def test_last_reminder_is_never_sent_at_night():
    early = hall(opens=time(6), closes=time(8))
    assert told("11-27 08:30", "11-20 10:00", early)[-1] == (ONE_DAY, "11-25 19:59")


def test_last_reminder_is_not_moved_before_a_long_closure():
    shut = hall()
    HallClosureFactory(hall=shut, first_day=date(2026, 11, 21), last_day=date(2026, 11, 30))
    assert told("11-27 08:30", "11-20 10:00", shut)[-1] == (ONE_DAY, "11-26 16:00")


@pytest.mark.parametrize(
    ("now", "last"), [("11-26 18:30", "11-27 14:30"), ("11-26 18:31", "11-29 16:00")], ids=["20 hours", "a minute less"]
)
def test_reminder_exactly_twenty_hours_after_the_confirmation_is_sent(now, last):
    early = hall(WORKDAYS, closes=time(15))
    assert told("11-30 08:00", now, early) == [(CONFIRMATION, now), (ONE_DAY, last)]


@pytest.mark.parametrize(("closes", "last"), [(time(16, 30), "11-23 16:00"), (time(16, 29), "11-26 16:00")])
def test_last_reminder_is_moved_three_days_back_and_no_further(closes, last):
    shut = hall(closes=closes)
    HallClosureFactory(hall=shut, first_day=date(2026, 11, 24), last_day=date(2026, 11, 26))
    assert told("11-27 08:30", "11-20 10:00", shut)[-1] == (ONE_DAY, last)


def test_every_hall_sends_at_a_minute_of_its_own():
    assert told("11-27 08:30", "11-20 10:00", hall(pk=617))[1:] == [
        (THREE_DAYS, "11-24 10:17"),
        (ONE_DAY, "11-26 16:17"),
    ]


@pytest.mark.parametrize(
    ("moment", "event", "expected"),
    [
        ("11-24 08:00", "11-30 08:00", "11-24 08:00"),
        ("11-24 07:59", "11-30 08:00", "11-24 08:00"),
        ("11-24 19:59", "11-30 08:00", "11-24 19:59"),
        ("11-24 20:00", "11-30 08:00", "11-25 08:00"),
        ("11-24 20:00", "11-25 10:00", "11-25 08:00"),
        ("11-24 20:00", "11-25 09:59", "11-24 20:00"),
    ],
)
def test_allowed_from_waits_for_the_morning_unless_that_is_too_late(moment, event, expected):
    assert reminder_times.allowed_from(at(moment), at(event)) == at(expected)


def test_quiet_hours_are_those_of_the_hall_whatever_zone_a_moment_is_given_in():
    assert reminder_times.is_quiet(at("11-24 20:30").astimezone(UTC)) is True
    assert reminder_times.is_quiet(at("11-24 08:30").astimezone(UTC)) is False


@pytest.mark.parametrize(
    ("moment", "morning"),
    [("11-24 07:59", "11-24 08:00"), ("11-24 08:00", "11-25 08:00"), ("11-24 08:01", "11-25 08:00")],
)
def test_next_morning_is_still_to_come(moment, morning):
    assert reminder_times.next_morning(at(moment)) == at(morning)
