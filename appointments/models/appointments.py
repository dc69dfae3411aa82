"""A villager's place with a doctor, from our schedule or recorded from elsewhere."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.enums import (
    AWAITING_HOSPITAL,
    LIVE,
    OCCUPYING,
    AppointmentSource,
    AppointmentState,
    ClinicClass,
    HospitalKnows,
    Period,
    SlotKind,
)
from appointments.models.hospitals import BookingChannel, Department, Doctor, Hospital, HospitalClerk
from appointments.models.sessions import ClinicSession, Slot
from appointments.models.waitlist import WaitlistEntry
from auditorium.models import Hall, Villager, Visit

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models import User


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments in scope and by what they still mean."""

    def for_user(self, user: User) -> AppointmentQuerySet:
        """Those of villagers the user may see, and for a hospital's clerk those in that hospital's places."""
        if user.is_administrator:
            return self
        clerked = HospitalClerk.objects.filter(user=user).values("hospital")
        return self.filter(
            Q(villager__in=Villager.objects.for_user(user)) | Q(source=AppointmentSource.SCHEDULE, hospital__in=clerked)
        )

    def live(self) -> AppointmentQuerySet:
        """Those still to come."""
        return self.filter(state__in=LIVE)

    def occupying(self) -> AppointmentQuerySet:
        """Those that have a place and a number."""
        return self.filter(state__in=OCCUPYING)

    def on(self, day: date) -> AppointmentQuerySet:
        """Those of one local date."""
        return self.filter(date=day)

    def with_names(self) -> AppointmentQuerySet:
        """With all that a line, a slip or a text says of them."""
        return self.select_related(
            "villager", "hall", "hospital", "department", "doctor", "session__held_at", "slot", "channel"
        )

    def with_policies(self) -> AppointmentQuerySet:
        """With the rules of hospital and department, which `domain.policies` needs."""
        return self.select_related("hospital__policy", "department__policy")


