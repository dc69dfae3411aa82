"""The demo's phones, and the clock that can be moved to the next reminder. There in a demo only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from auditorium.domain import demo_phone as phones
from auditorium.views.access import StaffRequest

_Rest = ParamSpec("_Rest")
_View = Callable[Concatenate[StaffRequest, _Rest], HttpResponse]


def _in_a_demo(view: _View[_Rest]) -> _View[_Rest]:
    @wraps(view)
    def wrapped(request: StaffRequest, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@_in_a_demo
@require_safe
def demo_phone(request: StaffRequest) -> HttpResponse:
    """Every phone with its texts, and what is to come; asks again by itself while something is on its way."""
    page = "_demo_phone.html" if request.htmx else "demo_phone.html"
    return render(request, f"auditorium/{page}", {"phones": phones.look(user=request.user)})


@_in_a_demo
@require_POST
def demo_clock(request: StaffRequest) -> HttpResponse:
    """Move the clock to the next reminder; the worker sends it."""
    if not phones.move_to_next(user=request.user):
        messages.info(request, _("后面没有安排提醒了。"))
    return redirect("auditorium:demo_phone")


@_in_a_demo
@require_POST
def demo_reply(request: StaffRequest, phone_pk: int) -> HttpResponse:
    """Answer from one of the phones, as its holder would."""
    if not phones.answer(user=request.user, phone_id=phone_pk, text=request.POST.get("text", "")):
        messages.info(request, _("请先写上要回的内容。"))
    return redirect("auditorium:demo_phone")
