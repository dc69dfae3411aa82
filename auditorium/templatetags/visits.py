"""Visits on pages that are about something else: the line that writes one down, and the one being served."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.functional import Promise

from auditorium.domain import visits
from auditorium.forms.visits import USUAL_LABELS, VisitForm
from auditorium.models import Villager

register = template.Library()


@register.simple_tag
def visit_form() -> VisitForm:
    """An empty form; the page posts it to `visit_add`."""
    return VisitForm(auto_id="visit-%s")


@register.simple_tag
def usual_labels() -> tuple[Promise, ...]:
    """What somebody is called whose name isn't known yet."""
    return USUAL_LABELS


@register.inclusion_tag("auditorium/_visit_bar.html", takes_context=True)
def visit_bar(context: RequestContext, villager: Villager) -> dict[str, Any]:
    """The visit the user is serving, where it is this villager's or nobody's yet; one query, two with its matters."""
    user = context["request"].user
    visit = visits.current(user=user, villager=villager)
    return {
        "villager": villager,
        "row": visits.row(visit, user) if visit else None,
        "form": visit_form(),
        "csrf_token": context.get("csrf_token"),
    }
