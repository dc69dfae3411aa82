"""When an installation, a region or a hall tells its villagers, where that differs from what is usual."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import ReminderPurpose
from auditorium.models.halls import Hall
from auditorium.models.regions import Region

_TWICE = _("这个范围已经有一条同样的规则了。")


class ReminderRule(models.Model):
    """How one purpose is told within a scope: everywhere, one region, or one hall; the nearest holds, whole.

    `days` with `at`, or `hours`, say how long before; purposes told at once have neither.
    """

    about_kind = models.CharField(_("关于"), max_length=20)
    purpose = models.CharField(_("用途"), max_length=16, choices=ReminderPurpose)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reminder_rules",
        verbose_name=_("区域"),
        help_text=_("不填就是所有地方。"),
    )
    hall = models.ForeignKey(
        Hall,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reminder_rules",
        verbose_name=_("礼堂"),
        help_text=_("只管一家礼堂时填。"),
    )
    is_on = models.BooleanField(_("要发"), default=True)
    days = models.PositiveSmallIntegerField(_("提前几天"), null=True, blank=True)
    at = models.TimeField(_("几点"), null=True, blank=True)
    hours = models.PositiveSmallIntegerField(_("提前几小时"), null=True, blank=True)
    gap_hours = models.PositiveSmallIntegerField(
        _("离上一条至少几小时"), null=True, blank=True, help_text=_("刚告诉过，不到这么久就不再发。不填就照平常的。")
    )
    copies = models.BooleanField(
        _("也发给家人"), default=True, help_text=_("村民同意告诉家人的，这一种也发给他们一份。")
    )

    class Meta:
        verbose_name = _("提醒规则")
        verbose_name_plural = _("提醒规则")
        ordering = ["about_kind", "purpose", "region", "hall"]
        constraints = [
            models.CheckConstraint(
                condition=Q(region=None) | Q(hall=None),
                name="reminder_rule_one_scope",
                violation_error_message=_("区域和礼堂只填一个。"),
            ),
            models.UniqueConstraint(
                fields=["about_kind", "purpose"],
                condition=Q(region=None, hall=None),
                name="reminder_rule_everywhere_once",
                violation_error_message=_TWICE,
            ),
            models.UniqueConstraint(
                fields=["about_kind", "purpose", "region"],
                condition=Q(region__isnull=False),
                name="reminder_rule_region_once",
                violation_error_message=_TWICE,
            ),
            models.UniqueConstraint(
                fields=["about_kind", "purpose", "hall"],
                condition=Q(hall__isnull=False),
                name="reminder_rule_hall_once",
                violation_error_message=_TWICE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.hall or self.region or _('所有地方')}"
