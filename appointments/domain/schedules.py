"""Opening sessions ahead from the weekly templates, up to the window and a week more, so that 即将放号 is seen.

Opening twice changes nothing. Two who open at once take turns by the hospital's lock, as imports do, and the one who
comes second finds everything there.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from appointments.domain import policies, sessions, windows
from appointments.domain.schedule_days import ScheduleDays
from appointments.domain.session_details import SessionDetails
from appointments.models import ClinicSession, Hospital, ScheduleTemplate
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from auditorium.models import User

OPEN = "appointments.open_schedules"
"""The task that opens what is due; see `appointments.tasks`."""

AHEAD = timedelta(weeks=1)
_SAME = ("department_id", "doctor_id", "date", "period", "clinic_class", "allotted_hall_id", "allotted_region_id")
"""What makes a session one, whoever opened it."""


def open_ahead(*, by: User | None) -> int:
    """Open every session that is due and not there, and return how many; in a few statements, whatever their number.

    Where all is there, nothing is locked.
    """
    due = missing(in_use())
    if not due:
        return 0
    with transaction.atomic():
        hospitals = {details.department.hospital_id for details in due}
        lock_hospitals(hospitals)
        templates = in_use().filter(department__hospital__in=hospitals)
        return len(sessions.open_sessions(details=missing(templates), by=by))


def in_use() -> Any:
    """The templates that sessions may be opened from: nobody books with a doctor or department no longer in use."""
    return (
        ScheduleTemplate.objects.valid_between(clock.today(), date.max)
        .filter(Q(doctor__isnull=True) | Q(doctor__is_active=True))
        .filter(department__is_active=True, department__hospital__is_active=True)
        .with_all()
    )


def lock_hospitals(ids: Iterable[int]) -> None:
    """Take the hospitals' locks: schedules of one hospital change one after the other. Bookings need not wait."""
    list(Hospital.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk").values_list("pk"))


def last_day(template: ScheduleTemplate, at: datetime) -> date:
    """The last day on which the template's sessions are open at `at`."""
    return windows.last_day(policy=policies.policy_for(template.department), at=at) + AHEAD


def details_on(template: ScheduleTemplate, day: date, places: int) -> SessionDetails:
    """The template's session of one day."""
    return SessionDetails(
        department=template.department,
        doctor=template.doctor,
        date=day,
        period=template.period,
        starts=template.starts,
        ends=template.ends,
        slot_minutes=template.slot_minutes,
        capacity=places,
        hall=template.allotted_hall,
        region=template.allotted_region,
        clinic_class=template.clinic_class,
        fee=template.fee,
        room=template.room,
        kind=template.kind,
        queue=template.queue,
        held_at=template.held_at,
        template=template,
    )


def missing(templates: Iterable[ScheduleTemplate], *, besides: Collection[int] = ()) -> list[SessionDetails]:
    """The sessions to come that these templates have and nobody opened yet.

    `besides` are sessions about to go. The templates come `with_all`. What has begun today is not opened any more.
    """
    loaded = list(templates)
    if not loaded:
        return []
    now = clock.now()
    last = {template.pk: last_day(template, now) for template in loaded}
    days = ScheduleDays(loaded, max(last.values()))
    there, made = _there(loaded, max(last.values()), besides)
    found = []
    for template in loaded:
        for day, places in days.of(template, last[template.pk]).items():
            details = details_on(template, day, places)
            key = _key(details)
            if key in there or (template.pk, day) in made or has_begun(template, day):
                continue
            there.add(key)
            found.append(details)
    return found


def has_begun(template: ScheduleTemplate, day: date) -> bool:
    """Whether its session of that day is over or running."""
    now = clock.local(clock.now())
    return (day, template.starts) <= (now.date(), now.time())


def _there(
    templates: Sequence[ScheduleTemplate], last: date, besides: Collection[int]
) -> tuple[set[tuple[Any, ...]], set[tuple[int | None, date]]]:
    """What is open already: by what makes a session one, and by template and day."""
    departments = {template.department_id for template in templates}
    rows = ClinicSession.objects.between(clock.today(), last).filter(department__in=departments)
    found = [row for row in rows.values_list("pk", "template_id", *_SAME) if row[0] not in besides]
    return {row[2:] for row in found}, {(row[1], row[4]) for row in found if row[1]}


def _key(details: SessionDetails) -> tuple[Any, ...]:
    return (
        details.department.pk,
        details.doctor.pk if details.doctor else None,
        details.date,
        details.period,
        details.clinic_class,
        details.hall.pk if details.hall else None,
        details.region.pk if details.region else None,
    )
