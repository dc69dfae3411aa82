"""Hospitals, their departments and doctors, and how they are found, reached and booked elsewhere."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from simple_history.models import HistoricalRecords

from appointments.enums import ChannelKind, DoctorGrade
from auditorium.enums import RoleKind
from auditorium.models import Hall, Region
from auditorium.models.regions import prefix_range

if TYPE_CHECKING:
    from auditorium.models import User


class Specialty(models.Model):
    """One of the national clinical specialties (诊疗科目名录), by its code."""

    code = models.CharField(_("诊疗科目代码"), max_length=12, primary_key=True)
    name = models.CharField(_("诊疗科目"), max_length=40)

    class Meta:
        verbose_name = _("诊疗科目")
        verbose_name_plural = _("诊疗科目")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class EverydayWord(models.Model):
    """What people say, and the specialty that sees it: 膝盖痛 → 骨科. A suggestion, never advice."""

    word = models.CharField(_("村民怎么说"), max_length=30)
    specialty = models.ForeignKey(Specialty, models.CASCADE, related_name="everyday_words", verbose_name=_("诊疗科目"))

    class Meta:
        verbose_name = _("看什么")
        verbose_name_plural = _("看什么")
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(
                fields=["word", "specialty"], name="everyday_word_once", violation_error_message=_("这个说法已经有了。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.specialty}"


class HospitalQuerySet(models.QuerySet["Hospital"]):
    """Hospitals a desk may book."""

    def active(self) -> HospitalQuerySet:
        """Those in use."""
        return self.filter(is_active=True)

    def kept_by(self, user: User) -> HospitalQuerySet:
        """Those the user works for, or that lie in a region they supervise."""
        if user.is_administrator:
            return self
        mine = Q(pk__in=HospitalClerk.objects.filter(user=user).values("hospital"))
        for role in user.role_list if user.is_active else ():
            if role.role == RoleKind.SUPERVISOR and role.region:
                mine |= Q(region__code__range=prefix_range(role.region.prefix))
        return self.filter(mine)


class Hospital(models.Model):
    """A hospital, health centre or village clinic. Its rules are data in BookingPolicy."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    short_name = models.CharField(_("简称"), max_length=20, blank=True, help_text=_("短信里用，省字数。"))
    initials = models.CharField(_("拼音首字母"), max_length=60, blank=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("所在地"))
    address = models.CharField(_("地址"), max_length=120, blank=True)
    phone = PhoneNumberField(_("电话"), blank=True)
    phone_hours = models.CharField(_("电话时间"), max_length=60, blank=True, help_text=_("例如：每天 8:00–17:00"))
    pick_up_place = models.CharField(_("在哪里取号"), max_length=60, blank=True)
    is_sensitive = models.BooleanField(_("敏感"), default=False, help_text=_("发到别人手机的短信不写这家医院的名字。"))
    acknowledges = models.BooleanField(
        _("要医院确认"), default=False, help_text=_("医院确认之前，页面、预约单和短信都写“待医院确认”。")
    )
    is_active = models.BooleanField(_("使用中"), default=True)

    objects = HospitalQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("医院")
        verbose_name_plural = _("医院")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department of a hospital; what to prepare before seeing it."""

    hospital = models.ForeignKey(Hospital, models.PROTECT, related_name="departments", verbose_name=_("医院"))
    name = models.CharField(_("科室"), max_length=40)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True, editable=False)
    specialties = models.ManyToManyField(Specialty, blank=True, related_name="departments", verbose_name=_("诊疗科目"))
    place = models.CharField(_("在哪里"), max_length=60, blank=True, help_text=_("例如：门诊楼 2 楼 203"))
    prepare = models.CharField(_("要准备"), max_length=120, blank=True, help_text=_("例如：空腹，早上别吃饭喝水"))
    is_sensitive = models.BooleanField(_("敏感"), default=False)
    is_active = models.BooleanField(_("使用中"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("科室")
        verbose_name_plural = _("科室")
        ordering = ["hospital", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["hospital", "name"],
                name="department_once",
                violation_error_message=_("这家医院已经有这个科室。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Doctor(models.Model):
    """A doctor of one department."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="doctors", verbose_name=_("科室"))
    name = models.CharField(_("姓名"), max_length=40)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True, editable=False)
    grade = models.CharField(_("职称"), max_length=16, choices=DoctorGrade, blank=True)
    good_at = models.CharField(_("擅长"), max_length=120, blank=True)
    is_active = models.BooleanField(_("出诊"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("医生")
        verbose_name_plural = _("医生")
        ordering = ["department", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"], name="doctor_once", violation_error_message=_("这个科室已经有这位医生。")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BookingChannel(models.Model):
    """How a hospital is booked elsewhere: where to tap, whom to phone, what it needs."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="channels", verbose_name=_("医院"))
    name = models.CharField(_("渠道"), max_length=40, help_text=_("例如：浙里办"))
    kind = models.CharField(_("种类"), max_length=10, choices=ChannelKind, default=ChannelKind.APP)
    steps = models.CharField(_("在哪里点"), max_length=160, blank=True, help_text=_("例如：首页 → 看病就诊 → 预约挂号"))
    phone = PhoneNumberField(_("电话"), blank=True)
    hours = models.CharField(_("时间"), max_length=60, blank=True)
    needs = models.CharField(_("要准备"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("先后"), default=1)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("预约渠道")
        verbose_name_plural = _("预约渠道")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["hospital", "name"], name="channel_once", violation_error_message=_("这家医院已经有这个渠道。")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """How to get from a hall to a hospital."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="routes", verbose_name=_("礼堂"))
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="routes", verbose_name=_("医院"))
    bus = models.CharField(_("怎么坐车"), max_length=120, help_text=_("例如：在村口坐 803 路到中医院站下"))
    first_bus = models.TimeField(_("头班车"), null=True, blank=True)
    last_bus = models.TimeField(_("末班车"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("要多少分钟"), null=True, blank=True)

    class Meta:
        verbose_name = _("怎么去医院")
        verbose_name_plural = _("怎么去医院")
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "hospital"], name="route_once", violation_error_message=_("这条路线已经有了。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hall} → {self.hospital}"


class HospitalClerk(models.Model):
    """A user's role at a hospital: the hospital side of the scope, which the hall's app cannot know."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="hospital_roles", verbose_name=_("用户")
    )
    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="clerks", verbose_name=_("医院"))

    class Meta:
        verbose_name = _("医院经办人")
        verbose_name_plural = _("医院经办人")
        constraints = [models.UniqueConstraint(fields=["user", "hospital"], name="hospital_clerk_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.hospital}"
