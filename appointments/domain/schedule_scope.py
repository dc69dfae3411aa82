"""Who may keep which schedules: a hospital's people all of its own, a hall's manager what is held at the hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from appointments.domain.schedule_import.scope import ImportScope
from appointments.models import Hospital
from auditorium.enums import RoleKind
from auditorium.models import Hall

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from appointments.models import Leave, ScheduleTemplate
    from auditorium.models import User


def check_template(template: ScheduleTemplate, user: User) -> None:
    """Raise ValidationError, by field, where the template, or whom its places go to, is not the user's to decide."""
    if user.is_administrator:
        return
    is_theirs = _is_theirs(template.department.hospital_id, user)
    mine = managed_halls(user)
    if not is_theirs and template.held_at not in mine:
        raise ValidationError(
            {"held_at": _("这家医院的排班不归您管。在您的礼堂看的，请在这里选您的礼堂；别的请找医院。")}
        )
    hall, region = template.allotted_hall, template.allotted_region
    code = hall.region_id if hall else region.code if region else ""
    if is_theirs and ImportScope.of(user).allows(template.department.hospital, code):
        return
    if hall is None or not mine.filter(pk=hall.pk).exists():
        field = "allotted_hall" if hall or not region else "allotted_region"
        raise ValidationError({field: _("号只能分给您管的礼堂，请重新选。")})


def check_leave(leave: Leave, user: User) -> None:
    """Raise ValidationError where the hospital is not the user's."""
    if not user.is_administrator and not _is_theirs(leave.hospital_id, user):
        raise ValidationError({"hospital": _("这家医院不归您管，请找医院登记。")})


def managed_halls(user: User) -> QuerySet[Hall]:
    """The halls the user manages or supervises."""
    return Hall.objects.filter(user.hall_scope(kinds=(RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)))


def _is_theirs(hospital_id: int, user: User) -> bool:
    return Hospital.objects.kept_by(user).filter(pk=hospital_id).exists()
