"""Booking a place and cancelling it.

Book: lock the villager, re-read, count limits, claim the place with one UPDATE, write. Everything a
booking owes (number, reminders, audit) is written in the same transaction; the worker is woken after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import booking_requests, eligibility, places_given, policies, queues, windows
from appointments.domain.places_given import ABOUT
from appointments.enums import AppointmentState, WaitlistState
from appointments.errors import BookingError, QueueFirst, TooLateToCancel
from auditorium import clock
from auditorium.dates import clock_time, full_date
from auditorium.domain import audit, recipients, reminders
from auditorium.enums import ReminderPurpose, VisitChannel

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from appointments.models import Appointment, Slot
    from auditorium.models import Hall, User, Villager, Visit


def book(
    *,
    slot: Slot,
    villager: Villager,
    hall: Hall,
    by: User | None,
    key: UUID | None = None,
    visit: Visit | None = None,
    in_person: bool | None = None,
    for_wish: bool = False,
) -> Appointment:
    """Give the villager a place in the slot and return the appointment, booked and numbered.

    With a `key`, the same user asking the same again gets the same appointment. `in_person` says whether the
    villager hears of it now; by default they do unless the visit is a phone call. `for_wish` is for the turn of who
    waited for the release. Raises a BookingError, having written nothing: VillagerNotReady, SlotNotOffered,
    QueueFirst, SlotFull, AlreadyBooked, LimitReached, BlockedForNoShows, KeyReused.
    """
    content = booking_requests.content_hash("book", slot.pk, villager.pk, hall.pk)
    with transaction.atomic():
        villager = places_given.lock_villager(villager.pk)
        answered = booking_requests.answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        slot = places_given.load_slot(slot.pk)
        recipients.load(villager)
        eligibility.check(slot=slot, villager=villager, hall=hall, for_wish=for_wish)
        appointment = places_given.take(slot=slot, villager=villager, hall=hall, by=by, visit=visit)
        booking_requests.remember(by=by, key=key, content=content, appointment=appointment)
        audit.record(action="booked", what=appointment, by=by, hall=hall, villager_id=villager.pk)
        if in_person is None:
            in_person = visit is None or visit.channel != VisitChannel.PHONE
        owe(appointment, by=by, in_person=in_person, just_written=True)
    return appointment


def why_not(*, slot: Slot, villager: Villager, hall: Hall) -> BookingError | None:
    """What `book` would raise now, writing nothing; the slot comes `with_policies`.

    Who wished for the session before its release is no reason: the desk that books serves them itself, worker or not.
    """
    try:
        eligibility.check(slot=slot, villager=villager, hall=hall)
    except QueueFirst as error:
        if not queues.somebody_wished_for(slot.session):
            return error
    except BookingError as error:
        return error
    return None if slot.free else places_given.gone(slot)


def cancel(*, appointment: Appointment, by: User | None, why: str = "", tell: bool = True) -> Appointment:
    """Cancel for the villager: the place and number go back or to whoever waits, what is unsent is silenced.

    A place of ours can be cancelled until its deadline, a booking made elsewhere at any time while it is
    live (its platform must be told by a person). Raises NotLive or TooLateToCancel.
    """
    with transaction.atomic():
        places_given.lock_villager(appointment.villager_id)
        if appointment.slot_id:
            check_deadline(appointment)
        places_given.give_back(appointment, to=AppointmentState.CANCELLED_BY_VILLAGER, by=by, why=why)
        queues.entry_goes(appointment.waitlist_entry_id, WaitlistState.LEFT, by=by, ended_at=clock.now())
        reminders.silence(
            about_kind=ABOUT,
            about_id=appointment.pk,
            by=by,
            why=why,
            tell=ReminderPurpose.CANCELLED if tell else None,
        )
        queues.wake_after_commit()
    appointment.refresh_from_db()
    return appointment


def check_deadline(appointment: Appointment) -> None:
    """Raise TooLateToCancel, with whom to phone, when a live place of ours can only be given back by the hospital."""
    deadline = windows.cancel_deadline(policy=policies.policy_of(appointment), date=appointment.date)
    hospital = appointment.hospital
    if hospital is None or not appointment.is_live or clock.now() < deadline:
        return
    raise TooLateToCancel(
        _("%(day)s%(time)s以后要改、要取消，都得打电话给医院：%(hospital)s %(phone)s %(hours)s").strip()
        % {
            "day": full_date(clock.local(deadline).date()),
            "time": clock_time(deadline),
            "hospital": hospital.name,
            "phone": hospital.phone.as_national if hospital.phone else "",
            "hours": hospital.phone_hours,
        }
    )


def owe(
    appointment: Appointment,
    *,
    by: User | None,
    in_person: bool,
    changed: bool = False,
    replaces: Collection[int] = (),
    just_written: bool = False,
) -> None:
    """Owe the villager what a booked place of ours asks for: see `reminders.plan`."""
    if appointment.starts_at is None:
        raise ValueError("a place of ours has a time")
    reminders.plan(
        about_kind=ABOUT,
        about_id=appointment.pk,
        villager=appointment.villager,
        hall=appointment.hall,
        event_at=appointment.starts_at,
        by=by,
        in_person=in_person,
        changed=changed,
        replaces=replaces,
        just_written=just_written,
    )
