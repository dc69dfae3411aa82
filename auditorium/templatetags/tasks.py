"""How tasks are written on the desk's pages."""

from __future__ import annotations

from django import template

from auditorium.domain import task_lists
from auditorium.forms.follow_ups import helper_label

register = template.Library()
register.filter("overdue", task_lists.is_overdue)
register.filter("due_words", task_lists.due_words)
register.filter("helper_label", helper_label)
