"""A booking as the desk makes and ends it: with the visit it belongs to, and the platform that must be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import bookings, extra_places, moves, offers, policies, records, revisit_ends, turns, windows
from appointments.enums import APPOINTMENT_TRANSITIONS, AppointmentSource, AppointmentState
from auditorium import clock
from auditorium.domain import follow_ups, hall_hours, visits
from auditorium.enums import FollowUpKind, MatterKind, VisitChannel
from auditorium.models import Matter

if TYPE_CHECKING:
    from uuid import UUID

    from appointments.domain.records import RecordDetails
    from appointments.models import Appointment, ClinicSession, Slot
    from auditorium.models import Hall, User, Villager


def book(*, slot: Slot, villager: Villager, hall: Hall, by: User, key: UUID) -> Appointment:
    """Book for whoever is at the desk and tick it in their visit, once however often the page is sent.

    Whoever comes before them for this session gets their turn first. Raises a BookingError as `bookings.book` does.
    """
    turns.serve_before(slot.session)
    with transaction.atomic():
        visit = visits.current(user=by, villager=villager)
        appointment = bookings.book(slot=slot, villager=villager, hall=hall, by=by, key=key, visit=visit)
        return _noted(appointment, MatterKind.BOOKING, by)


def move(*, appointment: Appointment, slot: Slot, by: User, key: UUID) -> Appointment:
    """Move a booking for whoever is at the desk and tick it in their visit, once however often the page is sent.

    Whoever comes before them for this session gets their turn first. Raises a BookingError as `moves.move` does.
    """
    turns.serve_before(slot.session)
    with transaction.atomic():
        visit = visits.current(user=by, villager=appointment.villager)
        new = moves.move(appointment=appointment, slot=slot, by=by, key=key, visit=visit)
        return _noted(new, MatterKind.BOOKING, by)


@transaction.atomic
def add_place(
    *,
    session: ClinicSession,
    villager: Villager,
    hall: Hall,
    by: User,
    why: str,
    starts_at: datetime | None = None,
    key: UUID | None = None,
) -> Appointment:
    """Book a place that the doctor added and tick it in the visit, once however often the page is sent.

    Raises a BookingError as `extra_places.grant` does.
    """
    visit = visits.current(user=by, villager=villager)
    appointment = extra_places.grant(
        session=session, villager=villager, hall=hall, by=by, why=why, starts_at=starts_at, key=key, visit=visit
    )
    return _noted(appointment, MatterKind.BOOKING, by)


def rebook(*, appointment: Appointment, slot: Slot, by: User, key: UUID) -> Appointment:
    """Find whoever the clinic cancelled another place and tick it in their visit, once however often it is sent.

    Raises a BookingError as `moves.rebook` does.
    """
    turns.serve_before(slot.session)
    with transaction.atomic():
        visit = visits.current(user=by, villager=appointment.villager)
        new = moves.rebook(appointment=appointment, slot=slot, by=by, key=key, visit=visit)
        return _noted(new, MatterKind.BOOKING, by)


@transaction.atomic
def accept(*, appointment: Appointment, by: User) -> Appointment:
    """Take the place held for somebody from the queue, and tick it in their visit.

    Raises a BookingError as `offers.accept` does.
    """
    visit = visits.current(user=by, villager=appointment.villager)
    in_person = visit is None or visit.channel != VisitChannel.PHONE
    accepted = offers.accept(appointment=appointment, by=by, in_person=in_person)
    return _noted(accepted, MatterKind.BOOKING, by)


@transaction.atomic
def record(*, details: RecordDetails, villager: Villager, hall: Hall, by: User, key: UUID) -> Appointment:
    """Write down a booking made elsewhere and tick it in the visit, once however often the page is sent.

    Raises a BookingError as `records.record` does.
    """
    visit = visits.current(user=by, villager=villager)
    appointment = records.record(details=details, villager=villager, hall=hall, by=by, key=key, visit=visit)
    return _noted(appointment, MatterKind.RECORD_BOOKING, by)


@dataclass(frozen=True)
class Ending:
    """How a booking can be ended now. `deadline` is None where there is none; after it only the hospital can."""

    deadline: datetime | None
    by_us: bool
    by_hospital: bool


def ending(appointment: Appointment) -> Ending:
    """Whether the desk can still cancel; without a place of ours, as long as the booking is live.

    Nothing is queried when hospital and policy are loaded.
    """
    may_end = appointment.state in APPOINTMENT_TRANSITIONS[AppointmentState.CANCELLED_BY_VILLAGER]
    deadline = None
    if appointment.slot_id and appointment.hospital:
        policy = policies.policy_of(appointment)
        deadline = windows.cancel_deadline(policy=policy, date=appointment.date)
    is_over = deadline is not None and clock.now() >= deadline
    return Ending(deadline=deadline, by_us=may_end and not is_over, by_hospital=may_end and is_over)


@transaction.atomic
def cancel(*, appointment: Appointment, by: User, why: str = "", platform_told: bool = True) -> Appointment:
    """Cancel; where a booking made elsewhere is not yet cancelled on its platform, that becomes a task.

    Raises NotLive or TooLateToCancel as `bookings.cancel` does.
    """
    appointment = bookings.cancel(appointment=appointment, by=by, why=why)
    if appointment.source == AppointmentSource.ELSEWHERE and not platform_told:
        follow_ups.open_task(
            hall=appointment.hall,
            villager=appointment.villager,
            kind=FollowUpKind.TELL_PLATFORM,
            reason=_("这个号是别处约的，到%(platform)s也取消一下") % {"platform": platform_name(appointment)},
            due_at=_while_open(appointment),
            about_kind=bookings.ABOUT,
            about_id=appointment.pk,
            by=by,
        )
    return appointment


def _noted(appointment: Appointment, matter: MatterKind, by: User) -> Appointment:
    """The booking, ticked in a visit of the day unless it is already."""
    noted = Matter.objects.filter(about_kind=bookings.ABOUT, about_id=appointment.pk)
    if appointment.visit_id is None or not noted.exists():
        appointment.visit = visits.note(
            villager=appointment.villager,
            hall=appointment.hall,
            by=by,
            matter=matter,
            about_kind=bookings.ABOUT,
            about_id=appointment.pk,
        )
        appointment.save(update_fields=["visit"])
        revisit_ends.booked(appointment, by=by)
    return appointment


def platform_name(appointment: Appointment) -> str:
    """Where a booking was made elsewhere, as far as anybody said."""
    return appointment.channel.name if appointment.channel else appointment.channel_text or _("原来的平台")


def _while_open(appointment: Appointment) -> datetime:
    """The end of the hall's last hour before the day of the visit: platforms close the evening before."""
    now = clock.now()
    day, _end = clock.day_bounds(appointment.date)
    return max(hall_hours.last_open_before(appointment.hall, day) or now, now)
