"""Opening what was sent: a workbook or a CSV file, judged by its content, as tables of plain values.

Nothing in the file is evaluated: formulas give the value their program stored, macros and links are left aside.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import WINDOWS_EPOCH

from appointments.domain.schedule_import.cells import Value
from appointments.domain.schedule_import.findings import Notice, Place, UnreadableScheduleError
from auditorium import text_files

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
"""All of a file goes in at once, and on SQLite the desk waits meanwhile: some 15 seconds at worst."""
CSV_SHEET = "CSV"
_MOST_UNPACKED = 30 * 1024 * 1024
_MOST_PARTS = 1000
_MOST_COLUMNS = 60
_MOST_MERGED = 100_000
_MERGED = re.compile(rb"""\bmergeCell\b[^>]*?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_ABOVE = 20
"""Rows of titles and headings that come on top of MOST_ROWS."""


@dataclass(frozen=True)
class Table:
    """One sheet. `merged` gives, for a cell under the first of a merged range, the row that has its value."""

    name: str
    grid: Sequence[Sequence[Value]]
    merged: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def value(self, row: int, column: int) -> Value:
        """What a cell says, both counted from 1; a cell merged downwards says what its first one says."""
        cells = self.grid[self.merged.get((row, column), row) - 1]
        return cells[column - 1] if column <= len(cells) else None


@dataclass(frozen=True)
class Opened:
    """What a file holds; serial dates count from `epoch`."""

    tables: list[Table]
    notices: list[Notice] = field(default_factory=list)
    epoch: datetime = WINDOWS_EPOCH


def open_file(content: bytes) -> Opened:
    """Read a file within the limits; UnreadableScheduleError when it is neither workbook nor table in text."""
    if len(content) > MOST_BYTES:
        raise UnreadableScheduleError(
            _("文件太大，最多 %(most)d MB。请按月份或医院分成几个文件。") % {"most": MOST_BYTES // 1024**2}
        )
    if not is_workbook(content):
        return Opened([_text_table(content)])
    workbook = load(content, data_only=True)
    tables, notices = [], []
    for sheet in workbook.worksheets:
        if sheet.sheet_state == "visible":
            tables.append(_workbook_table(sheet))
        else:
            notices.append(Notice(Place(sheet.title, 1), _("这张工作表是隐藏的，没有读。")))
    return Opened(tables, notices, workbook.epoch)


def is_workbook(content: bytes) -> bool:
    """Whether it is an .xlsx workbook of bearable size; UnreadableScheduleError for other kinds of archive."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableScheduleError(_("这是旧版 .xls 或加了密码的文件，请去掉密码，另存为 .xlsx 再传。"))
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _damaged() from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableScheduleError(_("这不是 Excel 工作簿。请传 .xlsx 或 .csv 文件。"))
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise UnreadableScheduleError(_("文件展开后太大。请删掉多余的工作表、图片和空行再传。"))
    if _merged_cells(content) > _MOST_MERGED:
        raise UnreadableScheduleError(_("合并的单元格太大，像是整列、整行合并了。请取消这些合并再传。"))
    return True


def load(content: bytes, *, data_only: bool) -> Workbook:
    """The workbook with what formulas last gave, or with the formulas themselves."""
    try:
        return load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False)
    except Exception:  # noqa: BLE001 - a damaged workbook makes openpyxl raise whatever it stumbled over
        raise _damaged() from None


def _merged_cells(content: bytes) -> int:
    """How many cells its merged ranges cover: openpyxl makes an object of every one, blank or not."""
    count = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    for left, top, right, bottom in _MERGED.findall(archive.read(name)):
                        columns = column_index_from_string(right.decode()) - column_index_from_string(left.decode()) + 1
                        count += max(columns * (int(bottom) - int(top) + 1), 0)
    except Exception:  # noqa: BLE001 - a damaged archive makes zipfile and zlib raise whatever they stumbled over
        raise _damaged() from None
    return count


def _damaged() -> UnreadableScheduleError:
    return UnreadableScheduleError(_("文件坏了，打不开。请重新保存一次再传。"))


def _workbook_table(sheet: Worksheet) -> Table:
    if sheet.max_row > MOST_ROWS + _ABOVE:
        raise UnreadableScheduleError(
            _("工作表“%(sheet)s”有 %(rows)d 行，最多 %(most)d 行。请删掉下面的空行，或分成几个文件。")
            % {"sheet": sheet.title, "rows": sheet.max_row, "most": MOST_ROWS}
        )
    rows = sheet.iter_rows(max_col=min(sheet.max_column, _MOST_COLUMNS), values_only=True)
    merged = {
        (row, merged.min_col): merged.min_row
        for merged in sheet.merged_cells.ranges
        if merged.min_col <= _MOST_COLUMNS
        for row in range(merged.min_row + 1, min(merged.max_row, sheet.max_row) + 1)
    }
    # without formulas and rich text, which are not asked for, cells hold nothing but plain values
    return Table(sheet.title, cast("list[tuple[Value, ...]]", list(rows)), merged)


def _text_table(content: bytes) -> Table:
    grid: list[list[str]] = []
    try:
        for _line, cells in text_files.rows(io.BytesIO(content)):
            grid.append(cells[:_MOST_COLUMNS])
            if len(grid) > MOST_ROWS + _ABOVE:
                raise UnreadableScheduleError(
                    _("文件超过 %(most)d 行，请按月份或医院分成几个文件。") % {"most": MOST_ROWS}
                )
    except text_files.UnreadableTextError as unreadable:
        raise UnreadableScheduleError(
            _("从第 %(line)d 行往后读不下去，请检查引号，或存成 .xlsx 再传。") % {"line": unreadable.line}
            if unreadable.line
            else _("这不是 .xlsx 或 .csv 文件，或者编码不对。请存成 .xlsx 再传。")
        ) from None
    return Table(CSV_SHEET, grid)
