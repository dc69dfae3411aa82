"""Channels, whom they are shared with, and their topics."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.models.halls import Hall
from auditorium.models.regions import Region, codes_around

if TYPE_CHECKING:
    from auditorium.models.users import User


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Channels by who may see them and who looks after them."""

    def for_hall(self, hall: Hall) -> ChannelQuerySet:
        """Those a hall may show: everybody's, its region's and those shared with itself."""
        shared = ChannelShare.objects.filter(Q(hall=hall) | Q(region__in=codes_around(hall.region_id)))
        return self.filter(Q(is_for_all=True) | Q(pk__in=shared.values("channel")))

    def for_user(self, user: User) -> ChannelQuerySet:
        """Those somebody looks after: an administrator all, others those kept inside their roles' halls and regions."""
        return self.filter(user.keeper_scope())

    def written_by(self, user: User) -> ChannelQuerySet:
        """Those somebody may write for: the ones they look after, and those of the halls they work at."""
        if user.is_administrator:
            return self.all()
        return self.filter(user.keeper_scope() | user.hall_scope("keeper_hall__"))


class Channel(models.Model):
    """A collection that somebody looks after and shares, such as a county's books or a hall's own recordings.

    `keeper_hall` or `keeper_region` says whose it is; neither: the deployment's. A channel is shown in a hall when it
    `is_for_all`, or is shared with the hall or with a region around it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    description = models.CharField(_("介绍"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)
    is_for_all = models.BooleanField(_("所有礼堂都能看"), default=False)
    keeper_hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="kept_channels", verbose_name=_("管理的礼堂")
    )
    keeper_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="kept_channels", verbose_name=_("管理的区域")
    )

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("频道")
        verbose_name_plural = _("频道")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(keeper_hall__isnull=True) | Q(keeper_region__isnull=True),
                name="channel_has_one_keeper",
                violation_error_message=_("管理的礼堂和区域只填一个。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChannelShare(models.Model):
    """One hall, or every hall of a region, that may show a channel."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="shares", verbose_name=_("频道"))
    hall = models.ForeignKey(
        Hall, models.CASCADE, null=True, blank=True, related_name="shared_channels", verbose_name=_("礼堂")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="shared_channels", verbose_name=_("区域")
    )

    class Meta:
        verbose_name = _("共享范围")
        verbose_name_plural = _("共享范围")
        constraints = [
            models.CheckConstraint(
                condition=Q(hall__isnull=True, region__isnull=False) | Q(hall__isnull=False, region__isnull=True),
                name="channel_share_is_of_one",
                violation_error_message=_("礼堂和区域填一个，也只填一个。"),
            ),
            models.UniqueConstraint(
                fields=["channel", "hall"],
                condition=Q(hall__isnull=False),
                name="channel_shared_once_with_hall",
                violation_error_message=_("已经共享给这个礼堂了。"),
            ),
            models.UniqueConstraint(
                fields=["channel", "region"],
                condition=Q(region__isnull=False),
                name="channel_shared_once_with_region",
                violation_error_message=_("已经共享给这个区域了。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.hall or self.region)


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics by who looks after their channel."""

    def for_user(self, user: User) -> TopicQuerySet:
        """Those of the channels somebody looks after."""
        return self.filter(channel__in=Channel.objects.for_user(user))


class Topic(models.Model):
    """One branch of a channel's tree; a channel has some dozens, read as one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="topics", verbose_name=_("频道"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("上级主题")
    )
    title = models.CharField(_("名称"), max_length=60)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("主题")
        verbose_name_plural = _("主题")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title
