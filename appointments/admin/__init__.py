"""The Django admin of bookings: one module per group of nouns, all scoped by role."""

from appointments.admin import (
    bookings,
    calendar_days,
    hospitals,
    leaves,
    no_shows,
    schedule_import,
    schedule_templates,
    schedules,
    suspensions,
)

__all__ = [
    "bookings",
    "calendar_days",
    "hospitals",
    "leaves",
    "no_shows",
    "schedule_import",
    "schedule_templates",
    "schedules",
    "suspensions",
]
