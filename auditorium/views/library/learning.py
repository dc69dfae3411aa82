"""A dialect lesson, opened: phrase by phrase, as slowly and as often as somebody likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from auditorium.domain.library import lessons

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import ResourceUse
    from auditorium.views.access import StaffRequest


def lesson(request: StaffRequest, use: ResourceUse) -> HttpResponse:
    """What may be heard of it; each phrase has its own player where scripts do not run."""
    trail = [
        (_("看书听戏"), reverse("auditorium:library")),
        (use.resource.title, reverse("auditorium:resource", args=[use.resource_id])),
    ]
    context = {"use": use, "resource": use.resource, "phrases": lessons.to_learn(use.resource), "trail": trail}
    return render(request, "auditorium/library/open_lesson.html", context)
