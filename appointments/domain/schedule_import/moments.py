"""Dates and times of a schedule as people write them: real cells, serials, 11月24日（周二）, 8点半, 8:00–11:30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from appointments.domain.schedule_import.cells import CellError, Value, folded_text, shown
from appointments.enums import Period
from auditorium.dates import full_date

FARTHEST = timedelta(days=366)
_GUESSED = timedelta(days=183)
"""A date without a year that lies farther ahead was more likely meant for this year and is over."""
_SERIALS = range(36526, 73051)
_WEEKDAY = re.compile(
    r"[(\[【]?\s*(?:(?:星期|周|礼拜)\s*([一二三四五六日天])|(mon|tue|wed|thu|fri|sat|sun)[a-z]*)\s*[)\]】]?"
)
_DAYS = {word: day for day, pair in enumerate(("一", "二", "三", "四", "五", "六", "日天")) for word in pair} | {
    word: day for day, word in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
}
_FULL_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[\st]+0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_COMPACT_DATE = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_SHORT_DATE = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")

_PERIOD_WORDS = {
    Period.MORNING: ("上午", "早上", "早班", "早", "morning", "a.m.", "am"),
    Period.AFTERNOON: ("下午", "午后", "afternoon", "p.m.", "pm"),
    Period.EVENING: ("晚上", "夜间", "夜门诊", "夜诊", "晚间", "晚班", "晚", "evening", "night"),
}
_PERIOD_OF = {word: period for period, words in _PERIOD_WORDS.items() for word in words}
_PERIOD = "|".join(re.escape(word) for word in sorted(_PERIOD_OF, key=len, reverse=True))
_PERIOD_BEFORE = re.compile(rf"[(\[]?({_PERIOD})(?:门诊)?[)\]]?\s*(.*)", re.DOTALL)
_WHOLE_DAY = re.compile(r"全天|全日|整天|白天|上下午|上午?[/、和及+]下午|(?:all|whole|full)[\s-]*day")
_DASHES = re.compile(r"\s*(?:[-‐‑‒–—―−─~〜∼]+|至|到|\bto\b)\s*")
_CLOCK = re.compile(
    rf"(?:({_PERIOD})\s*)?(?:(\d\d)(\d\d)|(\d{{1,2}})(?:\s*[:点时.]\s*(?:(\d{{1,2}})(?::\d\d)?\s*分?|(半|一刻|三刻|整))?)?)\s*(am|pm)?"
)
_PART_HOURS = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}
_STARTS = {
    Period.MORNING: range(5 * 60, 12 * 60),
    Period.AFTERNOON: range(11 * 60, 18 * 60),  # 午间门诊 begins before twelve
    Period.EVENING: range(16 * 60, 24 * 60),
}
_TWELVE_HOURS = {Period.AFTERNOON: range(60, 8 * 60), Period.EVENING: range(4 * 60, 12 * 60)}


@dataclass(frozen=True)
class Clock:
    """Minutes since midnight as written, and the part of the day written with them, if any."""

    minutes: int
    period: Period | None = None


@dataclass(frozen=True)
class When:
    """What a cell says of the time of day: a part of the day, one time or two, in any combination."""

    period: Period | None = None
    clocks: tuple[Clock, ...] = ()


@dataclass(frozen=True)
class Span:
    """A session's time of one day."""

    period: Period
    starts: time
    ends: time


def date_of(value: Value, *, today: date, epoch: datetime = WINDOWS_EPOCH) -> date:
    """The date of a cell; one without a year is the next such date. A weekday written with it must be right."""
    text = folded_text(value)
    day = _real_date(value, epoch)
    if day is None:
        weekday = _WEEKDAY.search(text)
        if weekday:
            text = (text[: weekday.start()] + text[weekday.end() :]).strip(" ,")
        day = _written_date(text, value, today)
        if weekday:
            check_weekday(day, _DAYS[weekday[1] or weekday[2]], weekday[0].strip("()[]【】 "))
    if not today - FARTHEST <= day <= today + FARTHEST:
        raise CellError(_("%(day)s 离现在太远，请核对年份。") % {"day": day.isoformat()})
    return day


def weekday_of(value: Value) -> int:
    """A weekday from its own column, Monday as 0."""
    text = folded_text(value)
    match = _WEEKDAY.fullmatch(text)
    if match:
        return _DAYS[match[1] or match[2]]
    if text in _DAYS:
        return _DAYS[text]
    if re.fullmatch("[1-7]", text):
        return int(text) - 1
    raise CellError(_("看不懂星期“%(text)s”，请写周一到周日。") % {"text": shown(value)})


def check_weekday(day: date, weekday: int, written: str) -> None:
    """Refuse a date that falls on another weekday than the one written with it."""
    if day.weekday() != weekday:
        raise CellError(_("%(day)s，表里写的却是“%(written)s”，请核对。") % {"day": full_date(day), "written": written})


