"""候补: who waits for a place, in the order in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import WAITLIST_PENDING, Period, WaitlistState
from appointments.models.hospitals import Department, Doctor
from auditorium.models import Hall, Villager

if TYPE_CHECKING:
    from auditorium.models import User


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    """Entries in scope and by what they still wait for."""

    def for_user(self, user: User) -> WaitlistEntryQuerySet:
        """Those of villagers the user may see."""
        return self if user.is_administrator else self.filter(villager__in=Villager.objects.for_user(user))

    def pending(self) -> WaitlistEntryQuerySet:
        """Those that wait or have an offer."""
        return self.filter(state__in=WAITLIST_PENDING)

    def waiting(self) -> WaitlistEntryQuerySet:
        """Those in the queue, the first first."""
        return self.filter(state=WaitlistState.WAITING).order_by("pk")


class WaitlistEntry(models.Model):
    """A villager waits for a place in a department: any doctor or one, on some dates, in a period or any.

    The queue's order is that of the keys. An offer is an Appointment in `held` that points here.
    """

    villager = models.ForeignKey(Villager, models.PROTECT, related_name="waitlist_entries", verbose_name=_("村民"))
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="waitlist_entries", verbose_name=_("科室"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("医生"))
    first_date = models.DateField(_("从哪天"))
    last_date = models.DateField(_("到哪天"))
    period = models.CharField(_("时段"), max_length=10, choices=Period, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=WaitlistState, default=WaitlistState.WAITING)
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    joined_at = models.DateTimeField(_("什么时候排的"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_reason = models.CharField(_("原因"), max_length=120, blank=True)

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("候补")
        verbose_name_plural = _("候补")
        ordering = ["pk"]
        indexes = [
            # the queue of a department in order, asked at every booking and whenever a place comes free
            models.Index(fields=["department", "id"], condition=Q(state="waiting"), name="waitlist_queue"),
            # what a villager waits for
            models.Index(fields=["villager", "-joined_at"], name="waitlist_of_villager"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["villager", "department"],
                condition=Q(state__in=WAITLIST_PENDING),
                name="waitlist_once_per_department",
                violation_error_message=_("这位村民已经在这个科室排队了。"),
            ),
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="waitlist_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
