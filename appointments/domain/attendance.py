"""Whether somebody went: marked by the desk or by the hospital's result sheet, or said by nobody.

What nobody marked becomes UNMARKED when its day is over, never a no-show: only a person who says so makes one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import standing
from appointments.domain.places_given import ABOUT
from appointments.enums import (
    APPOINTMENT_TRANSITIONS,
    MARKS,
    UNDONE_MARKS,
    AppointmentSource,
    AppointmentState,
)
from appointments.errors import AlreadyBooked, BookingError, NotAllowed, NotLive, ReasonMissing, TooEarly
from appointments.models import Appointment, HospitalClerk
from auditorium import clock
from auditorium.dates import full_date
from auditorium.domain import audit, reminders
from auditorium.domain.transitions import transition
from auditorium.models import FollowUp, Reminder, Villager

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from appointments.models.appointments import AppointmentQuerySet
    from auditorium.models import User

BATCH = 500

_OVER = (AppointmentState.FULFILLED, AppointmentState.NO_SHOW)
ANSWERABLE = (AppointmentState.BOOKED, AppointmentState.UNMARKED, *MARKS)
"""Where a booking must stand for anybody to say whether the villager went."""


def mark(*, appointment: Appointment, to: str, by: User | None, why: str = "") -> Appointment:
    """Note that the villager arrived, was seen, or did not go; saying the same again changes nothing.

    `to` is one of MARKS; `by` is None at the server's own terminal. What contradicts an earlier mark needs a
    reason. Raises NotAllowed, NotLive, TooEarly or ReasonMissing.
    """
    mark_all(marks={appointment.pk: to}, by=by, why=why)
    appointment.refresh_from_db()
    return appointment


def mark_all(*, marks: Mapping[int, str], by: User | None, why: str = "") -> int:
    """Mark many bookings, each by its id, all or none; return how many changed. Raises what `mark` raises.

    Locks the villagers by id, then the bookings: limits count no-shows under the villager's lock.
    """
    with transaction.atomic():
        rows = _locked(marks.keys())
        check_allowed(rows, by=by)
        changing: dict[str, list[int]] = {}
        for row in rows:
            if says(row.state, marks[row.pk]):
                continue
            if refusal := why_not(row, to=marks[row.pk], why=why):
                raise refusal
            changing.setdefault(marks[row.pk], []).append(row.pk)
        count = sum(_move(pks, to=to, by=by, why=why) for to, pks in changing.items())
        _silence(sorted(pk for to, pks in changing.items() if to in _OVER for pk in pks), by=by)
    return count


def take_back(*, appointment: Appointment, by: User | None, why: str = "") -> Appointment:
    """Undo a mark pressed by mistake: until its day is over nobody said anything, afterwards nobody did.

    After the day it needs a reason. Raises NotAllowed, NotLive, ReasonMissing, or AlreadyBooked when the place in
    the villager's week is taken by another booking meanwhile.
    """
    with transaction.atomic():
        (row,) = _locked([appointment.pk])
        check_allowed([row], by=by)
        if row.state in MARKS:
            is_past = row.date < clock.today()
            if is_past and not why.strip():
                raise ReasonMissing(_("这一天已经过去了，要改请写明原因。"))
            _undo(row, to=AppointmentState.UNMARKED if is_past else AppointmentState.BOOKED)
            audit.record(action="mark_taken_back", what=row, by=by, hall=row.hall, villager_id=row.villager_id, why=why)
    appointment.refresh_from_db()
    return appointment


def close_days() -> int:
    """Leave as UNMARKED whatever nobody marked on a day that is over; return how many. Running again changes nothing.

    In batches, each its own transaction, so that a million of them hold nobody up.
    """
    open_before_today = Appointment.objects.filter(
        date__lt=clock.today(), state__in=(AppointmentState.BOOKED, AppointmentState.ARRIVED)
    ).order_by("date", "pk")
    closed = 0
    while pks := list(open_before_today.values_list("pk", flat=True)[:BATCH]):
        closed += _move(pks, to=AppointmentState.UNMARKED, by=None, why="")
    return closed


def says(state: str, mark_: str) -> bool:
    """Whether a booking in this state says it already: who was seen had arrived."""
    return state == mark_ or (state == AppointmentState.FULFILLED and mark_ == AppointmentState.ARRIVED)


def why_not(appointment: Appointment, *, to: str, why: str = "") -> BookingError | None:
    """What stands against this mark now; None when nothing does. Nothing is queried."""
    if to not in MARKS or appointment.state not in ANSWERABLE:
        return NotLive(_("这个预约现在是“%(state)s”，不能登记去没去。") % {"state": appointment.get_state_display()})
    if appointment.date > clock.today():
        return TooEarly(_("还没到日子，%(day)s那天起才能登记。") % {"day": full_date(appointment.date)})
    if to == AppointmentState.NO_SHOW and not standing.is_over(appointment):
        return TooEarly(_("看病的时间还没过，先等等；过了时间还没去，再登记没去。"))
    contradicts = appointment.state in _OVER or (
        appointment.state == AppointmentState.ARRIVED and to == AppointmentState.NO_SHOW
    )
    if contradicts and not says(appointment.state, to) and not why.strip():
        return ReasonMissing(_("已经登记过“%(state)s”，要改请写明原因。") % {"state": appointment.get_state_display()})
    return None


def offered(appointment: Appointment) -> tuple[AppointmentState, ...]:
    """The marks somebody can press now, without a reason. Nothing is queried."""
    marks = (AppointmentState.ARRIVED, AppointmentState.FULFILLED, AppointmentState.NO_SHOW)
    return tuple(to for to in marks if not says(appointment.state, to) and why_not(appointment, to=to) is None)


def markable(rows: AppointmentQuerySet, *, by: User) -> AppointmentQuerySet:
    """Those of the user's own halls, and for a hospital's clerk those in that hospital's places."""
    if by.is_administrator:  # their scope is an empty Q, which a further "or" would narrow
        return rows
    clerked = HospitalClerk.objects.filter(user=by).values("hospital")
    return rows.filter(by.hall_scope("hall__") | Q(source=AppointmentSource.SCHEDULE, hospital__in=clerked))


