"""Clinic sessions (坐诊) and their slots."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import ClinicClass, Period, QueueMode, SessionKind, SessionState, SlotKind
from appointments.models.hospitals import Department, Doctor, HospitalClerk
from appointments.models.schedules import ScheduleTemplate
from appointments.models.suspensions import Suspension
from auditorium.enums import RoleKind
from auditorium.models import Hall, Region
from auditorium.models.regions import codes_around, prefix_range

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models import User


class ClinicSessionQuerySet(models.QuerySet["ClinicSession"]):
    """Sessions a hall may book."""

    def for_hall(self, hall: Hall) -> ClinicSessionQuerySet:
        """Those whose places were allotted to this hall or to a region around it."""
        return self.filter(Q(allotted_hall=hall) | Q(allotted_region__in=codes_around(hall.region_id)))

    def for_user(self, user: User) -> ClinicSessionQuerySet:
        """Those allotted to a hall inside the user's roles, or to a division inside or around them."""
        return self.filter(user.hall_scope("allotted_hall__") | user.region_scope("allotted_region__"))

    def manageable_by(self, user: User) -> ClinicSessionQuerySet:
        """Those the user may suspend, resume or change: a clerk's own hospital's, a hall manager's own hall's, a
        supervisor's own region's."""
        if user.is_administrator:
            return self
        kinds = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
        clerked = HospitalClerk.objects.filter(user=user).values("hospital")
        mine = Q(department__hospital__in=clerked) | Q(
            user.hall_scope("allotted_hall__", kinds=kinds), allotted_hall__isnull=False
        )
        for role in user.role_list if user.is_active else ():
            if role.role == RoleKind.SUPERVISOR and role.region:
                mine |= Q(allotted_region__code__range=prefix_range(role.region.prefix))
        return self.filter(mine)

    def between(self, first: date, last: date) -> ClinicSessionQuerySet:
        """Those on the days from `first` to `last`, both included."""
        return self.filter(date__range=(first, last))


