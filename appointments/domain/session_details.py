"""What a clinic session shall be, and how it differs from what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appointments.enums import ClinicClass, QueueMode, SessionKind

if TYPE_CHECKING:
    from datetime import date, time
    from decimal import Decimal

    from appointments.domain.session_layout import Rearrangement
    from appointments.models import Department, Doctor, ScheduleTemplate
    from auditorium.models import Hall, Region


@dataclass(frozen=True)
class SessionDetails:
    """A session as it shall be. `capacity` is for all of it; either hall or region is who the places are for.

    Only a template says what kind of session it is, how people are seen and at which hall; a sheet leaves that as
    it is.
    """

    department: Department
    doctor: Doctor | None
    date: date
    period: str
    starts: time
    ends: time
    slot_minutes: int
    capacity: int
    hall: Hall | None = None
    region: Region | None = None
    clinic_class: str = ClinicClass.ORDINARY
    fee: Decimal | None = None
    room: str = ""
    kind: str = SessionKind.CLINIC
    queue: str = QueueMode.NUMBERED
    held_at: Hall | None = None
    template: ScheduleTemplate | None = None

    @property
    def own_times(self) -> tuple[time | None, time | None]:
        """The times the session itself bears: those of numbered places are their slots'."""
        return (self.starts, self.ends) if self.queue == QueueMode.WALK_IN else (None, None)


@dataclass(frozen=True)
class Change:
    """What differs between a session and how it shall be.

    `fields` are those to be written: clinic_class, fee, room, kind, queue, held_at, times, capacity. `conflict` says
    what cannot be done because of bookings or 停诊, and is empty when all can.
    """

    fields: tuple[str, ...] = ()
    conflict: str = ""
    rearrangement: Rearrangement | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the session is already as it shall be."""
        return not self.fields and not self.conflict