class Appointment(models.Model):
    """A place with a doctor. Only what has a `slot` takes a place of ours.

    Recorded from elsewhere: `slot` and `session` are empty and hospital, department and doctor may be
    free text. `number` is ours (from the slot); `hospital_number` is the hospital's own, as text.
    `starts_at` may be unknown, `date` never is. `reference` is random with a check character.
    `elsewhere_key` says hospital, department and time in one comparable text (see `domain.records`).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("预约号"), max_length=12, unique=True, editable=False)
    source = models.CharField(_("来源"), max_length=10, choices=AppointmentSource)
    state = models.CharField(_("状态"), max_length=24, choices=AppointmentState)
    hospital_knows = models.CharField(
        _("医院是否知道"), max_length=14, choices=HospitalKnows, default=HospitalKnows.NOT_NEEDED
    )
    villager = models.ForeignKey(Villager, models.PROTECT, related_name="appointments", verbose_name=_("村民"))
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="appointments", verbose_name=_("礼堂"))
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("到访"))

    slot = models.ForeignKey(
        Slot, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("时段")
    )
    session = models.ForeignKey(
        ClinicSession, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("班次")
    )
    hospital = models.ForeignKey(
        Hospital, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("医院")
    )
    hospital_text = models.CharField(_("医院"), max_length=60, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("科室")
    )
    department_text = models.CharField(_("科室"), max_length=40, blank=True)
    doctor = models.ForeignKey(
        Doctor, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("医生")
    )
    doctor_text = models.CharField(_("医生"), max_length=40, blank=True)
    channel = models.ForeignKey(
        BookingChannel, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("在哪里约的")
    )
    channel_text = models.CharField(_("在哪里约的"), max_length=40, blank=True)

    date = models.DateField(_("就诊日期"))
    period = models.CharField(_("时段"), max_length=10, choices=Period, blank=True)
    starts_at = models.DateTimeField(_("就诊时间"), null=True, blank=True)
    ends_at = models.DateTimeField(_("到几点"), null=True, blank=True)
    number = models.PositiveIntegerField(_("序号"), null=True, blank=True)
    hospital_number = models.CharField(_("医院的号"), max_length=20, blank=True)
    pick_up_code = models.CharField(_("取号码"), max_length=30, blank=True)
    clinic_class = models.CharField(_("类别"), max_length=10, choices=ClinicClass, blank=True)
    fee = models.DecimalField(_("挂号费（元）"), max_digits=7, decimal_places=2, null=True, blank=True)
    place = models.CharField(_("在哪里看"), max_length=80, blank=True)
    elsewhere_key = models.CharField(max_length=200, blank=True, default="", editable=False)

    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    booked_at = models.DateTimeField(_("约号时间"))
    held_until = models.DateTimeField(_("占号到"), null=True, blank=True)
    waitlist_entry = models.ForeignKey(
        WaitlistEntry, models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("候补")
    )
    moves = models.PositiveSmallIntegerField(_("改约次数"), default=0)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_reason = models.CharField(_("原因"), max_length=120, blank=True)
    successor = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessor", verbose_name=_("改到")
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("预约")
        verbose_name_plural = _("预约")
        ordering = ["-date", "-pk"]
        indexes = [
            # the villager's timeline, and limits counted under the villager's lock
            models.Index(fields=["villager", "-date"], name="appointment_of_villager"),
            # the hall's list of one day
            models.Index(fields=["hall", "date"], name="appointment_of_hall_day"),
            # numbers taken in a slot
            models.Index(fields=["slot", "state"], name="appointment_of_slot"),
            # holds that run out
            models.Index(fields=["held_until"], condition=Q(state="held"), name="appointment_held"),
            # what nobody has marked when its day is over, and whom a suspension concerns
            models.Index(
                fields=["date"], condition=Q(state__in=("booked", "arrived")), name="appointment_unmarked_by_day"
            ),
            models.Index(fields=["session", "state"], name="appointment_of_session"),
            # what the hospital has yet to be told
            models.Index(
                fields=["hospital", "date"],
                condition=Q(hospital_knows__in=AWAITING_HOSPITAL),
                name="appointment_awaits_hospital",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["villager", "session"],
                condition=Q(state__in=LIVE, session__isnull=False),
                name="villager_once_per_session",
                violation_error_message=_("这位村民这个班次已经约过了。"),
            ),
            models.UniqueConstraint(
                fields=["session", "number"],
                condition=Q(state__in=OCCUPYING, number__isnull=False),
                name="number_once_per_session",
            ),
            models.UniqueConstraint(
                fields=["villager", "elsewhere_key"],
                condition=Q(state__in=LIVE) & ~Q(elsewhere_key=""),
                name="elsewhere_once",
                violation_error_message=_("这个号已经登记过了。"),
            ),
            models.CheckConstraint(
                condition=Q(source="elsewhere", slot__isnull=True, session__isnull=True)
                | Q(source="schedule", slot__isnull=False, session__isnull=False, starts_at__isnull=False)
                | Q(source="connected"),
                name="appointment_place_fits_source",
            ),
            models.CheckConstraint(
                condition=Q(hospital__isnull=False) | ~Q(hospital_text=""),
                name="appointment_names_hospital",
                violation_error_message=_("请写明是哪家医院。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False), name="appointment_hold_expires"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def hospital_name(self) -> str:
        """The hospital, ours or as it was told."""
        return self.hospital.name if self.hospital else self.hospital_text

    @property
    def held_at(self) -> Hall | None:
        """The hall where the doctor comes to; None where it is at the hospital."""
        return self.session.held_at if self.session else None

    @property
    def department_name(self) -> str:
        """The department, ours or as it was told; empty when unknown."""
        return self.department.name if self.department else self.department_text

    @property
    def doctor_name(self) -> str:
        """The doctor, ours or as told; empty for the ordinary clinic or when unknown."""
        return self.doctor.name if self.doctor else self.doctor_text

    @property
    def shown_number(self) -> str:
        """The number to show: ours, else the hospital's own."""
        return str(self.number) if self.number is not None else self.hospital_number

    @property
    def is_extra(self) -> bool:
        """Whether it is a 加号, in a place of its own that a doctor granted; needs the slot."""
        return self.slot is not None and self.slot.kind == SlotKind.EXTRA

    @property
    def is_live(self) -> bool:
        """Still to come."""
        return self.state in LIVE

    @property
    def awaits_hospital(self) -> bool:
        """Whether everything shown must say 待医院确认."""
        return self.is_live and self.hospital_knows in AWAITING_HOSPITAL


class BookingRequest(models.Model):
    """An idempotency key: unique per user, bound to what the form said, answered by one appointment."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="requests")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="booking_request_once")]
        indexes = [
            # housekeeping of old keys
            models.Index(fields=["created_at"], name="booking_request_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.key)