class ClinicSession(models.Model):
    """A doctor, or the ordinary clinic of a department, on one local date and period.

    Its places belong to the hall or region they were allotted to: capacity is what the hospital gave
    this installation, never its total. `last_number` is the highest number given to any slot, so that
    capacity added later takes numbers after it. With `held_at` people are seen at a hall; a WALK_IN session has
    no slots, and `head_count` is how many came.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="sessions", verbose_name=_("科室"))
    doctor = models.ForeignKey(
        Doctor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("医生"),
        help_text=_("不选就是普通门诊。"),
    )
    date = models.DateField(_("日期"))
    period = models.CharField(_("时段"), max_length=10, choices=Period)
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
        related_name="held_sessions",
        verbose_name=_("在哪个礼堂看"),
        help_text=_("不选就是在医院看。"),
    )
    starts = models.TimeField(_("开始"), null=True, blank=True)
    ends = models.TimeField(_("结束"), null=True, blank=True)
    head_count = models.PositiveSmallIntegerField(_("来了几位"), null=True, blank=True)
    template = models.ForeignKey(
        ScheduleTemplate, models.SET_NULL, null=True, blank=True, related_name="sessions", verbose_name=_("排班")
    )
    state = models.CharField(_("状态"), max_length=10, choices=SessionState, default=SessionState.OPEN)
    suspension = models.ForeignKey(
        Suspension, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("停诊")
    )
    suspended_reason = models.CharField(_("停诊原因"), max_length=80, blank=True)
    allotted_hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分配给礼堂")
    )
    allotted_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分配给区域")
    )
    last_number = models.PositiveIntegerField(default=0, editable=False)

    objects = ClinicSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("门诊班次")
        verbose_name_plural = _("门诊班次")
        ordering = ["date", "period", "pk"]
        indexes = [
            # the week's grid of one department
            models.Index(fields=["department", "date"], name="session_of_week"),
            # the admin's list by day
            models.Index(fields=["date"], name="session_of_day"),
            # what is held at a hall
            models.Index(fields=["held_at", "date"], condition=Q(held_at__isnull=False), name="session_held_at_hall"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(allotted_hall__isnull=False, allotted_region__isnull=True)
                | Q(allotted_hall__isnull=True, allotted_region__isnull=False),
                name="session_allotted_to_one",
                violation_error_message=_("号源要分给一个礼堂，或一个区域。"),
            ),
            models.UniqueConstraint(
                fields=["template", "date"],
                condition=Q(template__isnull=False),
                name="template_once_per_day",
            ),
            models.CheckConstraint(
                condition=Q(queue="numbered") | Q(starts__isnull=False, ends__isnull=False),
                name="walk_in_session_has_times",
            ),
            models.UniqueConstraint(
                fields=["doctor", "date", "period", "clinic_class", "allotted_hall"],
                condition=Q(doctor__isnull=False, allotted_hall__isnull=False),
                name="doctor_session_once_per_hall",
                violation_error_message=_("这位医生这个时段已经有班次。"),
            ),
            models.UniqueConstraint(
                fields=["doctor", "date", "period", "clinic_class", "allotted_region"],
                condition=Q(doctor__isnull=False, allotted_region__isnull=False),
                name="doctor_session_once_per_region",
                violation_error_message=_("这位医生这个时段已经有班次。"),
            ),
            models.UniqueConstraint(
                fields=["department", "date", "period", "clinic_class", "allotted_hall"],
                condition=Q(doctor__isnull=True, allotted_hall__isnull=False),
                name="ordinary_session_once_per_hall",
                violation_error_message=_("这个科室这个时段已经有普通门诊。"),
            ),
            models.UniqueConstraint(
                fields=["department", "date", "period", "clinic_class", "allotted_region"],
                condition=Q(doctor__isnull=True, allotted_region__isnull=False),
                name="ordinary_session_once_per_region",
                violation_error_message=_("这个科室这个时段已经有普通门诊。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_period_display()}"

    def is_allotted_to(self, hall: Hall) -> bool:
        """Whether this hall may book it: the same as `for_hall`, for a session at hand."""
        return self.allotted_hall_id == hall.pk or self.allotted_region_id in codes_around(hall.region_id)

    @property
    def place(self) -> str:
        """Where people go: the hall it is held at, or the department's place and the room."""
        if self.held_at:
            return " ".join(part for part in (self.held_at.name, self.room) if part)
        return " ".join(part for part in (self.department.place, self.room) if part)


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots by what they still offer."""

    def for_user(self, user: User) -> SlotQuerySet:
        """Those some hall inside the user's roles may book."""
        return self.filter(session__in=ClinicSession.objects.for_user(user))

    def with_policies(self) -> SlotQuerySet:
        """With session, department, hospital and the rules of both, which `domain.policies` needs."""
        return self.select_related(
            "session__department__hospital__policy",
            "session__department__policy",
            "session__doctor",
            "session__held_at",
        )

    def open(self) -> SlotQuerySet:
        """Those that take bookings."""
        return self.filter(is_open=True)

    def with_free_places(self) -> SlotQuerySet:
        """Those not full."""
        return self.filter(taken__lt=F("capacity"))


class Slot(models.Model):
    """Part of a session with its own capacity, numbers and openness.

    `numbers` lists the ranges it owns as [[first, last], …]; together they hold `capacity` numbers, and
    no two slots of a session share one. `taken` counts the appointments that occupy a place.
    """

    session = models.ForeignKey(ClinicSession, models.CASCADE, related_name="slots", verbose_name=_("班次"))
    kind = models.CharField(_("种类"), max_length=10, choices=SlotKind, default=SlotKind.REGULAR)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    capacity = models.PositiveIntegerField(_("号数"))
    taken = models.PositiveIntegerField(_("已约"), default=0, editable=False)
    numbers = models.JSONField(default=list, editable=False)
    is_open = models.BooleanField(_("开放"), default=True)
    closed_by = models.ForeignKey(
        Suspension, models.PROTECT, null=True, blank=True, related_name="closed_slots", editable=False
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("时段")
        verbose_name_plural = _("时段")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("capacity")),
                name="slot_never_oversold",
                violation_error_message=_("号数不能比已约的少。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="slot_in_order",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.UniqueConstraint(
                fields=["session", "starts_at", "kind"],
                name="slot_once",
                violation_error_message=_("这个时间已经有时段。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def free(self) -> int:
        """Places left, none when closed."""
        return max(self.capacity - self.taken, 0) if self.is_open else 0
