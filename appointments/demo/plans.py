"""What the demo's villagers still have before them: a place to be tried for at its release, and a visit to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appointments.domain import revisits, wishes
from appointments.enums import AppointmentState
from appointments.models import Appointment, ClinicSession
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditorium.models import Hall, User, Villager

WISHES = "徐伯明"
COMES_BACK = "张小明"
WEEKS = 6


def tell(*, hall: Hall, by: User, villagers: Mapping[str, Villager]) -> None:
    """Put one villager in the row for the first session to be released, and note what another one's doctor said."""
    coming = ClinicSession.objects.for_hall(hall).filter(date__gte=clock.today())
    for session in coming.select_related("department__hospital__policy", "department__policy").order_by("date", "pk"):
        if not wishes.why_not_to_wait(session=session, hall=hall):
            wishes.make(session=session, villager=villagers[WISHES], hall=hall, by=by)
            break
    visit = (
        Appointment.objects.filter(
            villager=villagers[COMES_BACK], state=AppointmentState.FULFILLED, department__isnull=False
        )
        .select_related("department", "doctor")
        .latest("date")
    )
    if visit.department:
        revisits.note(
            villager=villagers[COMES_BACK],
            hall=hall,
            department=visit.department,
            doctor=visit.doctor,
            due_on=clock.today() + timedelta(weeks=WEEKS),
            by=by,
            after=visit,
        )
