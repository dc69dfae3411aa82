"""What texts and callers say of bookings: always in Chinese, to villagers, whatever language the desk reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from appointments.domain import times
from appointments.models import Appointment
from auditorium import clock
from auditorium.dates import clock_time, full_date
from auditorium.enums import MessageAudience, ReminderPurpose

if TYPE_CHECKING:
    from collections.abc import Collection

SOME_HOSPITAL = "医院"
"""Stands for a sensitive hospital, and for one we know only by what somebody called it, on others' phones."""

BRING = "请带身份证、社保卡"
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


def values_of(about_ids: Collection[int], audience: str) -> dict[int, dict[str, str]]:
    """The values of a text about each booking, in one query; see `default_templates` for what they mean."""
    found = Appointment.objects.filter(pk__in=about_ids).select_related(
        "hospital", "department", "doctor", "session__held_at"
    )
    with translation.override(settings.LANGUAGE_CODE):
        return {appointment.pk: _values(appointment, audience) for appointment in found}


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


def _values(appointment: Appointment, audience: str) -> dict[str, str]:
    values = {
        "when": _when(appointment),
        "where": _hospital(appointment, audience),
        "state": "待医院确认" if appointment.awaits_hospital else "已约好",
        "until": _until(appointment),
    }
    if audience == MessageAudience.OWN:
        values["where"] += appointment.department_name
        values["number"] = f"{appointment.shown_number}号" if appointment.shown_number else "到医院取号"
    return values


def _when(appointment: Appointment) -> str:
    """11月24日周二上午8:30, or as much of it as is known."""
    day = full_date(appointment.date).replace(" ", "")
    if appointment.starts_at:
        return day + clock_time(appointment.starts_at)
    return day + (str(appointment.get_period_display()) if appointment.period else "")


def _until(appointment: Appointment) -> str:
    """24日上午10:30: until when an offered place is held."""
    if appointment.held_until is None:
        return "就诊前"
    return f"{clock.local(appointment.held_until).day}日{clock_time(appointment.held_until)}"


def _hospital(appointment: Appointment, audience: str) -> str:
    hospital, hall = appointment.hospital, appointment.held_at
    if hall:
        return hall.name
    if audience == MessageAudience.OWN:
        return (hospital.short_name or hospital.name) if hospital else appointment.hospital_text
    if hospital is None or hospital.is_sensitive:
        return SOME_HOSPITAL
    return hospital.short_name or hospital.name
