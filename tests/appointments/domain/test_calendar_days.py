"""Reading a pasted holiday notice."""

from datetime import date

import pytest

from appointments.domain import calendar_days
from appointments.domain.calendar_days import Day
from tests.appointments.factories import at

pytestmark = pytest.mark.time_machine(at(date(2026, 11, 23), 9))


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("2027-02-05 放假 春节", [Day(date(2027, 2, 5), is_workday=False, name="春节")]),
        ("  2027年2月5日  休 ", [Day(date(2027, 2, 5), is_workday=False)]),
        ("2027/2/14 上班", [Day(date(2027, 2, 14), is_workday=True)]),
        ("2027.02.14 调休上班 春节", [Day(date(2027, 2, 14), is_workday=True, name="春节")]),
        ("2027-01-31 至 2027-02-01 放假", [Day(date(2027, 1, 31), False), Day(date(2027, 2, 1), False)]),
        ("2027年1月31日到2月1日 放假", [Day(date(2027, 1, 31), False), Day(date(2027, 2, 1), False)]),
        ("2027-10-01~10-02 休息", [Day(date(2027, 10, 1), False), Day(date(2027, 10, 2), False)]),
        ("\n2027-02-05 放假\n\n2027-02-05 放假\n", [Day(date(2027, 2, 5), is_workday=False)]),
    ],
)
def test_lines_are_read_as_people_write_them(line, days):
    assert calendar_days.read(line) == days


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("春节 2027-02-05", "看不懂，请照“2027-02-05 放假 春节”这样写"),
        ("2027-02-05", "看不懂，请照“2027-02-05 放假 春节”这样写"),
        ("2月5日 放假", "没有写年份"),
        ("2027-02-29 放假", "没有这一天"),
        ("2072-02-05 放假", "年份不对，只写去年、今年和明年的"),
        ("2027-02-05 至 2027-02-04 放假", "后面的日子比前面的早"),
        ("2027-02-05 至 2027-03-08 放假", "一次最多 31 天"),
        ("2027-02-05 放假 " + "春" * 21, "节日的名字太长"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(line, why):
    with pytest.raises(calendar_days.UnreadableLinesError) as refused:
        calendar_days.read(f"2027-01-01 放假 元旦\n{line}")
    assert refused.value.sentences == [f"第 2 行：{why}。"]


def test_day_cannot_be_off_and_at_work():
    with pytest.raises(calendar_days.UnreadableLinesError) as refused:
        calendar_days.read("2027-02-05 至 2027-02-11 放假\n2027-02-06 上班")
    assert refused.value.sentences == ["第 2 行：2027-02-06又是放假又是上班。"]


def test_longest_range_is_a_month():
    assert len(calendar_days.read("2027-03-01 至 2027-03-31 放假")) == 31
