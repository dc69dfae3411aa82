"""What texts and callers say of activities, to villagers, whatever language the desk reads; callers speak Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from auditorium import clock
from auditorium.activity_enums import ActivityKind, ActivityState, DateState, EnrolmentState
from auditorium.dates import clock_time, full_date, month_day, weekday
from auditorium.enums import MessageAudience, ReminderPurpose, TextLanguage
from auditorium.models import Attendance

if TYPE_CHECKING:
    from collections.abc import Collection

SOMETHING = {TextLanguage.CHINESE.value: "活动", TextLanguage.ENGLISH.value: "the event"}
"""Stands on others' phones for what tells of somebody's health."""


def still_due(about_ids: Collection[int]) -> set[int]:
    """Those lines of rolls whose villager has a place and whose date is still to come."""
    live = Attendance.objects.filter(
        pk__in=about_ids,
        enrolment__state=EnrolmentState.ENROLLED,
        date__state=DateState.SCHEDULED,
        date__activity__state=ActivityState.OPEN,
        date__starts_at__gt=clock.now(),
    )
    return set(live.values_list("pk", flat=True))


def values_of(
    about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
) -> dict[int, dict[str, str]]:
    """The values of a text about each line, in two queries; see `default_templates` for what they mean."""
    rows = Attendance.objects.filter(pk__in=about_ids).select_related("enrolment", "hall", "date__room")
    with translation.override(language):
        return {row.pk: _values(row, audience, language) for row in rows.prefetch_related("date__activity__dates")}


def spoken(about_id: int, purpose: str) -> str:
    """What a person says who calls or knocks instead of a text."""
    row = Attendance.objects.select_related("enrolment", "hall", "villager", "date__room", "date__activity").get(
        pk=about_id
    )
    with translation.override(settings.LANGUAGE_CODE):
        values = _values(row, MessageAudience.OWN, TextLanguage.CHINESE)
    hello = f"{row.villager.name}您好，我是{row.hall.name}的。"
    what, when, where = values["what"], values["when"], values["where"]
    if purpose == ReminderPurpose.CANCELLED:
        return f"{hello}{when}的{what}，{values['ended']}。"
    bring = f"请带{row.date.activity.materials}。" if row.date.activity.materials else ""
    if purpose == ReminderPurpose.OFFERED:
        return f"{hello}您排的{what}有位置了，给您报上了：{when}到{where}，{values['times']}。{bring}不来请说一声。"
    if purpose == ReminderPurpose.CHANGED:
        return f"{hello}{what}的时间有变化：{when}到{where}。{bring}"
    if purpose == ReminderPurpose.CONFIRMATION:
        return f"{hello}{what}给您报上名了：{when}到{where}，{values['times']}。{bring}"
    return f"{hello}请记得{when}到{where}参加{what}。{bring}"


def short(about_id: int, language: str = TextLanguage.CHINESE) -> str:
    """Whose place it is and when: 张小明24日9:00, 张小明 24 Nov 9:00; nothing of what."""
    row = Attendance.objects.select_related("villager", "date").get(pk=about_id)
    moment = clock.local(row.date.starts_at)
    name, hour = row.villager.name[:4], f"{moment.hour}:{moment.minute:02}"
    if language == TextLanguage.ENGLISH:
        return f"{name} {moment.day} {moment:%b} {hour}"
    return f"{name}{moment.day}日{hour}"


def _values(row: Attendance, audience: str, language: str) -> dict[str, str]:
    activity, begins = row.date.activity, clock.local(row.date.starts_at)
    in_english = language == TextLanguage.ENGLISH
    hidden = audience != MessageAudience.OWN and activity.kind == ActivityKind.CLINIC
    what = SOMETHING[language] if hidden else activity.title
    hour, day = f"{begins.hour}:{begins.minute:02}", _day(row, in_english=in_english)
    where = f"{row.hall.name}{row.date.room.name}"
    return {
        "what": what,
        "when": f"{day} {hour}" if in_english else f"{day}{clock_time(begins)}",
        "where": where,
        "times": _times(row, in_english=in_english),
        "ended": _ended(row, in_english=in_english),
        "day": day,
        "time": hour,
        "place": f"{row.date.room.name}, {what}" if in_english else f"礼堂{row.date.room.name}参加{what}",
    }


def _day(row: Attendance, *, in_english: bool) -> str:
    day = clock.local(row.date.starts_at).date()
    if not in_english:
        return full_date(day).replace(" ", "")
    return f"{weekday(day)} {month_day(day)}{'' if day.year == clock.today().year else f' {day.year}'}"


def _times(row: Attendance, *, in_english: bool) -> str:
    """共4次: this date and those after it."""
    dates = row.date.activity.dates.all()
    count = sum(one.state == DateState.SCHEDULED and one.starts_at >= row.date.starts_at for one in dates)
    if in_english:
        return "once" if count <= 1 else f"{count} times"
    return "只这一次" if count <= 1 else f"共{count}次"


def _ended(row: Attendance, *, in_english: bool) -> str:
    """What does not take place: the villager's place, the whole activity, or only this date of several."""
    activity, now = row.date.activity, clock.now()
    if row.enrolment.state == EnrolmentState.CANCELLED and activity.is_open:
        return "your place was given back" if in_english else "您的报名取消了"
    others = [one for one in activity.dates.all() if one.state == DateState.SCHEDULED and one.starts_at > now]
    if activity.is_open and others:
        return "not held; the other dates stay" if in_english else "这次取消，其余照常"
    return "is cancelled" if in_english else "取消了，不用来了"