def when_of(value: Value) -> When:
    """The time of day in a cell: 上午, 8:00, 上午8:00-11:30, 8点半到11点."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, float) and 0 <= value < 1:
        return When(clocks=(Clock(round(value * 24 * 60) % (24 * 60)),))
    text = folded_text(value)
    if _WHOLE_DAY.search(text):
        raise CellError(_("“%(text)s”请分成上午和下午两行写。") % {"text": shown(value)})
    period = None
    if before := _PERIOD_BEFORE.fullmatch(text):
        period, text = _PERIOD_OF[before[1]], before[2].strip(" ()[]")
    clocks = tuple(_clock(part, value) for part in _DASHES.split(text)) if text else ()
    if len(clocks) > 2 or not (period or clocks) or isinstance(value, bool):
        raise _unclear(value)
    return When(period, clocks)


def span_of(period: Period | None, starts: Clock, ends: Clock) -> Span:
    """The time of a session: 下午 1:30–4:30 begins at 13:30; the part of the day and the times must agree."""
    period = period or starts.period
    first, last = _on_the_day(starts, period), _on_the_day(ends, period)
    latest = 8 * 60 if period in (None, Period.MORNING) else 12 * 60  # 8:00–1:00 ends at 13:00, 11:30–8:00 is wrong
    if last <= first < last + 12 * 60 and last < latest:
        last += 12 * 60
    if last <= first:
        raise CellError(
            _("结束时间 %(ends)s 不在开始时间 %(starts)s 之后，请核对。")
            % {"starts": _shown(first), "ends": _shown(last)}
        )
    if period is None:
        period = _period_from(first)
    elif first not in _STARTS[period]:
        raise CellError(
            _("写的是%(period)s，开始时间却是 %(starts)s，请核对。") % {"period": period.label, "starts": _shown(first)}
        )
    return Span(period, _time(first), _time(last))


def _period_from(minutes: int) -> Period:
    """The part of the day that begins at a time, where nothing else says it."""
    for period in (Period.MORNING, Period.AFTERNOON, Period.EVENING):
        if minutes in _STARTS[period]:
            return period
    raise CellError(_("开始时间 %(starts)s 太早；下午两点请写 14:00。") % {"starts": _shown(minutes)})


def _real_date(value: Value, epoch: datetime) -> date | None:
    """A date cell, or a serial number that lost its format."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    is_serial = re.fullmatch(r"\d{5}(\.\d+)?", folded_text(value)) and not isinstance(value, bool)
    if is_serial and int(float(folded_text(value))) in _SERIALS:
        found = from_excel(int(float(folded_text(value))), epoch)
        return found.date() if isinstance(found, datetime) else None
    return None


def _written_date(text: str, value: Value, today: date) -> date:
    full = _FULL_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    short = None if isinstance(value, float) else _SHORT_DATE.fullmatch(text)
    try:
        if full:
            return date(int(full[1]), int(full[2]), int(full[3]))
        if short:
            return _next_such_date(int(short[1]), int(short[2]), today)
    except CellError:
        raise
    except ValueError:
        raise CellError(_("没有“%(text)s”这一天，请核对。") % {"text": shown(value)}) from None
    raise CellError(_("看不懂日期“%(text)s”，请写成 2026-11-24 这样，一行写一天。") % {"text": shown(value)})


def _next_such_date(month: int, day: int, today: date) -> date:
    found = date(today.year, month, day)
    if found >= today:
        return found
    following = date(today.year + 1, month, day)
    if following - today > _GUESSED:
        raise CellError(
            _("今年的 %(month)d 月 %(day)d 日已经过了；如果是明年，请写上年份。") % {"month": month, "day": day}
        )
    return following


def _clock(text: str, value: Value) -> Clock:
    match = _CLOCK.fullmatch(text)
    if match is None or (isinstance(value, float) and not value.is_integer()):
        raise _unclear(value)
    word, hours4, minutes4, hours, minutes, part, latin = match.groups()
    hour = int(hours4 or hours)
    minute = int(minutes4 or minutes or 0) + _PART_HOURS.get(part, 0)
    if hour > 23 or minute > 59:
        raise _unclear(value)
    if latin:
        hour = hour % 12 + (12 if latin == "pm" else 0)
    return Clock(hour * 60 + minute, _PERIOD_OF[word] if word else None)


def _unclear(value: Value) -> CellError:
    return CellError(_("看不懂时间“%(text)s”，请写成 8:00 或 8:00-11:30。") % {"text": shown(value)})


def _on_the_day(clock: Clock, period: Period | None) -> int:
    """Minutes since midnight of a clock time that may be written on twelve hours: 下午 1:30, 晚上 6:30."""
    meant = _TWELVE_HOURS.get(clock.period or period or Period.MORNING, range(0))
    return clock.minutes + (12 * 60 if clock.minutes in meant else 0)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _shown(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
