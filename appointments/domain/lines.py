"""The waitlist as pages show it: who waits, for what, until when, and whose offers run out first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appointments.domain import policies, windows
from appointments.enums import AppointmentState, WaitlistState
from appointments.models import Appointment, WaitlistEntry
from auditorium import clock

if TYPE_CHECKING:
    from datetime import date, datetime

    from appointments.domain.policies import Policy
    from appointments.models import Department
    from appointments.models.appointments import AppointmentQuerySet
    from appointments.models.waitlist import WaitlistEntryQuerySet
    from auditorium.models import Hall, User, Villager

SPEAK_FOR_THEMSELVES = (WaitlistState.BOOKED, WaitlistState.OFFERED)
"""Entries in these states have a booking, which is shown instead."""


def entries() -> WaitlistEntryQuerySet:
    """Entries with all that a page says of them, and the rules of their end."""
    return WaitlistEntry.objects.select_related(
        "villager", "hall", "doctor", "department__hospital__policy", "department__policy"
    )


def entries_of(villager: Villager, user: User) -> WaitlistEntryQuerySet:
    """The villager's entries that did not become a place."""
    return entries().for_user(user).filter(villager=villager).exclude(state__in=SPEAK_FOR_THEMSELVES)


def entries_of_hall(*, hall: Hall, user: User) -> WaitlistEntryQuerySet:
    """Who of a hall waits, in the order in which they came."""
    return entries().for_user(user).filter(hall=hall, state=WaitlistState.WAITING).order_by("pk")


def offers_of_hall(*, hall: Hall, user: User) -> AppointmentQuerySet:
    """The places held for people of a hall, what runs out first on top."""
    held = Appointment.objects.for_user(user).filter(hall=hall, state=AppointmentState.HELD)
    return held.with_names().order_by("held_until", "pk")


def pending_of(*, villager: Villager, department: Department) -> WaitlistEntry | None:
    """What the villager waits for in the department, if they do."""
    return WaitlistEntry.objects.pending().filter(villager=villager, department=department).first()


def lasts_until(entry: WaitlistEntry) -> datetime:
    """Until when something may come free for the entry; it comes with its department's rules."""
    return windows.cancel_deadline(policy=policies.policy_for(entry.department), date=entry.last_date)


def days_to_wait_for(*, policy: Policy) -> list[date]:
    """The released days on which a place could still be offered."""
    now = clock.now()
    first, last = clock.today(), windows.last_day(policy=policy, at=now)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if now < windows.cancel_deadline(policy=policy, date=day)]
