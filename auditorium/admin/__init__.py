"""The Django admin of the hall: one module per group of nouns, all scoped by role."""

from auditorium.admin import audit, desk, people, places, reminder_rules, sms_lines, templates, texts, users
from auditorium.admin.activities import activities
from auditorium.admin.library import channels, displays, lending, packages, resources, speakers, uses

__all__ = [
    "activities",
    "audit",
    "channels",
    "desk",
    "displays",
    "lending",
    "packages",
    "people",
    "places",
    "reminder_rules",
    "resources",
    "sms_lines",
    "speakers",
    "templates",
    "texts",
    "users",
    "uses",
]
