"""The week's grid of one department: doctors by days, what is left in each session, and one session's times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from appointments.domain import policies, queues, windows
from appointments.enums import DoctorGrade, Period, QueueMode, SessionState, SlotKind
from appointments.models import ClinicSession, Slot
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from appointments.domain.policies import Policy
    from appointments.models import Appointment, Department, Doctor
    from appointments.models.sessions import ClinicSessionQuerySet
    from auditorium.models import Hall

DAYS = 7
_GRADES = list(DoctorGrade.values)
_PERIODS = list(Period.values)


class Standing(StrEnum):
    """What a session, or one of its times, is to somebody who wants a place. WALK_IN: nothing to book. QUEUED: what
    is free goes to whoever waits."""

    FREE = "free"
    QUEUED = "queued"
    FULL = "full"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    SOON = "soon"
    WALK_IN = "walk_in"
    OWN = "own"


@dataclass(frozen=True)
class Time:
    """One time of a session: a slot, and whether it can be booked now."""

    slot: Slot
    standing: Standing

    @property
    def is_free(self) -> bool:
        """Whether a place can be had."""
        return self.standing == Standing.FREE


@dataclass(frozen=True)
class Choice:
    """One session in the grid. `left` counts the places that can be booked now; `opens` is the moment of release;
    `can_wait` says whether the villager can join its queue."""

    session: ClinicSession
    standing: Standing
    times: tuple[Time, ...]
    opens: datetime
    can_wait: bool = False

    @property
    def left(self) -> int:
        """Places that can be booked now."""
        return sum(time.slot.free for time in self.times if time.is_free)

    @property
    def is_free(self) -> bool:
        """Whether a place can be had."""
        return self.standing == Standing.FREE


@dataclass(frozen=True)
class Row:
    """A doctor, or the ordinary clinic (`doctor` None), in one class at one fee, day by day."""

    doctor: Doctor | None
    first: ClinicSession
    days: tuple[tuple[Choice, ...], ...]
    is_wanted: bool

    @property
    def choices(self) -> list[Choice]:
        """Every session of the row, earliest first."""
        return [choice for day in self.days for choice in day]


@dataclass(frozen=True)
class Week:
    """Seven days of a department. `chosen` is the session whose times are shown; `earlier` and `later` lead on, as
    far as the week after the last day that is released: 即将放号 is seen too."""

    department: Department
    policy: Policy
    days: tuple[date, ...]
    rows: tuple[Row, ...]
    chosen: Choice | None
    earlier: date | None
    later: date | None

    @property
    def has_free(self) -> bool:
        """Whether any place can be had in these days."""
        return any(choice.is_free for row in self.rows for choice in row.choices)

    @property
    def can_wait(self) -> bool:
        """Whether nothing can be had in these days but a place in the queue."""
        return not self.has_free and any(choice.can_wait for row in self.rows for choice in row.choices)

    @property
    def has_soon(self) -> bool:
        """Whether any session of these days is still to be released."""
        return any(choice.standing == Standing.SOON for row in self.rows for choice in row.choices)

    @property
    def first_free_time(self) -> Time | None:
        """The earliest bookable time of the chosen session."""
        times = self.chosen.times if self.chosen else ()
        return next((time for time in times if time.is_free), None)


def open_week(
    *,
    department: Department,
    hall: Hall,
    at: datetime,
    first: date | None = None,
    doctor_id: int | None = None,
    session_id: int | None = None,
    booked: Collection[Appointment] = (),
) -> Week:
    """The seven days from `first`, or the first seven from today that have a free place; at most three queries.

    `doctor_id` puts a doctor first, `session_id` chooses the session whose times are shown (else the earliest
    free one). `booked` is what the villager has booked: where a hospital gives one place a day and department,
    the whole day is theirs. `department` comes with hospital and policy selected.
    """
    policy = policies.policy_for(department)
    today = clock.local(at).date()
    last = windows.last_day(policy=policy, at=at)
    own = _Own.of(booked, department, policy)
    sessions = ClinicSession.objects.for_hall(hall).filter(department=department)
    wanted = sessions.filter(doctor=doctor_id) if doctor_id else sessions
    start = max(first, today) if first else _first_week(wanted.between(today, last), policy, at, own)
    days = tuple(start + timedelta(days=n) for n in range(DAYS))
    is_queued = Q(queues.is_waited_for()) | Q(queues.is_wished_for())
    found = list(sessions.between(days[0], days[-1]).select_related("doctor", "held_at").annotate(is_queued=is_queued))
    slots = _slots_of(found)
    choices = [_choice(session, slots.get(session.pk, []), policy, at, own) for session in found]
    rows = _rows(choices, days, doctor_id)
    return Week(
        department=department,
        policy=policy,
        days=days,
        rows=rows,
        chosen=_chosen(rows, session_id, doctor_id),
        earlier=max(start - timedelta(days=DAYS), today) if start > today else None,
        later=start + timedelta(days=DAYS) if start <= last else None,
    )


def times_of(*, session: ClinicSession, at: datetime) -> list[Time]:
    """The times of one session in order; the session comes with department, hospital and policy. One query."""
    policy = policies.policy_for(session.department)
    return list(_choice(session, _slots_of([session])[session.pk], policy, at, _Own()).times)


@dataclass(frozen=True)
class _Own:
    """Sessions and days on which the villager needs no other place."""

    sessions: frozenset[int | None] = frozenset()
    days: frozenset[date] = frozenset()

    @classmethod
    def of(cls, booked: Collection[Appointment], department: Department, policy: Policy) -> _Own:
        here = [row for row in booked if row.department_id == department.pk]
        days = [row.date for row in here] if policy.one_per_department_and_day else []
        return cls(frozenset(row.session_id for row in here), frozenset(days))

    def has(self, session: ClinicSession) -> bool:
        """Whether a place in the session would be one too many."""
        return session.pk in self.sessions or session.date in self.days


def _first_week(sessions: ClinicSessionQuerySet, policy: Policy, at: datetime, own: _Own) -> date:
    """The first day of the seven that hold the earliest free place, counted in sevens from today; else today."""
    today = clock.local(at).date()
    free = Slot.objects.open().with_free_places().filter(kind=SlotKind.REGULAR, starts_at__gt=at)
    dates = sessions.filter(state=SessionState.OPEN, pk__in=free.values("session"))
    for day, period in dates.order_by("date", "period").values_list("date", "period").distinct():
        if day not in own.days and not windows.why_session_closed(
            session=ClinicSession(date=day, period=period), policy=policy, at=at
        ):
            return today + (day - today) // timedelta(days=DAYS) * timedelta(days=DAYS)
    return today


def _slots_of(sessions: Sequence[ClinicSession]) -> dict[int, list[Slot]]:
    by_session: dict[int, list[Slot]] = {session.pk: [] for session in sessions}
    sessions_by_id = {session.pk: session for session in sessions}
    for slot in Slot.objects.filter(session__in=by_session, kind=SlotKind.REGULAR).order_by("starts_at", "pk"):
        slot.session = sessions_by_id[slot.session_id]
        by_session[slot.session_id].append(slot)
    return by_session


def _choice(session: ClinicSession, slots: Sequence[Slot], policy: Policy, at: datetime, own: _Own) -> Choice:
    closed = bool(windows.why_session_closed(session=session, policy=policy, at=at))
    times = tuple(Time(slot=slot, standing=_time_standing(slot, at, closed=closed)) for slot in slots)
    serves_queue = policy.waitlist and at < windows.cancel_deadline(policy=policy, date=session.date)
    standing = Standing.OWN if own.has(session) else _session_standing(session, times, policy, at)
    if standing == Standing.FREE and serves_queue and getattr(session, "is_queued", False):
        standing = Standing.QUEUED
    return Choice(
        session=session,
        standing=standing,
        times=times,
        opens=windows.release_at(policy=policy, day=session.date),
        can_wait=serves_queue and standing in {Standing.FULL, Standing.QUEUED},
    )


def _time_standing(slot: Slot, at: datetime, *, closed: bool) -> Standing:
    if closed or windows.why_time_closed(slot=slot, at=at):
        return Standing.CLOSED
    return Standing.FREE if slot.free else Standing.FULL


def _session_standing(session: ClinicSession, times: Sequence[Time], policy: Policy, at: datetime) -> Standing:
    if session.state == SessionState.SUSPENDED:
        return Standing.SUSPENDED
    if session.queue == QueueMode.WALK_IN:
        return Standing.WALK_IN
    if windows.is_before_release(session=session, policy=policy, at=at):
        return Standing.SOON
    if any(time.is_free for time in times):
        return Standing.FREE
    return Standing.FULL if any(time.standing == Standing.FULL for time in times) else Standing.CLOSED


def _rows(choices: Sequence[Choice], days: Sequence[date], doctor_id: int | None) -> tuple[Row, ...]:
    """One row for each doctor, class, fee and hall: the wanted doctor, then by grade, the ordinary clinic last."""
    grouped: dict[tuple[object, ...], list[Choice]] = {}
    for choice in choices:
        session = choice.session
        key = (session.doctor_id, session.clinic_class, session.fee, session.held_at_id)
        grouped.setdefault(key, []).append(choice)
    rows = [_row(group, days, doctor_id) for group in grouped.values()]
    return tuple(sorted(rows, key=_row_order))


def _row(choices: Sequence[Choice], days: Sequence[date], doctor_id: int | None) -> Row:
    first = choices[0].session
    ordered = sorted(choices, key=_choice_order)
    return Row(
        doctor=first.doctor,
        first=first,
        days=tuple(tuple(choice for choice in ordered if choice.session.date == day) for day in days),
        is_wanted=doctor_id is not None and first.doctor_id == doctor_id,
    )


def _row_order(row: Row) -> tuple[object, ...]:
    doctor = row.doctor
    grade = _GRADES.index(doctor.grade) if doctor and doctor.grade in _GRADES else len(_GRADES)
    return (not row.is_wanted, doctor is None, grade, doctor.name if doctor else "", row.first.fee or 0)


def _choice_order(choice: Choice) -> tuple[date, int, int]:
    return choice.session.date, _PERIODS.index(choice.session.period), choice.session.pk


def _chosen(rows: Sequence[Row], session_id: int | None, doctor_id: int | None) -> Choice | None:
    """The session asked for, else the earliest free one, of the wanted doctor if there is one; of two, the cheaper."""
    choices = [choice for row in rows for choice in row.choices]
    asked = next((choice for choice in choices if choice.session.pk == session_id), None)
    if asked:
        return asked
    free = [choice for choice in choices if choice.is_free]
    wanted = [choice for choice in free if doctor_id and choice.session.doctor_id == doctor_id]
    return min(wanted or free, key=lambda choice: (*_choice_order(choice)[:2], choice.session.fee or 0), default=None)
