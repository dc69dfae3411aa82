import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill

from appointments.domain.schedule_import.apply import Answers, preview
from appointments.domain.schedule_import.findings import Notice, Place, Problem
from appointments.domain.schedule_import.report import marked_workbook
from auditorium.text_files import escaped
from tests.appointments.domain.schedule_import import workbooks
from tests.appointments.domain.schedule_import.workbooks import HEADER, row, saved, sheet_of

RED = "FFF4B6B0"


def problem(number, letter="", header="", reason="请核对。", sheet="排班"):
    return Problem(Place(sheet, number, letter, header), reason)


def marked(content, problems=(), notices=()):
    return load_workbook(io.BytesIO(marked_workbook(content, problems, notices)))


def red_cells(sheet):
    return sorted(cell.coordinate for cells in sheet.rows for cell in cells if cell.fill.start_color.rgb == RED)


def test_reasons_stand_beside_their_rows_and_cells_are_red():
    content = sheet_of(row(), row(), row())
    sheet = marked(
        content,
        [problem(3, "C", "日期", "没有这一天。"), problem(3, "H", "号数", "看不懂。"), problem(4, reason="重复了。")],
        [Notice(Place("排班", 2), "请看一看。")],
    )["排班"]
    assert [cell.value for cell in sheet["N"]] == [
        "原因",
        "请看一看。",
        "日期：没有这一天。\n号数：看不懂。",
        "重复了。",
    ]
    assert red_cells(sheet) == ["C3", "H3"]
    assert [cell.value for cell in sheet[2]][:13] == row()


def test_other_formatting_and_formulas_stay():
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "排班"
    sheet.append(HEADER)
    sheet.append(row(号数="=10+20"))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"].fill = PatternFill("solid", start_color="FFDDEEDD")
    sheet["B2"].alignment = Alignment(horizontal="center")
    sheet.column_dimensions["A"].width = 33
    sheet.freeze_panes = "A2"
    after = marked(saved(workbook), [problem(2, "C", "日期")])["排班"]
    assert (after["A1"].font.bold, after["A1"].font.size, after["A2"].fill.start_color.rgb) == (True, 14, "FFDDEEDD")
    assert (after["B2"].alignment.horizontal, after.column_dimensions["A"].width) == ("center", 33)
    assert (after.freeze_panes, after["H2"].value, after["N1"].font.size) == ("A2", "=10+20", 11)


def test_marks_go_when_their_reason_is_gone():
    content = sheet_of(row(), row())
    once = marked_workbook(content, [problem(2, "C", "日期"), problem(3, "H", "号数")], [])
    sheet = marked(once, [problem(3, "H", "号数", "还是不对。")])["排班"]
    assert [cell.value for cell in sheet["N"]] == ["原因", None, "号数：还是不对。"]
    assert (red_cells(sheet), sheet.max_column) == (["H3"], 14)


def test_problem_inside_a_merged_cell_marks_its_first_cell():
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "排班"
    sheet.append(HEADER)
    sheet.append(row())
    sheet.append(row(科室=None))
    sheet.merge_cells("A2:A3")
    assert red_cells(marked(saved(workbook), [problem(3, "A", "科室")])["排班"]) == ["A2"]


def test_what_is_said_of_the_header_is_a_comment_on_our_column():
    sheet = marked(sheet_of(row()), [], [Notice(Place("排班", 1), "没有认出这些列，没有读：备注。")])["排班"]
    assert (sheet["N1"].value, sheet["N1"].comment.text) == ("原因", "没有认出这些列，没有读：备注。")


def test_csv_comes_back_as_a_workbook():
    content = "科室,日期,号数\n骨科,=1+1,@x\n".encode("gb18030")
    sheet = marked(content, [problem(2, "B", "日期", sheet="CSV")])["CSV"]
    assert [[cell.value for cell in cells] for cells in sheet.rows] == [
        ["科室", "日期", "号数", "原因"],
        ["骨科", "'=1+1", "'@x", "日期：请核对。"],
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s"] * 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_begins_like_a_formula_is_escaped(start):
    assert escaped(f"{start}1") == f"'{start}1"
    sheet = marked(sheet_of(row()), [problem(2, reason=f"{start}SUM(A1)")])["排班"]
    assert (sheet["N2"].data_type, sheet["N2"].value[:1]) == ("s", "'")


@given(st.text())
def test_escaped_text_can_be_written_and_is_no_formula(text):
    sheet = Workbook().active
    sheet["A1"].value = escaped(text)
    assert sheet["A1"].data_type != "f"


@pytest.mark.usefixtures("hall")
def test_nasty_workbook_comes_back_marked_and_is_read_the_same():
    content = workbooks.nasty()
    outcome = preview(content=content, answers=Answers(), by=None)
    returned = marked_workbook(content, outcome.problems, outcome.notices)
    sheet = load_workbook(io.BytesIO(returned))["11月排班"]
    assert red_cells(sheet) == ["C14", "C9", "E13", "H10", "L11"]
    assert {number for number in range(5, 20) if sheet.cell(number, 14).value} == {7, 9, 10, 11, 12, 13, 14, 16, 18, 19}
    assert sheet["A19"].value == "备注：以上时间如有变动，另行通知。"
    assert str(sheet.merged_cells) == str(load_workbook(io.BytesIO(content))["11月排班"].merged_cells)
    again = preview(content=returned, answers=Answers(), by=None)
    assert (again.new, again.problems) == (outcome.new, outcome.problems)
