"""Working days: National Day 2026 with its 调休 days, what administrators wrote, and years nobody knows yet."""

from datetime import date, timedelta

import pytest

from appointments.domain import workdays
from appointments.domain.workdays import Workdays
from appointments.models import CalendarDay

pytestmark = pytest.mark.django_db


def wrote(day, *, is_workday):
    CalendarDay.objects.create(date=day, is_workday=is_workday)


def at_work(first, last):
    """The days from the first to the last on which people work."""
    calendar = Workdays()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if calendar.is_workday(day)]


def test_national_day_2026_is_as_the_state_council_had_it():
    september = at_work(date(2026, 9, 19), date(2026, 9, 30))
    # 20 September, a Sunday, is worked; 25 to 27 September is 中秋
    assert [day.day for day in september] == [20, 21, 22, 23, 24, 28, 29, 30]
    october = at_work(date(2026, 10, 1), date(2026, 10, 18))
    # 10 October, a Saturday, is worked
    assert [day.day for day in october] == [8, 9, 10, 12, 13, 14, 15, 16]


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        (date(2026, 10, 8), 1, date(2026, 9, 30)),
        (date(2026, 10, 3), 1, date(2026, 9, 30)),
        (date(2026, 10, 12), 1, date(2026, 10, 10)),
        (date(2026, 10, 12), 3, date(2026, 10, 8)),
        (date(2026, 10, 12), 4, date(2026, 9, 30)),
        (date(2026, 9, 21), 1, date(2026, 9, 20)),
        (date(2026, 11, 23), 1, date(2026, 11, 20)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_workdays_before_a_day_pass_over_holidays_and_stop_at_worked_weekends(day, count, before):
    assert Workdays().before(day, count) == before


def test_what_an_administrator_wrote_goes_before_the_library_both_ways():
    wrote(date(2026, 10, 10), is_workday=False)
    wrote(date(2026, 10, 7), is_workday=True)
    calendar = Workdays()
    assert (calendar.is_workday(date(2026, 10, 10)), calendar.is_workday(date(2026, 10, 7))) == (False, True)
    assert calendar.before(date(2026, 10, 12), 2) == date(2026, 10, 8)
    assert calendar.before(date(2026, 10, 8), 1) == date(2026, 10, 7)


def test_past_the_librarys_years_monday_to_friday_are_worked_unless_written():
    beyond = 2000 + 99
    monday = date(beyond, 1, 5)
    assert monday.weekday() == 0
    assert at_work(monday, monday + timedelta(days=6)) == [monday + timedelta(days=n) for n in range(5)]
    wrote(monday + timedelta(days=1), is_workday=False)
    wrote(monday + timedelta(days=5), is_workday=True)
    assert at_work(monday, monday + timedelta(days=6)) == [monday + timedelta(days=n) for n in (0, 2, 3, 4, 5)]


def test_calendar_is_read_once(django_assert_num_queries):
    wrote(date(2026, 10, 10), is_workday=False)
    calendar = Workdays()
    with django_assert_num_queries(1):
        assert calendar.before(date(2026, 10, 12), 30)


@pytest.mark.parametrize(
    ("day", "is_holiday"),
    [
        (date(2026, 10, 1), True),
        (date(2026, 10, 3), True),  # a Saturday inside the holiday
        (date(2026, 10, 10), False),  # a worked Saturday
        (date(2026, 10, 11), False),  # an ordinary Sunday
        (date(2026, 10, 8), False),
    ],
)
def test_public_holidays_are_weekdays_off_and_the_weekends_they_hold(day, is_holiday):
    assert workdays.is_public_holiday(day, Workdays()) is is_holiday


def test_public_holidays_an_administrator_wrote():
    saturday = date(2099, 1, 10)
    assert workdays.is_public_holiday(saturday, Workdays()) is False
    wrote(saturday, is_workday=False)
    wrote(date(2026, 10, 3), is_workday=True)
    assert workdays.is_public_holiday(saturday, Workdays()) is True
    assert workdays.is_public_holiday(date(2026, 10, 3), Workdays()) is False


@pytest.fixture
def library_until_2026(monkeypatch):
    monkeypatch.setattr(workdays, "_last_known_year", lambda: 2026)


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 10, 31), []),
        (date(2026, 11, 1), [2027]),
        (date(2026, 12, 31), [2027]),
        (date(2027, 1, 1), [2027]),
        (date(2027, 11, 1), [2027, 2028]),
        (date(2025, 12, 1), []),
    ],
)
def test_years_nobody_knows_are_named_when_they_are_near(library_until_2026, today, years):
    assert workdays.missing_years(today) == years


def test_year_somebody_wrote_down_is_known(library_until_2026):
    wrote(date(2027, 12, 31), is_workday=False)
    assert workdays.missing_years(date(2026, 11, 23)) == []
    assert workdays.missing_years(date(2027, 11, 1)) == [2028]
