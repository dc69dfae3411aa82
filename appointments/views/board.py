"""今天和明天: who goes to the doctor, who must still be told, and who went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from appointments.domain import board as boards
from appointments.views.requests import StaffRequest
from auditorium import clock
from auditorium.domain import preferences

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """The hall's two days on one page, which also goes on paper."""
    hall = preferences.current_hall(user=request.user)
    shown = boards.of_hall(hall=hall, user=request.user)
    context = {"hall": hall, "board": shown, "today": clock.today()}
    return render(request, "appointments/board.html", context)
