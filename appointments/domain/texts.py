"""What texts and callers say of bookings, to villagers, whatever language the desk reads; callers speak Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from appointments.domain import times
from appointments.enums import Period
from appointments.models import Appointment
from auditorium import clock
from auditorium.dates import clock_time, full_date, month_day, weekday
from auditorium.enums import MessageAudience, ReminderPurpose, TextLanguage

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

SOME_HOSPITAL = {TextLanguage.CHINESE.value: "医院", TextLanguage.ENGLISH.value: "the hospital"}
"""Stands for a sensitive hospital, and for one we know only by what somebody called it, on others' phones."""

BRING = "请带身份证、社保卡"
_ENGLISH_PERIODS: dict[str, str] = {Period.MORNING: "morning", Period.AFTERNOON: "afternoon", Period.EVENING: "evening"}
NOT_THEMSELVES = "接电话的不是本人时，只说哪天几点到哪里，不说科室。"


def still_due(about_ids: Collection[int]) -> set[int]:
    """Those bookings that are still to come."""
    live = Appointment.objects.live().filter(pk__in=about_ids, date__gte=clock.today())
    now = clock.now()
    return {
        pk
        for pk, day, period, starts_at in live.values_list("pk", "date", "period", "starts_at")
        if times.over(day=day, period=period, starts_at=starts_at) > now
    }


def values_of(
    about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
) -> dict[int, dict[str, str]]:
    """The values of a text about each booking, in one query; see `default_templates` for what they mean.

    A booking at a known time that nobody still has to confirm may be told together with others of its day.
    """
    found = Appointment.objects.filter(pk__in=about_ids).select_related(
        "hospital", "department", "doctor", "session__held_at"
    )
    with translation.override(language):
        return {appointment.pk: _values(appointment, audience, language) for appointment in found}


def spoken(about_id: int, purpose: str) -> str:
    """What a person says who calls or knocks instead of a text."""
    return said(Appointment.objects.with_names().get(pk=about_id), purpose)


def said(appointment: Appointment, purpose: str) -> str:
    """The same of a booking that was loaded `with_names`."""
    with translation.override(settings.LANGUAGE_CODE):
        values = _values(appointment, MessageAudience.OWN)
    what = f"{values['when']}到{values['where']}"
    hello = f"{appointment.villager.name}您好，我是{appointment.hall.name}的。"
    if purpose == ReminderPurpose.CANCELLED:
        return f"{hello}您{what}的号取消了，不用去了。{NOT_THEMSELVES}"
    if purpose == ReminderPurpose.SUSPENDED:
        return f"{hello}您{what}的医生停诊了，先不用去，我们帮您改约。{NOT_THEMSELVES}"
    if purpose == ReminderPurpose.OFFERED:
        return f"{hello}您排的候补有号了：{what}，只给您留到{values['until']}，要不要？{NOT_THEMSELVES}"
    said = "您约的号改了，改成" if purpose == ReminderPurpose.CHANGED else "您约了"
    return f"{hello}{said}{what}，{values['number']}，{values['state']}。{BRING}。{NOT_THEMSELVES}"


def said_on_resuming(appointment: Appointment) -> str:
    """What a person says when a suspended session takes place after all."""
    with translation.override(settings.LANGUAGE_CODE):
        values = _values(appointment, MessageAudience.OWN)
    hello = f"{appointment.villager.name}您好，我是{appointment.hall.name}的。"
    what = f"{values['when']}到{values['where']}"
    return f"{hello}您原来约的{what}又开诊了，原来的号已经取消，您还要不要约？{NOT_THEMSELVES}"


def _values(appointment: Appointment, audience: str, language: str = TextLanguage.CHINESE) -> dict[str, str]:
    in_english = language == TextLanguage.ENGLISH
    hospital = _hospital(appointment, audience, language)
    values = {"where": hospital, **(_in_english(appointment) if in_english else _in_chinese(appointment))}
    if audience == MessageAudience.OWN:
        values["where"] += appointment.department_name
        values["number"] = _number(appointment, in_english=in_english)
    if appointment.starts_at and not appointment.awaits_hospital:
        values |= {"day": _day(appointment, in_english=in_english), "place": hospital}
        values["time"] = _hour(appointment.starts_at)
    return values


def _in_chinese(appointment: Appointment) -> dict[str, str]:
    """11月24日周二上午8:30 or as much of it as is known, 已约好, 24日上午10:30: until when an offered place is held."""
    when, held = _day(appointment, in_english=False), appointment.held_until
    if appointment.starts_at:
        when += clock_time(appointment.starts_at)
    elif appointment.period:
        when += str(appointment.get_period_display())
    return {
        "when": when,
        "state": "待医院确认" if appointment.awaits_hospital else "已约好",
        "until": f"{clock.local(held).day}日{clock_time(held)}" if held else "就诊前",
    }


def _in_english(appointment: Appointment) -> dict[str, str]:
    """The same: Tue 24 Nov 8:30, booked, 24 Nov 10:30."""
    when, held = _day(appointment, in_english=True), appointment.held_until
    if appointment.starts_at:
        when += f" {_hour(appointment.starts_at)}"
    elif appointment.period:
        when += f" {_ENGLISH_PERIODS[appointment.period]}"
    return {
        "when": when,
        "state": "unconfirmed" if appointment.awaits_hospital else "booked",
        "until": f"{month_day(clock.local(held).date())} {_hour(held)}" if held else "the visit",
    }


def _number(appointment: Appointment, *, in_english: bool) -> str:
    number = appointment.shown_number
    if in_english:
        return f"No. {number}" if number else "number at the hospital"
    return f"{number}号" if number else "到医院取号"


def _day(appointment: Appointment, *, in_english: bool) -> str:
    if not in_english:
        return full_date(appointment.date).replace(" ", "")
    year = "" if appointment.date.year == clock.today().year else f" {appointment.date.year}"
    return f"{weekday(appointment.date)} {month_day(appointment.date)}{year}"


def _hour(moment: datetime) -> str:
    here = clock.local(moment)
    return f"{here.hour}:{here.minute:02}"


def _hospital(appointment: Appointment, audience: str, language: str) -> str:
    some_hospital = SOME_HOSPITAL[language]
    hospital, hall = appointment.hospital, appointment.held_at
    if hall:
        return hall.name
    if audience == MessageAudience.OWN:
        return (hospital.short_name or hospital.name) if hospital else appointment.hospital_text
    if hospital is None or hospital.is_sensitive:
        return some_hospital
    return hospital.short_name or hospital.name
