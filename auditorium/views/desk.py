"""The desk: whom to help today, who waits, what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from auditorium import clock, navigation
from auditorium.domain import follow_ups, lines, visits
from auditorium.views.access import StaffRequest, current_hall

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.models import Hall


@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """The page a day begins and ends with."""
    return render(request, "auditorium/desk.html", desk_context(request, current_hall(request)))


def desk_context(request: StaffRequest, hall: Hall) -> dict[str, Any]:
    """What stands on the desk whatever is searched for."""
    return {
        "day": clock.today(),
        "ways": navigation.on_desk(),
        "today": visits.today(hall=hall, user=request.user),
        "brief": follow_ups.brief(hall=hall, user=request.user),
        "sms_line": lines.line_for(hall),
        "stopped_lines": lines.stopped(hall),
    }
