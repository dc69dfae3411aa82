"""How each hospital wants to be booked: its own rules over the platform's defaults, and a department's over both."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from appointments.enums import NoShowScope, StopRule
from appointments.models.hospitals import Department, Hospital


class BookingPolicy(models.Model):
    """The rules of one hospital or of one of its departments.

    An empty field means what stands above it: the hospital's rule for a department, the platform's default
    (`domain.policies.DEFAULTS`) for a hospital. Times of day are local, limits count dates of visits.
    """

    hospital = models.OneToOneField(
        Hospital, models.CASCADE, null=True, blank=True, related_name="policy", verbose_name=_("医院")
    )
    department = models.OneToOneField(
        Department, models.CASCADE, null=True, blank=True, related_name="policy", verbose_name=_("科室")
    )

    window_days = models.PositiveSmallIntegerField(
        _("提前几天可约"), null=True, blank=True, validators=[MaxValueValidator(90)]
    )
    release_time = models.TimeField(
        _("几点放号"), null=True, blank=True, help_text=_("最远一天的号从这个时间起可以约。")
    )
    same_day = models.BooleanField(_("当天可约"), null=True, blank=True)
    stop_rule = models.CharField(_("截止在"), max_length=20, blank=True, choices=StopRule)
    stop_time = models.TimeField(
        _("截止时间"), null=True, blank=True, help_text=_("前一天（或前一个工作日）到这个时间就不能约了。")
    )
    stop_morning = models.TimeField(_("当天上午号截止"), null=True, blank=True)
    stop_afternoon = models.TimeField(_("当天下午号截止"), null=True, blank=True)
    stop_evening = models.TimeField(_("当天晚上号截止"), null=True, blank=True)
    cancel_days_before = models.PositiveSmallIntegerField(_("提前几天取消"), null=True, blank=True)
    cancel_time = models.TimeField(_("取消截止时间"), null=True, blank=True)
    cancel_on_workdays = models.BooleanField(_("取消按工作日算"), null=True, blank=True)

    one_per_department_and_day = models.BooleanField(_("同科室一天限约一次"), null=True, blank=True)
    one_per_department_and_period = models.BooleanField(_("同科室半天限约一次"), null=True, blank=True)
    per_day = models.PositiveSmallIntegerField(
        _("一人一天最多"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    per_week = models.PositiveSmallIntegerField(
        _("一人一周最多"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    per_month = models.PositiveSmallIntegerField(
        _("一人一月最多"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    per_quarter = models.PositiveSmallIntegerField(
        _("一人一季最多"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    minimum_age = models.PositiveSmallIntegerField(
        _("满几岁可约"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    documents = models.JSONField(_("可用的证件"), default=list, blank=True, help_text=_("不选就是都可以。"))
    max_moves = models.PositiveSmallIntegerField(_("最多改约几次"), null=True, blank=True)

    no_show_threshold = models.PositiveSmallIntegerField(_("没去几次就限制"), null=True, blank=True)
    no_show_days = models.PositiveSmallIntegerField(_("多少天内算"), null=True, blank=True)
    no_show_penalty_days = models.PositiveSmallIntegerField(_("限制多少天"), null=True, blank=True)
    no_show_scope = models.CharField(_("算哪里的"), max_length=12, blank=True, choices=NoShowScope)

    waitlist = models.BooleanField(_("可以候补"), null=True, blank=True)
    offer_minutes = models.PositiveSmallIntegerField(
        _("候补的号留几分钟"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10)],
        help_text=_("只算早上8点到晚上8点。"),
    )

    arrive_minutes = models.PositiveSmallIntegerField(_("提前几分钟到"), null=True, blank=True)
    pick_up_morning = models.TimeField(_("上午最晚取号"), null=True, blank=True)
    pick_up_afternoon = models.TimeField(_("下午最晚取号"), null=True, blank=True)
    pick_up_evening = models.TimeField(_("晚上最晚取号"), null=True, blank=True)
    bring = models.CharField(_("要带什么"), max_length=120, blank=True)
    prepare = models.CharField(_("要准备什么"), max_length=120, blank=True)
    on_site = models.CharField(
        _("现场号"), max_length=120, blank=True, help_text=_("例如：每天 7:30 起一楼窗口有 20 个现场号")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("预约规则")
        verbose_name_plural = _("预约规则")
        constraints = [
            models.CheckConstraint(
                condition=Q(hospital__isnull=False, department__isnull=True)
                | Q(hospital__isnull=True, department__isnull=False),
                name="policy_of_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.department or self.hospital)
