"""Who did what to which row, when, from where and why: keys and field names, never values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from auditorium.models.halls import Hall

if TYPE_CHECKING:
    from auditorium.models.users import User


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Entries in scope and of one thing."""

    def for_user(self, user: User) -> AuditEntryQuerySet:
        """Those of the halls inside the user's roles; entries of no hall are for administrators."""
        return self.filter(user.hall_scope("hall__"))

    def of(self, kind: str, pk: int) -> AuditEntryQuerySet:
        """The history of one row, newest first."""
        return self.filter(object_kind=kind, object_id=pk).order_by("-at", "-pk")


class AuditEntry(models.Model):
    """One act. Triggers refuse UPDATE and DELETE on both databases; only the retention job deletes."""

    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name=_("礼堂"))
    action = models.CharField(_("做了什么"), max_length=40)
    object_kind = models.CharField(_("对象"), max_length=40)
    object_id = models.BigIntegerField(_("编号"), null=True)
    villager_id = models.BigIntegerField(_("村民编号"), null=True)
    fields = models.JSONField(_("改了哪些项"), default=list)
    why = models.CharField(_("原因"), max_length=200, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        ordering = ["-at", "-pk"]
        indexes = [
            # the history shown on one row's page
            models.Index(fields=["object_kind", "object_id", "-at"], name="audit_of_object"),
            # who looked at or changed one villager
            models.Index(fields=["villager_id", "-at"], name="audit_of_villager"),
            # the retention job
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_kind} {self.object_id}"
