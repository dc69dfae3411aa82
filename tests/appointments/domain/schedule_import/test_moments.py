from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH

from appointments.domain.schedule_import.cells import CellError
from appointments.domain.schedule_import.moments import Clock, Span, When, date_of, span_of, weekday_of, when_of
from appointments.enums import Period
from tests.appointments.domain.schedule_import.test_cells import anything, refusal
from tests.appointments.domain.schedule_import.workbooks import last_words

TODAY = date(2026, 11, 23)


def read_date(value, today=TODAY, **options):
    return date_of(value, today=today, **options)


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 11, 24),
        datetime(2026, 11, 24, 8, 30),
        46350,
        46350.0,
        "46350",
        "2026/11/24",
        "2026-11-24",
        "2026.11.24",
        "2026年11月24日",
        "２０２６年１１月２４日",
        "2026-11-24 00:00:00",
        "20261124",
        "11月24日",
        "11月24",
        "11/24",
        "11-24",
        "11.24",
        "11月24日（周二）",
        "11月24日 星期二",
        "周二 11月24日",
        "2026-11-24 Tue",
        "Tuesday, 2026-11-24",
    ],
)
def test_date_is_read_as_people_write_it(value):
    assert read_date(value) == date(2026, 11, 24)


def test_date_serial_follows_the_workbooks_epoch():
    assert read_date(44888, epoch=MAC_EPOCH) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("value", "today", "expected"),
    [
        ("11月23日", TODAY, date(2026, 11, 23)),
        ("1月5日", TODAY, date(2027, 1, 5)),
        ("1月1日", date(2026, 12, 31), date(2027, 1, 1)),
        ("2月29日", date(2028, 1, 10), date(2028, 2, 29)),
    ],
)
def test_date_without_year_is_the_next_such_date(value, today, expected):
    assert read_date(value, today) == expected


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("11月20日", "今年的 11 月 20 日已经过了；如果是明年，请写上年份。"),
        ("11月24日（周三）", "11月24日 周二，表里写的却是“周三”，请核对。"),
        ("2月29日", "没有“2月29日”这一天，请核对。"),
        ("2026-11-31", "没有“2026-11-31”这一天，请核对。"),
        ("2024-11-24", "2024-11-24 离现在太远，请核对年份。"),
        ("24/11/2026", "看不懂日期“24/11/2026”，请写成 2026-11-24 这样，一行写一天。"),
        ("11月24日-28日", "看不懂日期“11月24日-28日”，请写成 2026-11-24 这样，一行写一天。"),
        (11.24, "看不懂日期“11.24”，请写成 2026-11-24 这样，一行写一天。"),
        (True, "看不懂日期“True”，请写成 2026-11-24 这样，一行写一天。"),
    ],
)
def test_date_that_is_unclear_is_refused(value, sentence):
    assert refusal(read_date, value) == sentence


@given(st.dates(TODAY - timedelta(days=300), TODAY + timedelta(days=300)))
def test_date_written_in_any_usual_way_comes_back(day):
    weekday = "一二三四五六日"[day.weekday()]
    for text in (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日（星期{weekday}）",
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day} 周{weekday}",
    ):
        assert read_date(text) == day


@pytest.mark.parametrize(("value", "day"), [("周一", 0), ("星期日", 6), ("二", 1), ("Fri", 4), (7, 6), ("（周三）", 2)])
def test_weekday_of_its_own_column(value, day):
    assert weekday_of(value) == day


def clocks(*minutes):
    return tuple(Clock(each) for each in minutes)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("上午", When(Period.MORNING)),
        ("下午门诊", When(Period.AFTERNOON)),
        ("夜门诊", When(Period.EVENING)),
        ("PM", When(Period.AFTERNOON)),
        ("8:00", When(clocks=clocks(480))),
        ("08:00:00", When(clocks=clocks(480))),
        ("8：30", When(clocks=clocks(510))),
        ("8点半", When(clocks=clocks(510))),
        ("8点一刻", When(clocks=clocks(495))),
        ("8时30分", When(clocks=clocks(510))),
        ("8.30", When(clocks=clocks(510))),
        (8, When(clocks=clocks(480))),
        (time(8), When(clocks=clocks(480))),
        (time(11, 29, 59), When(clocks=clocks(690))),
        (0.354166666, When(clocks=clocks(510))),
        (timedelta(hours=8), When(clocks=clocks(480))),
        (datetime(1899, 12, 30, 8), When(clocks=clocks(480))),
        ("8:00am", When(clocks=clocks(480))),
        ("2:00 PM", When(clocks=clocks(840))),
        ("12:30 am", When(clocks=clocks(30))),
        ("0800-1130", When(clocks=clocks(480, 690))),
        ("上午8:00-11:30", When(Period.MORNING, clocks(480, 690))),
        ("上午8:00-下午2:00", When(Period.MORNING, (Clock(480), Clock(120, Period.AFTERNOON)))),
    ],
)
def test_time_of_day_is_read_as_people_write_it(value, expected):
    assert when_of(value) == expected


