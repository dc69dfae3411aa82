"""Handing a sheet back: the same workbook with a 原因 column, faulty cells in red, everything else as it was."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from copy import copy
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter

from appointments.domain.schedule_import import files
from appointments.domain.schedule_import.columns import Column, column_of
from appointments.domain.schedule_import.files import Table
from appointments.domain.schedule_import.sheet import header_row_of
from auditorium import text_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from appointments.domain.schedule_import.findings import Notice, Problem

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RED = "FFF4B6B0"
_RED_INK = "FF9C1C10"
_WIDTH = 60


def marked_workbook(content: bytes, problems: Sequence[Problem], notices: Sequence[Notice]) -> bytes:
    """The file as an .xlsx workbook: reasons beside the rows, problems also in red. Marks of an earlier time go."""
    workbook = files.load(content, data_only=False) if files.is_workbook(content) else _from_text(content)
    reasons: dict[tuple[str, int], list[str]] = defaultdict(list)
    red: dict[str, set[str]] = defaultdict(set)
    for problem in problems:
        place = problem.place
        reasons[place.sheet, place.row].append(f"{place.header}：{problem.reason}" if place.header else problem.reason)
        red[place.sheet].add(f"{place.letter}{place.row}" if place.letter else "")
    for notice in notices:
        reasons[notice.place.sheet, notice.place.row].append(notice.text)
    for sheet in workbook.worksheets:
        _unmark(sheet)
        _mark(sheet, {row: said for (name, row), said in reasons.items() if name == sheet.title}, red[sheet.title])
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def _from_text(content: bytes) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet(files.CSV_SHEET)
    for _line, cells in text_files.rows(io.BytesIO(content)):
        sheet.append([text_files.escaped(cell) for cell in cells])
    return workbook


def _unmark(sheet: Worksheet) -> None:
    """Take our red off cells, and empty our column, of a workbook that was handed back before."""
    column = _reason_column(sheet)
    if not column:
        return
    for row in sheet.iter_rows(max_row=min(sheet.max_row, files.MOST_ROWS)):
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.fill.fill_type == "solid" and cell.fill.start_color.rgb == _RED:
                cell.fill = PatternFill()
            if cell.column == column and column_of(str(cell.value or "")) != Column.REASON:
                cell.value = None


def _mark(sheet: Worksheet, reasons: Mapping[int, Sequence[str]], red: set[str]) -> None:
    if not reasons:
        return
    header_row = header_row_of(_top(sheet)) or min(reasons)
    column = _reason_column(sheet) or sheet.max_column + 1
    heading = _head(sheet, header_row, column)
    sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    for row, said in reasons.items():
        text = "\n".join(said)
        if row == header_row:
            heading.comment = Comment(text_files.printable(text), str(Column.REASON.label))
            continue
        cell = _own_cell(sheet, row, column)
        cell.value = text_files.escaped(text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(color=_RED_INK)
    for name in red:
        if match := re.fullmatch(r"([A-Z]+)(\d+)", name):
            marked = _own_cell(sheet, int(match[2]), column_index_from_string(match[1]))
            marked.fill = PatternFill("solid", start_color=_RED, end_color=_RED)


def _head(sheet: Worksheet, row: int, column: int) -> Cell:
    """Our column's heading, in the looks of the one beside it."""
    heading = _own_cell(sheet, row, column)
    heading.value = str(Column.REASON.label)
    if column > 1 and heading.column == column:
        beside = _own_cell(sheet, row, column - 1)
        for look in ("font", "fill", "border", "alignment"):
            setattr(heading, look, copy(getattr(beside, look)))
    return heading


def _top(sheet: Worksheet) -> Table:
    """The sheet's first rows, where its header is looked for."""
    rows = sheet.iter_rows(max_row=min(sheet.max_row, 20), values_only=True)
    return Table(sheet.title, [[str(value) if value is not None else None for value in row] for row in rows])


def _reason_column(sheet: Worksheet) -> int:
    """Where our column is, counted from 1; 0 when there is none yet."""
    header_row = header_row_of(_top(sheet))
    if not header_row:
        return 0
    for cell in sheet[header_row]:
        if cell.value is not None and column_of(str(cell.value)) == Column.REASON:
            return int(cell.column or 0)
    return 0


def _own_cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell, or the first one of the merged range that it is part of."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        return cell
    around = next(
        merged
        for merged in sheet.merged_cells.ranges
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col
    )
    return _own_cell(sheet, around.min_row, around.min_col)
