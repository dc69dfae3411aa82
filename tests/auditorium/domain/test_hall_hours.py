"""When a hall is open."""

from datetime import date, datetime, time, timedelta

import pytest

from auditorium.clock import SHANGHAI
from auditorium.domain import hall_hours
from auditorium.models import Hall
from tests.factories import HallClosureFactory, HallFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


@pytest.fixture
def hall() -> Hall:
    """Open Monday to Friday, with a lunch break."""
    hall = HallFactory()
    for weekday in range(1, 6):
        OpeningHoursFactory(hall=hall, weekday=weekday, opens=time(8), closes=time(11, 30))
        OpeningHoursFactory(hall=hall, weekday=weekday, opens=time(13, 30), closes=time(17))
    return hall


def test_open_spans_several_a_day(hall):
    assert hall_hours.open_spans(hall, MONDAY) == [(at(8), at(11, 30)), (at(13, 30), at(17))]


def test_open_spans_of_a_free_day_are_none(hall):
    assert hall_hours.open_spans(hall, MONDAY - timedelta(days=1)) == []


def test_open_spans_that_overlap_or_touch_are_one():
    hall = HallFactory()
    OpeningHoursFactory(hall=hall, weekday=1, opens=time(12), closes=time(18))
    OpeningHoursFactory(hall=hall, weekday=1, opens=time(9), closes=time(12))
    OpeningHoursFactory(hall=hall, weekday=1, opens=time(13), closes=time(14))
    assert hall_hours.open_spans(hall, MONDAY) == [(at(9), at(18))]


def test_open_spans_without_hours_are_eight_to_five_every_day():
    hall = HallFactory()
    sunday = MONDAY - timedelta(days=1)
    assert hall_hours.open_spans(hall, sunday) == [(at(8, day=sunday), at(17, day=sunday))]


def test_open_spans_without_hours_still_know_closures():
    hall = HallFactory()
    HallClosureFactory(hall=hall, first_day=MONDAY, last_day=MONDAY)
    assert hall_hours.open_spans(hall, MONDAY) == []


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        (at(7, 59), False),
        (at(8), True),
        (at(11, 29), True),
        (at(11, 30), False),
        (at(12), False),
        (at(13, 30), True),
        (at(17), False),
        (at(10, day=MONDAY - timedelta(days=1)), False),
    ],
)
def test_is_open_follows_the_hours(hall, moment, open_then):
    assert hall_hours.is_open(hall, moment) == open_then


def test_is_open_counts_the_day_in_shanghai(hall):
    """00:30 UTC on Monday is 8:30 at the hall."""
    assert hall_hours.is_open(hall, datetime.fromisoformat("2026-11-23T00:30:00+00:00"))
    assert not hall_hours.is_open(hall, datetime.fromisoformat("2026-11-23T10:30:00+00:00"))


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_is_open_never_during_a_closure_of_days(hall, offset):
    HallClosureFactory(hall=hall, first_day=MONDAY, last_day=MONDAY + timedelta(days=2))
    assert not hall_hours.is_open(hall, at(9, day=MONDAY + timedelta(days=offset)))
    assert hall_hours.is_open(hall, at(9, day=MONDAY + timedelta(days=3)))


def test_next_opening_is_now_while_open(hall):
    assert hall_hours.next_opening(hall, at(9, 15)) == at(9, 15)


def test_next_opening_is_after_the_break(hall):
    assert hall_hours.next_opening(hall, at(11, 30)) == at(13, 30)


def test_next_opening_leaps_weekend_and_closure(hall):
    HallClosureFactory(hall=hall, first_day=MONDAY, last_day=MONDAY)
    friday_evening = at(18, day=MONDAY - timedelta(days=3))
    assert hall_hours.next_opening(hall, friday_evening) == at(8, day=MONDAY + timedelta(days=1))


def test_next_opening_of_a_hall_shut_for_years_is_none(hall):
    HallClosureFactory(hall=hall, first_day=MONDAY, last_day=MONDAY + timedelta(days=800))
    assert hall_hours.next_opening(hall, at(9)) is None


def test_last_open_before_is_the_moment_while_open(hall):
    assert hall_hours.last_open_before(hall, at(9, 15)) == at(9, 15)


def test_last_open_before_monday_morning_is_friday_evening(hall):
    assert hall_hours.last_open_before(hall, at(8)) == at(17, day=MONDAY - timedelta(days=3))


def test_last_open_before_in_the_break_is_its_beginning(hall):
    assert hall_hours.last_open_before(hall, at(12)) == at(11, 30)


def test_last_open_before_leaps_a_closure(hall):
    HallClosureFactory(hall=hall, first_day=MONDAY - timedelta(days=4), last_day=MONDAY)
    assert hall_hours.last_open_before(hall, at(9)) == at(17, day=MONDAY - timedelta(days=5))


def test_last_open_before_of_a_hall_never_open_is_none(hall):
    HallClosureFactory(hall=hall, first_day=MONDAY - timedelta(days=800), last_day=MONDAY)
    assert hall_hours.last_open_before(hall, at(9)) is None


@pytest.mark.parametrize("question", [hall_hours.is_open, hall_hours.next_opening, hall_hours.last_open_before])
def test_hall_hours_ask_twice_alone_and_never_when_loaded(hall, question, django_assert_num_queries):
    lone = Hall.objects.get(pk=hall.pk)
    with django_assert_num_queries(2):
        question(lone, at(12))
    (loaded,) = Hall.objects.filter(pk=hall.pk).prefetch_related("opening_hours", "closures")
    with django_assert_num_queries(0):
        question(loaded, at(12))
