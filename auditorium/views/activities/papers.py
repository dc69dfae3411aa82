"""What goes on paper: the roll, the week, a poster, a slip, and what is read out over the loudspeaker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from auditorium import clock
from auditorium.domain.activities import announcement, programme, roll
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.activities.enrolments import household_of
from auditorium.views.activities.requests import open_activity, open_date

if TYPE_CHECKING:
    from django.http import HttpResponse

EMPTY_LINES = 4
"""For who comes without having signed up."""


class WeekForm(forms.Form):
    """From which day on."""

    first = forms.DateField(required=False)


class SpanForm(forms.Form):
    """Of which days is read out."""

    SPANS = (("today", _("今天的")), ("tomorrow", _("明天的")), ("week", _("这七天的")))
    days = forms.ChoiceField(choices=SPANS, required=False)


@require_safe
def week(request: StaffRequest) -> HttpResponse:
    """Seven days with lunar dates, festivals and market days."""
    hall = current_hall(request)
    form = WeekForm(request.GET)
    today = clock.today()
    first = (form.cleaned_data["first"] if form.is_valid() else None) or today - timedelta(days=today.weekday())
    context = {
        "hall": hall,
        "days": programme.days(hall=hall, first=first),
        "earlier": first - timedelta(days=programme.DAYS),
        "later": first + timedelta(days=programme.DAYS),
    }
    return render(request, "auditorium/activities/week.html", context)


@require_safe
def loudspeaker(request: StaffRequest) -> HttpResponse:
    """广播稿 of today, tomorrow or seven days."""
    hall = current_hall(request)
    form = SpanForm(request.GET)
    wanted = (form.cleaned_data["days"] if form.is_valid() else "") or "tomorrow"
    first = clock.today() if wanted != "tomorrow" else announcement.tomorrow()
    count = programme.DAYS if wanted == "week" else 1
    context = {
        "hall": hall,
        "day": clock.today(),
        "paragraphs": announcement.paragraphs(hall=hall, first=first, count=count),
        "wanted": wanted,
        "spans": SpanForm.SPANS,
    }
    return render(request, "auditorium/activities/loudspeaker.html", context)


@require_safe
def poster(request: StaffRequest, pk: int) -> HttpResponse:
    """For the board at the door."""
    activity = open_activity(request, pk)
    dates = activity.dates.coming().select_related("room")
    return render(request, "auditorium/activities/poster.html", {"activity": activity, "dates": dates})


@require_safe
def roll_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """The roll of one date, to be signed."""
    date = open_date(request, pk)
    lines = roll.of_date(date=date, user=request.user)
    context = {"date": date, "activity": date.activity, "lines": lines, "empty": range(EMPTY_LINES)}
    return render(request, "auditorium/activities/roll_sheet.html", context)


@require_safe
def slip(request: StaffRequest, pk: int, villager_pk: int) -> HttpResponse:
    """For a household to take home: when, where, what to bring."""
    return render(request, "auditorium/activities/slip.html", household_of(request, pk, villager_pk))
