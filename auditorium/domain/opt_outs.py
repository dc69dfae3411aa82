"""退订: a number gets no more texts from anybody, and whoever was told by it is told by a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit, follow_ups, hall_hours
from auditorium.enums import FollowUpKind, Reach
from auditorium.models import Phone, Villager

if TYPE_CHECKING:
    from auditorium.models import Hall, User

TO_ASK = timedelta(days=1)


def stop(*, phone: Phone, by: User | None, hall: Hall | None) -> int:
    """Send no more texts there; return how many tasks that made: one for each villager who got texts on it.

    Villagers are locked by id first, as everywhere. A number that is stopped already changes nothing.
    """
    with transaction.atomic():
        reached = Villager.objects.living().filter(contacts__phone=phone, contacts__reach=Reach.TEXT)
        pks = list(reached.order_by("pk").values_list("pk", flat=True).distinct())
        people = list(Villager.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))
        now = clock.now()
        if not Phone.objects.filter(pk=phone.pk, opted_out_at=None).update(opted_out_at=now):
            return 0
        audit.record(action="opted_out", what=phone, by=by, hall=hall, fields=["opted_out_at"])
        for villager in people:
            _ask_how_to_reach(villager, hall, by)
        return len(people)


def _ask_how_to_reach(villager: Villager, hall: Hall | None, by: User | None) -> None:
    now = clock.now()
    at = hall or villager.registered_at
    follow_ups.open_task(
        hall=at,
        villager=villager,
        kind=FollowUpKind.REPLY,
        reason=_("这个号码退订了短信，问问村民以后怎么通知"),
        due_at=(hall_hours.next_opening(at, now) or now) + TO_ASK,
        by=by,
    )
