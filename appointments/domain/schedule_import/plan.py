"""What importing a sheet would do: every row compared with what is stored, nothing written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from appointments.domain.schedule_import import matching
from appointments.domain.schedule_import.allotments import Allotment, Allotments
from appointments.domain.schedule_import.cells import CellError, same_name
from appointments.domain.schedule_import.columns import Column
from appointments.domain.schedule_import.findings import Notice, Place, Problem
from appointments.domain.schedule_import.matching import Stored, Wish
from appointments.domain.session_details import Change, SessionDetails
from appointments.domain.sessions import difference
from appointments.enums import SessionState
from auditorium import clock
from auditorium.dates import full_date

if TYPE_CHECKING:
    from appointments.domain.schedule_import.directory import Directory
    from appointments.domain.schedule_import.drafts import Draft
    from appointments.domain.schedule_import.scope import ImportScope
    from appointments.domain.schedule_import.sheet import Book
    from appointments.domain.session_layout import Standing
    from appointments.models import ClinicSession

Kind = Literal["new", "changed", "unchanged", "left"]
_MOST_LEFT_OUT = 50


@dataclass(frozen=True)
class Step:
    """One row that goes in, as far as its bookings allow, and what that means for its session."""

    wish: Wish
    details: SessionDetails
    change: Change
    standing: list[Standing]

    @property
    def kind(self) -> Kind:
        """Whether a session is opened, changed, already right, or left as it is because of a conflict."""
        if self.wish.session is None:
            return "new"
        if self.change.is_nothing:
            return "unchanged"
        return "changed" if self.change.fields else "left"


@dataclass
class Plan:
    """All that an import would do and has to say. A row with a conflict may have a step too."""

    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Step]:
        """The steps of one kind, in the order of the sheet."""
        return [step for step in self.steps if step.kind == kind]


def make_plan(
    *, book: Book, drafts: list[Draft], directory: Directory, default: Allotment | None, scope: ImportScope
) -> Plan:
    """Compare every row with what is stored. Call it inside the transaction that carries the plan out."""
    plan = Plan(problems=list(book.problems), notices=list(book.notices))
    allotments = Allotments(default, scope)
    wishes = [wish for draft in drafts if (wish := _wish(draft, directory, allotments, plan))]
    stored = Stored(wishes)
    unclear = matching.match(wishes, stored)
    repeated = matching.repeats(wishes)
    kept = [wish for position, wish in enumerate(wishes) if position not in unclear and position not in repeated]
    for position, wish in enumerate(wishes):
        if position in unclear:
            _object(plan, wish.draft, Column.CLINIC_CLASS, unclear[position])
        elif position in repeated:
            reason = _("和%(row)s是同一个班次，一个班次只写一行。")
            _object(plan, wish.draft, None, reason % {"row": matching.row_words(repeated[position], wish)})
    clashing = matching.clashes(kept, stored)
    for position, wish in enumerate(kept):
        if position in clashing:
            reason = _("%(doctor)s这个时间已经有班：%(other)s。请核对。")
            at = Column.START if Column.START in wish.draft.row.cells else Column.TIME
            _object(plan, wish.draft, at, reason % {"doctor": wish.draft.doctor, "other": clashing[position]})
        else:
            _weigh(wish, stored, plan)
    _point_out_namesakes(plan)
    _point_out_left_out(plan, wishes, stored)
    return plan


def _object(plan: Plan, draft: Draft, column: Column | None, reason: str) -> None:
    plan.problems.append(Problem(draft.row.place(column), reason))


def _wish(draft: Draft, directory: Directory, allotments: Allotments, plan: Plan) -> Wish | None:
    """A row with its names looked up; what can't be found joins the row's own faults."""
    plan.problems.extend(draft.problems)
    faulty = {problem.place for problem in draft.problems}
    column = Column.HOSPITAL
    try:
        if draft.row.place(column) in faulty:
            return None
        hospital = directory.hospital(draft.hospital)
        column = Column.ALLOTMENT
        if draft.row.place(column) in faulty:
            return None
        allotment = allotments.find(draft.allotment, hospital)
        if draft.problems or draft.date is None or draft.span is None:
            return None
        column = Column.DEPARTMENT
        department = directory.department(hospital, draft.department)
        column = Column.DOCTOR
        doctor = directory.doctor(department, draft.doctor, draft.grade) if draft.doctor else None
    except CellError as fault:
        _object(plan, draft, column, str(fault))
        return None
    return Wish(draft, department, doctor, draft.date, draft.span, allotment)


def _weigh(wish: Wish, stored: Stored, plan: Plan) -> None:
    """Decide what becomes of a row. What is over can't be changed, but may stand in the sheet as it was."""
    draft = wish.draft
    details = SessionDetails(
        department=wish.department,
        doctor=wish.doctor,
        date=wish.date,
        period=wish.span.period,
        starts=wish.span.starts,
        ends=wish.span.ends,
        slot_minutes=draft.slot_minutes,
        capacity=draft.capacity or 0,
        hall=wish.allotment.hall,
        region=wish.allotment.region,
        clinic_class=wish.clinic_class,
        fee=draft.fee,
        room=draft.room,
    )
    standing = stored.standing.get(wish.session.pk, []) if wish.session else []
    change = difference(wish.session, standing, details) if wish.session else Change()
    is_over = wish.times[0] <= clock.now()
    if is_over and (wish.session is None or not change.is_nothing):
        reason = _("这一天已经过了，不能再排。") if wish.date < clock.today() else _("这个班次已经开始了，不能再排。")
        _object(plan, draft, Column.DATE, reason)
        return
    if change.conflict:
        plan.problems.append(Problem(draft.row.place(Column.CAPACITY), change.conflict, "conflict"))
    plan.steps.append(Step(wish, details, change, standing))


