import pytest
from openpyxl import Workbook

from appointments.domain.schedule_import.columns import Column
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.domain.schedule_import.sheet import read_book
from tests.appointments.domain.schedule_import import workbooks
from tests.appointments.domain.schedule_import.workbooks import HEADER, row, saved, sheet_of


def notices(book):
    return [(notice.place.sheet, notice.place.row, notice.text) for notice in book.notices]


def values(book, column):
    return [(read.number, read.value(column)) for read in book.rows]


def test_header_is_found_below_title_rows():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["柯桥区示例医院 11月排班"])
    sheet.merge_cells("A1:M1")
    for _ in range(12):
        sheet.append([])
    sheet.append(["制表：张老师"])
    sheet.append(HEADER)
    sheet.append(row())
    book = read_book(saved(workbook))
    assert values(book, Column.DEPARTMENT) == [(16, "骨科")]
    assert book.notices == []


def test_header_further_down_is_not_looked_for():
    workbook = Workbook()
    for _ in range(15):
        workbook.active.append(["说明"])
    workbook.active.append(HEADER)
    with pytest.raises(UnreadableScheduleError) as caught:
        read_book(saved(workbook))
    assert caught.value.sentence == "没有找到表头。表头要在前 15 行里，至少有科室、日期、号数。"


def test_columns_may_stand_in_any_order_and_language():
    header = ["Capacity", "Date", "Time", "Doctor", "Department", "Fee"]
    book = read_book(sheet_of([30, "2026-11-24", "8:00-11:30", "李建国", "骨科", 50], header=header))
    assert {column: cell.value for column, cell in book.rows[0].cells.items()} == {
        Column.CAPACITY: 30,
        Column.DATE: "2026-11-24",
        Column.TIME: "8:00-11:30",
        Column.DOCTOR: "李建国",
        Column.DEPARTMENT: "骨科",
        Column.FEE: 50,
    }
    assert book.rows[0].place(Column.DATE).letter == "B"


def test_two_row_header_is_read_where_it_says_most():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["科室", "日期", "时间", None, "号数"])
    sheet.append([None, None, "开始", "结束", None])
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        sheet.merge_cells(merged)
    sheet.append(["骨科", "11月24日", "8:00", "11:30", 30])
    book = read_book(saved(workbook))
    assert [(read.number, read.value(Column.START), read.value(Column.END)) for read in book.rows] == [
        (3, "8:00", "11:30")
    ]


def test_vertical_merges_fill_down():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(HEADER)
    sheet.append(row())
    sheet.append(row(科室=None, 医生="王芳"))
    sheet.append(row(科室=None, 医生=None))
    sheet.append(row(科室="内科"))
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("B3:B4")
    book = read_book(saved(workbook))
    assert values(book, Column.DEPARTMENT) == [(2, "骨科"), (3, "骨科"), (4, "骨科"), (5, "内科")]
    assert values(book, Column.DOCTOR) == [(2, "李建国"), (3, "王芳"), (4, "王芳"), (5, "李建国")]


def test_what_is_only_blank_is_not_filled_down():
    book = read_book(sheet_of(row(), row(科室=None)))
    assert values(book, Column.DEPARTMENT) == [(2, "骨科"), (3, None)]


def test_rows_that_are_no_sessions_are_left_aside_and_said():
    book = read_book(
        sheet_of(
            row(),
            [],
            [],
            row(医生="王芳"),
            ["合计", None, None, None, None, None, None, 60],
            HEADER,
            row(医生="赵敏"),
            ["备注：以上时间如有变动，另行通知。"],
            ["内二科"],
            [],
        )
    )
    assert [read.number for read in book.rows] == [2, 5, 8]
    assert notices(book) == [
        ("排班", 6, "这一行不是班次，没有读：合计"),
        ("排班", 7, "这一行又是表头，没有读。"),
        ("排班", 9, "这一行不是班次，没有读：备注：以上时间如有变动，另行通知。"),
        ("排班", 10, "这一行不是班次，没有读：内二科"),
        ("排班", 3, "跳过了 2 个空行。"),
    ]


def test_total_inside_merged_cells_is_left_aside():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(HEADER)
    sheet.append(row())
    sheet.append([None, "小计", None, None, None, None, None, 30])
    for merged in ("A2:A3", "C2:C3"):
        sheet.merge_cells(merged)
    book = read_book(saved(workbook))
    assert [read.number for read in book.rows] == [2]


def test_every_visible_sheet_is_read():
    workbook = Workbook()
    for title, state in (("骨科", "visible"), ("内科", "visible"), ("旧表", "hidden")):
        sheet = workbook.create_sheet(title)
        sheet.append(HEADER)
        sheet.append(row(科室=title))
        sheet.sheet_state = state
    workbook.create_sheet("说明").append(["请核对"])
    book = read_book(saved(workbook))
    assert [(read.sheet, read.number) for read in book.rows] == [("骨科", 2), ("内科", 2)]
    assert notices(book) == [
        ("旧表", 1, "这张工作表是隐藏的，没有读。"),
        ("说明", 1, "这张工作表没有找到表头，没有读。"),
    ]


def test_columns_are_those_that_every_sheet_has():
    workbook = Workbook()
    first, second = workbook.active, workbook.create_sheet("二")
    first.append(HEADER)
    first.append(row())
    second.append(HEADER[:-1])
    second.append(row()[:-1])
    assert Column.ALLOTMENT not in read_book(saved(workbook)).columns
    assert Column.HOSPITAL in read_book(saved(workbook)).columns


def test_missing_columns_are_named():
    book = read_book(sheet_of(["骨科", "李建国", 50, "301"], header=["科室", "医生", "挂号费", "诊室"]))
    assert [(p.place.row, p.reason) for p in book.problems] == [(1, "缺少这些列：日期、号数、时间。这张工作表没有读。")]
    assert book.rows == []


def test_columns_not_known_are_said():
    book = read_book(sheet_of([*row(), "x"], header=[*HEADER, "备注二"]))
    assert notices(book) == [("排班", 1, "没有认出这些列，没有读：备注二。")]


def test_our_own_column_is_not_read_back():
    book = read_book(sheet_of([*row(), "日期：……"], header=[*HEADER, "原因"]))
    assert (notices(book), Column.REASON in book.rows[0].cells) == ([], False)


def test_too_many_rows_over_all_sheets_are_refused(monkeypatch):
    monkeypatch.setattr("appointments.domain.schedule_import.files.MOST_ROWS", 3)
    workbook = Workbook()
    for title in ("一", "二"):
        sheet = workbook.create_sheet(title)
        for cells in (HEADER, row(), row()):
            sheet.append(cells)
    with pytest.raises(UnreadableScheduleError) as caught:
        read_book(saved(workbook))
    assert caught.value.sentence == "一次最多导入 3 行，请按月份或医院分成几个文件。"


def test_nasty_workbook_is_read():
    book = read_book(workbooks.nasty())
    assert [read.number for read in book.rows] == [5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]
    assert [row for _, row, _ in notices(book)] == [1, 18, 19, 7, 1]
