"""Text files as people send them: UTF-8 with or without a mark, or GB18030, with commas, tabs or semicolons.

And tables as they are sent back, for a spreadsheet.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

_CHUNK = 1 << 20
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DELIMITERS = ",\t;|，"


class UnreadableTextError(ValueError):
    """No table in text: the bytes are in no encoding in use here, or (with its number) a line is malformed."""

    def __init__(self, line: int | None = None) -> None:
        super().__init__(line)
        self.line = line


def encoding_of(file: BinaryIO) -> str:
    """`utf-8-sig` or `gb18030`, whichever the whole file is; read in chunks. UnreadableTextError when neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        if _decodes(file, encoding):
            return encoding
    raise UnreadableTextError


def _decodes(file: BinaryIO, encoding: str) -> bool:
    """GB18030 takes almost any bytes, so a file with NUL in it (UTF-16, a workbook) is refused first."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(first_line: str) -> str:
    """What separates the columns, judged by the first line; a comma when nothing does."""
    return max(_DELIMITERS, key=first_line.count)


def rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table with their numbers from 1, streamed; a quoted cell may span several lines.

    Raises UnreadableTextError, when the encoding is wrong before the first line.
    """
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter = delimiter_of(text.readline())
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        start = 1
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error:
        raise UnreadableTextError(start) from None
    finally:
        text.detach()


def printable(text: str) -> str:
    """Text without what no spreadsheet can hold."""
    return _CONTROL.sub("", text)


def escaped(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = printable(text)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def written(table: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file that spreadsheets open as it is: UTF-8 with a mark, no cell a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    for row in table:
        writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
