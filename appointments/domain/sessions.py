"""Opening and changing clinic sessions with their slots, places and numbers. Nothing here drops a booked place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import slots
from appointments.domain.session_layout import Standing, is_laid_out, rearranged, slot_times, spread
from appointments.enums import LIVE, ClinicClass, SessionState, SlotKind
from appointments.models import Appointment, ClinicSession, Slot
from auditorium import clock
from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, time
    from decimal import Decimal

    from django.db.models import QuerySet

    from appointments.domain.session_layout import Rearrangement
    from appointments.models import Department, Doctor
    from auditorium.models import Hall, Region, User

_BATCH = 1000


@dataclass(frozen=True)
class SessionDetails:
    """A session as it shall be. `capacity` is for all of it; either hall or region is who the places are for."""

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


@dataclass(frozen=True)
class Change:
    """What differs between a session and how it shall be.

    `fields` are those to be written: clinic_class, fee, room, times, capacity. `conflict` says what cannot be done
    because of bookings or 停诊, and is empty when all can.
    """

    fields: tuple[str, ...] = ()
    conflict: str = ""
    rearrangement: Rearrangement | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the session is already as it shall be."""
        return not self.fields and not self.conflict


def open_session(*, details: SessionDetails, by: User | None) -> ClinicSession:
    """Open one session with its slots; numbers run from 1 through the slots in the order of time."""
    return open_sessions(details=[details], by=by)[0]


def open_sessions(*, details: Sequence[SessionDetails], by: User | None) -> list[ClinicSession]:
    """Open many sessions, in a number of statements that does not depend on how many."""
    with transaction.atomic():
        sessions = ClinicSession.objects.bulk_create(
            [
                ClinicSession(
                    department=each.department,
                    doctor=each.doctor,
                    date=each.date,
                    period=each.period,
                    clinic_class=each.clinic_class,
                    fee=each.fee,
                    room=each.room,
                    allotted_hall=each.hall,
                    allotted_region=each.region,
                    last_number=each.capacity,
                )
                for each in details
            ],
            batch_size=_BATCH,
        )
        pairs = zip(sessions, details, strict=True)
        Slot.objects.bulk_create((slot for pair in pairs for slot in _new_slots(*pair)), batch_size=_BATCH)
        rows = [(session.pk, session.allotted_hall_id, None) for session in sessions]
        audit.record_many(action="opened", kind="clinicsession", rows=rows, by=by)
    return sessions


def difference(session: ClinicSession, standing: list[Standing], details: SessionDetails) -> Change:
    """What `change_session` would do; `standing` are the session's regular slots. A fee or room not said stays."""
    fields = []
    if session.clinic_class != details.clinic_class:
        fields.append("clinic_class")
    if details.fee is not None and session.fee != details.fee:
        fields.append("fee")
    if details.room and session.room != details.room:
        fields.append("room")
    wanted = slot_times(details.date, details.starts, details.ends, details.slot_minutes)
    laid_out = is_laid_out(standing, wanted)
    enough = sum(slot.capacity for slot in standing) == details.capacity
    if laid_out and enough and not fields:
        return Change()
    if session.state == SessionState.SUSPENDED:
        return Change(conflict=_("这个班次已经停诊，没有改。"))
    if laid_out and enough:
        return Change(tuple(fields))
    plan = rearranged(standing, wanted, details.capacity)
    if plan.in_the_way:
        return Change(conflict=_booked_at_other_times(plan))
    conflict = ""
    if plan.short_of:
        booked = sum(slot.taken for slot in standing)
        conflict = _("已经约了 %(booked)d 位，号数减不到 %(wanted)d，只能减到 %(booked)d。") % {
            "booked": booked,
            "wanted": details.capacity,
        }
        enough = sum(slot.capacity for slot in standing) == booked
    fields += [name for name, is_right in (("times", laid_out), ("capacity", enough)) if not is_right]
    return Change(tuple(fields), conflict, plan if not (laid_out and enough) else None)


def change_session(*, session: ClinicSession, details: SessionDetails, by: User | None) -> Change:
    """Make a session as it shall be as far as its bookings allow; return what was changed and what could not be.

    Locks the session, then its slots by id, and decides on what it reads under the locks.
    """
    with transaction.atomic():
        session = lock_sessions([session.pk])[session.pk]
        change = difference(session, standing_of([session.pk]).get(session.pk, []), details)
        if change.rearrangement:
            _rearrange(session, change.rearrangement, has_new_times="times" in change.fields)
        copied: dict[str, Any] = {
            name: getattr(details, name) for name in ("clinic_class", "fee", "room") if name in change.fields
        }
        if copied:
            ClinicSession.objects.filter(pk=session.pk).update(**copied)
            _carry_over(session, copied, by)
        if change.fields:
            audit.record(action="changed", what=session, by=by, hall=session.allotted_hall, fields=change.fields)
    return change


