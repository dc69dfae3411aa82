"""What sessions are opened ahead from: a weekly template, its exceptions, and when somebody is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from appointments.enums import ClinicClass, Period, QueueMode, SessionKind
from appointments.models.hospitals import Department, Doctor, Hospital
from auditorium.enums import RoleKind
from auditorium.models import Hall, OpeningHours, Region

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models import User


class ScheduleTemplateQuerySet(models.QuerySet["ScheduleTemplate"]):
    """Templates by when they hold."""

    def valid_between(self, first: date, last: date) -> ScheduleTemplateQuerySet:
        """Those in use that hold on some day from `first` to `last`."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=first), is_active=True, valid_from__lte=last
        )

    def for_user(self, user: User) -> ScheduleTemplateQuerySet:
        """Those the user keeps: a clerk's own hospital's, a supervisor's region's, a hall manager's own hall's."""
        if user.is_administrator:
            return self
        kinds = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
        here = Q(user.hall_scope("held_at__", kinds=kinds), held_at__isnull=False)
        return self.filter(Q(department__hospital__in=Hospital.objects.kept_by(user)) | here)

    def with_all(self) -> ScheduleTemplateQuerySet:
        """With what opening a session takes, the rules of department and hospital among it."""
        return self.select_related(
            "department__hospital__policy",
            "department__policy",
            "doctor",
            "held_at",
            "allotted_hall",
            "allotted_region",
        )


class ScheduleTemplate(models.Model):
    """A doctor (or a department's ordinary clinic) on one weekday and period, week after week.

    `capacity` is for the whole session. With `held_at` people are seen at a hall, with `queue` WALK_IN there is
    nothing to book and `capacity` is 0. Not opened on a public holiday unless `on_holidays`.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="templates", verbose_name=_("科室"))
    doctor = models.ForeignKey(
        Doctor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="templates",
        verbose_name=_("医生"),
        help_text=_("不选就是普通门诊。"),
    )
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=OpeningHours.Weekday)
    period = models.CharField(_("时段"), max_length=10, choices=Period)
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("每段几分钟"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    capacity = models.PositiveSmallIntegerField(_("号数"), validators=[MaxValueValidator(500)])
    clinic_class = models.CharField(_("类别"), max_length=10, choices=ClinicClass, default=ClinicClass.ORDINARY)
    fee = models.DecimalField(_("挂号费（元）"), max_digits=7, decimal_places=2, null=True, blank=True)
    room = models.CharField(_("诊室"), max_length=40, blank=True)
    kind = models.CharField(_("种类"), max_length=16, choices=SessionKind, default=SessionKind.CLINIC)
    queue = models.CharField(_("怎么看"), max_length=10, choices=QueueMode, default=QueueMode.NUMBERED)
    held_at = models.ForeignKey(
        Hall,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("在哪个礼堂看"),
        help_text=_("不选就是在医院看。"),
    )
    allotted_hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分配给礼堂")
    )
    allotted_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分配给区域")
    )
    valid_from = models.DateField(_("从哪天起"))
    valid_until = models.DateField(_("到哪天止"), null=True, blank=True)
    on_holidays = models.BooleanField(_("节假日也出诊"), default=False)
    is_active = models.BooleanField(_("使用中"), default=True)

    objects = ScheduleTemplateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("排班")
        verbose_name_plural = _("排班")
        ordering = ["department", "weekday", "starts", "pk"]
        indexes = [
            # overlaps of one doctor or clinic, and the list of one department
            models.Index(fields=["department", "weekday"], name="template_of_department"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(allotted_hall__isnull=False, allotted_region__isnull=True)
                | Q(allotted_hall__isnull=True, allotted_region__isnull=False),
                name="template_allotted_to_one",
                violation_error_message=_("号源要分给一个礼堂，或一个区域。"),
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="template_in_order",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="template_validity_in_order",
                violation_error_message=_("截止的日子不能早于开始的日子。"),
            ),
            models.CheckConstraint(
                condition=Q(queue="numbered", capacity__gt=0) | Q(queue="walk_in", capacity=0),
                name="template_places_fit_queue",
                violation_error_message=_("按号看要写号数；先到先看不用写号数，填 0。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor or self.department} {self.get_weekday_display()} {self.get_period_display()}"


class LeaveQuerySet(models.QuerySet["Leave"]):
    """Leaves in scope and by their days."""

    def for_user(self, user: User) -> LeaveQuerySet:
        """A clerk's own hospital's, a supervisor's region's."""
        return self if user.is_administrator else self.filter(hospital__in=Hospital.objects.kept_by(user))

    def between(self, first: date, last: date) -> LeaveQuerySet:
        """Those that touch the days from `first` to `last`."""
        return self.filter(first_date__lte=last, last_date__gte=first)


class ScheduleException(models.Model):
    """One date on which a template is not held, or has another number of places."""

    template = models.ForeignKey(ScheduleTemplate, models.CASCADE, related_name="exceptions", verbose_name=_("排班"))
    date = models.DateField(_("日期"))
    capacity = models.PositiveSmallIntegerField(_("号数"), default=0, help_text=_("0 就是这天不开。"))
    reason = models.CharField(_("原因"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("例外的日子")
        verbose_name_plural = _("例外的日子")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "date"],
                name="exception_once",
                violation_error_message=_("这一天已经写过了。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class Leave(models.Model):
    """A doctor, a department or a hospital sees nobody from one date to another: what is open is suspended, and
    nothing is opened."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="leaves", verbose_name=_("医院"))
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="leaves", verbose_name=_("科室")
    )
    doctor = models.ForeignKey(
        Doctor, models.CASCADE, null=True, blank=True, related_name="leaves", verbose_name=_("医生")
    )
    first_date = models.DateField(_("从哪天"))
    last_date = models.DateField(_("到哪天"))
    period = models.CharField(_("时段"), max_length=10, choices=Period, blank=True, help_text=_("不选就是整天。"))
    reason = models.CharField(_("原因"), max_length=80)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("休诊")
        verbose_name_plural = _("休诊")
        ordering = ["-first_date", "-pk"]
        indexes = [
            # who is away while sessions are opened
            models.Index(fields=["hospital", "last_date"], name="leave_of_hospital"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="leave_in_order",
                violation_error_message=_("最后一天不能早于第一天。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor or self.department or self.hospital} {self.first_date}"

    def covers(self, *, department_id: int, doctor_id: int | None, day: date, period: str) -> bool:
        """Whether a session of its hospital falls into it."""
        return (
            self.department_id in (None, department_id)
            and self.doctor_id in (None, doctor_id)
            and self.period in ("", period)
            and self.first_date <= day <= self.last_date
        )
