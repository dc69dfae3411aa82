"""Activities: classes, lectures, festivals and the like, and the rooms they are held in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.activity_enums import ActivityKind, ActivityState, EnrolmentState
from auditorium.models.halls import Hall

if TYPE_CHECKING:
    from auditorium.models.users import User


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms in scope."""

    def for_user(self, user: User) -> RoomQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def usable(self) -> RoomQuerySet:
        """Those in which something can be held."""
        return self.filter(is_active=True)


class Room(models.Model):
    """Where something can be held at a hall, one thing at a time; its row is locked to keep it so."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="rooms", verbose_name=_("礼堂"))
    name = models.CharField(_("名称"), max_length=20, help_text=_("例如：二楼教室"))
    places = models.PositiveSmallIntegerField(_("坐得下几人"))
    is_active = models.BooleanField(_("使用中"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("场地")
        verbose_name_plural = _("场地")
        ordering = ["hall", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "name"],
                name="room_named_once",
                violation_error_message=_("这个礼堂已经有同名的场地了。"),
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1), name="room_has_places", violation_error_message=_("至少要坐得下1人。")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Activities in scope, with how full they are."""

    def for_user(self, user: User) -> ActivityQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def with_counts(self) -> ActivityQuerySet:
        """With how many have a place (`taken`) and how many wait (`waiting`)."""
        return self.annotate(
            taken=Count("enrolments", Q(enrolments__state=EnrolmentState.ENROLLED)),
            waiting=Count("enrolments", Q(enrolments__state=EnrolmentState.WAITING)),
        )


class Activity(models.Model):
    """A class or event of a hall, on one date or several; its row is locked to give its places away.

    `places` is for how many there is room, null: as many as come. `from_age` is in whole years on its first date.
    Signing up ends at `closes_at`, else when its last date begins.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="activities", verbose_name=_("礼堂"))
    kind = models.CharField(_("种类"), max_length=10, choices=ActivityKind, default=ActivityKind.CLASS)
    title = models.CharField(_("名称"), max_length=30, help_text=_("例如：智能手机班"))
    summary = models.CharField(_("讲什么、做什么"), max_length=200, blank=True)
    audience = models.CharField(_("请谁来"), max_length=60, blank=True, help_text=_("例如：想学用手机的老人"))
    from_age = models.PositiveSmallIntegerField(_("几岁以上"), null=True, blank=True)
    teacher = models.CharField(_("谁来讲"), max_length=40, blank=True)
    places = models.PositiveSmallIntegerField(_("名额"), null=True, blank=True, help_text=_("不填就是不限人数。"))
    materials = models.CharField(_("带什么"), max_length=60, blank=True, help_text=_("例如：手机、充电线"))
    closes_at = models.DateTimeField(_("报名截止"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=ActivityState, default=ActivityState.OPEN)
    ended_reason = models.CharField(_("为什么取消"), max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("经办人")
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("活动")
        verbose_name_plural = _("活动")
        ordering = ["-pk"]
        indexes = [
            # a hall's activities, the newest first
            models.Index(fields=["hall", "-id"], name="activity_of_hall"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__gte=1),
                name="activity_has_places",
                violation_error_message=_("名额至少是1；不限人数就不要填。"),
            ),
            models.CheckConstraint(
                condition=Q(from_age__isnull=True) | Q(from_age__lte=100),
                name="activity_age",
                violation_error_message=_("年龄填100以下。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it takes place at all."""
        return self.state == ActivityState.OPEN
