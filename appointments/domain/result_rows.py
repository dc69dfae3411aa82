"""The rows of a hospital's result sheet, in the words hospitals use: who was seen, who arrived, who did not go."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain.schedule_import import files, tables
from appointments.domain.schedule_import.cells import CellError, folded_text, same_name, shown, text_of
from appointments.domain.schedule_import.columns import BRACKETED, folded
from appointments.domain.schedule_import.findings import Notice, Place, Problem, UnreadableScheduleError
from appointments.domain.schedule_import.moments import date_of
from appointments.enums import AppointmentState
from auditorium import clock
from auditorium.references import normalise_reference

if TYPE_CHECKING:
    from datetime import date, datetime

    from appointments.domain.schedule_import.files import Table

_LEAST_HEADINGS = 2
_HALF_A_YEAR = timedelta(days=183)
"""A date without a year lies within so many days before today: results are about what was."""


class Column(TextChoices):
    """What a column of a result sheet says."""

    REFERENCE = "reference", gettext_lazy("预约号")
    NAME = "name", gettext_lazy("姓名")
    DATE = "date", gettext_lazy("日期")
    DEPARTMENT = "department", gettext_lazy("科室")
    NUMBER = "number", gettext_lazy("号")
    RESULT = "result", gettext_lazy("结果")


_HEADERS = {
    Column.REFERENCE: "预约号 预约编号 预约单号 预约码 reference ref bookingreference",
    Column.NAME: "姓名 患者 患者姓名 病人 病人姓名 就诊人 就诊人姓名 name patient patientname",
    Column.DATE: "日期 就诊日期 预约日期 看诊日期 门诊日期 date visitdate day",
    Column.DEPARTMENT: "科室 科室名称 就诊科室 门诊科室 department departmentname dept",
    Column.NUMBER: "号 序号 号码 就诊序号 排队号 号序 几号 number no queuenumber",
    Column.RESULT: "结果 就诊结果 就诊状态 状态 就诊情况 到诊情况 result status outcome attendance",
}
_COLUMN_OF = {word: column for column, words in _HEADERS.items() for word in words.split()}

_RESULTS: dict[str, str] = {
    AppointmentState.FULFILLED: (
        "已就诊 就诊 就诊完成 就诊完毕 已看诊 看诊完成 已看 看了 看过 看好了 已看病 已诊 接诊 已接诊 完成 已完成 "
        "fulfilled attended seen completed complete done"
    ),
    AppointmentState.ARRIVED: (
        "到院 已到院 已到 到了 来了 已来 签到 已签到 报到 已报到 取号 已取号 候诊 候诊中 "
        "arrived checkedin checkin waiting"
    ),
    AppointmentState.NO_SHOW: (
        "未到 没到 未到院 未到诊 没来 未来 没去 未去 没去就诊 未就诊 没就诊 未取号 没取号 未签到 缺席 爽约 失约 "
        "noshow absent missed didnotattend dna"
    ),
}
_RESULT_OF = {word: state for state, words in _RESULTS.items() for word in words.split()}
_CALLED_OFF = {
    *("停诊", "取消", "已取消", "退号", "已退号", "退费", "改约", "已改约"),
    *("cancelled", "canceled", "suspended", "rescheduled"),
}
_NOTE = re.compile(r"合计|总计|小计|共计|备注|说明|注[:：]|制表|审核|填表|\*|※|total|note", re.IGNORECASE)

Row = tables.Row[Column]


@dataclass(frozen=True)
class Draft:
    """A row understood: what it says of whom."""

    row: Row
    to: str
    reference: str
    name: str
    day: date | None
    department: str
    number: str


class RowError(ValueError):
    """Why a row does not go in, and which of its cells it is."""

    def __init__(self, column: Column, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass
class Sheet:
    """What was read of a file."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def read_sheet(content: bytes) -> Sheet:
    """The rows of a file; UnreadableScheduleError when it is no result sheet."""
    opened = files.open_file(content)
    sheet = Sheet(notices=list(opened.notices))
    found = False
    for table in opened.tables:
        header = tables.header_row_of(table, _column_of, _LEAST_HEADINGS)
        words = tables.headings(table, header) if header else []
        columns = tables.columns_of(words, _column_of)
        if Column.RESULT in columns and {Column.REFERENCE, Column.NAME} & columns.keys():
            found = True
            _read_table(table, header, opened.epoch, sheet)
        elif any(text_of(value) for row in table.grid for value in row):
            sheet.notices.append(Notice(Place(table.name, header or 1), _("这张工作表没有找到表头，没有读。")))
    if not found:
        raise UnreadableScheduleError(
            _("没有找到表头。表头要有“结果”，还要有“预约号”，或者“姓名”“日期”和“科室”或“号”。")
        )
    return sheet


def _read_table(table: Table, header: int, epoch: datetime, sheet: Sheet) -> None:
    words = tables.headings(table, header)
    columns = tables.columns_of(words, _column_of)
    for number in range(header + 1, len(table.grid) + 1):
        row = tables.row_of(table, number, columns, words)
        said = [text for cell in row.cells.values() if (text := text_of(cell.value))]
        if not said or (_NOTE.match(said[0]) and len(said) < len(columns)):
            continue
        try:
            sheet.drafts.append(_draft(row, epoch))
        except RowError as bad:
            sheet.problems.append(Problem(row.place(bad.column), bad.reason))


def _draft(row: Row, epoch: datetime) -> Draft:
    """The row in our words; RowError when it can't be understood."""
    said = {column: text_of(row.value(column)) for column in Column}
    draft = Draft(
        row=row,
        to=_result(said[Column.RESULT]),
        reference=normalise_reference(said[Column.REFERENCE]) if said[Column.REFERENCE] else "",
        name=said[Column.NAME] if said[Column.NAME].isascii() else re.sub(r"\s", "", said[Column.NAME]),
        day=_day(row, epoch) if said[Column.DATE] else None,
        department=same_name(said[Column.DEPARTMENT]),
        number=re.sub(r"号$", "", folded_text(said[Column.NUMBER])),
    )
    if draft.reference or (draft.name and draft.day and (draft.department or draft.number)):
        return draft
    lacking = next((column for column in (Column.NAME, Column.DATE) if not said[column]), Column.DEPARTMENT)
    raise RowError(lacking, _("没有预约号的，要写姓名、日期，再写科室或者号。"))


def _result(said: str) -> str:
    result = re.sub(r"[\s_/-]", "", folded_text(said))
    if result in _CALLED_OFF:
        reason = _("停诊、取消、改约不是就诊结果，也不算没去。请在排班里办停诊，或者让礼堂取消。")
    elif not result:
        reason = _("结果是空的，请写已就诊、到院或未到。")
    elif result not in _RESULT_OF:
        reason = _("看不懂结果“%(text)s”，请写已就诊、到院或未到。") % {"text": shown(said)}
    else:
        return _RESULT_OF[result]
    raise RowError(Column.RESULT, reason)


def _day(row: Row, epoch: datetime) -> date:
    try:
        return date_of(row.value(Column.DATE), today=clock.today() - _HALF_A_YEAR, epoch=epoch)
    except CellError as fault:
        raise RowError(Column.DATE, str(fault)) from None


def _column_of(header: str) -> Column | None:
    """Which column a heading means, if any; what stands in brackets is left aside."""
    text = folded_text(header)
    return _COLUMN_OF.get(folded(BRACKETED.sub("", text))) or _COLUMN_OF.get(folded(text))
