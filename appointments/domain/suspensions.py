"""停诊: closing sessions, telling everybody who has a place in them, and reopening.

First the slots are closed, in one transaction that locks no villager; whoever booked before is visible after it,
and nobody can book any more. Then the people are told in batches, each in a transaction of its own. A sweep goes
on with what was interrupted, so nobody is left in a suspended session untold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from appointments.domain import queues, slots, suspension_telling
from appointments.enums import SUSPENSION_TRANSITIONS, QueueMode, SessionState, SuspensionState
from appointments.errors import NotAllowed, NothingToSuspend, ReasonMissing
from appointments.models import ClinicSession, Department, Doctor, Hospital, Slot, Suspension
from auditorium import clock
from auditorium.domain import audit, wake
from auditorium.domain.transitions import transition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appointments.models.sessions import ClinicSessionQuerySet
    from auditorium.models import Hall, User

SETTLE = "appointments.settle_suspensions"
"""The task that goes on telling people; see `appointments.tasks`."""

ASK_AGAIN_FOR = timedelta(days=1)
"""How long the sweep looks after people who were to be asked when a suspension was lifted."""

REASON_LENGTH = 80


@dataclass(frozen=True)
class Scope:
    """What does not take place: a hospital, department or doctor from one date to another, or just some sessions."""

    hospital: Hospital
    first_date: date
    last_date: date
    department: Department | None = None
    doctor: Doctor | None = None
    period: str = ""
    session_ids: tuple[int, ...] = ()


def scope_of(sessions: Sequence[ClinicSession]) -> Scope:
    """Just these sessions, of one hospital; they come with their department."""
    first = sessions[0]
    departments = {session.department_id for session in sessions}
    doctors = {session.doctor_id for session in sessions}
    periods = {session.period for session in sessions}
    return Scope(
        hospital=first.department.hospital,
        first_date=min(session.date for session in sessions),
        last_date=max(session.date for session in sessions),
        department=first.department if len(departments) == 1 else None,
        doctor=first.doctor if len(doctors) == 1 else None,
        period=first.period if len(periods) == 1 else "",
        session_ids=tuple(session.pk for session in sessions),
    )


def sessions_in(scope: Scope, *, by: User | None) -> ClinicSessionQuerySet:
    """The open sessions of the scope that are not over and that `by` may suspend (None: all)."""
    sessions = ClinicSession.objects.all() if by is None else ClinicSession.objects.manageable_by(by)
    found = sessions.filter(state=SessionState.OPEN, department__hospital=scope.hospital)
    found = found.between(scope.first_date, scope.last_date)
    if scope.department:
        found = found.filter(department=scope.department)
    if scope.doctor:
        found = found.filter(doctor=scope.doctor)
    if scope.period:
        found = found.filter(period=scope.period)
    if scope.session_ids:
        found = found.filter(pk__in=scope.session_ids)
    return _not_over(found)


def check(scope: Scope) -> None:
    """Raise NothingToSuspend when the dates make no sense."""
    if scope.last_date < scope.first_date:
        raise NothingToSuspend(_("最后一天不能早于第一天。"))
    if scope.last_date < clock.today():
        raise NothingToSuspend(_("这些日子已经过去了，不能再停诊。"))


def nothing() -> NothingToSuspend:
    """There is no session to suspend."""
    return NothingToSuspend(_("这里没有可以停的班次：可能已经停诊、已经看完，或者不归您管。"))


def suspend(*, scope: Scope, why: str, by: User | None, hall: Hall | None = None) -> Suspension:
    """Close the sessions now and begin to tell the people; return the suspension.

    Whoever has arrived is being seen and stays. Sessions that are suspended already stay as they are. Raises
    ReasonMissing, or NothingToSuspend when the scope has no session to come that `by` may suspend.
    """
    why = why.strip()[:REASON_LENGTH]
    if not why:
        raise ReasonMissing(_("请写明停诊的原因，村民会问。"))
    check(scope)
    with transaction.atomic():
        _one_at_a_time(scope.hospital.pk)
        found = sessions_in(scope, by=by).values("pk")
        locked = ClinicSession.objects.select_for_update(no_key=True).filter(pk__in=found, state=SessionState.OPEN)
        rows = list(locked.order_by("pk").values_list("pk", "allotted_hall_id"))
        pks = [pk for pk, _hall in rows]
        if not pks:
            raise nothing()
        suspension = _write(scope, why, by, hall)
        ClinicSession.objects.filter(pk__in=pks).update(
            state=SessionState.SUSPENDED, suspension=suspension, suspended_reason=why
        )
        # Waits for whoever is just taking a place: what they booked is seen by everything after this.
        slots.lock_all(Slot.objects.filter(session__in=pks).values_list("pk", flat=True))
        Slot.objects.open().filter(session__in=pks).update(is_open=False, closed_by=suspension)
        suspension.appointments_found = suspension_telling.concerned(pks).count()
        suspension.save(update_fields=["appointments_found"])
        audit.record(action="suspended", what=suspension, by=by, hall=hall, why=why)
        _audit_sessions("suspended", rows, by, why)
        wake.after_commit(SETTLE)
    return suspension


def settle_all() -> int:
    """Tell whoever has still a place in a suspended session, and ask whom a resumed one concerns; return how many."""
    unsettled = Suspension.objects.unsettled().select_related("created_by").order_by("pk")
    resumed = Suspension.objects.resumed_since(clock.now() - ASK_AGAIN_FOR).select_related("created_by")
    ended = sum(settle(suspension) for suspension in unsettled)
    return ended + sum(_ask_again(suspension, by=None) for suspension in resumed.order_by("pk"))


def settle(suspension: Suspension) -> int:
    """Tell whoever is left in one suspension, batch by batch; when nobody is, it is settled. Return how many."""
    ended = 0
    while batch := suspension_telling.tell_batch(suspension):
        ended += batch
    with transaction.atomic():
        if not suspension_telling.left(suspension).exists():
            settled = Suspension.objects.filter(pk=suspension.pk)
            transition(settled, to=SuspensionState.SETTLED, table=SUSPENSION_TRANSITIONS, by=None)
    return ended


def resume(*, suspension: Suspension, by: User) -> int:
    """Reopen the sessions that are not over for new bookings; whoever was told and has no other place is asked
    whether they still want to come. Return how many. What was cancelled stays cancelled.

    A session that lies in the range of another suspension goes over to that one and stays closed. Raises NotAllowed,
    or NothingToSuspend when it was resumed already.
    """
    if not Suspension.objects.manageable_by(by).filter(pk=suspension.pk).exists():
        raise NotAllowed(_("这次停诊不全归您管，请找医院或上级恢复。"))
    settle(suspension)
    with transaction.atomic():
        _one_at_a_time(suspension.hospital_id)
        mine = Suspension.objects.filter(pk=suspension.pk)
        if not transition(
            mine, to=SuspensionState.RESUMED, table=SUSPENSION_TRANSITIONS, by=by, resumed_at=clock.now()
        ):
            raise NothingToSuspend(_("已经恢复过了。"))
        sessions = ClinicSession.objects.filter(suspension=suspension, state=SessionState.SUSPENDED)
        locked = list(_not_over(sessions).select_for_update(no_key=True).order_by("pk"))
        slots.lock_all(Slot.objects.filter(session__in=[session.pk for session in locked]).values_list("pk", flat=True))
        free = _hand_over(locked, suspension)
        pks = [session.pk for session in free]
        ClinicSession.objects.filter(pk__in=pks).update(state=SessionState.OPEN, suspended_reason="")
        Slot.objects.filter(session__in=pks, closed_by=suspension).update(is_open=True, closed_by=None)
        _audit_sessions("resumed", [(session.pk, session.allotted_hall_id) for session in free], by, suspension.reason)
        queues.wake_after_commit()
        wake.after_commit(SETTLE)
    suspension.refresh_from_db()
    return _ask_again(suspension, by=by)


def left_to_tell(suspension: Suspension) -> int:
    """How many bookings of the suspension have not been ended yet."""
    return suspension_telling.left(suspension).count()


def _ask_again(suspension: Suspension, *, by: User | None) -> int:
    asked = 0
    while batch := suspension_telling.ask_batch(suspension, by=by):
        asked += batch
    return asked


def _hand_over(sessions: Sequence[ClinicSession], lifted: Suspension) -> list[ClinicSession]:
    """Give the sessions that another suspension's range covers to that one; return those that nothing covers."""
    others = list(
        Suspension.objects.in_force()
        .filter(hospital=lifted.hospital_id, picked=False, last_date__gte=clock.today())
        .order_by("pk")
    )
    free: list[ClinicSession] = []
    for session in sessions:
        other = next((one for one in others if _covers(one, session)), None)
        if other is None:
            free.append(session)
            continue
        ClinicSession.objects.filter(pk=session.pk).update(suspension=other, suspended_reason=other.reason)
        Slot.objects.filter(session=session, closed_by=lifted).update(closed_by=other)
    return free


