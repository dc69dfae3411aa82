"""How days, references and states of bookings are written."""

from __future__ import annotations

from django import template

from appointments.domain import standing
from auditorium import dates
from auditorium.references import grouped_reference

register = template.Library()
register.filter("weekday", dates.weekday)
register.filter("month_day", dates.month_day)
register.filter("reference", grouped_reference)
register.filter("when", standing.when)
register.filter("standing", standing.words)
register.filter("standing_tone", standing.tone)
