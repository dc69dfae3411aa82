"""Who waits for a release or is to come back: the rows with their names, and where they are booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from appointments.domain.revisit_ends import PENDING
from appointments.enums import RevisitState, WishState
from appointments.models import ClinicSession, Revisit, Wish

if TYPE_CHECKING:
    from appointments.models.sessions import ClinicSessionQuerySet
    from appointments.models.wishes import RevisitQuerySet, WishQuerySet
    from auditorium.models import Hall, User, Villager


def sessions() -> ClinicSessionQuerySet:
    """Sessions of departments in use, with all that a page says of them and their rules."""
    used = ClinicSession.objects.filter(department__is_active=True, department__hospital__is_active=True)
    return used.select_related("department__hospital__policy", "department__policy", "doctor")


def wishes() -> WishQuerySet:
    """Wishes with all that a page says of them, and the rules of when they are tried."""
    return Wish.objects.select_related(
        "villager",
        "appointment",
        "session__doctor",
        "session__department__hospital__policy",
        "session__department__policy",
    )


def revisits() -> RevisitQuerySet:
    """Revisits with all that a page says of them, and the rules of when they can be booked."""
    return Revisit.objects.select_related(
        "villager", "doctor", "wish", "after", "department__hospital__policy", "department__policy"
    )


def wishes_of(villager: Villager, user: User) -> WishQuerySet:
    """The villager's wishes that did not become a booking, which speaks for itself."""
    return wishes().for_user(user).filter(villager=villager).exclude(state=WishState.BOOKED)


def revisits_of(villager: Villager, user: User) -> RevisitQuerySet:
    """The same of what they are to come back for."""
    return revisits().for_user(user).filter(villager=villager).exclude(state=RevisitState.BOOKED)


def wishes_of_hall(*, hall: Hall, user: User) -> WishQuerySet:
    """What is still to be tried at a hall, the first day first."""
    found = wishes().for_user(user).filter(hall=hall, state=WishState.WAITING)
    return found.order_by("session__date", "session", "pk")


def revisits_of_hall(*, hall: Hall, user: User) -> RevisitQuerySet:
    """Who of a hall is to come back to the doctor, the first first."""
    return revisits().for_user(user).filter(hall=hall, state__in=PENDING).order_by("due_on", "pk")


def week_url(villager_id: int, session: ClinicSession) -> str:
    """The week of a session, its department's doctors side by side."""
    week = reverse("appointments:week", args=[villager_id, session.department_id])
    return f"{week}?from={session.date:%Y-%m-%d}"


def revisit_url(revisit: Revisit) -> str:
    """The days from which a revisit is booked, its doctor first."""
    week = reverse("appointments:week", args=[revisit.villager_id, revisit.department_id])
    doctor = f"&doctor={revisit.doctor_id}" if revisit.doctor_id else ""
    return f"{week}?from={revisit.due_on:%Y-%m-%d}{doctor}"
