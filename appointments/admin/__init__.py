"""The Django admin of bookings: one module per group of nouns, all scoped by role."""

from appointments.admin import bookings, hospitals, schedule_import, schedules

__all__ = ["bookings", "hospitals", "schedule_import", "schedules"]
