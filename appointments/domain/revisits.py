"""复诊: the doctor said when to come back. On the day that date can be booked it becomes a wish, or a call to make."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import eligibility, places_given, policies, queues, revisit_ends, times, windows, wishes
from appointments.domain.hall_days import CALLED_OFF
from appointments.domain.revisit_ends import LATER, PENDING, REVISIT
from appointments.enums import (
    REVISIT_TRANSITIONS,
    AppointmentState,
    ClinicClass,
    QueueMode,
    RevisitState,
    SessionState,
    SlotKind,
)
from appointments.errors import AlreadyWaiting, BookingError, DateOutOfReach, NotLive, VillagerNotReady
from appointments.models import ClinicSession, Department, Revisit
from auditorium import clock
from auditorium.dates import full_date
from auditorium.domain import audit, follow_ups, hall_hours
from auditorium.domain.transitions import transition
from auditorium.enums import FollowUpKind
from auditorium.models.villagers import gone

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from appointments.domain.policies import Policy
    from appointments.models import Appointment, Doctor, Wish
    from auditorium.models import Hall, User, Villager

FURTHEST = timedelta(weeks=52)
_TO_SEE_TO_IT = timedelta(hours=8)


def note(
    *,
    villager: Villager,
    hall: Hall,
    department: Department,
    due_on: date,
    by: User,
    doctor: Doctor | None = None,
    automatic: bool = False,
    after: Appointment | None = None,
) -> Revisit:
    """Write down that the villager is to come back about `due_on`; DUE at once where that day can be booked already.

    The same said twice is one revisit. Raises DateOutOfReach, VillagerNotReady, or AlreadyWaiting where another one
    of this department is open.
    """
    _check_date(due_on)
    with transaction.atomic():
        villager = places_given.lock_villager(villager.pk)
        if villager.is_gone:
            raise VillagerNotReady(eligibility.why_gone(villager))
        said = Revisit(
            villager=villager,
            hall=hall,
            department=department,
            doctor=doctor,
            after=after,
            due_on=due_on,
            automatic=automatic,
            made_by=by,
            made_at=clock.now(),
        )
        other = Revisit.objects.filter(villager=villager, department=department, state__in=PENDING).first()
        if other and _says_the_same(other, said):
            return other
        if other:
            raise AlreadyWaiting(
                _("%(department)s已经记了%(day)s前后复诊，要改日子的话先取消那一条。")
                % {"department": department.name, "day": full_date(other.due_on)}
            )
        said.save(force_insert=True)
        audit.record(action="noted", what=said, by=by, hall=hall, villager_id=villager.pk)
        if can_be_booked(said) and _ask(said):
            said.state = RevisitState.DUE
    return said


def cancel(*, revisit: Revisit, by: User, why: str = "") -> None:
    """The villager says no: nothing is booked and nobody is asked. Raises NotLive when it has ended."""
    with transaction.atomic():
        places_given.lock_villager(revisit.villager_id)
        if not revisit_ends.end(revisit, to=RevisitState.CANCELLED, by=by, why=why):
            raise NotLive(_("这次复诊已经有结果了，不用再取消。"))


def can_follow(appointment: Appointment) -> bool:
    """Whether the doctor may have said something at this visit: its day has come and nobody called it off."""
    never = (*CALLED_OFF, AppointmentState.HELD, AppointmentState.PENDING_EXTERNAL, AppointmentState.NO_SHOW)
    return (
        appointment.department_id is not None and appointment.date <= clock.today() and appointment.state not in never
    )


def can_be_booked(revisit: Revisit) -> bool:
    """Whether places of the day meant are released; the revisit comes with department, hospital and policies."""
    return clock.now() >= _released(revisit)


def come_due() -> int:
    """Turn every revisit whose day has come into a wish or a call, and close those that are over.

    Repeated it changes nothing; return how many rows it moved.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return sum(_close_over(revisit) for revisit in _over()) + sum(_ripen(revisit) for revisit in _near())


def _over() -> QuerySet[Revisit]:
    """Those whose villager is gone, and those nobody booked until it was too late."""
    late = Q(state=RevisitState.DUE, due_on__lt=clock.today() - LATER)
    return Revisit.objects.filter(gone("villager__") | late, state__in=PENDING)


def _close_over(revisit: Revisit) -> int:
    with transaction.atomic():
        villager = places_given.lock_villager(revisit.villager_id)
        why = eligibility.why_gone(villager) or _("过了日子没有约")
        return revisit_ends.end(revisit, to=RevisitState.CANCELLED, by=None, why=why)


