"""What a hall tells everybody who comes in: on its screen, and over the loudspeaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.models.halls import Hall

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models.users import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices in scope and in force."""

    def for_user(self, user: User) -> NoticeQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def shown_between(self, first: date, last: date) -> NoticeQuerySet:
        """Those that hang on one of these days."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class Notice(models.Model):
    """A line for everybody, from one day to another; nobody's name or number stands in it."""

    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="notices", verbose_name=_("礼堂"))
    words = models.CharField(_("写什么"), max_length=60)
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("经办人")
    )
    written_at = models.DateTimeField(default=clock.now, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["first_day", "pk"]
        indexes = [
            # what hangs in a hall
            models.Index(fields=["hall", "last_day"], name="notice_of_hall"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="notice_in_order",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.words
