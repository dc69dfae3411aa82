"""停诊: sessions that do not take place, and how far the people in them have been seen to."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.enums import Period, SuspensionState
from appointments.models.hospitals import Department, Doctor, Hospital, HospitalClerk
from auditorium.models import Hall

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models import User


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """Suspensions in scope and by what is left to do."""

    def for_user(self, user: User) -> SuspensionQuerySet:
        """Those of sessions the user's halls may book, and a hospital clerk's own."""
        if user.is_administrator:
            return self
        from appointments.models.sessions import ClinicSession

        sessions = ClinicSession.objects.for_user(user).filter(suspension__isnull=False)
        clerked = HospitalClerk.objects.filter(user=user).values("hospital")
        return self.filter(Q(pk__in=sessions.values("suspension")) | Q(hospital__in=clerked))

    def manageable_by(self, user: User) -> SuspensionQuerySet:
        """Those the user may lift: of sessions that all are theirs to suspend."""
        if user.is_administrator:
            return self
        from appointments.models.sessions import ClinicSession

        sessions = ClinicSession.objects.filter(suspension__isnull=False)
        mine = ClinicSession.objects.manageable_by(user).filter(suspension__isnull=False)
        others = sessions.exclude(pk__in=mine.values("pk"))
        return self.filter(pk__in=mine.values("suspension")).exclude(pk__in=others.values("suspension"))

    def in_force(self) -> SuspensionQuerySet:
        """Those not lifted."""
        return self.exclude(state=SuspensionState.RESUMED)

    def unsettled(self) -> SuspensionQuerySet:
        """Those in which somebody may still have to be told."""
        return self.filter(state=SuspensionState.CLOSED)

    def resumed_since(self, moment: datetime) -> SuspensionQuerySet:
        """Those lifted a short while ago."""
        return self.filter(state=SuspensionState.RESUMED, resumed_at__gte=moment)


class Suspension(models.Model):
    """One decision that sessions do not take place: a session, a day, a doctor's range, a hospital.

    Its sessions point to it. With `picked` it means these sessions and no others; without, whatever lies in its
    range. `appointments_found` counts the live bookings when it was decided.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="suspensions", verbose_name=_("医院"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("科室")
    )
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("医生"))
    first_date = models.DateField(_("从哪天"))
    last_date = models.DateField(_("到哪天"))
    period = models.CharField(_("时段"), max_length=10, choices=Period, blank=True)
    picked = models.BooleanField(_("只停选中的班次"), default=False)
    reason = models.CharField(_("原因"), max_length=80)
    state = models.CharField(_("状态"), max_length=10, choices=SuspensionState, default=SuspensionState.CLOSED)
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("礼堂"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    created_at = models.DateTimeField(_("什么时候"))
    resumed_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)
    appointments_found = models.PositiveIntegerField(_("当时的预约"), default=0)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("一条", "停诊")
        verbose_name_plural = pgettext_lazy("名单", "停诊")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # what was interrupted and goes on
            models.Index(fields=["created_at"], condition=Q(state="closed"), name="suspension_unsettled"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="suspension_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor or self.department or self.hospital} {self.first_date}"
