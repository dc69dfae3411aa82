"""What is held while the hall is shut is said, with why."""

from datetime import time, timedelta

import pytest
import time_machine

from auditorium.domain.activities import shut
from auditorium.models import HallClosure, OpeningHours
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    hall = HallFactory()
    for opens, closes in ((time(8), time(11, 30)), (time(13), time(17))):
        OpeningHours.objects.create(hall=hall, weekday=2, opens=opens, closes=closes)
    return hall


@pytest.mark.parametrize(
    ("day", "begins", "ends", "why"),
    [
        (TUESDAY, 8, 11, ""),
        (TUESDAY, 13, 17, ""),
        (TUESDAY, 10, 14, "11月24日 周二礼堂只开上午8:00–上午11:30、下午1:00–下午5:00，这个时间没人开门，要先说好。"),
        (
            TUESDAY,
            18,
            20,
            "11月24日 周二礼堂只开上午8:00–上午11:30、下午1:00–下午5:00，这个时间没人开门，要先说好。",
        ),
        (TUESDAY + timedelta(days=1), 9, 10, "11月25日 周三礼堂关门。"),
        (TUESDAY + timedelta(days=7), 9, 10, "12月1日 周二礼堂关门（修屋顶）。"),
    ],
)
def test_why_shut(hall, day, begins, ends, why):
    december = TUESDAY + timedelta(days=7)
    HallClosure.objects.create(hall=hall, first_day=december, last_day=december, reason="修屋顶")
    assert shut.why_shut(hall, at(day, begins), at(day, ends)) == why


def test_hit_names_what_is_still_to_come_and_takes_place(hall, django_assert_num_queries):
    room = RoomFactory(hall=hall)
    activity = activity_in(room, weeks=4)
    cancelled = activity_in(room, weeks=4, hour=14)
    cancelled.dates.update(state="cancelled")
    december = TUESDAY + timedelta(days=7)
    HallClosure.objects.create(hall=hall, first_day=december, last_day=december + timedelta(days=7))
    with django_assert_num_queries(4):
        found = shut.hit(hall)
    assert [(date, why) for date, why in found] == [
        (activity.dates.all()[1], "12月1日 周二礼堂关门。"),
        (activity.dates.all()[2], "12月8日 周二礼堂关门。"),
    ]
