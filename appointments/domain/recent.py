"""Departments used lately: what the next booking is most likely for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from appointments.domain import places
from appointments.models import Appointment
from auditorium import clock

if TYPE_CHECKING:
    from appointments.models import Department
    from auditorium.models import Hall, Villager

OF_VILLAGER = 4
OF_BOTH = 8
LOOK_BACK = timedelta(days=60)


def departments(*, villager: Villager, hall: Hall) -> list[Department]:
    """Departments this hall can book now: first those the villager used last, then those the hall uses most.

    Three queries, eight departments at most, each with its hospital.
    """
    used = Appointment.objects.filter(department__isnull=False).order_by()
    own = (
        used.filter(villager=villager)
        .values_list("department", flat=True)
        .annotate(last=Max("date"))
        .order_by("-last", "-department")
    )
    halls = (
        used.filter(hall=hall, date__gte=clock.today() - LOOK_BACK)
        .values_list("department", flat=True)
        .annotate(times=Count("pk"))
        .order_by("-times", "department")
    )
    ids = list(dict.fromkeys([*own[:OF_VILLAGER], *halls[:OF_BOTH]]))[:OF_BOTH]
    found = {department.pk: department for department in places.bookable(hall).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]
