"""Who has a place in an activity or waits for one, and who came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.activity_enums import ENROLMENT_LIVE, AttendanceState, EnrolmentState
from auditorium.models.activities.activities import Activity
from auditorium.models.activities.dates import ActivityDate
from auditorium.models.halls import Hall
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments in scope and by what became of them."""

    def for_user(self, user: User) -> EnrolmentQuerySet:
        """Those at the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def live(self) -> EnrolmentQuerySet:
        """Those with a place and those who wait."""
        return self.filter(state__in=ENROLMENT_LIVE)

    def enrolled(self) -> EnrolmentQuerySet:
        """Those with a place, in the order in which they came."""
        return self.filter(state=EnrolmentState.ENROLLED).order_by("pk")

    def waiting(self) -> EnrolmentQuerySet:
        """Those who wait, the first first."""
        return self.filter(state=EnrolmentState.WAITING).order_by("pk")


class Enrolment(models.Model):
    """A villager has a place in an activity, with all its dates, or waits for one: in the order of the keys."""

    activity = models.ForeignKey(
        Activity, models.PROTECT, db_index=False, related_name="enrolments", verbose_name=_("活动")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, db_index=False, related_name="enrolments", verbose_name=_("村民")
    )
    state = models.CharField(_("状态"), max_length=10, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    joined_at = models.DateTimeField(_("什么时候报的"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_reason = models.CharField(_("原因"), max_length=120, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("报名")
        verbose_name_plural = _("报名")
        ordering = ["pk"]
        indexes = [
            # an activity's roll and its waiting list, in order
            models.Index(fields=["activity", "state", "id"], name="enrolment_in_order"),
            # the villager's timeline
            models.Index(fields=["villager", "-joined_at"], name="enrolment_of_villager"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "villager"],
                condition=Q(state__in=ENROLMENT_LIVE),
                name="enrolment_once",
                violation_error_message=_("这位村民已经报过名了。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.get_state_display()}"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Lines of rolls in scope."""

    def for_user(self, user: User) -> AttendanceQuerySet:
        """Those at the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))


class Attendance(models.Model):
    """An enrolled villager on one date: what reminders are about, and after it whether they came.

    Written with the enrolment, for every date that was still to come then.
    """

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="attendances", verbose_name=_("报名"))
    date = models.ForeignKey(
        ActivityDate, models.PROTECT, db_index=False, related_name="attendances", verbose_name=_("哪一次")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    villager = models.ForeignKey(Villager, models.PROTECT, related_name="+", verbose_name=_("村民"))
    state = models.CharField(_("来了没有"), max_length=10, choices=AttendanceState, default=AttendanceState.EXPECTED)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁点的名")
    )
    marked_at = models.DateTimeField(_("什么时候点的"), null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("点名")
        verbose_name_plural = _("点名")
        ordering = ["enrolment"]
        constraints = [
            # it also finds the roll of a date
            models.UniqueConstraint(
                fields=["date", "enrolment"],
                name="attendance_once",
                violation_error_message=_("这一次已经有这位村民了。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date_id} {self.get_state_display()}"
