"""A refusal of the domain is one sentence: it is said on the page the button was on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from auditorium.errors import DeskError
from auditorium.views.preferences import back


def saying_refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a DeskError with its sentence, on the page named in `next` or on the desk."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DeskError as error:
            messages.error(request, error.sentence)
            return back(request)

    return wrapped
