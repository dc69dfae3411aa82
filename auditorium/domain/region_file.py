"""A file of published division data, read line by line and checked whole before anything is done with it.

The lines go into a temporary database on disk, where they are sorted by code: superiors then come before what
is inside them, and memory stays the same whatever the file's length.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, NamedTuple, Self

from django.utils.translation import gettext as _

from auditorium import text_files
from auditorium.enums import RegionLevel
from auditorium.models.regions import SIGNIFICANT_DIGITS, prefix_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_FAULTS = 20
_CODE_LENGTHS = (2, 4, 6, 9, 12)
_NAME_LENGTH = 60
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ufffd]")
_HEADERS = {
    "code": ("code", "区划代码", "统计用区划代码", "代码", "编码"),
    "name": ("name", "名称", "区划名称", "地名"),
    "level": ("level", "级别", "层级"),
}
_LEVELS = {
    RegionLevel.PROVINCE: ("province", "省", "省级", "1"),
    RegionLevel.CITY: ("city", "市", "地市", "地级", "地市级", "2"),
    RegionLevel.COUNTY: ("county", "area", "district", "县", "区县", "县级", "3"),
    RegionLevel.TOWN: ("town", "street", "乡", "镇", "街道", "乡镇", "乡镇街道", "乡级", "乡镇级", "4"),
    RegionLevel.VILLAGE: ("village", "村", "社区", "村社区", "村级", "5"),
}
_LEVEL_OF_WORD = {word: level for level, words in _LEVELS.items() for word in words}
_TABLE = "CREATE TABLE place (code TEXT PRIMARY KEY, name TEXT, line INTEGER, as_county INTEGER) WITHOUT ROWID"


class RegionFileError(ValueError):
    """The file can't be brought in and nothing was; `sentences` say why, with the lines."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class _Line(NamedTuple):
    """One place as the file has it; `as_county` marks a city written as if it were a county of itself."""

    code: str
    name: str
    line: int
    as_county: bool


class RegionFile:
    """The checked places of a file. `read` lines named them; `doubled` ones named a place once more."""

    def __init__(self, path: Path, progress: Callable[[str, int], None]) -> None:
        """Read all of it; RegionFileError names the first faulty lines. `progress` hears of `read` lines."""
        self.read = self.doubled = 0
        self._places = sqlite3.connect("")
        try:
            self._places.execute(_TABLE)
            self._take_in(path, progress)
        except BaseException:
            self._places.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._places.close()

    def places(self) -> Iterator[tuple[str, str]]:
        """Code and name of every place, in the order of codes."""
        yield from self._places.execute("SELECT code, name FROM place ORDER BY code")

    def provinces(self) -> list[str]:
        """The two digits of every province it touches."""
        return [
            digits for (digits,) in self._places.execute("SELECT DISTINCT substr(code, 1, 2) FROM place ORDER BY 1")
        ]

    def missing(self, codes: list[str]) -> set[str]:
        """Those of the codes it does not have."""
        marks = ",".join("?" * len(codes))
        found = self._places.execute(f"SELECT code FROM place WHERE code IN ({marks})", codes)  # noqa: S608
        return set(codes).difference(code for (code,) in found)

    def covered_prefix(self, code: str) -> str:
        """The prefix of a place that the file describes: it has the place and something inside it."""
        code = code.ljust(12, "0")
        prefix = code[: SIGNIFICANT_DIGITS[level_of(code)]]
        inside = self._places.execute("SELECT code FROM place WHERE code BETWEEN ? AND ? LIMIT 2", prefix_range(prefix))
        if len(found := inside.fetchall()) < 2 or (code,) not in found:
            raise RegionFileError([_("文件里没有 %(code)s 和它下面的区划，不能据此撤销。") % {"code": code}])
        return prefix

    def _take_in(self, path: Path, progress: Callable[[str, int], None]) -> None:
        faults: list[str] = []
        try:
            for found in _lines(path):
                fault = found if isinstance(found, str) else self._put(found)
                faults += [fault] if fault else []
                if len(faults) == MOST_FAULTS:
                    faults.append(_("错误很多，后面的没有再查。"))
                    break
                if self.read and not self.read % 50_000:
                    progress("read", self.read)
        except text_files.UnreadableTextError as unreadable:
            faults.append(
                _("文件不是 CSV 表格，从第 %(line)d 行往后读不下去。") % {"line": unreadable.line}
                if unreadable.line
                else _("文件不是文本表格，或者编码不对。请存成 CSV（UTF-8 或 GB18030）再试。")
            )
        if not self.read and not faults:
            faults.append(_("文件里一个区划也没有。"))
        if faults:
            raise RegionFileError(faults)
        progress("read", self.read)

    def _put(self, line: _Line) -> str:
        """Keep a line, or return what is wrong with it.

        Of a city that stands twice its own line is kept: the other may be called 市辖区.
        """
        self.read += 1
        if self._places.execute("INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?)", line).rowcount:
            return ""
        self.doubled += 1
        before = _Line(*self._places.execute("SELECT * FROM place WHERE code = ?", [line.code]).fetchone())
        if before.name != line.name and before.as_county == line.as_county:
            fault = _("第 %(line)d 行：代码 %(code)s 在第 %(before)d 行已经有了，名称却不一样。")
            return fault % {"line": line.line, "code": line.code, "before": before.line}
        if before.as_county and not line.as_county:
            self._places.execute("REPLACE INTO place VALUES (?, ?, ?, ?)", line)
        return ""


