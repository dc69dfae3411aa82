"""What happened to one booking: who did what, when and why, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain import bookings
from appointments.enums import AppointmentState, HospitalKnows
from auditorium.models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from appointments.models import Appointment
    from auditorium.models import User

ACTS: Mapping[str, StrOrPromise] = {
    **dict(HospitalKnows.choices),
    **dict(AppointmentState.choices),
    "booked": gettext_lazy("约号"),
    "recorded": gettext_lazy("登记别处约的号"),
    "changed": gettext_lazy("修改"),
    "printed": gettext_lazy("打印预约单"),
}


@dataclass(frozen=True)
class Act:
    """One line of the history; `who` is the system's name where no person acted."""

    at: datetime
    who: str
    what: str
    why: str


def acts(*, appointment: Appointment, user: User) -> list[Act]:
    """Everything written of a booking that the user may see, the latest first. One query."""
    entries = AuditEntry.objects.for_user(user).of(bookings.ABOUT, appointment.pk).select_related("actor")
    return [
        Act(
            at=entry.at,
            who=str(entry.actor) if entry.actor else _("系统"),
            what=str(ACTS.get(entry.action, entry.action)),
            why=_(entry.why) if entry.why else "",
        )
        for entry in entries
    ]
