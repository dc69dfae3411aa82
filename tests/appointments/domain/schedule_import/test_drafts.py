from datetime import date, time
from decimal import Decimal

import pytest
from openpyxl import Workbook

from appointments.domain.schedule_import.drafts import draft
from appointments.domain.schedule_import.moments import Span
from appointments.domain.schedule_import.sheet import read_book
from appointments.enums import ClinicClass, Period
from tests.appointments.domain.schedule_import.workbooks import HEADER, row, saved, sheet_of


def drafted(content):
    book = read_book(content)
    [only] = [draft(read, today=date(2026, 11, 23), epoch=book.epoch) for read in book.rows]
    return only


def faults(made):
    return [(problem.place.letter, problem.place.header, problem.reason) for problem in made.problems]


def test_every_cell_of_a_row_is_read():
    made = drafted(sheet_of(row()))
    assert faults(made) == []
    assert (made.hospital, made.department, made.doctor, made.allotment, made.room) == (
        "柯桥区示例医院",
        "骨科",
        "李建国",
        "宝善桥村文化礼堂",
        "301",
    )
    assert (made.date, made.span, made.slot_minutes, made.capacity) == (
        date(2026, 11, 24),
        Span(Period.MORNING, time(8), time(11, 30)),
        30,
        30,
    )
    assert (made.clinic_class, made.fee) == (ClinicClass.EXPERT, Decimal(50))


def test_every_fault_of_a_row_is_named_at_its_cell():
    made = drafted(sheet_of(row(科室=None, 日期="改天", 号数="若干", 类别="义诊")))
    assert faults(made) == [
        ("A", "科室", "科室是空的，请补上。"),
        ("C", "日期", "看不懂日期“改天”，请写成 2026-11-24 这样，一行写一天。"),
        ("H", "号数", "看不懂号数“若干”，请写整数，例如 30。"),
        ("I", "类别", "看不懂类别“义诊”，请写普通、专家或特需。"),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"时段": "上午", "开始": "8:00-11:30", "结束": None}, Span(Period.MORNING, time(8), time(11, 30))),
        ({"时段": "上午8:00-11:30", "开始": None, "结束": None}, Span(Period.MORNING, time(8), time(11, 30))),
        ({"时段": None, "开始": "上午8:00", "结束": "下午1:00"}, Span(Period.MORNING, time(8), time(13))),
        ({"时段": "下午", "开始": "2点", "结束": "下午5点"}, Span(Period.AFTERNOON, time(14), time(17))),
        ({"时段": None, "开始": time(18), "结束": time(20)}, Span(Period.EVENING, time(18), time(20))),
    ],
)
def test_times_are_found_in_whichever_cells_say_them(cells, expected):
    made = drafted(sheet_of(row(**cells)))
    assert (made.span, faults(made)) == (expected, [])


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"时段": "上午", "开始": None, "结束": None}, ("E", "开始", "要写清几点开始、几点结束，例如 8:00-11:30。")),
        ({"开始": "8:00", "结束": None}, ("E", "开始", "要写清几点开始、几点结束，例如 8:00-11:30。")),
        ({"时段": "下午", "开始": "上午8:00"}, ("D", "时段", "时段和时间写的不一样，请核对。")),
        ({"时段": "下午"}, ("E", "开始", "写的是下午，开始时间却是 8:00，请核对。")),
        ({"时段": "全天"}, ("D", "时段", "“全天”请分成上午和下午两行写。")),
    ],
)
def test_times_that_are_unclear_are_named(cells, fault):
    assert faults(drafted(sheet_of(row(**cells)))) == [fault]


def test_weekday_of_its_own_column_is_checked():
    header = [*HEADER, "星期"]
    assert faults(drafted(sheet_of([*row(), "周二"], header=header))) == []
    assert faults(drafted(sheet_of([*row(), "周三"], header=header))) == [
        ("N", "星期", "11月24日 周二，表里写的却是“周三”，请核对。")
    ]


def test_slot_length_is_half_an_hour_where_the_sheet_does_not_say():
    assert drafted(sheet_of(row(每段分钟=None))).slot_minutes == 30


def test_optional_cells_left_empty_say_nothing():
    made = drafted(sheet_of(row(医生=None, 类别=None, 诊室=None)))
    assert (made.doctor, made.clinic_class, made.room, faults(made)) == ("", None, "", [])


def test_formula_errors_are_named():
    assert faults(drafted(sheet_of(row(号数="#REF!")))) == [
        ("H", "号数", "这一格的公式出错了（#REF!），请改成算好的值。")
    ]


def test_merged_capacity_is_refused_not_counted_twice():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(HEADER)
    sheet.append(row())
    sheet.append(row(号数=None))
    sheet.merge_cells("H2:H3")
    book = read_book(saved(workbook))
    made = [draft(read, today=date(2026, 11, 23), epoch=book.epoch) for read in book.rows]
    assert [each.capacity for each in made] == [30, None]
    assert faults(made[1]) == [("H", "号数", "号数几行合并成了一格，请取消合并，每行写自己的号数。")]
