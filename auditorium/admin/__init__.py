"""The Django admin of the hall: one module per group of nouns, all scoped by role."""

from auditorium.admin import audit, desk, people, places, reminder_rules, sms_lines, templates, texts, users
from auditorium.admin.library import channels, resources

__all__ = [
    "audit",
    "channels",
    "desk",
    "people",
    "places",
    "reminder_rules",
    "resources",
    "sms_lines",
    "templates",
    "texts",
    "users",
]
