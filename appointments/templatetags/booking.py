"""How days, references and states of bookings are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from appointments.domain import attendance, standing
from appointments.enums import MARKS
from appointments.forms.attendance import MarkForm
from auditorium import clock, dates
from auditorium.references import grouped_reference

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from appointments.models import Appointment

register = template.Library()
register.filter("weekday", dates.weekday)
register.filter("month_day", dates.month_day)
register.filter("reference", grouped_reference)
register.filter("when", standing.when)
register.filter("standing", standing.words)
register.filter("standing_tone", standing.tone)


@register.filter
def marks_offered(appointment: Appointment) -> list[tuple[str, StrOrPromise]]:
    """到了, 看好了, 没去: those that can be pressed now."""
    labels = dict(MarkForm.MARKS)
    return [(str(mark), labels[mark]) for mark in attendance.offered(appointment)]


@register.filter
def marked(appointment: Appointment) -> bool:
    """Whether somebody said that the villager went, or didn't."""
    return appointment.state in MARKS


@register.filter
def mark_revocable(appointment: Appointment) -> bool:
    """Whether a mark can be taken back by one press: until its day is over."""
    return marked(appointment) and appointment.date >= clock.today()


@register.filter
def mark_due(appointment: Appointment) -> bool:
    """Whether there is anything to say about whether the villager went."""
    return marked(appointment) or bool(attendance.offered(appointment))
