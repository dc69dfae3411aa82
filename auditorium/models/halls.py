"""Halls, when they are open, and who helps there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from auditorium.enums import HelperKind
from auditorium.models.regions import Region
from auditorium.validators import validate_market_days

if TYPE_CHECKING:
    from auditorium.models.users import User


class HallQuerySet(models.QuerySet["Hall"]):
    """Halls by whom they serve and whether they are in use."""

    def active(self) -> HallQuerySet:
        """Those in use."""
        return self.filter(is_active=True)

    def for_user(self, user: User) -> HallQuerySet:
        """Those inside the user's roles."""
        return self.filter(user.hall_scope())


class Hall(models.Model):
    """One auditorium in one village."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="halls", verbose_name=_("所在村"))
    address = models.CharField(_("地址"), max_length=120, blank=True)
    phone = PhoneNumberField(_("电话"), blank=True, help_text=_("村民打这个号码找礼堂，会印在预约单上。"))
    backup_hall = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="backs_up",
        verbose_name=_("替班礼堂"),
        help_text=_("本礼堂关门时，到期的待办显示在这里；不填就显示给乡镇。"),
    )
    market_days = models.CharField(
        _("赶集日"),
        max_length=20,
        blank=True,
        validators=[validate_market_days],
        help_text=_("农历逢几赶集，用顿号隔开，例如：三、八；没有就不填。"),
    )
    is_active = models.BooleanField(_("使用中"), default=True)

    objects = HallQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("礼堂")
        verbose_name_plural = _("礼堂")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One span of a weekday on which a hall is open; several a day are allowed."""

    class Weekday(models.IntegerChoices):
        """ISO weekdays."""

        MONDAY = 1, _("周一")
        TUESDAY = 2, _("周二")
        WEDNESDAY = 3, _("周三")
        THURSDAY = 4, _("周四")
        FRIDAY = 5, _("周五")
        SATURDAY = 6, _("周六")
        SUNDAY = 7, _("周日")

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="opening_hours", verbose_name=_("礼堂"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday)
    opens = models.TimeField(_("开门"))
    closes = models.TimeField(_("关门"))

    class Meta:
        verbose_name = _("开放时间")
        verbose_name_plural = _("开放时间")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")),
                name="opening_hours_in_order",
                violation_error_message=_("关门时间要晚于开门时间。"),
            ),
            models.UniqueConstraint(
                fields=["hall", "weekday", "opens"],
                name="opening_hours_once",
                violation_error_message=_("这个时间段已经有了。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class HallClosure(models.Model):
    """Days on which a hall stays shut in spite of its opening hours."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="closures", verbose_name=_("礼堂"))
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到"))
    reason = models.CharField(_("原因"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("关门日")
        verbose_name_plural = _("关门日")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="hall_closure_in_order",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day}"


class HelperQuerySet(models.QuerySet["Helper"]):
    """Helpers in scope."""

    def for_user(self, user: User) -> HelperQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(hall__in=Hall.objects.for_user(user))


class Helper(models.Model):
    """Somebody who calls or knocks for the hall and needs no login: 网格员, 村医, volunteer."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="helpers", verbose_name=_("礼堂"))
    name = models.CharField(_("姓名"), max_length=40)
    kind = models.CharField(_("身份"), max_length=16, choices=HelperKind, default=HelperKind.VOLUNTEER)
    phone = PhoneNumberField(_("电话"), blank=True)
    groups = models.CharField(_("负责的村民组"), max_length=80, blank=True, help_text=_("例如：1组、2组"))
    is_active = models.BooleanField(_("在岗"), default=True)

    objects = HelperQuerySet.as_manager()

    class Meta:
        verbose_name = _("帮手")
        verbose_name_plural = _("帮手")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
