"""What an import did or would do, in words and figures that can be kept and shown again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from appointments.domain import session_words
from appointments.domain.schedule_import.findings import Notice, Place, Problem
from auditorium.dates import full_date

if TYPE_CHECKING:
    from appointments.domain.schedule_import.directory import Directory
    from appointments.domain.schedule_import.plan import Plan, Step

MOST_OPENINGS = 10


@dataclass(frozen=True)
class Outcome:
    """Figures of sessions and rows, and everything said about rows. `is_applied`: the good rows are in.

    `openings` are the first few new sessions in words, so that somebody sees whether the sheet was understood.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: int = 0
    bad: int = 0
    departments: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    openings: tuple[Notice, ...] = ()
    changes: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    is_applied: bool = field(default=False, compare=False)

    @property
    def is_clean(self) -> bool:
        """Whether every row can go in just as it is."""
        return not self.problems

    @property
    def does_nothing(self) -> bool:
        """Whether nothing of the sheet is new."""
        return not self.new and not self.changed

    def as_json(self) -> dict[str, Any]:
        """Plain values for keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Outcome:
        """What `as_json` gave."""
        lists = {
            **{name: tuple(_notice(each) for each in kept[name]) for name in ("openings", "changes", "notices")},
            "problems": tuple(
                Problem(Place(**each["place"]), each["reason"], each["kind"]) for each in kept["problems"]
            ),
            "departments": tuple(kept["departments"]),
            "doctors": tuple(kept["doctors"]),
        }
        return cls(**{**kept, **lists})


def outcome_of(plan: Plan, directory: Directory) -> Outcome:
    """Put a plan into words and figures."""
    departments = {id(step.wish.department): step.wish.department for step in plan.steps}
    doctors = {id(step.wish.doctor): step.wish.doctor for step in plan.steps if step.wish.doctor}
    bad = {(p.place.sheet, p.place.row) for p in plan.problems if p.kind == "bad"}
    return Outcome(
        new=len(plan.of("new")),
        changed=len(plan.of("changed")),
        unchanged=len(plan.of("unchanged")),
        conflicts=sum(problem.kind == "conflict" for problem in plan.problems),
        bad=len(bad),
        departments=tuple(
            _with_resembling(f"{department.hospital} {department}", directory.resembling(department))
            for department in departments.values()
            if department._state.adding
        ),
        doctors=tuple(f"{doctor.department} {doctor}" for doctor in doctors.values() if doctor._state.adding),
        openings=tuple(Notice(step.wish.draft.row.place(), _opening(step)) for step in plan.of("new")[:MOST_OPENINGS]),
        changes=tuple(Notice(step.wish.draft.row.place(), _change(step)) for step in plan.of("changed")),
        problems=tuple(sorted(plan.problems, key=lambda p: (p.place.sheet, p.place.row, p.place.letter))),
        notices=tuple(plan.notices),
    )


def _notice(kept: dict[str, Any]) -> Notice:
    return Notice(Place(**kept["place"]), kept["text"])


def _with_resembling(name: str, resembling: str) -> str:
    if not resembling:
        return name
    return _("%(name)s（已有“%(other)s”，请看看是不是同一个）") % {"name": name, "other": resembling}


def _session(step: Step) -> str:
    """骨科 李建国 11月24日 周二 上午."""
    wish = step.wish
    doctor = wish.doctor.name if wish.doctor else _("普通门诊")
    return f"{wish.department.name} {doctor} {full_date(wish.date)} {wish.span.period.label}"


def _opening(step: Step) -> str:
    details = step.details
    return _("%(session)s %(times)s，%(capacity)d 个号，每 %(minutes)d 分钟一段，分配给%(allotment)s") % {
        "session": _session(step),
        "times": f"{details.starts:%H:%M}-{details.ends:%H:%M}",
        "capacity": details.capacity,
        "minutes": details.slot_minutes,
        "allotment": step.wish.allotment,
    }


def _change(step: Step) -> str:
    """骨科 李建国 11月24日 周二 上午：挂号费 30→50、号数 20→24."""
    session = step.wish.session
    said = session_words.changes(session, step.details, step.standing, step.change) if session else ""
    return _("%(session)s：%(changes)s") % {"session": _session(step), "changes": said}
