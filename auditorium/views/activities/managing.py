"""Making activities and changing them: for who decides what the hall holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auditorium.activity_enums import ActivityKind
from auditorium.domain.activities import cancelling, programme, rooms, schedule
from auditorium.errors import DeskError
from auditorium.forms.activities import activities as forms
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.activities.requests import open_activity, open_date, require_manager, trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
def activity_new(request: StaffRequest) -> HttpResponse:
    """What, when and where on one page; a festival of the lunar calendar fills in its name and day."""
    hall = current_hall(request)
    require_manager(request.user, hall)
    posted = request.POST if request.method == "POST" else None
    festivals = programme.coming_festivals()
    chosen = {f"{day:%Y-%m-%d}": (day, name) for day, name in festivals}.get(request.GET.get("festival", ""))
    form = forms.ActivityForm(posted, initial=_begun_as(request.GET.get("like", ""), chosen))
    times = forms.SeriesForm(posted, hall=hall, initial={"day": chosen[0]} if chosen else None)
    if form.is_valid() and times.is_valid():
        try:
            made = schedule.create(
                hall=hall,
                details=form.details,
                times=times.times,
                skills=form.cleaned_data["skills"],
                by=request.user,
            )
        except DeskError as error:
            times.add_error(None, error.sentence)
        else:
            messages.success(request, _("办好了，可以报名了。"))
            return redirect("auditorium:activity", made.pk)
    context = {
        "form": form,
        "times": times,
        "festivals": festivals,
        "has_rooms": schedule.halls_rooms(hall).exists(),
        "trail": trail(),
    }
    return render(request, "auditorium/activities/new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_change(request: StaffRequest, pk: int) -> HttpResponse:
    """What is said of it; places that are added go to who waits."""
    activity = open_activity(request, pk, to_manage=True)
    posted = request.POST if request.method == "POST" else None
    form = forms.ActivityForm(posted, initial=forms.initial_of(activity))

    def act() -> None:
        skills = form.cleaned_data["skills"]
        schedule.change(activity=activity, details=form.details, skills=skills, by=request.user)

    return _asked(request, pk, form, act, _("改“%(title)s”的内容") % {"title": activity.title})


@require_http_methods(["GET", "HEAD", "POST"])
def activity_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once, with why, and say who will hear of it."""
    activity = open_activity(request, pk, to_manage=True)
    form = forms.WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            cancelling.cancel(activity=activity, why=form.cleaned_data["why"], by=request.user)
        except DeskError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("取消了，报了名的和候补的都会告诉到。"))
        return redirect("auditorium:activity", pk)
    return render(request, "auditorium/activities/cancel.html", {"activity": activity, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def date_add(request: StaffRequest, pk: int) -> HttpResponse:
    """One more date."""
    activity = open_activity(request, pk, to_manage=True)
    form = forms.TimeForm(request.POST if request.method == "POST" else None, hall=activity.hall)

    def act() -> None:
        schedule.add_date(activity=activity, time=form.time, by=request.user)

    return _asked(request, pk, form, act, _("“%(title)s”加一次") % {"title": activity.title})


@require_http_methods(["GET", "HEAD", "POST"])
def date_move(request: StaffRequest, pk: int) -> HttpResponse:
    """Another time or room."""
    date_ = open_date(request, pk, to_manage=True)
    posted = request.POST if request.method == "POST" else None
    form = forms.TimeForm(posted, hall=date_.hall, initial=forms.initial_time(date_))

    def act() -> None:
        schedule.move_date(date=date_, time=form.time, by=request.user)

    heading = _("“%(title)s”改时间或场地") % {"title": date_.activity.title}
    return _asked(request, date_.activity_id, form, act, heading)


@require_http_methods(["GET", "HEAD", "POST"])
def date_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once, with why."""
    date_ = open_date(request, pk, to_manage=True)
    form = forms.WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            cancelling.cancel_date(date=date_, why=form.cleaned_data["why"], by=request.user)
        except DeskError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("这一次取消了，报了名的都会告诉到。"))
        return redirect("auditorium:activity", date_.activity_id)
    context = {"activity": date_.activity, "date": date_, "form": form}
    return render(request, "auditorium/activities/cancel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def room_new(request: StaffRequest) -> HttpResponse:
    """One more room of the hall."""
    hall = current_hall(request)
    require_manager(request.user, hall)
    form = forms.RoomForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            rooms.add(hall=hall, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
        else:
            messages.success(request, _("场地记下了。"))
            return redirect("auditorium:activity_new")
    context = {"form": form, "heading": _("添一个场地"), "trail": trail(), "back": "auditorium:activity_new"}
    return render(request, "auditorium/activities/form.html", context)


def _begun_as(like: str, festival: tuple[date, str] | None) -> dict[str, Any]:
    """What stands in the form to begin with: a festival, a class about smartphones, else any class."""
    if festival:
        return {"kind": ActivityKind.FESTIVAL, "title": programme.festival_title(festival[1])}
    return forms.of_smartphones() if like == "smartphones" else {"kind": ActivityKind.CLASS}


def _asked(request: StaffRequest, pk: int, form: Form, act: Callable[[], None], heading: str) -> HttpResponse:
    """A form about an activity: what it refuses is said above it, else it leads back to the activity's page."""
    if form.is_valid():
        try:
            act()
        except DeskError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("已经改好。"))
            return redirect("auditorium:activity", pk)
    activity = open_activity(request, pk)
    context = {"activity": activity, "form": form, "heading": heading, "trail": trail(activity)}
    return render(request, "auditorium/activities/form.html", context)
