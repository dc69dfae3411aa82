"""One booking's page, and the hall's bookings by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import render
from django.views.decorators.http import require_safe

from appointments.domain import (
    awaited,
    bookings,
    desk,
    hall_days,
    history,
    moves,
    offers,
    policies,
    revisits,
    standing,
    visit_day,
)
from appointments.domain.hall_days import Days, Which
from appointments.enums import OCCUPYING, AppointmentSource
from appointments.forms.places import DaysForm
from appointments.service import again_url
from appointments.views import alternatives
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium.domain import preferences, recipients
from auditorium.models import FollowUp, Message

if TYPE_CHECKING:
    from django.http import HttpResponse

A_PAGE = 40


@require_safe
def appointment(request: StaffRequest, reference: str) -> HttpResponse:
    """Everything known of one booking, and what can be done with it now."""
    shown = open_appointment(request, reference)
    person = open_person(request, shown.villager_id)
    texts = Message.objects.for_user(request.user).select_related("phone", "contact").order_by("pk")
    about = person.villager.reminders.for_user(request.user).about(bookings.ABOUT, shown.pk)
    reminders = list(about.prefetch_related(Prefetch("messages", texts)).order_by("due_at", "pk"))
    tasks = FollowUp.objects.for_user(request.user).open()
    context = {
        "appointment": shown,
        "person": person,
        "trail": trail(person),
        "reminders": reminders,
        "receivers": recipients.of_villager(person.villager),
        "tasks": tasks.filter(about_kind=bookings.ABOUT, about_id=shown.pk),
        "platform": desk.platform_name(shown),
        "is_over": standing.is_over(shown),
        "occupies": shown.state in OCCUPYING,
        "again_url": "" if shown.is_live and not standing.is_over(shown) else again_url(shown),
        "revisits": awaited.revisits().for_user(request.user).filter(after=shown),
        "can_follow": revisits.can_follow(shown),
        "acts": history.acts(appointment=shown, user=request.user, reminders=reminders),
        "chain": moves.chain(shown, user=request.user),
        "movable": moves.is_movable(shown) and not standing.is_over(shown),
        "why_not_movable": moves.why_not_movable(shown),
        "ending": desk.ending(shown),
        "offer_is_over": offers.is_over(shown),
        "day": visit_day.of_appointment(shown, policies.policy_of(shown)),
        "alternatives": alternatives.offered(shown, person.villager),
        "elsewhere": shown.source == AppointmentSource.ELSEWHERE,
    }
    return render(request, "appointments/appointment.html", context)


@require_safe
def appointment_list(request: StaffRequest) -> HttpResponse:
    """The hall's bookings, day by day."""
    hall = preferences.current_hall(user=request.user)
    asked = DaysForm(request.GET).read()
    days = Days(asked["days"] or Days.COMING)
    which = Which(asked["state"] or Which.GOING)
    rows = hall_days.of_hall(hall=hall, user=request.user, days=days, which=which)
    context = {
        "hall": hall,
        "page_obj": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "days": days,
        "which": which,
        "all_days": Days.choices,
        "all_which": Which.choices,
        "query": f"days={days}&state={which}",
    }
    return render(request, "appointments/list.html", context)
