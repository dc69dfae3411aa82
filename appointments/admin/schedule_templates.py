"""Weekly schedules: who sits when, with how many places, for whom; changing one shows its open sessions first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models.functions import Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.clerks import is_clerk
from appointments.admin.rehearsals import RehearsedAdmin
from appointments.domain import schedule_changes
from appointments.domain.schedule_import.scope import ImportScope
from appointments.forms.schedules import ScheduleTemplateForm
from appointments.models import Department, Doctor, Hospital, ScheduleException, ScheduleTemplate
from auditorium.admin.base import EVERYBODY, HistoryAdmin, ScopedInline, actor, may
from auditorium.enums import RegionLevel
from auditorium.models import Region

if TYPE_CHECKING:
    from django.db.models import ForeignKey, QuerySet
    from django.http import HttpRequest


class ScheduleExceptionInline(ScopedInline):
    """Single days on which it is not held, or with other places."""

    model = ScheduleException
    editors = EVERYBODY

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the schedule."""
        return may(request, *EVERYBODY) or is_clerk(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """The same."""
        return self.has_view_permission(request)


@admin.register(ScheduleTemplate)
class ScheduleTemplateAdmin(RehearsedAdmin, HistoryAdmin):
    """A hospital's people keep its own, a hall's manager what is held at the hall. None is deleted: it ends."""

    form = ScheduleTemplateForm
    preview_template = "appointments/admin/template_preview.html"
    list_display = [
        "who",
        "department",
        "weekday",
        "period",
        "starts",
        "ends",
        "capacity",
        "kind",
        "held_at",
        "allotted",
        "valid_from",
        "valid_until",
        "is_active",
    ]
    list_filter = ["is_active", "weekday", "period", "kind", "queue"]
    search_fields = ["doctor__name", "doctor__initials__startswith", "department__name", "department__hospital__name"]
    list_select_related = ["doctor", "department__hospital", "held_at", "allotted_hall", "allotted_region"]
    autocomplete_fields = ["department", "doctor", "held_at", "allotted_hall", "allotted_region"]
    inlines = [ScheduleExceptionInline]
    fieldsets = [
        (gettext_lazy("谁看"), {"fields": ["department", "doctor", "clinic_class", "kind"]}),
        (gettext_lazy("什么时候"), {"fields": ["weekday", "period", "starts", "ends"]}),
        (gettext_lazy("怎么看"), {"fields": ["queue", "capacity", "slot_minutes", "fee"]}),
        (gettext_lazy("在哪里看"), {"fields": ["held_at", "room"]}),
        (gettext_lazy("号给谁"), {"fields": ["allotted_hall", "allotted_region"]}),
        (gettext_lazy("用到什么时候"), {"fields": ["valid_from", "valid_until", "on_holidays", "is_active"]}),
    ]

    @admin.display(description=gettext_lazy("谁看"), ordering="doctor__name")
    def who(self, template: ScheduleTemplate) -> str:
        """The doctor, or the ordinary clinic."""
        return template.doctor.name if template.doctor else _("普通门诊")

    @admin.display(description=gettext_lazy("号给谁"))
    def allotted(self, template: ScheduleTemplate) -> str:
        """Whose places these are."""
        return str(template.allotted_hall or template.allotted_region)

    def get_readonly_fields(self, request: HttpRequest, obj: ScheduleTemplate | None = None) -> list[str]:
        """Somebody else's clinic is another schedule."""
        return ["department", "doctor"] if obj else []

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """A clerk chooses among the hospital's own and every hall, or the county's towns."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is None or may(request, *EVERYBODY):
            return field
        hospitals = Hospital.objects.kept_by(actor(request))
        if db_field.name == "department":
            field.queryset = Department.objects.filter(hospital__in=hospitals).order_by("hospital", "name")
        elif db_field.name == "doctor":
            field.queryset = Doctor.objects.filter(department__hospital__in=hospitals).order_by("name")
        elif db_field.name == "allotted_region":
            field.queryset = _around(hospitals)
        else:
            field.queryset = ImportScope.of(actor(request)).halls()
        return field

    def rehearse(self, request: HttpRequest, obj: ScheduleTemplate) -> tuple[str, dict[str, Any]]:
        """Its open sessions; where none is concerned, nobody need look."""
        plan = schedule_changes.plan(obj)
        return (plan.fingerprint if plan.touches_sessions else ""), {"plan": plan}

    def carry_out(self, request: HttpRequest, obj: ScheduleTemplate) -> None:
        """Bring its sessions to what it says, and open those that are due."""
        done = schedule_changes.carry_out(template=obj, by=actor(request))
        if not (done.opened or done.touches_sessions):
            return
        said = _("新开班次 %(opened)d 个，更改 %(changed)d 个，撤掉 %(gone)d 个，没动 %(kept)d 个。") % {
            "opened": len(done.opened),
            "changed": len(done.changed),
            "gone": len(done.gone),
            "kept": len(done.kept),
        }
        messages.info(request, said)


def _around(hospitals: QuerySet[Hospital]) -> QuerySet[Region]:
    """The counties of the hospitals and the towns in them."""
    towns = Region.objects.current().filter(level__in=(RegionLevel.COUNTY, RegionLevel.TOWN))
    counties = hospitals.values(county=Left("region", 6))
    return towns.annotate(county=Left("code", 6)).filter(county__in=counties).order_by("code")
