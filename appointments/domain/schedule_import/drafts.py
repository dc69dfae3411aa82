"""A row of the sheet as a session: every cell read, each fault named where it stands. Asks no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext as _

from appointments.domain.schedule_import import cells, moments
from appointments.domain.schedule_import.cells import CellError, text_of
from appointments.domain.schedule_import.columns import Column
from appointments.domain.schedule_import.findings import Problem
from appointments.domain.schedule_import.moments import Span, When

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from decimal import Decimal

    from appointments.domain.schedule_import.sheet import Row
    from appointments.enums import ClinicClass

DEFAULT_SLOT_MINUTES = 30
"""Hospitals of the second level and above see people in parts of at most half an hour."""
_HOSPITAL_LENGTH, _NAME_LENGTH, _ROOM_LENGTH, _ALLOTMENT_LENGTH = 60, 40, 40, 80
T = TypeVar("T")


@dataclass
class Draft:
    """What a row says. A field is None, or an empty text, where the row says nothing or its cell is faulty."""

    row: Row
    problems: list[Problem] = field(default_factory=list)
    hospital: str = ""
    department: str = ""
    doctor: str = ""
    grade: str = ""
    date: date | None = None
    span: Span | None = None
    slot_minutes: int = DEFAULT_SLOT_MINUTES
    capacity: int | None = None
    clinic_class: ClinicClass | None = None
    fee: Decimal | None = None
    room: str = ""
    allotment: str = ""

    def object_to(self, column: Column | None, reason: str) -> None:
        """Note a fault of one of its cells, or of the whole row."""
        self.problems.append(Problem(self.row.place(column), reason))


def draft(row: Row, *, today: date, epoch: datetime) -> Draft:
    """Read every cell of a row; faults are gathered, so that all of them are mended in one go."""
    made = Draft(row)
    made.hospital = _read(made, Column.HOSPITAL, lambda value: cells.name_of(value, _HOSPITAL_LENGTH)) or ""
    made.department = (
        _read(made, Column.DEPARTMENT, lambda value: cells.name_of(value, _NAME_LENGTH), needed=True) or ""
    )
    made.doctor, made.grade = _read(made, Column.DOCTOR, lambda value: cells.doctor_of(value, _NAME_LENGTH)) or ("", "")
    made.date = _read(made, Column.DATE, lambda value: moments.date_of(value, today=today, epoch=epoch), needed=True)
    if made.date is not None:
        day = made.date
        _read(
            made,
            Column.WEEKDAY,
            lambda value: moments.check_weekday(day, moments.weekday_of(value), cells.shown(value)),
        )
    made.span = _span(made)
    made.slot_minutes = _read(made, Column.SLOT_LENGTH, cells.minutes_of) or DEFAULT_SLOT_MINUTES
    if Column.CAPACITY in row.cells and row.cells[Column.CAPACITY].is_shared:
        made.object_to(Column.CAPACITY, _("号数几行合并成了一格，请取消合并，每行写自己的号数。"))
    else:
        made.capacity = _read(made, Column.CAPACITY, cells.count_of, needed=True)
    made.clinic_class = _read(made, Column.CLINIC_CLASS, cells.class_of)
    made.fee = _read(made, Column.FEE, cells.fee_of)
    made.room = _read(made, Column.ROOM, lambda value: cells.name_of(value, _ROOM_LENGTH)) or ""
    made.allotment = _read(made, Column.ALLOTMENT, lambda value: cells.name_of(value, _ALLOTMENT_LENGTH)) or ""
    return made


def _read(made: Draft, column: Column, parse: Callable[[cells.Value], T], *, needed: bool = False) -> T | None:
    value = made.row.value(column)
    text = text_of(value)
    if not text:
        if needed:
            made.object_to(column, _("%(column)s是空的，请补上。") % {"column": column.label})
        return None
    if text.startswith("#") and text.endswith(("!", "?", "/A")):
        made.object_to(column, _("这一格的公式出错了（%(text)s），请改成算好的值。") % {"text": text})
        return None
    try:
        return parse(value)
    except CellError as fault:
        made.object_to(column, str(fault))
        return None


def _span(made: Draft) -> Span | None:
    """The session's time out of whichever columns say it: 时段 and 时间 may hold part of the day, times, or both."""
    before = len(made.problems)
    said = {
        column: when
        for column in (Column.PERIOD, Column.TIME, Column.START, Column.END)
        if (when := _read(made, column, moments.when_of))
    }
    if len(made.problems) > before:
        return None
    periods = [when.period for column, when in said.items() if when.period and column != Column.END]
    if len(set(periods)) > 1:
        made.object_to(Column.PERIOD, _("时段和时间写的不一样，请核对。"))
        return None
    clocks = [clock for column in said for clock in _clocks(column, said[column])]
    if len(clocks) != 2:
        at = next((c for c in (Column.TIME, Column.START, Column.PERIOD) if c in made.row.cells), None)
        made.object_to(at, _("要写清几点开始、几点结束，例如 8:00-11:30。"))
        return None
    try:
        return moments.span_of(periods[0] if periods else None, *clocks)
    except CellError as fault:
        at = next((c for c in (Column.START, Column.TIME, Column.PERIOD) if c in said), None)
        made.object_to(at, str(fault))
        return None


def _clocks(column: Column, when: When) -> list[moments.Clock]:
    """A part of the day written with the end, 下午2:00, belongs to that time alone."""
    if column == Column.END and when.period:
        return [moments.Clock(clock.minutes, clock.period or when.period) for clock in when.clocks]
    return list(when.clocks)
