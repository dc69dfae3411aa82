"""Bookings made elsewhere (浙里办, 114, the hospital's own app): recorded, changed, compared.

Such a booking has no place of ours. It gets the same slip and the same reminders; what the desk does not
know becomes a task. No account, password or code of a villager is ever stored, only the pick-up code the
platform printed on the booking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import booking_requests, bookings, eligibility, places_given, times
from appointments.enums import AppointmentSource, AppointmentState
from appointments.errors import AlreadyBooked, NotLive, VillagerNotReady
from appointments.models import Appointment, BookingChannel, Department, Hospital
from auditorium import clock
from auditorium.dates import full_date
from auditorium.domain import audit, follow_ups, hall_hours, reminders
from auditorium.enums import FollowUpKind, VisitChannel

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from auditorium.models import Hall, User, Villager, Visit


@dataclass(frozen=True)
class RecordDetails:
    """What is known of a booking made elsewhere; only a hospital (row or text) and the date are required."""

    date: date
    hospital: Hospital | None = None
    hospital_text: str = ""
    department: Department | None = None
    department_text: str = ""
    doctor_text: str = ""
    period: str = ""
    time: time | None = None
    hospital_number: str = ""
    pick_up_code: str = ""
    place: str = ""
    channel: BookingChannel | None = None
    channel_text: str = ""


def record(
    *,
    details: RecordDetails,
    villager: Villager,
    hall: Hall,
    by: User,
    key: UUID | None = None,
    visit: Visit | None = None,
) -> Appointment:
    """Write down a booking made elsewhere, plan its reminders, open a task for what is missing.

    Raises VillagerNotReady, AlreadyBooked (the same hospital, department and time is live already) or
    KeyReused.
    """
    details = recognise(details)
    content = booking_requests.content_hash("record", villager.pk, hall.pk, details)
    with transaction.atomic():
        villager = places_given.lock_villager(villager.pk)
        answered = booking_requests.answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        if villager.is_gone:
            raise VillagerNotReady(eligibility.why_gone(villager))
        appointment = Appointment(
            source=AppointmentSource.ELSEWHERE,
            state=AppointmentState.BOOKED,
            villager=villager,
            hall=hall,
            visit=visit,
            booked_by=by,
            booked_at=clock.now(),
            **_columns(details),
        )
        _check_once(appointment)
        places_given.insert(appointment)
        booking_requests.remember(by=by, key=key, content=content, appointment=appointment)
        audit.record(action="recorded", what=appointment, by=by, hall=hall, villager_id=villager.pk)
        reminders.plan(**_owed(appointment, by), in_person=visit is None or visit.channel != VisitChannel.PHONE)
        _ask_for_missing(appointment, by=by)
    return appointment


def change(*, appointment: Appointment, details: RecordDetails, by: User) -> Appointment:
    """Correct a booking made elsewhere; when its day, time or hospital changes, reminders follow and the villager
    is told.

    Raises NotLive or AlreadyBooked.
    """
    details = recognise(details)
    with transaction.atomic():
        places_given.lock_villager(appointment.villager_id)
        current = Appointment.objects.with_names().select_for_update(no_key=True, of=("self",)).get(pk=appointment.pk)
        if not current.is_live or current.source != AppointmentSource.ELSEWHERE:
            raise NotLive(_("这个预约已经结束了，不能再改。"))
        changed = {name: value for name, value in _columns(details).items() if getattr(current, name) != value}
        if not changed:
            return current
        hospital = current.hospital_name
        for name, value in changed.items():
            setattr(current, name, value)
        _check_once(current)
        current.save(update_fields=list(changed))
        audit.record(
            action="changed",
            what=current,
            by=by,
            hall=current.hall,
            villager_id=current.villager_id,
            fields=changed.keys() - {"elsewhere_key"},
        )
        follow_ups.close_about(
            about_kind=bookings.ABOUT, about_id=current.pk, by=by, why=_("预约已更新"), kind=FollowUpKind.COMPLETE
        )
        if changed.keys() & {"date", "period", "starts_at"}:
            reminders.replan(**_owed(current, by), why=_("时间改了"))
        elif hospital != current.hospital_name:
            reminders.replan(**_owed(current, by), why=_("医院改了"))
        _ask_for_missing(current, by=by)
    return current


def look_alikes(*, villager: Villager, day: date, key: UUID | None = None) -> QuerySet[Appointment]:
    """Live bookings of the villager on that day, to be looked at before another is recorded.

    The one recorded under this `key` is left out: a page sent twice asks nothing of itself.
    """
    found = Appointment.objects.live().on(day).filter(villager=villager).with_names().order_by("starts_at", "pk")
    return found.exclude(requests__key=key) if key else found


def recognise(details: RecordDetails) -> RecordDetails:
    """The same details with names we know turned into their rows: a hospital by name or short name, its
    department, its channel."""
    hospital = details.hospital or _hospital_called(details.hospital_text)
    if hospital is None:
        return details
    department = details.department
    if department is None and details.department_text:
        department = hospital.departments.filter(name=details.department_text.strip()).first()
    channel = details.channel
    if channel is None and details.channel_text:
        channel = hospital.channels.filter(name=details.channel_text.strip()).first()
    return replace(
        details,
        hospital=hospital,
        hospital_text="",
        department=department,
        department_text="" if department else details.department_text,
        channel=channel,
        channel_text="" if channel else details.channel_text,
    )


def missing(appointment: Appointment) -> list[str]:
    """What a villager still needs to know before going, in words; empty when the record is complete."""
    gaps = []
    if not appointment.department_name:
        gaps.append(_("哪个科室"))
    if appointment.starts_at is None:
        gaps.append(_("几点看"))
    return gaps


def _hospital_called(name: str) -> Hospital | None:
    plain = name.strip()
    if not plain:
        return None
    return Hospital.objects.active().filter(name=plain).first() or (
        Hospital.objects.active().filter(short_name=plain).exclude(short_name="").first()
    )


def _columns(details: RecordDetails) -> dict[str, object]:
    starts_at = times.at(details.date, details.time) if details.time else None
    columns: dict[str, object] = {
        "hospital": details.hospital,
        "hospital_text": details.hospital_text.strip(),
        "department": details.department,
        "department_text": details.department_text.strip(),
        "doctor_text": details.doctor_text.strip(),
        "date": details.date,
        "period": str(times.period_at(starts_at)) if starts_at else details.period,
        "starts_at": starts_at,
        "hospital_number": details.hospital_number.strip(),
        "pick_up_code": details.pick_up_code.strip(),
        "place": details.place.strip() or (details.department.place if details.department else ""),
        "channel": details.channel,
        "channel_text": details.channel_text.strip(),
    }
    return {**columns, "elsewhere_key": _elsewhere_key(columns)}


def _elsewhere_key(columns: dict[str, object]) -> str:
    def said(row: object, text: object) -> str:
        return f"#{row.pk}" if isinstance(row, Hospital | Department) else re.sub(r"\s", "", str(text)).lower()

    when = columns["starts_at"]
    return "|".join(
        (
            said(columns["hospital"], columns["hospital_text"]),
            said(columns["department"], columns["department_text"]),
            f"{columns['date']}",
            f"{when:%H%M}" if when else str(columns["period"]),
        )
    )


def _check_once(appointment: Appointment) -> None:
    same = (
        Appointment.objects.live()
        .filter(villager=appointment.villager_id, elsewhere_key=appointment.elsewhere_key)
        .exclude(pk=appointment.pk)
        .first()
    )
    if same:
        raise AlreadyBooked(
            _("这个号已经登记过了：%(day)s，%(hospital)s（%(reference)s）。")
            % {"day": full_date(same.date), "hospital": same.hospital_name, "reference": same.reference}
        )


def _owed(appointment: Appointment, by: User) -> dict[str, Any]:
    when: dict[str, Any] = {
        "day": appointment.date,
        "period": appointment.period,
        "starts_at": appointment.starts_at,
    }
    return {
        "about_kind": bookings.ABOUT,
        "about_id": appointment.pk,
        "villager": appointment.villager,
        "hall": appointment.hall,
        "event_at": times.begins(**when),
        "expires_at": times.over(**when),
        "by": by,
    }


def _ask_for_missing(appointment: Appointment, *, by: User) -> None:
    gaps = missing(appointment)
    if not gaps:
        return
    begins = times.begins(day=appointment.date, period=appointment.period, starts_at=appointment.starts_at)
    follow_ups.open_task(
        hall=appointment.hall,
        villager=appointment.villager,
        kind=FollowUpKind.COMPLETE,
        reason=_("问清楚：%(gaps)s") % {"gaps": _("、").join(gaps)},
        due_at=max(hall_hours.last_open_before(appointment.hall, begins) or clock.now(), clock.now()),
        about_kind=bookings.ABOUT,
        about_id=appointment.pk,
        by=by,
    )
