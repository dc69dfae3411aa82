"""One person at the desk, and what they came for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import VISIT_OPEN, MatterKind, VisitChannel, VisitState
from auditorium.fields import EncryptedJSONField
from auditorium.models.halls import Hall
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits in scope and by state."""

    def for_user(self, user: User) -> VisitQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def with_villager(self) -> VisitQuerySet:
        """With whom they are of, their identity numbers left unread."""
        return self.select_related("villager").defer("villager__id_number", "villager__other_document_number")

    def open(self) -> VisitQuerySet:
        """Those neither done nor left; SQLite finds them by their index only where it is said without values."""
        return self.filter(state__in=VISIT_OPEN, ended_at__isnull=True)


class Visit(models.Model):
    """One person at the desk: waiting → serving → put aside → done or left. Several matters a visit.

    A visit may begin with just a label (一位大爷) and get its villager later. `draft` keeps the
    half-filled form of a visit put aside: {"url": path, "data": {field: [values]}}.
    """

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="visits", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("村民")
    )
    label = models.CharField(_("称呼"), max_length=40, blank=True, help_text=_("还不知道姓名时，例如：一位大爷"))
    channel = models.CharField(_("怎么来的"), max_length=8, choices=VisitChannel, default=VisitChannel.WALK_IN)
    state = models.CharField(_("状态"), max_length=10, choices=VisitState, default=VisitState.WAITING)
    arrived_at = models.DateTimeField(_("到的时间"))
    serving_since = models.DateTimeField(_("开始办理"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人")
    )
    draft = EncryptedJSONField(null=True, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("到访")
        verbose_name_plural = _("到访")
        ordering = ["-arrived_at"]
        indexes = [
            # the desk's list of today
            models.Index(fields=["hall", "arrived_at"], name="visit_of_the_day"),
            # those of the days before that somebody went on with today
            models.Index(fields=["hall", "serving_since"], name="visit_resumed"),
            # what was still open at the end of a day
            models.Index(
                fields=["hall", "arrived_at"],
                condition=Q(ended_at__isnull=True),
                name="visit_open",
            ),
            # the villager's timeline
            models.Index(fields=["villager", "-arrived_at"], name="visit_of_villager"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(villager__isnull=False) | ~Q(label=""),
                name="visit_is_of_somebody",
                violation_error_message=_("请选村民，或写一个称呼。"),
            ),
            # one at a time; it also finds whom a member of staff is serving, which many pages ask
            models.UniqueConstraint(
                fields=["served_by"], condition=Q(state="serving"), name="visit_served_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.villager.name if self.villager else self.label


class Matter(models.Model):
    """One thing a visit is about."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="matters", verbose_name=_("到访"))
    kind = models.CharField(_("办什么事"), max_length=20, choices=MatterKind)
    note = models.CharField(_("说明"), max_length=120, blank=True)
    done_at = models.DateTimeField(_("办好时间"), null=True, blank=True)
    about_kind = models.CharField(max_length=20, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("事项")
        verbose_name_plural = _("事项")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
