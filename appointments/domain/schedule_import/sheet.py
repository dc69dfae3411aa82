"""Finding the schedule in a file: where the header is, and which rows are sessions and not title, total or note."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import WINDOWS_EPOCH

from appointments.domain.schedule_import import files, tables
from appointments.domain.schedule_import.cells import Value, shown, text_of
from appointments.domain.schedule_import.columns import Column, column_of
from appointments.domain.schedule_import.files import Table
from appointments.domain.schedule_import.findings import Notice, Place, Problem, UnreadableScheduleError

_LEAST_HEADINGS = 3
_NEEDED = (Column.DEPARTMENT, Column.DATE, Column.CAPACITY)
_TIMES = (Column.TIME, Column.START, Column.PERIOD)
_TOTAL_OR_NOTE = re.compile(
    r"合计|总计|小计|共计|备注|说明|注意|注[:：]|注$|制表|审核|填表|\*|※|total|note", re.IGNORECASE
)


Row = tables.Row[Column]
"""A row that claims to be a session."""


@dataclass
class Book:
    """What was read of a file; `columns` are those that every sheet with a schedule has."""

    epoch: datetime = WINDOWS_EPOCH
    rows: list[Row] = field(default_factory=list)
    columns: set[Column] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def read_book(content: bytes) -> Book:
    """The schedule in a file; UnreadableScheduleError when the file is none."""
    opened = files.open_file(content)
    book = Book(opened.epoch, notices=list(opened.notices))
    columns_by_sheet = []
    for table in opened.tables:
        if header_row := header_row_of(table):
            columns = tables.columns_of(tables.headings(table, header_row), column_of)
            columns_by_sheet.append(set(columns))
            _read_table(table, header_row, columns, book)
        elif any(text_of(value) for row in table.grid for value in row):
            book.notices.append(Notice(Place(table.name, 1), _("这张工作表没有找到表头，没有读。")))
    if not columns_by_sheet:
        raise UnreadableScheduleError(
            _("没有找到表头。表头要在前 %(within)d 行里，至少有科室、日期、号数。") % {"within": tables.HEADER_WITHIN}
        )
    if len(book.rows) > files.MOST_ROWS:
        raise UnreadableScheduleError(
            _("一次最多导入 %(most)d 行，请按月份或医院分成几个文件。") % {"most": files.MOST_ROWS}
        )
    book.columns = set.intersection(*columns_by_sheet)
    return book


def header_row_of(table: Table) -> int:
    """The row within the first few that has most known headings; 0 when none has enough."""
    return tables.header_row_of(table, column_of, _LEAST_HEADINGS)


def _read_table(table: Table, header_row: int, columns: dict[Column, int], book: Book) -> None:
    """Take in the rows below the header, and say what was left aside."""
    words = tables.headings(table, header_row)
    missing = [str(column.label) for column in _NEEDED if column not in columns]
    if not any(column in columns for column in _TIMES):
        missing.append(str(Column.TIME.label))
    if missing:
        reason = _("缺少这些列：%(columns)s。这张工作表没有读。") % {"columns": _("、").join(missing)}
        book.problems.append(Problem(Place(table.name, header_row), reason))
        return
    if unknown := [shown(text) for text in words if text and column_of(text) is None]:
        text = _("没有认出这些列，没有读：%(columns)s。") % {"columns": _("、").join(unknown)}
        book.notices.append(Notice(Place(table.name, header_row), text))
    blank: list[int] = []
    skipped: list[int] = []
    for number in range(header_row + 1, len(table.grid) + 1):
        own = [value for value in table.grid[number - 1] if text_of(value)]
        if not own:
            blank.append(number)
            continue
        skipped.extend(blank)  # those below the last row are nobody's business
        blank.clear()
        row = _row(table, number, columns, words)
        if why := _why_no_session(row, own):
            book.notices.append(Notice(row.place(), why))
        else:
            book.rows.append(row)
    if skipped:
        text = _("跳过了 %(count)d 个空行。") % {"count": len(skipped)}
        book.notices.append(Notice(Place(table.name, skipped[0]), text))


def _row(table: Table, number: int, columns: dict[Column, int], words: list[str]) -> Row:
    read: dict[Column, int] = {column: index for column, index in columns.items() if column != Column.REASON}
    return tables.row_of(table, number, read, words)


def _why_no_session(row: Row, own: list[Value]) -> str:
    """Why a row is a title, total, note or repeated header and not a session; empty when it is one."""
    said = {column: text for column, cell in row.cells.items() if (text := text_of(cell.value))}
    if sum(column_of(text) == column for column, text in said.items()) >= _LEAST_HEADINGS:
        return _("这一行又是表头，没有读。")
    has_own_date = Column.DATE in said and not row.cells[Column.DATE].is_shared
    is_total = _TOTAL_OR_NOTE.match(text_of(own[0])) and not has_own_date
    if is_total or len(said) < _LEAST_HEADINGS or not any(column in said for column in _NEEDED):
        return _("这一行不是班次，没有读：%(text)s") % {"text": shown(own[0])}
    return ""