def level_of(code: str) -> RegionLevel:
    """The level a 12-digit code says by its zeros. A city without counties is a city, however often it is written."""
    return next(level for level, digits in SIGNIFICANT_DIGITS.items() if not code[digits:].strip("0"))


def _lines(path: Path) -> Iterator[_Line | str]:
    """Each place of the file, or the sentence that says what is wrong with its line."""
    with path.open("rb") as file:
        yield from _checked(text_files.rows(file))


def _checked(rows: Iterator[tuple[int, list[str]]]) -> Iterator[_Line | str]:
    columns: dict[str, int] | None = None
    for number, cells in rows:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if columns is None:
            columns = _header(texts)
            if columns:
                continue
            columns = {"code": 0, "name": 1, "level": 2}
        try:
            yield _line(texts, columns, number)
        except ValueError as fault:
            yield _("第 %(line)d 行：%(fault)s") % {"line": number, "fault": fault}


def _header(texts: list[str]) -> dict[str, int]:
    """Where the columns are; empty when the line is no header."""
    words = [re.sub(r"[\s_]", "", text).lower() for text in texts]
    found = {
        column: words.index(name) for column, names in _HEADERS.items() for name in reversed(names) if name in words
    }
    return found if {"code", "name"} <= found.keys() else {}


def _line(texts: list[str], columns: dict[str, int], number: int) -> _Line:
    """Check one line; ValueError says what is wrong."""
    written, name, stated = (
        texts[columns[c]] if c in columns and columns[c] < len(texts) else "" for c in ("code", "name", "level")
    )
    if re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", written):
        raise ValueError(
            _("代码“%(code)s”被表格软件改成了科学计数，请把这一列设成文本，重新导出。") % {"code": written}
        )
    if not re.fullmatch(r"[1-9][0-9]*", written) or len(written) not in _CODE_LENGTHS:
        raise ValueError(_("代码“%(code)s”不对，要 2、4、6、9 或 12 位数字。") % {"code": written[:20]})
    if not name:
        raise ValueError(_("没有名称。"))
    if len(name) > _NAME_LENGTH or _UNWRITABLE.search(name):
        raise ValueError(_("名称“%(name)s”不对，太长或者有乱码。") % {"name": name[:20]})
    code = written.ljust(12, "0")
    level, says = level_of(code), _LEVEL_OF_WORD.get(stated.lower())
    has_six_digits = len(written) == SIGNIFICANT_DIGITS[RegionLevel.COUNTY]
    as_county = level == RegionLevel.CITY and (says == RegionLevel.COUNTY or has_six_digits)
    if stated and says not in (level, RegionLevel.COUNTY if as_county else level):
        raise ValueError(
            _("代码 %(code)s 是“%(level)s”一级，级别却写着“%(stated)s”。")
            % {"code": code, "level": level.label, "stated": stated[:20]}
        )
    return _Line(code, name, number, as_county)
