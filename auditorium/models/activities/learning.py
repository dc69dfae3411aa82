"""What a class teaches, skill by skill, and how far each learner has got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.activity_enums import SkillLevel
from auditorium.models.activities.activities import Activity
from auditorium.models.activities.enrolments import Enrolment
from auditorium.models.halls import Hall
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class ActivitySkill(models.Model):
    """One thing whoever comes is to learn: 扫码, 医保码."""

    activity = models.ForeignKey(
        Activity, models.PROTECT, db_index=False, related_name="skills", verbose_name=_("活动")
    )
    name = models.CharField(_("学什么"), max_length=12)
    order = models.PositiveSmallIntegerField(_("顺序"), default=1)

    class Meta:
        verbose_name = _("要学会的")
        verbose_name_plural = _("要学会的")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "name"], name="activity_skill_once", violation_error_message=_("这一样已经有了。")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SkillMarkQuerySet(models.QuerySet["SkillMark"]):
    """Marks in scope."""

    def for_user(self, user: User) -> SkillMarkQuerySet:
        """Those at the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))


class SkillMark(models.Model):
    """How far a learner had got with a skill when somebody looked. Never changed: the newest holds."""

    skill = models.ForeignKey(ActivitySkill, models.PROTECT, related_name="marks", verbose_name=_("要学会的"))
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, db_index=False, related_name="marks", verbose_name=_("报名")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    villager = models.ForeignKey(Villager, models.PROTECT, db_index=False, related_name="+", verbose_name=_("村民"))
    level = models.CharField(_("会不会"), max_length=8, choices=SkillLevel)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁记的")
    )
    marked_at = models.DateTimeField(_("什么时候记的"), default=clock.now)

    objects = SkillMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("学会了没有")
        verbose_name_plural = _("学会了没有")
        ordering = ["pk"]
        indexes = [
            # how far a learner, or a class, has got
            models.Index(fields=["enrolment", "id"], name="skill_mark_of_enrolment"),
            # the villager's timeline
            models.Index(fields=["villager", "id"], name="skill_mark_of_villager"),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} {self.get_level_display()}"
