"""Packages being made or taken in, while a worker does it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.library_enums import PackageJobKind, PackageJobState
from auditorium.models.halls import Hall
from auditorium.models.library.channels import Channel

if TYPE_CHECKING:
    from auditorium.models.users import User


class PackageJobQuerySet(models.QuerySet["PackageJob"]):
    """Jobs by who asked for them."""

    def for_user(self, user: User) -> PackageJobQuerySet:
        """One's own; an administrator's are all."""
        return self if user.is_administrator else self.filter(asked_by=user)


class PackageJob(models.Model):
    """One package to be made or taken in. Its file lies in the library's storage under `path` until it is dropped.

    An import makes a new channel `hall`'s to look after; without one everybody sees it. `alive_at` is when its worker
    last said how far it is; `report` is what came of it, in the words of whoever asked.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("做什么"), max_length=8, choices=PackageJobKind)
    state = models.CharField(_("状态"), max_length=8, choices=PackageJobState, default=PackageJobState.WAITING)
    channel = models.ForeignKey(
        Channel, models.SET_NULL, null=True, blank=True, related_name="package_jobs", verbose_name=_("频道")
    )
    hall = models.ForeignKey(Hall, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("礼堂"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("经办人")
    )
    asked_at = models.DateTimeField(_("时间"), default=clock.now)
    alive_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("结束"), null=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    has_file = models.BooleanField(default=False, editable=False)
    report: models.JSONField[dict[str, Any]] = models.JSONField(default=dict, editable=False)

    objects = PackageJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("资源包")
        verbose_name_plural = _("资源包")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            # one's own, the newest first
            models.Index(fields=["asked_by", "-asked_at"], name="package_job_of_user"),
            # the worker's: what is still to be done
            models.Index(
                fields=["asked_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="package_job_open",
            ),
            # the nightly chore: whose file is dropped
            models.Index(fields=["asked_at"], condition=models.Q(has_file=True), name="package_job_with_file"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.channel or ''}".strip()

    @property
    def path(self) -> str:
        """Its file's name in the storage."""
        return f"packages/{self.uid}.zip"
