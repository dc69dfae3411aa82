"""Clinic sessions and their slots: they come from the hospital's sheet; the admin shows them."""

from __future__ import annotations

from django.contrib import admin

from appointments.models import ClinicSession, Slot
from auditorium.admin.base import ReadOnlyAdmin, ReadOnlyInline


class SlotInline(ReadOnlyInline):
    """Each part with its places."""

    model = Slot
    fields = ["starts_at", "ends_at", "kind", "capacity", "taken", "is_open"]
    readonly_fields = ["taken"]


@admin.register(ClinicSession)
class ClinicSessionAdmin(ReadOnlyAdmin):
    """What the hospital gave this installation."""

    list_display = ["date", "period", "department", "doctor", "clinic_class", "fee", "state", "allotted"]
    list_filter = ["state", "period", "clinic_class", "date"]
    search_fields = ["department__name", "doctor__name", "department__hospital__name"]
    list_select_related = ["department", "doctor", "allotted_hall", "allotted_region"]
    inlines = [SlotInline]

    @admin.display(description=ClinicSession._meta.get_field("allotted_hall").verbose_name)
    def allotted(self, session: ClinicSession) -> str:
        """Whose places these are."""
        return str(session.allotted_hall or session.allotted_region)
