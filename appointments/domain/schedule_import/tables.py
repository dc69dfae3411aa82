"""What every sheet has in common, whatever its columns: where the header is, which column is where, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from openpyxl.utils import get_column_letter

from appointments.domain.schedule_import.cells import Value, text_of
from appointments.domain.schedule_import.findings import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from appointments.domain.schedule_import.files import Table

HEADER_WITHIN = 15

ColumnT = TypeVar("ColumnT")


@dataclass(frozen=True)
class Cell:
    """A cell with what names it; `is_shared` when its value came down from the merged cell above."""

    value: Value
    letter: str
    header: str
    is_shared: bool = False


@dataclass(frozen=True)
class Row(Generic[ColumnT]):
    """A row below the header."""

    sheet: str
    number: int
    cells: dict[ColumnT, Cell]

    def place(self, column: ColumnT | None = None) -> Place:
        """The row, or one of its cells."""
        cell = self.cells.get(column) if column else None
        return Place(self.sheet, self.number, cell.letter, cell.header) if cell else Place(self.sheet, self.number)

    def value(self, column: ColumnT) -> Value:
        """What the row says in a column, None where there is no such column."""
        cell = self.cells.get(column)
        return cell.value if cell else None


def header_row_of(table: Table, column_of: Callable[[str], ColumnT | None], least: int) -> int:
    """The row within the first few that has most known headings; 0 when none has `least` of them."""
    counted = [
        (len(columns_of(headings(table, number), column_of)), -number)
        for number in range(1, min(len(table.grid), HEADER_WITHIN) + 1)
    ]
    count, number = max(counted, default=(0, 0))
    return -number if count >= least else 0


def headings(table: Table, number: int) -> list[str]:
    """The words of a row."""
    return [text_of(table.value(number, column)) for column in range(1, len(table.grid[number - 1]) + 1)]


def columns_of(words: list[str], column_of: Callable[[str], ColumnT | None]) -> dict[ColumnT, int]:
    """Where each known column is, from 1; of two with the same meaning the first counts."""
    found: dict[ColumnT, int] = {}
    for index, text in enumerate(words, start=1):
        column = column_of(text) if text else None
        if column:
            found.setdefault(column, index)
    return found


def row_of(table: Table, number: int, columns: dict[ColumnT, int], words: list[str]) -> Row[ColumnT]:
    """One row with its known cells; `words` are the headings."""
    cells = {
        column: Cell(
            table.value(number, index), get_column_letter(index), words[index - 1], (number, index) in table.merged
        )
        for column, index in columns.items()
    }
    return Row(table.name, number, cells)
