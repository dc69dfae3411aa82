"""停诊: closing sessions, telling everybody who has a place in them, and reopening.

First the slots are closed, in one transaction that locks no villager; whoever booked before is visible after it,
and nobody can book any more. Then the people are told in batches, each in a transaction of its own. A sweep goes
on with what was interrupted, so nobody is left in a suspended session untold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from appointments.domain import offers, places_given, policies, queues, slots, windows
from appointments.domain.places_given import ABOUT
from appointments.enums import (
    APPOINTMENT_TRANSITIONS,
    SUSPENSION_TRANSITIONS,
    AppointmentState,
    SessionState,
    SuspensionState,
)
from appointments.errors import NothingToSuspend, ReasonMissing
from appointments.models import Appointment, ClinicSession, Department, Doctor, Hospital, Slot, Suspension
from auditorium import clock
from auditorium.domain import audit, follow_ups, reminders, wake
from auditorium.domain.transitions import transition
from auditorium.enums import FollowUpKind, ReminderPurpose
from auditorium.models import Villager

if TYPE_CHECKING:
    from collections.abc import Collection

    from appointments.models.appointments import AppointmentQuerySet
    from appointments.models.sessions import ClinicSessionQuerySet
    from auditorium.models import Hall, User

SETTLE = "appointments.settle_suspensions"
"""The task that goes on telling people; see `appointments.tasks`."""

BATCH = 100
"""How many bookings one transaction ends."""


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


@dataclass(frozen=True)
class Preview:
    """What suspending would do: the sessions, how many bookings lose their place, and how many places are left."""

    sessions: list[ClinicSession]
    appointments: AppointmentQuerySet
    free_places: int


def sessions_in(scope: Scope, *, by: User | None) -> ClinicSessionQuerySet:
    """The open sessions of the scope that are not over and that `by` may suspend (None: all)."""
    sessions = ClinicSession.objects.all() if by is None else ClinicSession.objects.manageable_by(by)
    found = sessions.filter(state=SessionState.OPEN, department__hospital=scope.hospital)
    found = found.between(max(scope.first_date, clock.today()), scope.last_date)
    if scope.department:
        found = found.filter(department=scope.department)
    if scope.doctor:
        found = found.filter(doctor=scope.doctor)
    if scope.period:
        found = found.filter(period=scope.period)
    if scope.session_ids:
        found = found.filter(pk__in=scope.session_ids)
    over = ClinicSession.objects.filter(date=clock.today()).annotate(last=Max("slots__ends_at"))
    return found.exclude(pk__in=over.filter(last__lte=clock.now()).values("pk"))


def preview(scope: Scope, *, by: User) -> Preview:
    """What `suspend` would do, writing nothing. Raises NothingToSuspend."""
    _check_dates(scope)
    sessions = list(
        sessions_in(scope, by=by).select_related("department__hospital", "doctor").order_by("date", "period", "pk")
    )
    if not sessions:
        raise NothingToSuspend(_nothing())
    pks = [session.pk for session in sessions]
    open_slots = Slot.objects.open().filter(session__in=pks)
    return Preview(
        sessions=sessions,
        appointments=_concerned(pks).with_names().order_by("date", "starts_at", "pk"),
        free_places=sum(capacity - taken for capacity, taken in open_slots.values_list("capacity", "taken")),
    )


def suspend(*, scope: Scope, why: str, by: User | None, hall: Hall | None = None) -> Suspension:
    """Close the sessions now and begin to tell the people; return the suspension.

    Raises ReasonMissing, or NothingToSuspend when the scope has no session to come that `by` may suspend.
    """
    why = why.strip()
    if not why:
        raise ReasonMissing(_("请写明停诊的原因，村民会问。"))
    _check_dates(scope)
    with transaction.atomic():
        found = sessions_in(scope, by=by).values("pk")
        locked = ClinicSession.objects.select_for_update(no_key=True).filter(pk__in=found, state=SessionState.OPEN)
        rows = list(locked.order_by("pk").values_list("pk", "allotted_hall_id"))
        pks = [pk for pk, _hall in rows]
        if not pks:
            raise NothingToSuspend(_nothing())
        suspension = _write(scope, why, by, hall)
        ClinicSession.objects.filter(pk__in=pks).update(
            state=SessionState.SUSPENDED, suspension=suspension, suspended_reason=why
        )
        slots.lock_all(Slot.objects.filter(session__in=pks).values_list("pk", flat=True))
        Slot.objects.open().filter(session__in=pks).update(is_open=False, closed_by=suspension)
        Suspension.objects.filter(pk=suspension.pk).update(appointments_found=_concerned(pks).count())
        audit.record(action="suspended", what=suspension, by=by, hall=hall, why=why)
        audit.record_many(
            action="suspended",
            kind="clinicsession",
            rows=[(pk, hall_id, None) for pk, hall_id in rows],
            by=by,
            why=why,
        )
        wake.after_commit(SETTLE)
    suspension.refresh_from_db()
    return suspension


def settle_all() -> int:
    """Tell whoever has still a place in a suspended session; return how many bookings ended."""
    return sum(settle(suspension) for suspension in Suspension.objects.unsettled().order_by("pk"))


def settle(suspension: Suspension) -> int:
    """The same for one suspension, batch by batch; when nobody is left it is settled."""
    ended = 0
    while batch := _settle_batch(suspension):
        ended += batch
    with transaction.atomic():
        if not _left(suspension).exists():
            settled = Suspension.objects.filter(pk=suspension.pk)
            transition(settled, to=SuspensionState.SETTLED, table=SUSPENSION_TRANSITIONS, by=None)
    return ended


def resume(*, suspension: Suspension, by: User) -> int:
    """Reopen the sessions that are not over for new bookings; whoever was told is asked whether they still want to
    come. Returns how many tasks that made. What was cancelled stays cancelled.

    Raises NothingToSuspend when it was resumed already.
    """
    settle(suspension)
    with transaction.atomic():
        mine = Suspension.objects.filter(pk=suspension.pk)
        if not transition(
            mine, to=SuspensionState.RESUMED, table=SUSPENSION_TRANSITIONS, by=by, resumed_at=clock.now()
        ):
            raise NothingToSuspend(_("已经恢复过了。"))
        sessions = ClinicSession.objects.select_for_update(no_key=True).filter(
            suspension=suspension, state=SessionState.SUSPENDED, date__gte=clock.today()
        )
        pks = list(sessions.order_by("pk").values_list("pk", flat=True))
        slots.lock_all(Slot.objects.filter(session__in=pks).values_list("pk", flat=True))
        ClinicSession.objects.filter(pk__in=pks).update(state=SessionState.OPEN, suspended_reason="")
        Slot.objects.filter(session__in=pks, closed_by=suspension).update(is_open=True, closed_by=None)
        queues.wake_after_commit()
    told = Appointment.objects.filter(
        session__in=pks,
        state=AppointmentState.CANCELLED_BY_CLINIC,
        ended_at__gte=suspension.created_at,
        successor=None,
    )
    return sum(_ask_again(appointment, by) for appointment in told.with_names().order_by("pk"))


def left_to_tell(suspension: Suspension) -> int:
    """How many bookings of the suspension have not been ended yet."""
    return _left(suspension).count()


def _concerned(session_ids: Collection[int]) -> AppointmentQuerySet:
    """The bookings a suspension of these sessions ends; who has arrived is being seen."""
    states = APPOINTMENT_TRANSITIONS[AppointmentState.CANCELLED_BY_CLINIC]
    return Appointment.objects.filter(session__in=session_ids, state__in=states)


def _left(suspension: Suspension) -> AppointmentQuerySet:
    states = APPOINTMENT_TRANSITIONS[AppointmentState.CANCELLED_BY_CLINIC]
    return Appointment.objects.filter(
        session__suspension=suspension, session__state=SessionState.SUSPENDED, state__in=states
    )


@transaction.atomic
def _settle_batch(suspension: Suspension) -> int:
    """End the next bookings: villagers are locked by id, then slots by id, as everywhere."""
    found = list(_left(suspension).order_by("villager_id", "pk").values_list("pk", "villager_id")[:BATCH])
    if not found:
        return 0
    villagers = Villager.objects.filter(pk__in={villager for _pk, villager in found}).order_by("pk")
    list(villagers.select_for_update(no_key=True).values_list("pk"))
    batch = _left(suspension).filter(pk__in=[pk for pk, _villager in found])
    slots.lock_all(batch.values_list("slot_id", flat=True))
    rows = list(batch.with_names().with_policies().order_by("pk"))
    transition(
        Appointment.objects.filter(pk__in=[row.pk for row in rows]),
        to=AppointmentState.CANCELLED_BY_CLINIC,
        table=APPOINTMENT_TRANSITIONS,
        by=suspension.created_by,
        why=suspension.reason,
        ended_at=clock.now(),
        ended_reason=suspension.reason,
    )
    for slot_id, count in Counter(row.slot_id for row in rows if row.slot_id).items():
        Slot.objects.filter(pk=slot_id).update(taken=F("taken") - count)
    for row in rows:
        _see_to(row, suspension)
    return len(rows)


def _see_to(appointment: Appointment, suspension: Suspension) -> None:
    """Silence what was planned, tell the villager, and have somebody find another place."""
    by = suspension.created_by
    reminders.silence(about_kind=ABOUT, about_id=appointment.pk, by=by, why=_("停诊"))
    if appointment.state == AppointmentState.HELD:
        offers.back_in_queue(appointment, by=by)
        return
    places_given.tell_now(appointment, ReminderPurpose.SUSPENDED)
    _ask_to_rebook(
        appointment,
        by,
        _("%(who)s停诊（%(why)s），请帮村民改约")
        % {"who": appointment.doctor_name or appointment.department_name, "why": suspension.reason},
    )


def _ask_again(appointment: Appointment, by: User) -> int:
    """One person's task after a suspension was lifted."""
    with transaction.atomic():
        places_given.lock_villager(appointment.villager_id)
        reminders.silence(about_kind=ABOUT, about_id=appointment.pk, by=by, why=_("恢复门诊"))
        _ask_to_rebook(
            appointment,
            by,
            _("%(who)s恢复门诊了，原来的号已经取消，问村民还要不要约")
            % {"who": appointment.doctor_name or appointment.department_name},
        )
    return 1


