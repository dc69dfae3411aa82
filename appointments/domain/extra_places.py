"""加号: a place that a doctor granted one villager, beside the session's own and never offered to anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from appointments.domain import (
    booking_requests,
    bookings,
    eligibility,
    limits,
    places_given,
    policies,
    queues,
    slots,
    windows,
)
from appointments.domain.week_grid import Standing
from appointments.enums import QueueMode, SessionState, SlotKind
from appointments.errors import NotAllowed, ReasonMissing, SlotNotOffered
from appointments.models import ClinicSession, HospitalClerk, Slot
from auditorium import clock
from auditorium.domain import audit
from auditorium.enums import RoleKind, VisitChannel
from auditorium.models import Hall

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from appointments.domain.week_grid import Week
    from appointments.models import Appointment, Hospital
    from auditorium.models import User, Villager, Visit

GRANTED = "extra_granted"
"""What the audit calls it."""

REASON_LENGTH = 120
_GRANTERS = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)


@dataclass(frozen=True)
class Offer:
    """What an extra place of a session could be: its times, and why there is none, if so."""

    times: Sequence[Slot]
    why_not: str


def may_grant(*, user: User, hall: Hall, hospital: Hospital) -> bool:
    """Whether the user may add places of this hospital for this hall: its manager, a supervisor of its region, the
    hospital's clerk, an administrator. One query at most."""
    if user.is_administrator:
        return True
    clerk = HospitalClerk.objects.filter(user=user, hospital=hospital, user__is_active=True)
    here = Hall.objects.filter(pk=hall.pk)
    return here.filter(user.hall_scope(kinds=_GRANTERS) | Exists(clerk)).exists()


def grantable(*, week: Week, user: User, hall: Hall) -> frozenset[int]:
    """The sessions of a week to which the user may add a place: nothing left to book, and not over. One query."""
    now = clock.now()
    used_up = [
        choice for row in week.rows for choice in row.choices if choice.standing in (Standing.FULL, Standing.CLOSED)
    ]
    open_yet = {choice.session.pk for choice in used_up if any(time.slot.starts_at > now for time in choice.times)}
    allowed = may_grant(user=user, hall=hall, hospital=week.department.hospital)
    return frozenset(open_yet) if allowed else frozenset()


def offer(*, session: ClinicSession, hall: Hall) -> Offer:
    """The times at which a place could be added now. The session comes with department, hospital and policies."""
    now = clock.now()
    regular = list(session.slots.filter(kind=SlotKind.REGULAR).order_by("starts_at", "pk"))
    to_come = [slot for slot in regular if slot.starts_at > now and slot.is_open]
    return Offer(times=to_come, why_not=_why_not(session, hall, to_come, now))


def grant(
    *,
    session: ClinicSession,
    villager: Villager,
    hall: Hall,
    by: User,
    why: str,
    starts_at: datetime | None = None,
    key: UUID | None = None,
    visit: Visit | None = None,
) -> Appointment:
    """Add a place for the villager at one of the session's times (by default its last) and book it.

    The place gets the number after the session's last; one given back before at that time is used first. Limits
    count, the stop time does not, since the doctor agreed. With a `key`, the same user asking the same again gets the
    same appointment. Raises NotAllowed, ReasonMissing, SlotNotOffered, VillagerNotReady, AlreadyBooked, LimitReached,
    BlockedForNoShows or KeyReused, having written nothing.
    """
    why = why.strip()[:REASON_LENGTH]
    content = booking_requests.content_hash("extra", session.pk, villager.pk, hall.pk, starts_at, why)
    with transaction.atomic():
        villager = places_given.lock_villager(villager.pk)
        answered = booking_requests.answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        session = _lock(session.pk)
        check(session=session, villager=villager, hall=hall, by=by)
        if not why:
            raise ReasonMissing(_("请写明为什么加号、哪位医生同意的。"))
        slot = _free_place(session, _at(offer(session=session, hall=hall).times, starts_at))
        appointment = places_given.take(slot=slot, villager=villager, hall=hall, by=by, visit=visit)
        booking_requests.remember(by=by, key=key, content=content, appointment=appointment)
        audit.record(action=GRANTED, what=appointment, by=by, hall=hall, villager_id=villager.pk, why=why)
        in_person = visit is None or visit.channel != VisitChannel.PHONE
        bookings.owe(appointment, by=by, in_person=in_person, just_written=True)
    return appointment


def check(*, session: ClinicSession, villager: Villager, hall: Hall, by: User) -> None:
    """Raise what `grant` would raise now, the reason aside; the session comes with department, hospital, policies."""
    hospital = session.department.hospital
    if not may_grant(user=by, hall=hall, hospital=hospital):
        raise NotAllowed(_("加号要礼堂负责人、上级主管或医院经办人来加，请找他们。"))
    policy = policies.policy_for(session.department)
    eligibility.check_villager(villager, policy, session.date)
    found = offer(session=session, hall=hall)
    if found.why_not:
        raise SlotNotOffered(found.why_not)
    limits.check(villager=villager, session=session, policy=policy)


def _why_not(session: ClinicSession, hall: Hall, to_come: Sequence[Slot], now: datetime) -> str:
    if not ClinicSession.objects.for_hall(hall).filter(pk=session.pk).exists():
        return _("这个班次不是分给本礼堂的，不能在这里加号。")
    if session.state == SessionState.SUSPENDED or session.queue == QueueMode.WALK_IN or not to_come:
        return _why_none(session)
    policy = policies.policy_for(session.department)
    if windows.is_before_release(session=session, policy=policy, at=now):
        return windows.why_session_closed(session=session, policy=policy, at=now)
    for slot in to_come:
        slot.session = session
    bookable = any(slot.free and not windows.why_not_bookable(slot=slot, policy=policy, at=now) for slot in to_come)
    if bookable and not queues.somebody_waits_for(session):
        return _("这个班次还有号，直接约就行，不用加号。")
    return ""


def _why_none(session: ClinicSession) -> str:
    if session.state == SessionState.SUSPENDED:
        return _("这个班次停诊了，不能加号，请选别的班次。")
    if session.queue == QueueMode.WALK_IN:
        return _("这一场先到先看，不用加号，当天直接去就行。")
    return _("这个班次的时间已经过了，不能再加号，请选别的班次。")


def _at(there: Sequence[Slot], starts_at: datetime | None) -> Slot:
    """The regular slot of that time."""
    if starts_at is None:
        return there[-1]
    for slot in there:
        if slot.starts_at == starts_at:
            return slot
    raise SlotNotOffered(_("这个班次没有这个时间，请在列出的时间里选。"))


def _free_place(session: ClinicSession, regular: Slot) -> Slot:
    """A slot of extra places at that time with one free: a freed one, or one more. The session is locked."""
    slot = (
        Slot.objects.select_for_update(no_key=True)
        .filter(session=session, starts_at=regular.starts_at, kind=SlotKind.EXTRA)
        .first()
    )
    if slot is None:
        slot = Slot(
            session=session, kind=SlotKind.EXTRA, starts_at=regular.starts_at, ends_at=regular.ends_at, capacity=0
        )
    if slot.taken >= slot.capacity:
        slots.number_places(session=session, slot=slot, capacity=slot.capacity + 1)
        session.save(update_fields=["last_number"])
    slot.is_open = True
    slot.save()
    return places_given.load_slot(slot.pk)


def _lock(session_id: int) -> ClinicSession:
    """The session, locked until the transaction ends, with its department, hospital and their rules."""
    locked = ClinicSession.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("department__hospital__policy", "department__policy", "doctor", "held_at").get(
        pk=session_id
    )
