"""Dates and times in words, in the language that is switched on, by the hall's wall clock."""

from datetime import date, datetime, time

from django.utils.translation import get_language

from auditorium import clock

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# From which hour on a part of the day is called so.
_PARTS_OF_DAY = ((18, "晚上"), (13, "下午"), (12, "中午"), (8, "上午"), (5, "早上"), (0, "凌晨"))


def full_date(day: date) -> str:
    """11月24日 周二, or Tuesday 24 November; with the year unless it is the current one. A moment counts as its day."""
    day = _local_day(day)
    this_year = day.year == clock.today().year
    if _in_english():
        words = f"{_ENGLISH_WEEKDAYS[day.weekday()]} {day.day} {_ENGLISH_MONTHS[day.month - 1]}"
        return words if this_year else f"{words} {day.year}"
    words = f"{day.month}月{day.day}日 {_WEEKDAYS[day.weekday()]}"
    return words if this_year else f"{day.year}年{words}"


def weekday(day: date) -> str:
    """周二, or Tue: the head of a column."""
    return _ENGLISH_WEEKDAYS[day.weekday()][:3] if _in_english() else _WEEKDAYS[day.weekday()]


def month_day(day: date) -> str:
    """11月24日, or 24 Nov, where the weekday stands beside it."""
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1][:3]}" if _in_english() else f"{day.month}月{day.day}日"


def clock_time(moment: datetime | time) -> str:
    """上午8:30, or 8:30 am. A bare time is taken as the hall's own."""
    shown = clock.local(moment) if isinstance(moment, datetime) else moment
    if _in_english():
        return f"{shown.hour % 12 or 12}:{shown.minute:02} {'am' if shown.hour < 12 else 'pm'}"
    part = next(word for hour, word in _PARTS_OF_DAY if shown.hour >= hour)
    return f"{part}{shown.hour - 12 if shown.hour > 12 else shown.hour}:{shown.minute:02}"


def lunar_date(day: date) -> str:
    """农历十月十六, or 10th lunar month, 16th: the calendar that many villagers go by."""
    from lunar_python import Solar

    day = _local_day(day)
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    if _in_english():
        month = lunar.getMonth()  # negative in a leap month
        return f"{'leap ' if month < 0 else ''}{_ordinal(abs(month))} lunar month, {_ordinal(lunar.getDay())}"
    return f"农历{lunar.getMonthInChinese()}月{lunar.getDayInChinese()}"


def age_on(birth: date, day: date) -> int:
    """Whole years (周岁): one more on each birthday, for those born on 29 February on 1 March in a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _local_day(day: date) -> date:
    return clock.local(day).date() if isinstance(day, datetime) else day


def _ordinal(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