@pytest.mark.parametrize("dash", ["-", "–", "—", "－", "~", "～", "〜", "至", "到", " - ", "——", "−", " to "])
def test_times_are_joined_by_any_dash(dash):
    assert when_of(f"8:00{dash}11:30") == When(clocks=clocks(480, 690))


@pytest.mark.parametrize("value", ["25:00", "8:75", "上班", 8.5, True, "8:00-9:00-10:00", "中午"])
def test_time_of_day_that_is_unclear_is_refused(value):
    assert refusal(when_of, value).startswith("看不懂时间")


@pytest.mark.parametrize("value", ["全天", "上下午", "上午/下午", "all day"])
def test_whole_day_must_be_two_rows(value):
    assert refusal(when_of, value) == f"“{value}”请分成上午和下午两行写。"


@pytest.mark.parametrize(
    ("period", "text", "expected"),
    [
        (None, "8:00-11:30", Span(Period.MORNING, time(8), time(11, 30))),
        (None, "13:30-17:00", Span(Period.AFTERNOON, time(13, 30), time(17))),
        (None, "18:00-20:00", Span(Period.EVENING, time(18), time(20))),
        (Period.AFTERNOON, "1:30-4:30", Span(Period.AFTERNOON, time(13, 30), time(16, 30))),
        (Period.AFTERNOON, "12:30-5点", Span(Period.AFTERNOON, time(12, 30), time(17))),
        (Period.EVENING, "6:30-8:30", Span(Period.EVENING, time(18, 30), time(20, 30))),
        (Period.EVENING, "17:00-20:00", Span(Period.EVENING, time(17), time(20))),
        (Period.MORNING, "8:00-1:00", Span(Period.MORNING, time(8), time(13))),
        (Period.AFTERNOON, "11:30-14:00", Span(Period.AFTERNOON, time(11, 30), time(14))),
        (None, "2:00pm-5:00pm", Span(Period.AFTERNOON, time(14), time(17))),
    ],
)
def test_span_understands_twelve_hours_by_the_part_of_the_day(period, text, expected):
    assert span_of(period, *when_of(text).clocks) == expected


@pytest.mark.parametrize(
    ("period", "text", "sentence"),
    [
        (Period.MORNING, "14:00-17:00", "写的是上午，开始时间却是 14:00，请核对。"),
        (Period.AFTERNOON, "8:00-11:30", "写的是下午，开始时间却是 8:00，请核对。"),
        (None, "2:00-5:00", "开始时间 2:00 太早；下午两点请写 14:00。"),
        (None, "11:30-8:00", "结束时间 8:00 不在开始时间 11:30 之后，请核对。"),
        (None, "8:00-8:00", "结束时间 8:00 不在开始时间 8:00 之后，请核对。"),
        (None, "22:00-6:00", "结束时间 6:00 不在开始时间 22:00 之后，请核对。"),
    ],
)
def test_span_that_contradicts_itself_is_refused(period, text, sentence):
    assert refusal(lambda c: span_of(period, *c), when_of(text).clocks) == sentence


@given(anything)
def test_every_cell_is_read_or_refused_with_a_sentence(value):
    for parse in (read_date, weekday_of, when_of):
        assert last_words(parse, value, CellError).endswith("。")


clock = st.builds(Clock, st.integers(0, 24 * 60 - 1), st.sampled_from([None, *Period]))


@given(st.sampled_from([None, *Period]), clock, clock)
def test_span_is_in_order_or_refused(period, starts, ends):
    try:
        span = span_of(period, starts, ends)
    except CellError:
        return
    assert span.starts < span.ends
    assert span.period in ((period,) if period else Period)


@given(st.text(alphabet="0123456789年月日号/-.:点半至到上下午周一二三四五六日( )（）am pm", max_size=24))
def test_text_of_dates_and_times_never_breaks_the_reading(text):
    for parse in (read_date, when_of):
        assert last_words(parse, text, CellError).endswith("。")
