"""When and where an activity takes place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.activity_enums import ActivityState, DateState
from auditorium.models.activities.activities import Activity, Room
from auditorium.models.halls import Hall

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models.users import User


class ActivityDateQuerySet(models.QuerySet["ActivityDate"]):
    """Dates in scope, by when they are and whether they take place."""

    def for_user(self, user: User) -> ActivityDateQuerySet:
        """Those at the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def scheduled(self) -> ActivityDateQuerySet:
        """Those that take place."""
        return self.filter(state=DateState.SCHEDULED)

    def coming(self) -> ActivityDateQuerySet:
        """Those that take place and are not over, the first first."""
        return self.scheduled().filter(ends_at__gt=clock.now()).order_by("starts_at", "pk")

    def between(self, start: datetime, end: datetime) -> ActivityDateQuerySet:
        """Those that begin from `start` on and before `end`, the first first."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "pk")


class ActivityDate(models.Model):
    """One time an activity takes place: from when to when, and in which room."""

    activity = models.ForeignKey(Activity, models.PROTECT, db_index=False, related_name="dates", verbose_name=_("活动"))
    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="+", verbose_name=_("礼堂"))
    room = models.ForeignKey(Room, models.PROTECT, db_index=False, related_name="dates", verbose_name=_("场地"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    state = models.CharField(_("状态"), max_length=10, choices=DateState, default=DateState.SCHEDULED)
    ended_reason = models.CharField(_("为什么取消"), max_length=120, blank=True)

    objects = ActivityDateQuerySet.as_manager()

    class Meta:
        verbose_name = _("活动时间")
        verbose_name_plural = _("活动时间")
        ordering = ["starts_at", "pk"]
        indexes = [
            # a hall's week
            models.Index(fields=["hall", "starts_at"], name="activity_date_of_hall"),
            # what a room is taken for
            models.Index(fields=["room", "ends_at"], condition=Q(state="scheduled"), name="activity_date_in_room"),
        ]
        constraints = [
            # it also finds an activity's dates
            models.UniqueConstraint(
                fields=["activity", "starts_at"],
                condition=Q(state="scheduled"),
                name="activity_date_once",
                violation_error_message=_("这个活动在这个时间已经有一次了。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="activity_date_in_order",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{clock.local(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def takes_place(self) -> bool:
        """Whether it, and its activity, were not called off."""
        return self.state == DateState.SCHEDULED and self.activity.state == ActivityState.OPEN

    @property
    def has_begun(self) -> bool:
        """Whether it began already, and so cannot be changed any more."""
        return self.starts_at <= clock.now()

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.ends_at <= clock.now()