def _covers(suspension: Suspension, session: ClinicSession) -> bool:
    return (
        suspension.first_date <= session.date <= suspension.last_date
        and suspension.department_id in (None, session.department_id)
        and suspension.doctor_id in (None, session.doctor_id)
        and suspension.period in ("", session.period)
    )


def _not_over(sessions: ClinicSessionQuerySet) -> ClinicSessionQuerySet:
    """Without days gone by, and without what of today has been seen to its end."""
    now = clock.now()
    today = ClinicSession.objects.filter(date=clock.today()).annotate(last=Max("slots__ends_at"))
    walk_in = Q(queue=QueueMode.WALK_IN, ends__lte=clock.local(now).time())
    over = today.filter(Q(last__lte=now) | walk_in)
    return sessions.filter(date__gte=clock.today()).exclude(pk__in=over.values("pk"))


def _one_at_a_time(hospital_id: int) -> None:
    """Suspending and resuming at one hospital take turns, before any session is locked: each sees the others' range."""
    list(Hospital.objects.select_for_update(no_key=True).filter(pk=hospital_id).values_list("pk"))


def _audit_sessions(action: str, rows: Sequence[tuple[int, int | None]], by: User | None, why: str) -> None:
    entries = [(pk, hall_id, None) for pk, hall_id in rows]
    audit.record_many(action=action, kind="clinicsession", rows=entries, by=by, why=why)


def _write(scope: Scope, why: str, by: User | None, hall: Hall | None) -> Suspension:
    return Suspension.objects.create(
        hospital=scope.hospital,
        department=scope.department,
        doctor=scope.doctor,
        first_date=scope.first_date,
        last_date=scope.last_date,
        period=scope.period,
        picked=bool(scope.session_ids),
        reason=why,
        hall=hall,
        created_by=by,
        created_at=clock.now(),
    )
