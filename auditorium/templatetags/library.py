"""The addresses of what an opened resource is made of: the desk's own, or those of a phone that took it home."""

from __future__ import annotations

from typing import Any

from django import template

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
