"""A dialect lesson, opened: phrase by phrase, as slowly and as often as somebody likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from auditorium.domain.library import lessons

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from auditorium.views.library.uses import Ways


def lesson(request: HttpRequest, ways: Ways) -> HttpResponse:
    """What may be heard of it; each phrase has its own player where scripts do not run."""
    context = ways.context(request) | {"phrases": lessons.to_learn(ways.use.resource)}
    return render(request, "auditorium/library/open_lesson.html", context)
