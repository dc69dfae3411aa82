"""Resources: books, sound, video, opera, dialect lessons, courses, links and printed books."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.library_enums import Licence, ResourceKind, ResourceState
from auditorium.models.library.channels import Channel, Topic

if TYPE_CHECKING:
    from auditorium.models.halls import Hall
    from auditorium.models.users import User


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Resources by who may see them, and what they are."""

    def for_hall(self, hall: Hall) -> ResourceQuerySet:
        """What a hall may show: published, in a channel that is shared with it."""
        return self.filter(state=ResourceState.PUBLISHED, channel__in=Channel.objects.for_hall(hall))

    def for_user(self, user: User) -> ResourceQuerySet:
        """Those of the channels somebody looks after, in any state."""
        return self.filter(channel__in=Channel.objects.for_user(user))


class Resource(models.Model):
    """One thing to read, hear, watch or borrow; its fields are Dublin Core's.

    `language` is a BCP 47 tag (zh-Hans, lzh-Hans, wuu). `issued` is a year or date as written on the thing itself.
    `identifier` is an ISBN, ISRC or the like; `source` says where it came from. Nothing is published without
    `rights_holder` and `licence`. `url` is set for links only, `seconds` where it plays.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(
        Channel, models.PROTECT, db_index=False, related_name="resources", verbose_name=_("频道")
    )
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, db_index=False, related_name="resources", verbose_name=_("主题")
    )
    kind = models.CharField(_("种类"), max_length=16, choices=ResourceKind)
    title = models.CharField(_("名称"), max_length=120)
    creator = models.CharField(_("作者"), max_length=120, blank=True)
    contributor = models.CharField(_("演播、编者"), max_length=120, blank=True)
    publisher = models.CharField(_("出版者"), max_length=120, blank=True)
    issued = models.CharField(_("出版时间"), max_length=20, blank=True)
    subject = models.CharField(_("主题词"), max_length=120, blank=True, help_text=_("用顿号隔开，例如：启蒙、诵读"))
    description = models.TextField(_("内容介绍"), max_length=1000, blank=True)
    language = models.CharField(_("语种"), max_length=20, default="zh-Hans")
    identifier = models.CharField(_("编号"), max_length=60, blank=True, help_text=_("书号等，没有就不填。"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    rights_holder = models.CharField(_("权利人"), max_length=120, blank=True)
    licence = models.CharField(_("使用许可"), max_length=16, choices=Licence, blank=True)
    licence_note = models.CharField(_("许可说明"), max_length=200, blank=True)
    url = models.URLField(_("网址"), blank=True)
    seconds = models.PositiveIntegerField(_("时长（秒）"), null=True, blank=True, editable=False)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)
    state = models.CharField(_("状态"), max_length=10, choices=ResourceState, default=ResourceState.DRAFT)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("审核人")
    )
    published_at = models.DateTimeField(_("上架时间"), null=True, editable=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("资源")
        verbose_name_plural = _("资源")
        ordering = ["order", "title", "pk"]
        indexes = [
            # a topic's page, and a channel's
            models.Index(fields=["channel", "topic", "order", "title", "id"], name="resource_in_channel"),
            # what is new on the library's first page
            models.Index(
                fields=["-published_at", "-id"], condition=Q(state=ResourceState.PUBLISHED), name="resource_newest"
            ),
            # the admin's list by state
            models.Index(fields=["state", "-id"], name="resource_by_state"),
            # the desk's lists of one kind, and of everything
            models.Index(
                fields=["kind", "order", "title", "id"],
                condition=Q(state=ResourceState.PUBLISHED),
                name="resource_of_kind",
            ),
            models.Index(
                fields=["order", "title", "id"], condition=Q(state=ResourceState.PUBLISHED), name="resource_on_shelf"
            ),
            # what is called as somebody typed, or begins so, among very many that have the word
            models.Index(fields=["title", "id"], condition=Q(state=ResourceState.PUBLISHED), name="resource_by_title"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ResourceState.PUBLISHED) | (~Q(rights_holder="") & ~Q(licence="")),
                name="resource_published_with_rights",
                violation_error_message=_("没有权利人和使用许可，不能上架。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=ResourceState.PUBLISHED) | ~Q(kind=ResourceKind.LINK) | ~Q(url=""),
                name="resource_link_has_address",
                violation_error_message=_("网站要填网址。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CourseItem(models.Model):
    """One step of a course: its parts are taken in order."""

    course = models.ForeignKey(Resource, models.CASCADE, related_name="items", verbose_name=_("课程"))
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="in_courses", verbose_name=_("内容"))
    order = models.PositiveSmallIntegerField(_("顺序"), default=1)

    class Meta:
        verbose_name = _("课程内容")
        verbose_name_plural = _("课程内容")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "resource"],
                name="course_item_once",
                violation_error_message=_("这一项已经在课程里了。"),
            ),
            models.CheckConstraint(
                condition=~Q(course=models.F("resource")),
                name="course_not_in_itself",
                violation_error_message=_("课程不能放进自己里面。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.resource)
