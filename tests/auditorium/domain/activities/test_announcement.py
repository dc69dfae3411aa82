"""What is read out over the loudspeaker, as it is spoken."""

from datetime import date

import pytest
import time_machine

from auditorium.domain.activities import announcement, cancelling, enrolling, programme
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def room():
    return RoomFactory(hall=HallFactory(name="宝善桥村文化礼堂", market_days="六"), name="二楼教室")


def test_paragraphs_say_everything_in_words(room):
    activity = activity_in(
        room,
        teacher="志愿者茹小琴",
        from_age=60,
        audience="想学用手机的乡亲",
        materials="手机",
        places=12,
        summary="学扫码。",
    )
    enrolling.sign_up(activity=activity, villagers=[told(room.hall)], by=None)
    assert announcement.paragraphs(hall=room.hall, first=TUESDAY) == [
        "乡亲们，大家好！这里是宝善桥村文化礼堂，跟大家说几件事。",
        (
            "明天，十一月二十四号，星期二，赶集日，上午九点到十一点，在二楼教室，有一堂课，叫“智能手机班”，志愿者茹小琴来讲。"
            "学扫码。请六十岁以上、想学用手机的乡亲来。来的时候带上手机。还有十一个位置，想来的快到礼堂来报名。"
        ),
        "有不清楚的，到礼堂来问，或者打电话，0575-84000000。",
        "再说一遍。",
    ]


def test_paragraphs_leave_out_what_was_called_off(room):
    cancelling.cancel(activity=activity_in(room), why="老师有事", by=None)
    assert announcement.paragraphs(hall=room.hall, first=TUESDAY) == []


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (9, 0, "上午九点"),
        (14, 30, "下午两点半"),
        (19, 15, "晚上七点一刻"),
        (12, 45, "中午十二点三刻"),
        (10, 5, "上午十点零五分"),
        (16, 20, "下午四点二十分"),
    ],
)
def test_spoken_time(hour, minute, said):
    assert announcement.spoken_time(at(MONDAY, hour, minute)) == said


def test_festivals_follow_the_lunar_calendar():
    assert programme.coming_festivals() == [
        (date(2026, 12, 22), "冬至"),
        (date(2027, 1, 15), "腊八节"),
        (date(2027, 2, 5), "除夕"),
    ]
    assert programme.festival(date(2026, 9, 25)) == "中秋节"


def test_days_tell_festival_market_and_what_is_held(room):
    activity_in(room)
    days = programme.days(hall=room.hall, first=MONDAY, count=10)
    assert [day.date for day in days if day.dates] == [TUESDAY]
    assert [day.date for day in days if day.is_market] == [TUESDAY]
