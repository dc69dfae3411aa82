"""What a line carried, day by day: counted from its texts, and kept when their words are gone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import TextOutcome
from auditorium.models.halls import Hall
from auditorium.models.sms_lines import SmsLine

if TYPE_CHECKING:
    from auditorium.models.users import User


class LineDayQuerySet(models.QuerySet["LineDay"]):
    """Counts by scope, and of some days."""

    def for_user(self, user: User) -> LineDayQuerySet:
        """Those of the halls inside the user's roles; totals of all halls are administrators' to see."""
        return self if user.is_administrator else self.filter(user.hall_scope("hall__"))

    def totals(self) -> LineDayQuerySet:
        """Those of all halls together."""
        return self.filter(hall=None)

    def of_days(self, first: date, last: date) -> LineDayQuerySet:
        """Those of the days from `first` to `last`, both included."""
        return self.filter(day__gte=first, day__lte=last)


class LineDay(models.Model):
    """How many of a line's texts for one hall, or for all (`hall` null), written on one local day, ended how.

    `cost` is in yuan, at the price of each when it was sent; `parts` is what is charged. Counted anew while the day
    is young enough for receipts to come, see `auditorium.domain.figures`.
    """

    line = models.ForeignKey(SmsLine, models.PROTECT, db_index=False, related_name="days", verbose_name=_("短信线路"))
    hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("礼堂")
    )
    day = models.DateField(_("日期"))
    outcome = models.CharField(_("结果"), max_length=12, choices=TextOutcome)
    error_code = models.CharField(_("原因"), max_length=60, blank=True)
    texts = models.PositiveIntegerField(_("短信"))
    parts = models.PositiveIntegerField(_("条数"))
    cost = models.DecimalField(_("费用"), max_digits=12, decimal_places=4, default=0)
    counted_at = models.DateTimeField(_("统计时间"))

    objects = LineDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("短信统计")
        verbose_name_plural = _("短信统计")
        ordering = ["-day", "line", "hall", "outcome"]
        indexes = [
            # a line's page, and counting a day anew
            models.Index(fields=["line", "day"], name="line_day"),
            # a line's totals: few rows among many
            models.Index(fields=["line", "day"], condition=Q(hall__isnull=True), name="line_day_total"),
            # what was sent for a hall
            models.Index(fields=["hall", "-day"], condition=Q(hall__isnull=False), name="line_day_of_hall"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_outcome_display()} {self.texts}"