def _near() -> list[Revisit]:
    """Those nothing has been done about and whose day can be booked before midnight, or from midnight on."""
    _midnight, tomorrow = clock.day_bounds(clock.today())
    waiting = Revisit.objects.filter(state=RevisitState.WAITING, wish=None)
    firsts = dict(waiting.order_by().values_list("department").annotate(Min("due_on")))
    near: list[Revisit] = []
    departments = Department.objects.select_related("hospital__policy", "policy").filter(pk__in=list(firsts))
    for department in departments.order_by("pk"):
        last = windows.last_day(policy=policies.policy_for(department), at=tomorrow)
        if firsts[department.pk] <= last:
            near += waiting.filter(department=department, due_on__lte=last)
    return near


def _ripen(revisit: Revisit) -> int:
    """One revisit's turn: its department's first, then its villager's lock, then what it is now."""
    with transaction.atomic():
        department = queues.take_turn(revisit.department_id)
        villager = places_given.lock_villager(revisit.villager_id)
        rows = Revisit.objects.filter(pk=revisit.pk, state=RevisitState.WAITING, wish=None)
        current = rows.select_related("hall", "doctor").first()
        if current is None:
            return 0
        current.department, current.villager = department, villager
        if current.automatic and _wish_for(current):
            return 1
        return _ask(current) if can_be_booked(current) else 0


def _wish_for(revisit: Revisit) -> Wish | None:
    """The wish for the session meant; None where there is none, or it can't be waited for."""
    session = _nearest(revisit)
    if session is None:
        return None
    try:
        wish = wishes.make(session=session, villager=revisit.villager, hall=revisit.hall, by=revisit.made_by)
    except BookingError:
        return None
    Revisit.objects.filter(pk=revisit.pk).update(wish=wish)
    return wish


def _nearest(revisit: Revisit) -> ClinicSession | None:
    """The doctor's first session on the day or soon after; without a doctor, the first at the ordinary fee."""
    sessions = ClinicSession.objects.for_hall(revisit.hall).between(revisit.due_on, revisit.due_on + LATER)
    sessions = sessions.filter(
        department=revisit.department_id,
        state=SessionState.OPEN,
        queue=QueueMode.NUMBERED,
        slots__is_open=True,
        slots__kind=SlotKind.REGULAR,
        slots__capacity__gt=0,
    ).distinct()
    if revisit.doctor_id:
        sessions = sessions.filter(doctor=revisit.doctor_id)
    else:
        sessions = sessions.filter(clinic_class=ClinicClass.ORDINARY)
    return min(sessions, key=_begins, default=None)


def _begins(session: ClinicSession) -> tuple[datetime, int]:
    return times.begins(day=session.date, period=session.period, starts_at=None), session.pk


def _ask(revisit: Revisit) -> int:
    """Have somebody ask the villager and book."""
    moved = transition(Revisit.objects.filter(pk=revisit.pk), to=RevisitState.DUE, table=REVISIT_TRANSITIONS, by=None)
    if moved:
        with translation.override(settings.LANGUAGE_CODE):
            _open_task(revisit)
    return moved


def _open_task(revisit: Revisit) -> None:
    named = {
        "name": revisit.villager.name,
        "day": full_date(revisit.due_on),
        "who": " ".join(part for part in (revisit.department.name, revisit.doctor and revisit.doctor.name) if part),
    }
    follow_ups.open_task(
        hall=revisit.hall,
        villager=revisit.villager,
        kind=FollowUpKind.CALL,
        reason=_("复诊可以约了：%(who)s，%(day)s前后") % named,
        words=_("%(name)s您好，医生说%(day)s前后要复诊，现在可以约了。您看哪天方便，我们帮您约。") % named,
        due_at=hall_hours.after_open_hours(revisit.hall, clock.now(), _TO_SEE_TO_IT),
        about_kind=REVISIT,
        about_id=revisit.pk,
    )


def _released(revisit: Revisit) -> datetime:
    policy: Policy = policies.policy_for(revisit.department)
    return windows.release_at(policy=policy, day=revisit.due_on)


def _says_the_same(one: Revisit, other: Revisit) -> bool:
    names = ("due_on", "doctor_id", "automatic", "after_id")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _check_date(due_on: date) -> None:
    today = clock.today()
    if due_on <= today:
        raise DateOutOfReach(_("复诊的日子要在今天以后，请再看看病历。"))
    if due_on > today + FURTHEST:
        raise DateOutOfReach(_("复诊的日子太远了，最多记一年以内的，请再看看病历。"))
