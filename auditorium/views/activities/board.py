"""What hangs in the hall: its notices, and the page for its screen, on which nobody's name stands."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium import clock
from auditorium.domain.activities import notices, programme
from auditorium.domain.library import displays
from auditorium.errors import DeskError
from auditorium.forms.activities.notices import NoticeForm
from auditorium.models import Notice
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.activities.requests import require_manager, trail
from auditorium.views.library.screen import COOKIE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from auditorium.domain.activities.programme import Day
    from auditorium.models import Hall

MOST_LINES = 11
MOST_NOTICES = 3


@login_not_required
@require_safe
def screen_board(request: HttpRequest) -> HttpResponse:
    """Today and six more days, on a paired screen to which the desk sends nothing; any other is led to its page."""
    display = displays.known_by(request.COOKIES.get(COOKIE, ""))
    if display is None or display.hall is None or display.use_id:
        return redirect("auditorium:screen")
    return render(request, "auditorium/activities/board.html", _board(display.hall))


@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: StaffRequest) -> HttpResponse:
    """What hangs and will hang; a form puts up one more."""
    hall = current_hall(request)
    require_manager(request.user, hall)
    today = clock.today()
    form = NoticeForm(request.POST if request.method == "POST" else None, initial={"first_day": today})
    if form.is_valid():
        try:
            notices.put_up(**form.cleaned_data, hall=hall, by=request.user)
        except DeskError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("通知挂出来了。"))
            return redirect("auditorium:notices")
    hanging = Notice.objects.filter(hall=hall, last_day__gte=today)
    context = {"hall": hall, "notices": hanging, "form": form, "today": today, "trail": trail()}
    return render(request, "auditorium/activities/notices.html", context)


@require_POST
def notice_down(request: StaffRequest, pk: int) -> HttpResponse:
    """It hangs no more."""
    notice = get_object_or_404(Notice.objects.for_user(request.user).select_related("hall"), pk=pk)
    require_manager(request.user, notice.hall)
    notices.take_down(notice=notice, by=request.user)
    return redirect("auditorium:notices")


def _fitting(days: list[Day]) -> list[Day]:
    """As many of the days as there are lines for: nobody scrolls a television."""
    lines = list(accumulate(1 + len(day.dates) for day in days))
    return [day for day, line in zip(days, lines, strict=True) if line <= MOST_LINES]


def _board(hall: Hall) -> dict[str, Any]:
    days = programme.days(hall=hall, first=clock.today())
    return {
        "hall": hall,
        "today": days[0],
        "later": _fitting([day for day in days[1:] if day.dates or day.festival or day.is_market or day.closure]),
        "notices": notices.hanging(hall)[:MOST_NOTICES],
    }
