"""The line that writes down who has come, wherever a page shows it."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from auditorium.forms.visits import USUAL_LABELS, VisitForm

register = template.Library()


@register.simple_tag
def visit_form() -> VisitForm:
    """An empty form; the page posts it to `visit_add`."""
    return VisitForm(auto_id="visit-%s")


@register.simple_tag
def usual_labels() -> tuple[Promise, ...]:
    """What somebody is called whose name isn't known yet."""
    return USUAL_LABELS
