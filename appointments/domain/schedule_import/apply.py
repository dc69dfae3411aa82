"""Previewing and carrying out the import of one file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments.domain import sessions
from appointments.domain.schedule_import.allotments import Allotment
from appointments.domain.schedule_import.columns import Column
from appointments.domain.schedule_import.directory import Directory
from appointments.domain.schedule_import.drafts import draft
from appointments.domain.schedule_import.outcome import Outcome, outcome_of
from appointments.domain.schedule_import.plan import make_plan
from appointments.domain.schedule_import.scope import ImportScope
from appointments.domain.schedule_import.sheet import read_book
from appointments.models import Hospital
from auditorium import clock

if TYPE_CHECKING:
    from appointments.domain.schedule_import.plan import Plan, Step
    from auditorium.models import Hall, Region, User

_TRIES = 3


class MissingAnswerError(ValueError):
    """The sheet does not say something that whoever imports it must: `question` is `allotment` or `hospital`."""

    def __init__(self, question: Literal["allotment", "hospital"], sentence: str) -> None:
        super().__init__(sentence)
        self.question = question
        self.sentence = sentence


class ScheduleChangedError(Exception):
    """Since the preview something changed, so that the import would do other than what was agreed to."""


@dataclass(frozen=True)
class Answers:
    """What holds for rows that do not say it themselves."""

    hospital: Hospital | None = None
    hall: Hall | None = None
    region: Region | None = None

    @property
    def allotment(self) -> Allotment | None:
        """Whose places they are."""
        return Allotment(self.hall, self.region) if self.hall or self.region else None


def preview(*, content: bytes, answers: Answers, by: User | None) -> Outcome:
    """What `import_schedule` would do now. Raises UnreadableScheduleError or MissingAnswerError."""
    return ScheduleImport(content, answers, by).preview()


def import_schedule(
    *, content: bytes, answers: Answers, by: User | None, good_rows_only: bool, expected: Outcome | None = None
) -> Outcome:
    """Bring a file in, in one transaction: the good rows, or, unless `good_rows_only`, only when all are good.

    Raises what `preview` raises, and ScheduleChangedError when the outcome would not be the `expected` one of a
    preview, or when others' work came between again and again. Locks the hospitals, then sessions by id, then slots
    by id; imports of one hospital come one after the other.
    """
    prepared = ScheduleImport(content, answers, by)
    tries = 1 if expected else _TRIES
    while True:
        try:
            with transaction.atomic():
                return prepared.carry_out(good_rows_only=good_rows_only, expected=expected)
        except (ScheduleChangedError, IntegrityError):  # somebody booked, or opened a session by hand, just now
            tries -= 1
            if not tries:
                raise ScheduleChangedError from None


class ScheduleImport:
    """One file read, with the answers of whoever imports it; compared with what is stored as often as needed."""

    def __init__(self, content: bytes, answers: Answers, by: User | None) -> None:
        self._book = read_book(content)
        if answers.hospital is None and Column.HOSPITAL not in self._book.columns:
            raise MissingAnswerError("hospital", _("表里没有“医院”这一列，请说明是哪家医院的排班。"))
        if answers.allotment is None and Column.ALLOTMENT not in self._book.columns:
            raise MissingAnswerError("allotment", _("表里没有“分配给”这一列，请说明这些号分给哪个礼堂或区域。"))
        today = clock.today()
        self._drafts = [draft(row, today=today, epoch=self._book.epoch) for row in self._book.rows]
        self._answers = answers
        self._scope = ImportScope.of(by)
        self._by = by

    def preview(self) -> Outcome:
        """Compare and tell."""
        directory = self._directory()
        return outcome_of(self._plan(directory), directory)

    def carry_out(self, *, good_rows_only: bool, expected: Outcome | None) -> Outcome:
        """Compare under the hospitals' locks and write, inside the caller's transaction, which is rolled back with
        ScheduleChangedError, or IntegrityError when somebody opened one of the sessions by hand just now."""
        directory = self._directory()
        # no key changes: bookings, which refer to the hospital, need not wait
        list(Hospital.objects.select_for_update(no_key=True).filter(pk__in=directory.hospital_ids).order_by("pk"))
        plan = self._plan(directory)
        outcome = outcome_of(plan, directory)
        if expected is not None and outcome != expected:
            raise ScheduleChangedError
        if not outcome.is_clean and not good_rows_only:
            return outcome
        changed = {step.wish.session.pk: step for step in plan.of("changed") if step.wish.session}
        wanted = {pk: step.details for pk, step in changed.items()}
        if sessions.change_sessions(details=wanted, by=self._by) != {pk: step.change for pk, step in changed.items()}:
            raise ScheduleChangedError
        new = plan.of("new")
        for step in new:
            _store_names(step)
        sessions.open_sessions(details=[step.details for step in new], by=self._by)
        return replace(outcome, is_applied=True)

    def _directory(self) -> Directory:
        return Directory(self._drafts, self._answers.hospital, self._scope)

    def _plan(self, directory: Directory) -> Plan:
        default = self._answers.allotment
        return make_plan(book=self._book, drafts=self._drafts, directory=directory, default=default, scope=self._scope)


def _store_names(step: Step) -> None:
    """Store a department and a doctor that the sheet was the first to name."""
    department, doctor = step.wish.department, step.wish.doctor
    if department._state.adding:
        department.save()
    if doctor and doctor._state.adding:
        doctor.save()