def lock_sessions(ids: Iterable[int]) -> dict[int, ClinicSession]:
    """Sessions and their slots, locked in the order of their ids until the transaction ends."""
    sessions = (
        ClinicSession.objects.select_for_update(no_key=True, of=("self",))
        .select_related("department__hospital", "doctor", "allotted_hall", "allotted_region")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    found = {session.pk: session for session in sessions}
    list(Slot.objects.select_for_update(no_key=True).filter(session__in=found).order_by("pk").values_list("pk"))
    return found


def standing_of(sessions: Iterable[int] | QuerySet[ClinicSession, Any]) -> dict[int, list[Standing]]:
    """The regular slots of sessions, as `difference` wants them; extra places (加号) are never touched."""
    rows = Slot.objects.filter(session__in=sessions, kind=SlotKind.REGULAR).order_by("starts_at")
    found: dict[int, list[Standing]] = {}
    for session_id, pk, starts, ends, capacity, taken in rows.values_list(
        "session_id", "pk", "starts_at", "ends_at", "capacity", "taken"
    ):
        found.setdefault(session_id, []).append(Standing(pk, (starts, ends), capacity, taken))
    return found


def _new_slots(session: ClinicSession, details: SessionDetails) -> Iterable[Slot]:
    wanted = slot_times(details.date, details.starts, details.ends, details.slot_minutes)
    given = 0
    for (starts_at, ends_at), capacity in zip(wanted, spread(details.capacity, len(wanted)), strict=True):
        if capacity:
            numbers = [[given + 1, given + capacity]]
            yield Slot(session=session, starts_at=starts_at, ends_at=ends_at, capacity=capacity, numbers=numbers)
        given += capacity


def _booked_at_other_times(plan: Rearrangement) -> str:
    times = "、".join(
        f"{clock.local(slot.times[0]):%H:%M}-{clock.local(slot.times[1]):%H:%M}" for slot in plan.in_the_way
    )
    booked = sum(slot.taken for slot in plan.in_the_way)
    return _("%(times)s 已经约了 %(booked)d 位，新的时间里没有这些时段，没有改。请先和村民改约。") % {
        "times": times,
        "booked": booked,
    }


def _rearrange(session: ClinicSession, plan: Rearrangement, *, has_new_times: bool) -> None:
    """Carry out the plan. New times of a session nobody booked number its places anew from 1."""
    every = list(Slot.objects.filter(session=session).order_by("starts_at"))
    closed = {slot.pk for slot in every if slot.capacity and not slot.is_open}
    if has_new_times and not any(slot.taken or slot.kind == SlotKind.EXTRA for slot in every):
        session.last_number = 0
        for slot in every:
            slot.capacity, slot.numbers = 0, []
    opened = [Slot(session=session, starts_at=starts, ends_at=ends, capacity=0) for starts, ends in plan.opened]
    placed = [(slot, plan.opened[slot.starts_at, slot.ends_at]) for slot in opened]
    for slot in every:
        if slot.pk in plan.stay:
            (_starts, slot.ends_at), capacity = plan.stay[slot.pk]
            placed.append((slot, capacity))
        elif slot.pk in plan.taken_away:
            placed.append((slot, 0))
    for slot, capacity in sorted(placed, key=lambda pair: pair[0].starts_at):
        slot.is_open = capacity > 0 and slot.pk not in closed
        slots.number_places(session=session, slot=slot, capacity=capacity)
    session.save(update_fields=["last_number"])
    Slot.objects.bulk_update(every, ["ends_at", "capacity", "numbers", "is_open"])
    Slot.objects.bulk_create(opened)
    Slot.objects.filter(pk__in=plan.taken_away, appointments__isnull=True).delete()


def _carry_over(session: ClinicSession, copied: dict[str, Any], by: User | None) -> None:
    """Bring what live bookings show of the session up to date, so that the next text and slip are right."""
    live = Appointment.objects.filter(session=session, state__in=LIVE)
    rows = list(live.values_list("pk", "hall_id", "villager_id"))
    written = {name: value for name, value in copied.items() if name != "room"}
    if "room" in copied:
        written["place"] = " ".join(part for part in (session.department.place, str(copied["room"])) if part)
    live.update(**written)
    audit.record_many(action="changed", kind="appointment", rows=rows, by=by)
