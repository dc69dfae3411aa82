"""Opening and changing clinic sessions with their slots, places and numbers. Nothing here drops a booked place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import session_changes
from appointments.domain.session_details import Change, SessionDetails
from appointments.domain.session_layout import Standing, is_laid_out, rearranged, slot_times, spread
from appointments.enums import QueueMode, SessionState, SlotKind
from appointments.models import ClinicSession, Slot
from auditorium import clock
from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from appointments.domain.session_layout import Rearrangement
    from auditorium.models import User

_BATCH = 1000


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
                    kind=each.kind,
                    queue=each.queue,
                    held_at=each.held_at,
                    template=each.template,
                    starts=each.own_times[0],
                    ends=each.own_times[1],
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
    """What `change_sessions` would do; `standing` are the session's regular slots. A fee or room that a sheet does not
    say stays."""
    if details.template is None and session.queue == QueueMode.WALK_IN:
        return Change(conflict=_("这一场先到先看，没有号，没有改。"))
    fields = _differing(session, details)
    is_walk_in = details.template is not None and details.queue == QueueMode.WALK_IN
    wanted = [] if is_walk_in else slot_times(details.date, details.starts, details.ends, details.slot_minutes)
    laid_out = is_laid_out(standing, wanted) and _bears_times(session, details)
    enough = sum(slot.capacity for slot in standing) == details.capacity
    if laid_out and enough and not fields:
        return Change()
    booked = sum(slot.taken for slot in standing)
    if conflict := _not_to_be_touched(session, fields, booked):
        return Change(conflict=conflict)
    if laid_out and enough:
        return Change(tuple(fields))
    plan = rearranged(standing, wanted, details.capacity)
    if plan.in_the_way:
        return Change(conflict=_booked_at_other_times(plan))
    conflict = ""
    if plan.short_of:
        conflict = _("已经约了 %(booked)d 位，号数减不到 %(wanted)d，只能减到 %(booked)d。") % {
            "booked": booked,
            "wanted": details.capacity,
        }
        enough = sum(slot.capacity for slot in standing) == booked
    fields += [name for name, is_right in (("times", laid_out), ("capacity", enough)) if not is_right]
    return Change(tuple(fields), conflict, plan if not (laid_out and enough) else None)


def change_sessions(*, details: Mapping[int, SessionDetails], by: User | None) -> dict[int, Change]:
    """Make sessions, by their keys, as they shall be as far as their bookings allow, in a number of statements that
    hardly depends on how many; return what was changed of each and what could not be.

    Locks the sessions by id, then their slots by id, and decides on what it reads under the locks.
    """
    changes: dict[int, Change] = {}
    with transaction.atomic():
        locked = lock_sessions(details)
        for start in range(0, len(locked), _BATCH):
            batch = dict(list(locked.items())[start : start + _BATCH])
            standing = standing_of(batch)
            decided = {pk: difference(batch[pk], standing.get(pk, []), details[pk]) for pk in batch}
            session_changes.write(sessions=batch, changes=decided, details=details, by=by)
            changes |= decided
    return changes


def lock_sessions(ids: Iterable[int]) -> dict[int, ClinicSession]:
    """Sessions by id and then their slots by id, locked until the transaction ends."""
    sessions = (
        ClinicSession.objects.select_for_update(no_key=True, of=("self",))
        .select_related("department", "held_at")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    found = {session.pk: session for session in sessions}
    list(Slot.objects.select_for_update(no_key=True).filter(session__in=list(found)).order_by("pk").values_list("pk"))
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


def _not_to_be_touched(session: ClinicSession, fields: list[str], booked: int) -> str:
    """Why nothing of the session is changed at all; empty when something may be."""
    if session.state == SessionState.SUSPENDED:
        return _("这个班次已经停诊，没有改。")
    if booked and "held_at" in fields:
        return _("已经约了 %(booked)d 位，换不了地方，没有改。请先和村民改约。") % {"booked": booked}
    return ""


def _differing(session: ClinicSession, details: SessionDetails) -> list[str]:
    """What of the session's own columns differs, its times aside."""
    names = ["clinic_class"]
    names += [name for name in ("fee", "room") if details.template or getattr(details, name) not in (None, "")]
    names += ["kind", "queue", "held_at"] if details.template else []
    return [name for name in names if getattr(session, name) != getattr(details, name)]


def _bears_times(session: ClinicSession, details: SessionDetails) -> bool:
    return details.template is None or (session.starts, session.ends) == details.own_times


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
