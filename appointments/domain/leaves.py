"""When somebody is away: what is open is suspended, nothing is opened, and a leave that ends early gives days back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from appointments.domain import schedules, suspensions
from appointments.domain.suspensions import Scope
from appointments.enums import SessionState
from appointments.errors import NothingToSuspend
from appointments.models import Appointment, ClinicSession, Leave, Suspension
from auditorium import clock
from auditorium.domain import audit, wake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appointments.models.suspensions import SuspensionQuerySet
    from auditorium.models import User


@dataclass(frozen=True)
class LeavePreview:
    """What a leave suspends: its sessions with their booked places, and how many more are not the user's to suspend."""

    sessions: Sequence[ClinicSession]
    booked: int
    others: int


def check(leave: Leave, *, before: Leave | None = None) -> None:
    """Raise ValidationError, by field; `before` is the leave as it was, which may end yesterday at the earliest."""
    department, doctor = leave.department, leave.doctor
    if department and department.hospital_id != leave.hospital_id:
        raise ValidationError({"department": _("这个科室不是这家医院的，请重新选。")})
    if doctor and doctor.department.hospital_id != leave.hospital_id:
        raise ValidationError({"doctor": _("这位医生不是这家医院的，请重新选。")})
    if doctor and department and doctor.department_id != department.pk:
        raise ValidationError({"doctor": _("这位医生不在这个科室，请重新选。")})
    if not leave.reason.strip():
        raise ValidationError({"reason": _("请写明原因，村民会问。")})
    if leave.last_date < leave.first_date:
        raise ValidationError({"last_date": _("最后一天不能早于第一天。")})
    yesterday = clock.today() - timedelta(days=1)
    earliest = yesterday if before and before.last_date >= yesterday else clock.today()
    if leave.last_date < earliest:
        raise ValidationError({"last_date": _("这些日子已经过去了，不用再登记休诊。")})


def preview(leave: Leave, *, by: User) -> LeavePreview:
    """What `carry_out` would suspend."""
    scope = _scope(leave)
    mine = suspensions.sessions_in(scope, by=by).select_related("department", "doctor")
    found = list(mine.annotate(booked=Sum("slots__taken", default=0)).order_by("date", "period", "pk"))
    return LeavePreview(
        sessions=found,
        booked=Appointment.objects.live().filter(session__in=[session.pk for session in found]).count(),
        others=suspensions.sessions_in(scope, by=None).count() - len(found),
    )


def carry_out(*, leave: Leave, by: User) -> Suspension | None:
    """Suspend what is open in a leave that was just written, and tell the people; None where nothing is open.

    Call it in the transaction that wrote the leave. Whoever opens sessions just now is waited for, and who comes
    later finds the leave.
    """
    schedules.lock_hospitals([leave.hospital_id])
    audit.record(action="leave_set", what=leave, by=by, why=leave.reason)
    try:
        return suspensions.suspend(scope=_scope(leave), why=leave.reason, by=by)
    except NothingToSuspend:
        return None


def to_resume(leave: Leave, *, besides: Leave | None = None) -> list[ClinicSession]:
    """The sessions to come that this leave suspended and that no leave covers now, `besides` one that is to go; the
    leave itself may be gone already."""
    suspended = ClinicSession.objects.filter(
        state=SessionState.SUSPENDED, date__gte=clock.today(), suspension__in=_suspensions_of(leave)
    )
    leaves = Leave.objects.filter(hospital=leave.hospital_id, last_date__gte=clock.today())
    staying = [one for one in leaves if one != besides]
    return [
        session
        for session in suspended.select_related("department", "doctor").order_by("date", "period", "pk")
        if not any(_covers(one, session) for one in staying)
    ]


def resume(*, leave: Leave, by: User) -> int:
    """Reopen what `to_resume` says; return how many sessions. What a leave still covers stays closed.

    Call it outside a transaction: people are asked in batches, each in one of its own. Raises NotAllowed.
    """
    freed = to_resume(leave)
    lifted = Suspension.objects.filter(pk__in={session.suspension_id for session in freed})
    for suspension in lifted.order_by("pk"):
        with transaction.atomic():
            schedules.lock_hospitals([leave.hospital_id])
            _keep_closed(suspension, by)
        suspensions.resume(suspension=suspension, by=by)
    wake.after_commit(schedules.OPEN)
    return len(freed)


def remove(*, leave: Leave, by: User) -> None:
    """The leave is no more; what it suspended stays so until somebody resumes it."""
    with transaction.atomic():
        audit.record(action="leave_removed", what=leave, by=by, why=leave.reason)
        leave.delete()
        wake.after_commit(schedules.OPEN)


def _scope(leave: Leave) -> Scope:
    return Scope(
        hospital=leave.hospital,
        department=leave.department,
        doctor=leave.doctor,
        first_date=leave.first_date,
        last_date=leave.last_date,
        period=leave.period,
    )


def _suspensions_of(leave: Leave) -> SuspensionQuerySet:
    """Those not lifted that say what the leave says; its days may have changed since."""
    return Suspension.objects.in_force().filter(
        picked=False,
        hospital=leave.hospital_id,
        department=leave.department_id,
        doctor=leave.doctor_id,
        period=leave.period,
        reason=leave.reason.strip(),
    )


def _keep_closed(lifted: Suspension, by: User) -> None:
    """Give every leave that still covers a session of the suspension one of its own, to which the session goes over."""
    sessions = list(ClinicSession.objects.filter(suspension=lifted, state=SessionState.SUSPENDED))
    for leave in Leave.objects.filter(hospital=lifted.hospital_id, last_date__gte=clock.today()):
        if not any(_covers(leave, session) for session in sessions):
            continue
        others = _suspensions_of(leave).exclude(pk=lifted.pk)
        if not others.filter(first_date=leave.first_date, last_date=leave.last_date).exists():
            Suspension.objects.create(
                hospital=leave.hospital,
                department=leave.department,
                doctor=leave.doctor,
                first_date=leave.first_date,
                last_date=leave.last_date,
                period=leave.period,
                reason=leave.reason.strip(),
                created_by=by,
                created_at=clock.now(),
            )


def _covers(leave: Leave, session: ClinicSession) -> bool:
    return leave.covers(
        department_id=session.department_id, doctor_id=session.doctor_id, day=session.date, period=session.period
    )