def _ask_to_rebook(appointment: Appointment, by: User | None, reason: str) -> None:
    now = clock.now()
    deadline = windows.cancel_deadline(policy=policies.policy_of(appointment), date=appointment.date)
    follow_ups.open_task(
        hall=appointment.hall,
        villager=appointment.villager,
        kind=FollowUpKind.REBOOK,
        reason=reason,
        due_at=max(deadline, now),
        about_kind=ABOUT,
        about_id=appointment.pk,
        by=by,
    )


def _write(scope: Scope, why: str, by: User | None, hall: Hall | None) -> Suspension:
    return Suspension.objects.create(
        hospital=scope.hospital,
        department=scope.department,
        doctor=scope.doctor,
        first_date=scope.first_date,
        last_date=scope.last_date,
        period=scope.period,
        reason=why[:80],
        hall=hall,
        created_by=by,
        created_at=clock.now(),
    )


def _check_dates(scope: Scope) -> None:
    if scope.last_date < scope.first_date:
        raise NothingToSuspend(_("最后一天不能早于第一天。"))
    if scope.last_date < clock.today():
        raise NothingToSuspend(_("这些日子已经过去了，不能再停诊。"))


def _nothing() -> str:
    return _("这里没有可以停的班次：可能已经停诊、已经看完，或者不归您管。")
