"""How resources are used: every opening, how far it got, and where a villager left off."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.library_enums import UsePlace
from auditorium.models.halls import Hall
from auditorium.models.library.resources import Resource
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class ResourceUseQuerySet(models.QuerySet["ResourceUse"]):
    """Uses in scope."""

    def for_user(self, user: User) -> ResourceUseQuerySet:
        """Those at the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))


class ResourceUse(models.Model):
    """One opening of a resource: by a villager, by a group (`people` of them), or by somebody who need not be named.

    `seconds` is time really spent; `position` is how far it got, in thousandths; `completed_at` when the end was
    reached.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="resource_uses", verbose_name=_("礼堂"))
    resource = models.ForeignKey(Resource, models.PROTECT, db_index=False, related_name="uses", verbose_name=_("资源"))
    villager = models.ForeignKey(
        Villager,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="resource_uses",
        verbose_name=_("村民"),
    )
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    place = models.CharField(_("在哪里看"), max_length=12, choices=UsePlace, default=UsePlace.DESK)
    started_at = models.DateTimeField(_("开始"))
    last_at = models.DateTimeField(_("最后"))
    seconds = models.PositiveIntegerField(_("用了几秒"), default=0)
    position = models.PositiveSmallIntegerField(_("看到哪里（千分之）"), default=0)
    completed_at = models.DateTimeField(_("看完"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人")
    )

    objects = ResourceUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("使用记录")
        verbose_name_plural = _("使用记录")
        ordering = ["-started_at"]
        indexes = [
            # a hall's totals by day
            models.Index(fields=["hall", "-started_at"], name="resource_use_of_hall"),
            # a resource's totals
            models.Index(fields=["resource", "-started_at"], name="resource_use_of_resource"),
            # the totals of a region, or of all halls
            models.Index(fields=["started_at"], name="resource_use_by_time"),
            # the villager's timeline
            models.Index(fields=["villager", "-started_at"], name="resource_use_of_villager"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1) & (Q(villager__isnull=True) | Q(people=1)),
                name="resource_use_counts_people",
                violation_error_message=_("几个人一起看，就不写是哪一位。"),
            ),
            models.CheckConstraint(condition=Q(position__lte=1000), name="resource_use_position"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.started_at:%Y-%m-%d %H:%M}"


class HallResource(models.Model):
    """How often a hall opened a resource, and when last: its lists of what was used lately and what is liked here."""

    hall = models.ForeignKey(Hall, models.CASCADE, db_index=False, related_name="+")
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    times = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "resource"], name="hall_resource_once")]
        indexes = [
            models.Index(fields=["hall", "-last_used_at"], name="hall_resource_lately"),
            models.Index(fields=["hall", "-times"], name="hall_resource_liked"),
        ]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.resource_id} {self.times}"


class ReadingPlace(models.Model):
    """Where a villager left off. `file` and `locator` say where: chapter and share for books, seconds for sound."""

    villager = models.ForeignKey(Villager, models.CASCADE, related_name="reading_places", verbose_name=_("村民"))
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+", verbose_name=_("资源"))
    file = models.ForeignKey("auditorium.ResourceFile", models.CASCADE, null=True, related_name="+")
    locator = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("看到哪里")
        verbose_name_plural = _("看到哪里")
        constraints = [
            models.UniqueConstraint(fields=["villager", "resource"], name="reading_place_once"),
            models.CheckConstraint(condition=Q(position__lte=1000), name="reading_place_position"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.position}"
