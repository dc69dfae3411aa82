"""What is to be booked later: at the release of a session, or when the doctor said to come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import RevisitState, WishState
from appointments.models.appointments import Appointment
from appointments.models.hospitals import Department, Doctor
from appointments.models.sessions import ClinicSession
from auditorium.models import Hall, Villager

if TYPE_CHECKING:
    from auditorium.models import User


class WishQuerySet(models.QuerySet["Wish"]):
    """Wishes in scope."""

    def for_user(self, user: User) -> WishQuerySet:
        """Those of villagers the user may see."""
        return self if user.is_administrator else self.filter(villager__in=Villager.objects.for_user(user))


class RevisitQuerySet(models.QuerySet["Revisit"]):
    """Revisits in scope."""

    def for_user(self, user: User) -> RevisitQuerySet:
        """Those of villagers the user may see."""
        return self if user.is_administrator else self.filter(villager__in=Villager.objects.for_user(user))


class Wish(models.Model):
    """等放号: book this session as soon as its places are released. Served strictly in the order of the keys.

    `not_before` is the earliest time of day that suits, empty when any does.
    """

    villager = models.ForeignKey(Villager, models.PROTECT, related_name="wishes", verbose_name=_("村民"))
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    session = models.ForeignKey(ClinicSession, models.PROTECT, related_name="wishes", verbose_name=_("班次"))
    not_before = models.TimeField(_("最早几点"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=WishState, default=WishState.WAITING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    made_at = models.DateTimeField(_("什么时候登记的"))
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, blank=True, related_name="wish", verbose_name=_("预约")
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_reason = models.CharField(_("原因"), max_length=120, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("等放号")
        verbose_name_plural = _("等放号")
        ordering = ["pk"]
        indexes = [
            # whose turn it is when a session is released
            models.Index(fields=["session", "id"], condition=Q(state="waiting"), name="wish_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["villager", "session"],
                condition=Q(state="waiting"),
                name="wish_once_per_session",
                violation_error_message=_("已经登记过了，放号就约。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Revisit(models.Model):
    """复诊: the doctor said to come back about `due_on`. On the day that date can be booked it becomes a wish, or
    a task for the desk.

    `automatic` means the villager agreed that a place is booked for them, with this doctor, without being asked
    again.
    """

    villager = models.ForeignKey(Villager, models.PROTECT, related_name="revisits", verbose_name=_("村民"))
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("科室"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("医生"))
    after = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="revisits", verbose_name=_("哪次看病以后")
    )
    due_on = models.DateField(_("大约哪天复诊"))
    automatic = models.BooleanField(_("到时候直接约"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=RevisitState, default=RevisitState.WAITING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    made_at = models.DateTimeField(_("什么时候登记的"))
    wish = models.OneToOneField(
        Wish, models.PROTECT, null=True, blank=True, related_name="revisit", verbose_name=_("等放号")
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_reason = models.CharField(_("原因"), max_length=120, blank=True)

    objects = RevisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("复诊")
        verbose_name_plural = _("复诊")
        ordering = ["due_on", "pk"]
        indexes = [
            # what comes due
            models.Index(fields=["due_on"], condition=Q(state="waiting"), name="revisit_coming"),
            # what a villager is to come back for
            models.Index(fields=["villager", "due_on"], name="revisit_of_villager"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
