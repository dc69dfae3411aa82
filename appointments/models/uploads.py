"""Schedules that were sent in: kept from preview until somebody decides, and afterwards for looking back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.enums import UploadState
from appointments.models.hospitals import Hospital
from auditorium.models import Hall, Region

if TYPE_CHECKING:
    from auditorium.models import User


class ScheduleUploadQuerySet(models.QuerySet["ScheduleUpload"]):
    """Uploads in scope."""

    def for_user(self, user: User) -> ScheduleUploadQuerySet:
        """The user's own; administrators see everybody's."""
        return self if user.is_administrator else self.filter(uploaded_by=user.pk)


class ScheduleUpload(models.Model):
    """One file with what was answered about it, and the outcome that was shown (`schedule_import.outcome`).

    The bytes stand in the database, so that whichever web process confirms has them; discarding empties them.
    `hospital`, `hall` and `region` hold for rows that do not say it themselves.
    """

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁上传的")
    )
    created_at = models.DateTimeField(_("上传时间"))
    file_name = models.CharField(_("文件名"), max_length=120)
    content = models.BinaryField()
    hospital = models.ForeignKey(
        Hospital, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("医院")
    )
    hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分配给礼堂")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分配给区域")
    )
    state = models.CharField(_("状态"), max_length=10, choices=UploadState, default=UploadState.PREVIEWED)
    outcome = models.JSONField(default=dict)
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    objects = ScheduleUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("排班表")
        verbose_name_plural = _("排班表")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