def check_allowed(rows: Collection[Appointment], *, by: User | None) -> None:
    """Raise NotAllowed when one of them is another hall's and another hospital's."""
    if by is None:
        return
    mine = set(
        markable(Appointment.objects.filter(pk__in=[row.pk for row in rows]), by=by).values_list("pk", flat=True)
    )
    for row in rows:
        if row.pk not in mine:
            raise NotAllowed(_("这个号是%(hall)s约的，请让那边登记。") % {"hall": row.hall})


def _locked(pks: Collection[int]) -> list[Appointment]:
    """The bookings as they are once their villagers are locked."""
    wanted = Appointment.objects.filter(pk__in=pks)
    whose = Villager.objects.filter(pk__in=wanted.values("villager"))
    list(whose.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return list(wanted.select_related("hall").order_by("pk"))


def _move(pks: list[int], *, to: str, by: User | None, why: str) -> int:
    """Change the states, in batches; AlreadyBooked when one would come alive beside another booking."""
    moved = 0
    with _alone():
        for first in range(0, len(pks), BATCH):
            batch = Appointment.objects.filter(pk__in=pks[first : first + BATCH])
            moved += transition(batch, to=to, table=APPOINTMENT_TRANSITIONS, by=by, why=why)
    return moved


def _undo(row: Appointment, *, to: str) -> None:
    """The same backwards; its act has a name of its own, since the history says "booked" of the booking."""
    with _alone():
        transition(Appointment.objects.filter(pk=row.pk), to=to, table=UNDONE_MARKS, by=None, audited=False)


@contextmanager
def _alone() -> Iterator[None]:
    """A booking that comes alive again must not stand beside a newer one of the same session."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise AlreadyBooked(_("这位村民又约了同一个号，请先取消那一个。")) from None


def _silence(pks: list[int], *, by: User | None) -> None:
    """Call off what is still owed about visits that are over."""
    owed = Reminder.objects.live().filter(about_kind=ABOUT, about_id__in=pks).values_list("about_id", flat=True)
    asked = FollowUp.objects.open().filter(about_kind=ABOUT, about_id__in=pks).values_list("about_id", flat=True)
    concerned = {*owed, *asked}
    with translation.override(settings.LANGUAGE_CODE):
        why = _("看病那天已经过了")
    for pk in pks:
        if pk in concerned:
            reminders.silence(about_kind=ABOUT, about_id=pk, by=by, why=why)
