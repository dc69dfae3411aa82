"""A hospital's result sheet: every row is matched with its booking, checked, and explained; then all are marked.

What a reason quotes is what the sheet itself says: nobody reads here who else has a booking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import attendance
from appointments.domain.result_rows import Column, Draft, RowError, read_sheet
from appointments.domain.schedule_import.cells import same_name
from appointments.domain.schedule_import.findings import Notice, Problem
from appointments.enums import AppointmentState
from appointments.models import Appointment
from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from appointments.models import Hospital
    from appointments.models.appointments import AppointmentQuerySet
    from auditorium.models import User


@dataclass
class Outcome:
    """What a sheet says: `marks` are the states by the bookings' ids; `changing` of them are not marked so yet."""

    marks: dict[int, str] = field(default_factory=dict)
    changing: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """How many rows can't go in."""
        return len({(problem.place.sheet, problem.place.row) for problem in self.problems})

    @property
    def in_words(self) -> list[tuple[str, int]]:
        """已就诊 12, 已到院 0, 没去就诊 3."""
        states = (AppointmentState.FULFILLED, AppointmentState.ARRIVED, AppointmentState.NO_SHOW)
        return [(str(state.label), sum(to == state for to in self.marks.values())) for state in states]


def read(*, content: bytes, by: User | None, hospital: Hospital | None = None) -> Outcome:
    """What the sheet would change now. Raises UnreadableScheduleError when it is no result sheet.

    Only bookings that `by` may mark are found (all at the server's own terminal), and with a `hospital` only that
    hospital's. One query.
    """
    sheet = read_sheet(content)
    outcome = Outcome(problems=sheet.problems, notices=sheet.notices)
    _match(sheet.drafts, _Known(sheet.drafts, by, hospital), outcome)
    outcome.problems.sort(key=lambda problem: (problem.place.sheet, problem.place.row, problem.place.letter))
    return outcome


def carry_out(*, marks: Mapping[int, str], by: User | None, hospital: Hospital | None = None) -> int:
    """Mark all of them or none; return how many changed, none the second time. Raises what `attendance.mark` does."""
    with translation.override(settings.LANGUAGE_CODE):
        why = _("医院的就诊结果")
    with transaction.atomic():
        count = attendance.mark_all(marks=marks, by=by, why=why)
        if count and hospital:
            audit.record(action="results_imported", what=hospital, by=by)
    return count


class _Known:
    """The bookings the sheet can mean, by reference and by name and day."""

    def __init__(self, drafts: Sequence[Draft], by: User | None, hospital: Hospital | None) -> None:
        rows: AppointmentQuerySet = Appointment.objects.select_related("villager", "department", "hall")
        rows = rows.defer("villager__id_number", "villager__other_document_number")
        if by is not None:
            rows = attendance.markable(rows, by=by)
        if hospital is not None:
            rows = rows.filter(hospital=hospital)
        named = [draft for draft in drafts if not draft.reference]
        meant = Q(reference__in={draft.reference for draft in drafts if draft.reference}) | Q(
            villager__name__in={draft.name for draft in named}, date__in={draft.day for draft in named}
        )
        self.by_reference: dict[str, Appointment] = {}
        self.by_name: dict[tuple[str, date | None], list[Appointment]] = {}
        for row in rows.filter(meant):
            self.by_reference[row.reference] = row
            self.by_name.setdefault((same_name(row.villager.name), row.date), []).append(row)


def _match(drafts: Sequence[Draft], known: _Known, outcome: Outcome) -> None:
    """Find each draft's booking and say what it comes to."""
    said: dict[int, list[Draft]] = {}
    bookings: dict[int, Appointment] = {}
    for draft in drafts:
        try:
            found = _by_reference(draft, known) if draft.reference else _by_name(draft, known)
            _check(draft, found)
        except RowError as bad:
            outcome.problems.append(Problem(draft.row.place(bad.column), bad.reason))
        else:
            bookings[found.pk] = found
            said.setdefault(found.pk, []).append(draft)
    for pk, rows in said.items():
        to = rows[0].to if len(rows) == 1 else _agreed(rows, outcome)
        if to:
            outcome.marks[pk] = to
            is_news = not attendance.says(bookings[pk].state, to)
            outcome.changing += is_news
            outcome.unchanged += not is_news


def _agreed(rows: list[Draft], outcome: Outcome) -> str:
    """What several rows say of one booking; empty, with the reason said of each, when they contradict each other."""
    for one in rows:
        if all(attendance.says(one.to, other.to) for other in rows):
            return one.to
    for one, other in zip(rows, [*rows[1:], rows[0]], strict=True):
        reason = _("和第 %(row)d 行说的不一样，请核对。") % {"row": other.row.number}
        outcome.problems.append(Problem(one.row.place(Column.RESULT), reason))
    return ""


def _check(draft: Draft, found: Appointment) -> None:
    refusal = attendance.why_not(found, to=draft.to, why=draft.to)
    if refusal and not attendance.says(found.state, draft.to):
        raise RowError(Column.RESULT, refusal.sentence)


def _by_reference(draft: Draft, known: _Known) -> Appointment:
    found = known.by_reference.get(draft.reference)
    if found is None:
        raise RowError(Column.REFERENCE, _("没有这个预约号，请核对。"))
    if draft.name and same_name(draft.name) != same_name(found.villager.name):
        raise RowError(Column.NAME, _("预约号和姓名对不上，请核对。"))
    if draft.day and draft.day != found.date:
        raise RowError(Column.DATE, _("预约号和日期对不上，请核对。"))
    return found


def _by_name(draft: Draft, known: _Known) -> Appointment:
    """Of several that fit the one that is still going on: a booking cancelled and made again is not unclear."""
    fitting = [
        one
        for one in known.by_name.get((same_name(draft.name), draft.day), [])
        if (not draft.department or same_name(one.department_name) == draft.department)
        and (not draft.number or one.shown_number.casefold() == draft.number)
    ]
    if not fitting:
        raise RowError(Column.NAME, _("没有找到这个人这一天的预约，请核对姓名、日期、科室和号。"))
    going = [one for one in fitting if one.state in attendance.ANSWERABLE]
    if len(going or fitting) > 1:
        raise RowError(Column.NAME, _("这样的预约不止一个，请写预约号。"))
    return (going or fitting)[0]
