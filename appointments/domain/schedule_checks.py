"""What a template must not say: places and times that make no sense, and somebody in two places at once."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from appointments.domain import schedules
from appointments.enums import Period, QueueMode, SessionKind
from appointments.models import ScheduleTemplate
from auditorium.dates import full_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

_STARTS = {
    Period.MORNING: (time(5), time(12)),
    Period.AFTERNOON: (time(11), time(18)),  # 午间门诊 begins before twelve
    Period.EVENING: (time(16), time(23, 59)),
}


def check(template: ScheduleTemplate) -> None:
    """Raise ValidationError, by field, with one sentence each. Call it inside the transaction that saves the template:
    it takes the hospital's lock, so that two who save at once see each other."""
    _check_who(template)
    _check_times(template)
    _check_places(template)
    if template.is_active:
        schedules.lock_hospitals([template.department.hospital_id])
        _check_overlaps(template)


def _check_who(template: ScheduleTemplate) -> None:
    doctor = template.doctor
    if doctor and doctor.department_id != template.department_id:
        raise ValidationError({"doctor": _("这位医生不在这个科室，请选这个科室的医生。")})
    if template.kind == SessionKind.CLINIC and template.held_at:
        raise ValidationError({"kind": _("在礼堂看的，请选巡回义诊、村医坐诊或家庭医生。")})
    if template.kind == SessionKind.OUTREACH and template.held_at is None:
        raise ValidationError({"held_at": _("巡回义诊请选在哪个礼堂。")})


def _check_times(template: ScheduleTemplate) -> None:
    if template.ends <= template.starts:
        raise ValidationError({"ends": _("结束时间要晚于开始时间。")})
    first, last = _STARTS[Period(template.period)]
    if not first <= template.starts < last:
        raise ValidationError(
            {
                "starts": _("写的是%(period)s，开始时间却是 %(starts)s，请核对。")
                % {"period": template.get_period_display(), "starts": f"{template.starts:%H:%M}"}
            }
        )
    if template.valid_until and template.valid_until < template.valid_from:
        raise ValidationError({"valid_until": _("截止的日子不能早于开始的日子。")})


def _check_places(template: ScheduleTemplate) -> None:
    if template.queue == QueueMode.WALK_IN:
        if template.capacity:
            raise ValidationError({"capacity": _("先到先看不用写号数，填 0。")})
        return
    if not template.capacity:
        raise ValidationError({"capacity": _("按号看要写号数。")})
    minutes = _minutes(template.ends) - _minutes(template.starts)
    if template.slot_minutes > minutes:
        raise ValidationError({"slot_minutes": _("一场只有 %(minutes)d 分钟，一段不能比它长。") % {"minutes": minutes}})
    if template.capacity > minutes:
        raise ValidationError(
            {
                "capacity": _("%(minutes)d 分钟放不下 %(places)d 个号，一位连一分钟都没有，请核对。")
                % {"minutes": minutes, "places": template.capacity}
            }
        )


def _check_overlaps(template: ScheduleTemplate) -> None:
    for other in _on_the_same_days(template):
        is_same_time = template.starts < other.ends and other.starts < template.ends
        if _is_one_clinic(template, other):
            continue
        if is_same_time or (_allotment(template) == _allotment(other) and template.period == other.period):
            raise ValidationError(_overlap(template, other))


def _on_the_same_days(template: ScheduleTemplate) -> QuerySet[ScheduleTemplate]:
    """The templates in use of the same doctor, or of the same department's ordinary clinic, with a day in common."""
    same = Q(doctor=template.doctor) if template.doctor else Q(doctor__isnull=True, department=template.department)
    last = template.valid_until or date.max
    return (
        ScheduleTemplate.objects.valid_between(template.valid_from, last)
        .filter(same, weekday=template.weekday, clinic_class__in=_classes(template))
        .exclude(pk=template.pk)
        .select_related("doctor", "department")
        .order_by("pk")
    )


def _classes(template: ScheduleTemplate) -> list[str]:
    """A doctor can be at one clinic only; a department may hold an ordinary and a special one at once."""
    field = ScheduleTemplate._meta.get_field("clinic_class")
    return [value for value, _label in field.flatchoices] if template.doctor else [template.clinic_class]


def _is_one_clinic(template: ScheduleTemplate, other: ScheduleTemplate) -> bool:
    """Whether both are the same clinic, its places given to several halls or regions."""
    names = ("period", "starts", "ends", "held_at_id", "clinic_class")
    same = all(getattr(template, name) == getattr(other, name) for name in names)
    return same and _allotment(template) != _allotment(other)


def _allotment(template: ScheduleTemplate) -> tuple[int | None, str | None]:
    return template.allotted_hall_id, template.allotted_region_id


def _overlap(template: ScheduleTemplate, other: ScheduleTemplate) -> str:
    return _("%(who)s%(weekday)s %(times)s已经有排班（%(first)s起），和这条冲突。请改时间，或先停用那一条。") % {
        "who": template.doctor or _("%(department)s普通门诊") % {"department": template.department},
        "weekday": other.get_weekday_display(),
        "times": f"{other.starts:%H:%M}–{other.ends:%H:%M}",
        "first": full_date(other.valid_from),
    }


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
