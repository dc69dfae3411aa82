"""Hospitals and what is known of them: reference data, with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from appointments.admin.policies import BookingPolicyInline, WithPolicy
from appointments.models import (
    BookingChannel,
    Department,
    Doctor,
    EverydayWord,
    Hospital,
    HospitalClerk,
    Route,
    Specialty,
)
from auditorium import names
from auditorium.admin.base import EVERYBODY, SUPERVISORS, HistoryAdmin, ScopedAdmin, ScopedInline, actor, supervised

if TYPE_CHECKING:
    from django.db.models import ForeignKey
    from django.http import HttpRequest


class _OfHospital(HistoryAdmin):
    """Everybody may look at hospitals, and whoever supervises the region where one lies keeps it right.

    Names are found by their pinyin initials too, so saving a name writes them.
    """

    editors = SUPERVISORS
    region_path: str

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Inside the supervisor's own region."""
        if obj is None or not super().has_change_permission(request, obj):
            return super().has_change_permission(request, obj)
        mine = supervised(actor(request), self.region_path)
        return self.model._default_manager.filter(mine, pk=obj.pk).exists()

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """What it belongs to lies inside the supervisor's region as well."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        path = self.region_path.removeprefix(f"{db_field.name}__")
        if field is not None and path != self.region_path:
            field.queryset = field.queryset.filter(supervised(actor(request), path))
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With the initials of the name as it is now."""
        obj.initials = names.initials_of(obj.name)[: obj._meta.get_field("initials").max_length]
        super().save_model(request, obj, form, change)


class BookingChannelInline(ScopedInline):
    """How it is booked elsewhere."""

    model = BookingChannel
    editors = SUPERVISORS


class HospitalClerkInline(ScopedInline):
    """Who works for it. Clerks see bookings of every hall there, so administrators name them."""

    model = HospitalClerk
    viewers = SUPERVISORS
    autocomplete_fields = ["user"]


@admin.register(Hospital)
class HospitalAdmin(WithPolicy, _OfHospital):
    """Hospitals, with their rules, channels and clerks."""

    region_path = "region__"
    list_display = ["name", "short_name", "region", "phone", "acknowledges", "is_sensitive", "is_active"]
    list_filter = ["is_active", "acknowledges"]
    search_fields = ["name", "short_name", "initials__startswith"]
    list_select_related = ["region"]
    autocomplete_fields = ["region"]
    inlines = [BookingPolicyInline, BookingChannelInline, HospitalClerkInline]


@admin.register(Department)
class DepartmentAdmin(WithPolicy, _OfHospital):
    """Departments: where they are, what to prepare, and their own rules over the hospital's."""

    region_path = "hospital__region__"
    list_display = ["name", "hospital", "place", "is_sensitive", "is_active"]
    list_filter = ["is_active", "is_sensitive"]
    search_fields = ["name", "initials__startswith", "hospital__name"]
    list_select_related = ["hospital"]
    autocomplete_fields = ["hospital", "specialties"]
    inlines = [BookingPolicyInline]


@admin.register(Doctor)
class DoctorAdmin(_OfHospital):
    """Doctors."""

    region_path = "department__hospital__region__"
    list_display = ["name", "grade", "department", "hospital", "is_active"]
    list_filter = ["is_active", "grade"]
    search_fields = ["name", "initials__startswith", "department__name", "department__hospital__name"]
    list_select_related = ["department__hospital"]
    autocomplete_fields = ["department"]

    @admin.display(description=Hospital._meta.verbose_name, ordering="department__hospital")
    def hospital(self, doctor: Doctor) -> Hospital:
        """Whose doctor it is."""
        return doctor.department.hospital


@admin.register(Specialty)
class SpecialtyAdmin(ScopedAdmin):
    """The national list of specialties."""

    list_display = ["code", "name"]
    search_fields = ["code__startswith", "name"]


@admin.register(EverydayWord)
class EverydayWordAdmin(ScopedAdmin):
    """What people say, and which specialty sees it. A suggestion, never advice; every hall's desk shows it."""

    editors = SUPERVISORS
    list_display = ["word", "specialty"]
    search_fields = ["word", "specialty__name"]
    list_select_related = ["specialty"]
    autocomplete_fields = ["specialty"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing hangs on a word."""
        return self.has_change_permission(request, obj)


@admin.register(Route)
class RouteAdmin(ScopedAdmin):
    """How to get from a hall to a hospital; printed on the slip."""

    editors = EVERYBODY
    hall_path = "hall__"
    list_display = ["hall", "hospital", "bus", "first_bus", "last_bus", "minutes"]
    search_fields = ["hall__name", "hospital__name"]
    list_select_related = ["hall", "hospital"]
    autocomplete_fields = ["hall", "hospital"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A bus that no longer runs."""
        return self.has_change_permission(request, obj)
