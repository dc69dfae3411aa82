"""A year's holidays and 调休 days as an administrator pastes them, a line each, and their writing down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.models import CalendarDay
from auditorium import clock

MOST_DAYS = 31
"""Of one range: longer ones are a slip of the pen."""

_DATE = r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_OFF = ("放假", "休息", "休")
_AT_WORK = ("调休上班", "上班", "补班", "班")
_LINE = re.compile(rf"{_DATE}(?:\s*[至到~～—–]\s*{_DATE})?\s+({'|'.join((*_OFF, *_AT_WORK))})(?:\s+(.*))?")


class UnreadableLinesError(Exception):
    """Lines that cannot be read: one sentence each, with the line's number."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(len(sentences))
        self.sentences = sentences


class _UnreadableError(Exception):
    """Why one line cannot be read."""


@dataclass(frozen=True)
class Day:
    """One day of the notice."""

    date: date
    is_workday: bool
    name: str = ""


def read(text: str) -> list[Day]:
    """The days of a text, one or a range on each line: 2027-02-05 至 2027-02-11 放假 春节.

    Raises UnreadableLinesError with every line that cannot be read.
    """
    days: dict[date, Day] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            _add(days, _days_of(line.strip()))
        except _UnreadableError as why:
            wrong.append(_("第 %(number)d 行：%(why)s。") % {"number": number, "why": why})
    if wrong:
        raise UnreadableLinesError(wrong)
    return list(days.values())


@transaction.atomic
def write_down(days: list[Day]) -> list[tuple[CalendarDay, bool]]:
    """Write the days, over what was written for them before; return each row and whether it is new."""
    return [
        CalendarDay.objects.update_or_create(date=day.date, defaults={"is_workday": day.is_workday, "name": day.name})
        for day in days
    ]


def _add(days: dict[date, Day], more: list[Day]) -> None:
    for day in more:
        if days.setdefault(day.date, day).is_workday != day.is_workday:
            raise _UnreadableError(_("%(day)s又是放假又是上班") % {"day": day.date})


def _days_of(line: str) -> list[Day]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _UnreadableError(_("看不懂，请照“2027-02-05 放假 春节”这样写"))
    first = _date(found[1], found[2], found[3], year=None)
    last = _date(found[4], found[5], found[6], year=first.year) if found[5] else first
    if last < first:
        raise _UnreadableError(_("后面的日子比前面的早"))
    if (last - first).days >= MOST_DAYS:
        raise _UnreadableError(_("一次最多 %(most)d 天") % {"most": MOST_DAYS})
    name = (found[8] or "").strip()
    if len(name) > _longest_name():
        raise _UnreadableError(_("节日的名字太长"))
    span = range((last - first).days + 1)
    return [Day(first + timedelta(days=n), is_workday=found[7] in _AT_WORK, name=name) for n in span]


def _date(said_year: str | None, month: str, day: str, *, year: int | None) -> date:
    if said_year is None and year is None:
        raise _UnreadableError(_("没有写年份"))
    try:
        found = date(int(said_year or year or 0), int(month), int(day))
    except ValueError:
        raise _UnreadableError(_("没有这一天")) from None
    if abs(found.year - clock.today().year) > 1:
        raise _UnreadableError(_("年份不对，只写去年、今年和明年的"))
    return found


def _longest_name() -> int:
    return CalendarDay._meta.get_field("name").max_length or 0
