"""How each hospital wants to be booked: its own rules over the platform's defaults."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from appointments.models.hospitals import Hospital


class BookingPolicy(models.Model):
    """One hospital's rules; an empty field means the platform's default (`domain.policies.DEFAULTS`)."""

    hospital = models.OneToOneField(Hospital, models.CASCADE, related_name="policy", verbose_name=_("医院"))
    window_days = models.PositiveSmallIntegerField(
        _("提前几天可约"), null=True, blank=True, validators=[MaxValueValidator(90)]
    )
    same_day = models.BooleanField(_("当天可约"), null=True, blank=True)
    stop_time = models.TimeField(
        _("次日号的截止时间"), null=True, blank=True, help_text=_("前一天到这个时间就不能约了。")
    )
    cancel_days_before = models.PositiveSmallIntegerField(_("提前几天取消"), null=True, blank=True)
    cancel_time = models.TimeField(_("取消截止时间"), null=True, blank=True)
    one_per_department_and_day = models.BooleanField(_("同科室一天限约一次"), null=True, blank=True)
    arrive_minutes = models.PositiveSmallIntegerField(_("提前几分钟到"), null=True, blank=True)
    bring = models.CharField(_("要带什么"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("预约规则")
        verbose_name_plural = _("预约规则")

    def __str__(self) -> str:
        return str(self.hospital)
