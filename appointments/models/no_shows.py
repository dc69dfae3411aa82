"""Lifting the limit on somebody who did not go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.hospitals import Hospital
from auditorium.models import Hall, Villager

if TYPE_CHECKING:
    from auditorium.models import User


class NoShowLiftQuerySet(models.QuerySet["NoShowLift"]):
    """Lifts in scope."""

    def for_user(self, user: User) -> NoShowLiftQuerySet:
        """Those of villagers the user may see."""
        return self if user.is_administrator else self.filter(villager__in=Villager.objects.for_user(user))


class NoShowLift(models.Model):
    """A manager decided that what somebody missed until `lifted_at` does not count, at one hospital or (none) at
    all of them."""

    villager = models.ForeignKey(Villager, models.PROTECT, related_name="no_show_lifts", verbose_name=_("村民"))
    hospital = models.ForeignKey(
        Hospital, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("医院")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    lifted_at = models.DateTimeField(_("什么时候"))
    reason = models.CharField(_("原因"), max_length=120)

    objects = NoShowLiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("解除限制")
        verbose_name_plural = _("解除限制")
        ordering = ["-lifted_at"]
        indexes = [
            # whether somebody's limit was lifted
            models.Index(fields=["villager", "-lifted_at"], name="no_show_lift_of_villager"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
