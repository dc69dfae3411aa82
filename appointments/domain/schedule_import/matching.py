"""Which stored session each row of a sheet is about, and where a doctor would be in two places at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from django.utils.translation import gettext as _

from appointments.domain.sessions import standing_of
from appointments.enums import ClinicClass, SessionState
from appointments.models import ClinicSession
from auditorium.clock import SHANGHAI, local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from appointments.domain.schedule_import.allotments import Allotment
    from appointments.domain.schedule_import.drafts import Draft
    from appointments.domain.schedule_import.moments import Span
    from appointments.domain.session_layout import Standing, Times
    from appointments.models import Department, Doctor

Key: TypeAlias = "tuple[int | None, int | None, date, str, int | None, str | None]"


@dataclass
class Wish:
    """A row whose words were all understood, and the stored session it is about, if there is one."""

    draft: Draft
    department: Department
    doctor: Doctor | None
    date: date
    span: Span
    allotment: Allotment
    session: ClinicSession | None = None

    @property
    def key(self) -> Key:
        """What a stored session is known by, but for its class; departments and doctors not yet stored have none."""
        who = (self.department.pk, self.doctor.pk if self.doctor else None)
        return (*who, self.date, self.span.period, *self.allotment.key)

    @property
    def identity(self) -> tuple[object, ...]:
        """The same among the rows of a sheet, where the departments and doctors may be new."""
        return (id(self.department), id(self.doctor), *self.key[2:])

    @property
    def clinic_class(self) -> str:
        """The class the session shall have: the row's, else what it is, else ordinary."""
        return self.draft.clinic_class or (self.session.clinic_class if self.session else ClinicClass.ORDINARY)

    @property
    def times(self) -> Times:
        """From when to when."""
        starts, ends = (datetime.combine(self.date, at, tzinfo=SHANGHAI) for at in (self.span.starts, self.span.ends))
        return starts, ends


class Stored:
    """The sessions there are of the departments and dates of a sheet, with their slots."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        departments = {wish.department.pk for wish in wishes if wish.department.pk}
        there = ClinicSession.objects.filter(department__in=departments, date__in={wish.date for wish in wishes})
        self.sessions = {session.pk: session for session in there.select_related("doctor").order_by("pk")}
        self.standing: dict[int, list[Standing]] = standing_of(there.values("pk")) if self.sessions else {}
        self._by_key: dict[Key, list[ClinicSession]] = defaultdict(list)
        for session in self.sessions.values():
            self._by_key[_key(session)].append(session)

    def times(self, session: ClinicSession) -> Times | None:
        """From when to when a session is; None when it has no slots."""
        slots = self.standing.get(session.pk)
        return (slots[0].times[0], max(slot.times[1] for slot in slots)) if slots else None

    def candidates(self, key: Key) -> list[ClinicSession]:
        """The sessions a row may be about: at most one of each class."""
        return self._by_key.get(key, []) if key[0] else []


def match(wishes: Sequence[Wish], stored: Stored) -> dict[int, str]:
    """Give each row its session; return, by position, what to do about rows that may be about several."""
    groups: dict[tuple[object, ...], list[tuple[int, Wish]]] = defaultdict(list)
    for position, wish in enumerate(wishes):
        groups[wish.identity].append((position, wish))
    unclear = {}
    for group in groups.values():
        free = list(stored.candidates(group[0][1].key))
        for _position, wish in group:
            wish.session = next((s for s in free if s.clinic_class == wish.draft.clinic_class), None)
            if wish.session:
                free.remove(wish.session)
        for position, wish in group:
            near = [] if wish.session else [session for session in free if _may_be(wish, session, stored)]
            if len(near) == 1:
                wish.session = near[0]
                free.remove(near[0])
            elif near:
                unclear[position] = _("系统里这个时段有几个类别的班次，请在类别里写明是哪一个。")
    return unclear


def repeats(wishes: Sequence[Wish]) -> dict[int, Wish]:
    """For each row, by position, that is about the same session as an earlier one, that earlier one."""
    first: dict[tuple[object, ...], Wish] = {}
    found = {}
    for position, wish in enumerate(wishes):
        earlier = first.setdefault((*wish.identity, wish.clinic_class), wish)
        if earlier is not wish:
            found[position] = earlier
    return found


class _Busy(NamedTuple):
    """Where a doctor is: the times, the clinic, whose places they are there, and words for it."""

    times: Times
    clinic: tuple[date, str]
    allotment: tuple[int | None, str | None]
    words: str


def clashes(wishes: Sequence[Wish], stored: Stored) -> dict[int, str]:
    """For each row, by position, that puts a doctor in two places at once, words for the other place.

    One clinic may stand in the sheet several times, its places given to several halls.
    """
    busy = _busy(wishes, stored)
    found = {}
    for position, wish in enumerate(wishes):
        if wish.doctor is None:
            continue
        starts, ends = wish.times
        mine = _Busy(wish.times, (wish.date, wish.span.period), wish.allotment.key, row_words(wish, wish))
        for other in busy[id(wish.doctor)]:
            overlaps = starts < other.times[1] and other.times[0] < ends
            if overlaps and (other.clinic != mine.clinic or other.allotment == mine.allotment):
                found[position] = other.words
                break
        else:
            busy[id(wish.doctor)].append(mine)
    return found


def row_words(wish: Wish, beside: Wish) -> str:
    """Words for a row, seen from another one: 第 5 行, with its sheet where that is another."""
    row = wish.draft.row
    if row.sheet == beside.draft.row.sheet:
        return _("第 %(row)d 行") % {"row": row.number}
    return _("“%(sheet)s”第 %(row)d 行") % {"sheet": row.sheet, "row": row.number}


def _busy(wishes: Sequence[Wish], stored: Stored) -> dict[int, list[_Busy]]:
    """Where the sheet's doctors are by sessions it does not mention, under the identity of the doctor's object."""
    doctors = {wish.doctor.pk: id(wish.doctor) for wish in wishes if wish.doctor and wish.doctor.pk}
    mentioned = {wish.session.pk for wish in wishes if wish.session}
    busy: dict[int, list[_Busy]] = defaultdict(list)
    for session in stored.sessions.values():
        times = stored.times(session)
        is_other = session.pk not in mentioned and session.state == SessionState.OPEN
        if times and is_other and session.doctor_id in doctors:
            words = _("系统里 %(starts)s-%(ends)s 的班次") % {
                "starts": f"{local(times[0]):%H:%M}",
                "ends": f"{local(times[1]):%H:%M}",
            }
            allotment = (session.allotted_hall_id, session.allotted_region_id)
            busy[doctors[session.doctor_id]].append(_Busy(times, (session.date, session.period), allotment, words))
    return busy


def _key(session: ClinicSession) -> Key:
    return (
        session.department_id,
        session.doctor_id,
        session.date,
        session.period,
        session.allotted_hall_id,
        session.allotted_region_id,
    )


def _may_be(wish: Wish, session: ClinicSession, stored: Stored) -> bool:
    """Whether a session of another class is meant: the row names none, or the class of a doctor's clinic changed."""
    if wish.draft.clinic_class is None:
        return True
    times = stored.times(session)
    if wish.doctor is None or times is None:
        return False
    return wish.times[0] < times[1] and times[0] < wish.times[1]
