"""What the hospital answers to bookings it was told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from appointments.domain import places_given, policies, queues, windows
from appointments.domain.places_given import ABOUT
from appointments.enums import AWAITING_HOSPITAL, AppointmentState, HospitalKnows
from appointments.errors import NotLive
from appointments.models import Appointment
from auditorium.domain import follow_ups, reminders
from auditorium.domain.transitions import transition
from auditorium.enums import FollowUpKind, ReminderPurpose

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import User

NOT_TAKEN = gettext_noop("医院没接受这个预约，请帮村民改约")  # kept in Chinese, translated where it is read


def acknowledge(*, appointments: QuerySet[Appointment], by: User, accepted: bool = True) -> int:
    """Note the hospital's answer to bookings it was waiting to hear of; return how many it settled.

    A refused one is cancelled for the clinic: the place goes back, the villager is told, and a person
    gets the task of finding another place.
    """
    waiting = appointments.live().filter(hospital_knows__in=AWAITING_HOSPITAL)  # type: ignore[attr-defined]
    if accepted:
        table: dict[str, tuple[str, ...]] = {HospitalKnows.ACKNOWLEDGED: AWAITING_HOSPITAL}
        return transition(waiting, to=HospitalKnows.ACKNOWLEDGED, table=table, by=by, field="hospital_knows")
    refused = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        refused += _refuse(pk, by)
    return refused


def _refuse(pk: int, by: User) -> int:
    why = _("医院没接受")
    with transaction.atomic():
        appointment = Appointment.objects.with_names().get(pk=pk)
        villager = places_given.lock_villager(appointment.villager_id)
        try:
            places_given.give_back(
                appointment,
                to=AppointmentState.CANCELLED_BY_CLINIC,
                by=by,
                why=why,
                hospital_knows=HospitalKnows.REFUSED,
            )
        except NotLive:
            return 0
        reminders.silence(about_kind=ABOUT, about_id=pk, by=by, why=why)
        places_given.tell_now(appointment, ReminderPurpose.CANCELLED)
        follow_ups.open_task(
            hall=appointment.hall,
            villager=villager,
            kind=FollowUpKind.REBOOK,
            reason=NOT_TAKEN,
            due_at=windows.cancel_deadline(policy=policies.DEFAULTS, date=appointment.date),
            about_kind=ABOUT,
            about_id=pk,
            by=by,
        )
        queues.wake_after_commit()
    return 1