def _point_out_namesakes(plan: Plan) -> None:
    """Two doctors of one name in two departments may be two people; at the same time it is worth a look."""
    seen: dict[tuple[int, str], list[Step]] = {}
    for step in plan.steps:
        if step.wish.doctor is None:
            continue
        same = seen.setdefault((step.wish.department.hospital_id, same_name(step.wish.doctor.name)), [])
        starts, ends = step.wish.times
        for other in same:
            overlaps = starts < other.wish.times[1] and other.wish.times[0] < ends
            if overlaps and other.wish.department is not step.wish.department:
                text = _("%(doctor)s同一时间也在%(department)s（%(row)s），请看看是不是同一个人。") % {
                    "doctor": step.wish.doctor.name,
                    "department": other.wish.department.name,
                    "row": matching.row_words(other.wish, step.wish),
                }
                plan.notices.append(Notice(step.wish.draft.row.place(Column.DOCTOR), text))
                break
        same.append(step)


def _point_out_left_out(plan: Plan, wishes: list[Wish], stored: Stored) -> None:
    """Name stored sessions that the sheet could have had and has not: they stay as they are."""
    mentioned = {wish.session.pk for wish in wishes if wish.session}
    given = {wish.allotment.key for wish in wishes}
    names = {wish.department.pk: wish.department.name for wish in wishes}
    left_out = [
        session
        for session in stored.sessions.values()
        if session.pk not in mentioned
        and session.state == SessionState.OPEN
        and session.date >= clock.today()
        and (session.allotted_hall_id, session.allotted_region_id) in given
    ]
    for session in left_out[:_MOST_LEFT_OUT]:
        plan.notices.append(Notice(Place("", 0), _left_out(session, names, stored)))
    if len(left_out) > _MOST_LEFT_OUT:
        text = _("还有 %(count)d 个班次表里没有，没有动。") % {"count": len(left_out) - _MOST_LEFT_OUT}
        plan.notices.append(Notice(Place("", 0), text))


def _left_out(session: ClinicSession, names: dict[int, str], stored: Stored) -> str:
    return _("系统里有、表里没有，没有动：%(department)s %(doctor)s %(day)s %(period)s，已约 %(booked)d 位。") % {
        "department": names[session.department_id],
        "doctor": session.doctor.name if session.doctor else _("普通门诊"),
        "day": full_date(session.date),
        "period": session.get_period_display(),
        "booked": sum(slot.taken for slot in stored.standing.get(session.pk, [])),
    }
