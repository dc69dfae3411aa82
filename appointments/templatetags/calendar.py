"""What administrators must still write down of the coming year's holidays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext as _

from appointments.domain import workdays
from auditorium import clock

if TYPE_CHECKING:
    from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def calendar_hint(context: Context) -> str:
    """One sentence for administrators while holidays that are near are unknown; empty otherwise."""
    user: Any = context["user"]
    if not (user.is_authenticated and user.is_administrator):
        return ""
    years = workdays.missing_years(clock.today())
    if not years:
        return ""
    return _(
        "还不知道%(years)s年哪天放假、哪天调休上班，现在周一到周五都按上班算。国务院的通知出来后，请在“节假日和调休”里写下来。"
    ) % {"years": _("、").join(str(year) for year in years)}
