"""What happened before the demo began, and what is booked when it does."""

from __future__ import annotations

from datetime import timedelta

from appointments.demo import sessions
from appointments.domain import bookings, policies
from appointments.models import Slot
from auditorium import clock
from auditorium.models import Hall, User, Villager

FILLING_HALL, FILLING_USER = "山外村文化礼堂", "shanwai"


def fill_marked() -> int:
    """Book full the sessions that are marked so and can be booked by now; return how many places were taken."""
    hall, user = Hall.objects.get(name=FILLING_HALL), User.objects.get(username=FILLING_USER)
    villagers = list(Villager.objects.living().of_hall(hall).order_by("pk"))
    today = clock.today()
    booked = 0
    for session in sessions.marked(sessions.FULL, today, today + timedelta(days=sessions.DAYS_AHEAD)):
        slots = Slot.objects.filter(session=session, taken=0).select_related("session__department__hospital__policy")
        for place, slot in enumerate(slots):
            policy = policies.policy_for(slot.session.department.hospital)
            if policies.why_not_bookable(slot=slot, policy=policy, at=clock.now()):
                break
            villager = villagers[(session.date.toordinal() + place) % len(villagers)]
            bookings.book(slot=slot, villager=villager, hall=hall, by=user)
            booked += 1
    return booked
