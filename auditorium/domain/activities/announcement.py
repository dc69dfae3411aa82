"""广播稿: what is read out over the village loudspeaker. Spoken Chinese, whatever language the desk reads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.activity_enums import ActivityKind
from auditorium.domain.activities import enrolling, programme
from auditorium.domain.wording import callback
from auditorium.models import Notice

if TYPE_CHECKING:
    from auditorium.domain.activities.programme import Day
    from auditorium.models import Activity, ActivityDate, Hall

_DIGITS = "零一二三四五六七八九十"
_WEEKDAYS = "一二三四五六日"
_PARTS = ((18, "晚上"), (13, "下午"), (12, "中午"), (8, "上午"), (5, "早上"), (0, "凌晨"))
_COUNTED = {
    ActivityKind.CLASS: "堂课",
    ActivityKind.LECTURE: "场讲座",
    ActivityKind.FESTIVAL: "场节日活动",
    ActivityKind.CLINIC: "场义诊",
    ActivityKind.MEETING: "场交流会",
}


def paragraphs(*, hall: Hall, first: date, count: int = 1) -> list[str]:
    """What to read out of `count` days from `first` on; empty where nothing is held then and no notice hangs."""
    days = programme.days(hall=hall, first=first, count=count)
    held = [(day, one) for day in days for one in day.dates if one.takes_place and not one.is_over]
    notices = [
        one.words.rstrip("。") + "。" for one in Notice.objects.filter(hall=hall).shown_between(first, days[-1].date)
    ]
    if not held and not notices:
        return []
    full = programme.activities(one for _day, one in held)
    said = ["乡亲们，大家好！这里是" + hall.name + "，跟大家说几件事。"]
    said += [_when(day, one) + _what(full[one.activity_id]) for day, one in held] + notices
    said.append(f"有不清楚的，到礼堂来问，或者打电话，{callback(hall)}。" if hall.phone else "有不清楚的，到礼堂来问。")
    said.append("再说一遍。" if len(held) + len(notices) == 1 else "谢谢大家，欢迎都来！")
    return said


def spoken_day(day: date) -> str:
    """明天，十一月二十四号，星期二."""
    ahead = (day - clock.today()).days
    near = {0: "今天，", 1: "明天，", 2: "后天，"}.get(ahead, "")
    return f"{near}{_number(day.month)}月{_number(day.day)}号，星期{_WEEKDAYS[day.weekday()]}"


def spoken_time(moment: datetime) -> str:
    """上午九点, 下午两点半, 晚上七点一刻."""
    here = clock.local(moment)
    part = next(word for hour, word in _PARTS if here.hour >= hour)
    hour = here.hour - 12 if here.hour > 12 else here.hour
    minutes = {0: "", 15: "一刻", 30: "半", 45: "三刻"}.get(here.minute)
    if minutes is None:
        minutes = f"{'零' if here.minute < 10 else ''}{_number(here.minute)}分"
    return f"{part}{'两' if hour == 2 else _number(hour)}点{minutes}"


def _when(day: Day, one: ActivityDate) -> str:
    """明天，十一月二十四号，星期二，冬至，上午九点到十一点，在二楼教室，"""
    called = "".join(f"，{name}" for name in (day.festival, "赶集日" if day.is_market else "") if name)
    begins, ends = spoken_time(one.starts_at), spoken_time(one.ends_at)
    ends = ends[2:] if ends[:2] == begins[:2] else ends
    return f"{spoken_day(day.date)}{called}，{begins}到{ends}，在{one.room.name}，"


def _what(activity: Activity) -> str:
    """What, for whom, what to bring, and whether there is still room."""
    what = f"有一{_COUNTED[ActivityKind(activity.kind)]}，叫“{activity.title}”"
    what += f"，{activity.teacher}来讲。" if activity.teacher else "。"
    if activity.summary:
        what += activity.summary.rstrip("。") + "。"
    if activity.from_age or activity.audience:
        age = f"{_number(activity.from_age)}岁以上" if activity.from_age else ""
        what += f"请{age}{'、' if age and activity.audience else ''}{activity.audience or '的乡亲'}来。"
    if activity.materials:
        what += f"来的时候带上{activity.materials}。"
    return what + _room_left(activity)


def _room_left(activity: Activity) -> str:
    if enrolling.why_closed(activity):
        return "报名已经满了。" if activity.places else ""
    if activity.places is None:
        return "想来的都可以来。"
    left = activity.places - activity.taken  # type: ignore[attr-defined]  # with_counts
    if left <= 0:
        return "名额满了，还想来的可以到礼堂排候补。"
    return f"还有{_number(left)}个位置，想来的快到礼堂来报名。"


def _number(number: int) -> str:
    """一, 十一, 二十四, 六十; beyond ninety-nine in figures."""
    if number > 99:
        return str(number)
    if number <= 10:
        return _DIGITS[number]
    tens, ones = divmod(number, 10)
    return f"{'' if tens == 1 else _DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"


def tomorrow() -> date:
    """What is usually announced."""
    return clock.today() + timedelta(days=1)
