"""What of the library is handed out or shown at an activity."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from auditorium.models.activities.activities import Activity
from auditorium.models.library.resources import Resource


class Handout(models.Model):
    """A resource that belongs to an activity: slides, a text to take along, a film to watch."""

    activity = models.ForeignKey(
        Activity, models.PROTECT, db_index=False, related_name="handouts", verbose_name=_("活动")
    )
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+", verbose_name=_("资源"))
    order = models.PositiveSmallIntegerField(_("顺序"), default=1)

    class Meta:
        verbose_name = _("讲义")
        verbose_name_plural = _("讲义")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "resource"], name="handout_once", violation_error_message=_("这一份已经有了。")
            ),
        ]

    def __str__(self) -> str:
        return str(self.resource)
