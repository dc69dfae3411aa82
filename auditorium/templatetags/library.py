"""What the pages of the library need: addresses of what a resource is made of, how long it plays, and figures."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag(takes_context=True)
def way(context: dict[str, Any], name: str, *args: Any, **asked: Any) -> str:
    """As `ways`, in the page's context, has it: `file`, `page` or `sound`."""
    return str(getattr(context["ways"], name)(*args, **asked))


@register.simple_tag
def figures_of(asked: Any, prefix: str) -> str:
    """The same figures, of another division."""
    return str(asked.address(region=prefix))


@register.simple_tag
def figure(row: Any, name: str) -> int:
    """One of a row's figures."""
    return int(getattr(row, name))


@register.filter
def playing_time(seconds: int | None) -> str:
    """1 小时 5 分, 12 分 30 秒; nothing where it is not known."""
    if not seconds:
        return ""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d 分 %(seconds)d 秒") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)d 秒") % {"seconds": rest}
