"""A hall's bookings by day: those to come, those of one day, those that were."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from appointments.enums import AWAITING_HOSPITAL, LIVE, AppointmentState
from appointments.models import Appointment
from auditorium import clock

if TYPE_CHECKING:
    from appointments.models.appointments import AppointmentQuerySet
    from auditorium.models import Hall, User


class Days(TextChoices):
    """Which days."""

    COMING = "coming", _("今天起")
    TODAY = "today", _("今天")
    TOMORROW = "tomorrow", _("明天")
    WEEK = "week", _("七天内")
    PAST = "past", _("以前的")


class Which(TextChoices):
    """Which of a day's bookings; GOING are those the villager goes, or went, to."""

    GOING = "going", _("要去的")
    WAITING = "waiting", _("待医院确认")
    ENDED = "ended", _("取消的")
    ALL = "all", _("全部")


CALLED_OFF = (
    AppointmentState.LAPSED,
    AppointmentState.CANCELLED_BY_VILLAGER,
    AppointmentState.CANCELLED_BY_CLINIC,
    AppointmentState.RESCHEDULED,
    AppointmentState.REJECTED,
)
"""States in which nobody goes: called off by somebody, or never come about."""


def of_hall(*, hall: Hall, user: User, days: Days = Days.COMING, which: Which = Which.GOING) -> AppointmentQuerySet:
    """The hall's bookings of these days, the nearest day first; what was, the latest day first."""
    rows = _of_days(Appointment.objects.for_user(user).filter(hall=hall), days)
    if which == Which.GOING:
        rows = rows.exclude(state__in=CALLED_OFF)
    elif which == Which.WAITING:
        rows = rows.filter(state__in=LIVE, hospital_knows__in=AWAITING_HOSPITAL)
    elif which == Which.ENDED:
        rows = rows.filter(state__in=CALLED_OFF)
    order = "-date" if days == Days.PAST else "date"
    return rows.with_names().order_by(order, "starts_at", "pk")


def _of_days(rows: AppointmentQuerySet, days: Days) -> AppointmentQuerySet:
    today = clock.today()
    if days == Days.PAST:
        return rows.filter(date__lt=today)
    if days == Days.TODAY:
        return rows.on(today)
    if days == Days.TOMORROW:
        return rows.on(today + timedelta(days=1))
    if days == Days.WEEK:
        return rows.filter(date__range=(today, today + timedelta(days=6)))
    return rows.filter(date__gte=today)
