from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.utils import translation

from auditorium import dates


@pytest.fixture(autouse=True)
def _in_november_2026():
    with time_machine.travel(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("zh-hans", date(2026, 11, 24), "11月24日 周二"),
        ("zh-hans", date(2026, 1, 4), "1月4日 周日"),
        ("zh-hans", date(2027, 1, 4), "2027年1月4日 周一"),
        ("zh-hans", date(2025, 12, 31), "2025年12月31日 周三"),
        ("en", date(2026, 11, 24), "Tuesday 24 November"),
        ("en", date(2027, 1, 4), "Monday 4 January 2027"),
        ("en-gb", date(2026, 5, 1), "Friday 1 May"),
    ],
)
def test_full_date(language, day, words):
    with translation.override(language):
        assert dates.full_date(day) == words


def test_full_date_of_a_moment_is_its_local_day():
    with translation.override("zh-hans"):
        assert dates.full_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == "11月24日 周二"


def test_the_current_year_is_the_halls():
    with time_machine.travel(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), tick=False), translation.override("zh-hans"):
        assert dates.full_date(date(2027, 1, 1)) == "1月1日 周五"
        assert dates.full_date(date(2026, 12, 31)) == "2026年12月31日 周四"


def test_without_a_language_the_words_are_chinese():
    with translation.override(None):
        assert dates.full_date(date(2026, 11, 24)) == "11月24日 周二"


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        (time(0, 0), "凌晨0:00", "12:00 am"),
        (time(4, 59), "凌晨4:59", "4:59 am"),
        (time(5, 0), "早上5:00", "5:00 am"),
        (time(7, 30), "早上7:30", "7:30 am"),
        (time(8, 0), "上午8:00", "8:00 am"),
        (time(8, 30), "上午8:30", "8:30 am"),
        (time(11, 5), "上午11:05", "11:05 am"),
        (time(12, 0), "中午12:00", "12:00 pm"),
        (time(12, 59), "中午12:59", "12:59 pm"),
        (time(13, 0), "下午1:00", "1:00 pm"),
        (time(17, 59), "下午5:59", "5:59 pm"),
        (time(18, 0), "晚上6:00", "6:00 pm"),
        (time(23, 45), "晚上11:45", "11:45 pm"),
    ],
)
def test_clock_time(at, chinese, english):
    with translation.override("zh-hans"):
        assert dates.clock_time(at) == chinese
    with translation.override("en"):
        assert dates.clock_time(at) == english


def test_clock_time_of_a_moment_is_the_halls():
    with translation.override("zh-hans"):
        assert dates.clock_time(datetime(2026, 11, 24, 0, 30, tzinfo=UTC)) == "上午8:30"


def test_clock_time_refuses_a_naive_moment():
    with pytest.raises(ValueError, match="aware"):
        dates.clock_time(datetime(2026, 11, 24, 8, 30))


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2026, 11, 24), "农历十月十六", "10th lunar month, 16th"),
        (date(2026, 2, 17), "农历正月初一", "1st lunar month, 1st"),
        (date(2026, 2, 16), "农历腊月廿九", "12th lunar month, 29th"),
        (date(2025, 8, 1), "农历闰六月初八", "leap 6th lunar month, 8th"),
        (date(2025, 12, 20), "农历冬月初一", "11th lunar month, 1st"),
        (date(2026, 3, 10), "农历正月廿二", "1st lunar month, 22nd"),
        (date(2026, 3, 21), "农历二月初三", "2nd lunar month, 3rd"),
    ],
)
def test_lunar_date(day, chinese, english):
    with translation.override("zh-hans"):
        assert dates.lunar_date(day) == chinese
    with translation.override("en"):
        assert dates.lunar_date(day) == english


def test_lunar_date_of_a_moment_is_its_local_day():
    with translation.override("zh-hans"):
        assert dates.lunar_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == "农历十月十六"


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1945, 3, 7), date(2026, 3, 6), 80),
        (date(1945, 3, 7), date(2026, 3, 7), 81),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
    ],
)
def test_age_on(birth, day, age):
    assert dates.age_on(birth, day) == age
