"""What a class teaches, who can do it by now, and since when: marked again and again, nothing of it overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import SkillLevel
from auditorium.domain import audit
from auditorium.domain.activities import places
from auditorium.errors import DeskError, EndedError
from auditorium.models import ActivitySkill, Enrolment, SkillMark

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from auditorium.models import Activity, User

SMARTPHONES = ("扫码", "医保码", "反诈", "预约挂号")
"""What a class about smartphones begins with."""

MOST = 12
"""More than this nobody marks one by one."""

Cell = tuple[int, int]
"""A learner's enrolment and a skill, by their keys."""


@dataclass(frozen=True)
class Progress:
    """How many of a class have got how far with one skill; of the others nobody has said yet."""

    skill: ActivitySkill
    learners: int
    able: int
    helped: int
    not_yet: int

    @property
    def marked(self) -> int:
        """Of how many anything was said."""
        return self.able + self.helped + self.not_yet


def teach(*, activity: Activity, names: Sequence[str], by: User | None) -> None:
    """Say what the activity, which the caller holds, teaches, in this order; what has been marked stays.

    Raises DeskError, having written nothing, where one would go that somebody was marked on.
    """
    wanted = {name: place for place, name in enumerate(names, start=1)}
    known = {skill.name: skill for skill in activity.skills.all()}
    dropped = [skill for name, skill in known.items() if name not in wanted]
    marked = SkillMark.objects.filter(skill__in=dropped).select_related("skill").first() if dropped else None
    if marked:
        raise DeskError(_("“%(skill)s”已经记过谁会谁不会了，不能去掉。") % {"skill": marked.skill.name})
    if {name: skill.order for name, skill in known.items()} == wanted:
        return
    ActivitySkill.objects.filter(pk__in=[skill.pk for skill in dropped]).delete()
    for name, skill in known.items():
        skill.order = wanted.get(name, skill.order)
    ActivitySkill.objects.bulk_update(known.values(), ["order"])
    new = (name for name in wanted if name not in known)
    ActivitySkill.objects.bulk_create(ActivitySkill(activity=activity, name=name, order=wanted[name]) for name in new)
    audit.record(action="changed", what=activity, by=by, hall=activity.hall, fields=["skills"])


@transaction.atomic
def mark(*, activity: Activity, levels: Mapping[Cell, str], by: User) -> int:
    """Write down how far learners have got; who is where they were is not written again. Return how many moved.

    Raises EndedError, having written nothing, where the activity was called off.
    """
    held = places.lock(activity.pk)
    if not held.is_open:
        raise EndedError(_("这个活动已经取消了。"))
    skills = set(held.skills.values_list("pk", flat=True))
    learners = {one.pk: one for one in held.enrolments.enrolled()}
    before = newest(learners)
    now = clock.now()
    made = SkillMark.objects.bulk_create(
        SkillMark(
            skill_id=skill,
            enrolment_id=enrolment,
            hall_id=held.hall_id,
            villager_id=learners[enrolment].villager_id,
            level=SkillLevel(level),
            marked_by=by,
            marked_at=now,
        )
        for (enrolment, skill), level in levels.items()
        if enrolment in learners and skill in skills and before.get((enrolment, skill)) != level
    )
    rows = [(one.pk, one.hall_id, one.villager_id) for one in made]
    audit.record_many(action="marked", kind=SkillMark._meta.model_name or "", rows=rows, by=by)
    return len(made)


def newest(enrolments: Collection[int]) -> dict[Cell, str]:
    """How far each of these has got with each skill; what was never marked is left out: one query."""
    said = SkillMark.objects.filter(enrolment__in=enrolments).order_by("pk")
    return {(one, skill): level for one, skill, level in said.values_list("enrolment", "skill", "level")}


def history(enrolment: Enrolment) -> list[SkillMark]:
    """Everything that was marked of a learner, the newest first, with by whom."""
    return list(enrolment.marks.select_related("skill", "marked_by").order_by("-pk"))


def progress(*, skills: Collection[ActivitySkill], enrolments: Collection[int]) -> list[Progress]:
    """How a class stands with each of its skills: one query."""
    levels = newest(enrolments) if skills else {}
    counts = {(skill.pk, level): 0 for skill in skills for level in SkillLevel}
    for (_enrolment, skill), level in levels.items():
        if (skill, level) in counts:
            counts[skill, SkillLevel(level)] += 1
    return [
        Progress(
            skill=skill,
            learners=len(enrolments),
            able=counts[skill.pk, SkillLevel.ABLE],
            helped=counts[skill.pk, SkillLevel.HELPED],
            not_yet=counts[skill.pk, SkillLevel.NOT_YET],
        )
        for skill in skills
    ]
