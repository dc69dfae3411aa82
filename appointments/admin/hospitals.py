"""Hospitals and what is known of them: reference data, with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from appointments.models import (
    BookingChannel,
    BookingPolicy,
    Department,
    Doctor,
    EverydayWord,
    Hospital,
    HospitalClerk,
    Route,
    Specialty,
)
from auditorium import names
from auditorium.admin.base import EVERYBODY, SUPERVISORS, ScopedAdmin, ScopedInline

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class _FoundByInitials(ScopedAdmin):
    """Names are found by their pinyin initials too, so saving a name writes them."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With the initials of the name as it is now."""
        obj.initials = names.initials_of(obj.name)[: obj._meta.get_field("initials").max_length]
        super().save_model(request, obj, form, change)


class BookingPolicyInline(ScopedInline):
    """The hospital's own rules; empty ones are the platform's."""

    model = BookingPolicy
    editors = SUPERVISORS
    max_num = 1


class BookingChannelInline(ScopedInline):
    """How it is booked elsewhere."""

    model = BookingChannel
    editors = SUPERVISORS


class HospitalClerkInline(ScopedInline):
    """Who works for it."""

    model = HospitalClerk
    editors = SUPERVISORS
    autocomplete_fields = ["user"]


@admin.register(Hospital)
class HospitalAdmin(_FoundByInitials, SimpleHistoryAdmin):
    """Hospitals, with their rules, channels and clerks."""

    editors = SUPERVISORS
    list_display = ["name", "short_name", "region", "phone", "acknowledges", "is_sensitive", "is_active"]
    list_filter = ["is_active", "acknowledges"]
    search_fields = ["name", "short_name", "initials__startswith"]
    list_select_related = ["region"]
    autocomplete_fields = ["region"]
    inlines = [BookingPolicyInline, BookingChannelInline, HospitalClerkInline]


@admin.register(Department)
class DepartmentAdmin(_FoundByInitials, SimpleHistoryAdmin):
    """Departments: where they are and what to prepare."""

    editors = SUPERVISORS
    list_display = ["name", "hospital", "place", "is_sensitive", "is_active"]
    list_filter = ["is_active", "is_sensitive"]
    search_fields = ["name", "initials__startswith", "hospital__name"]
    list_select_related = ["hospital"]
    autocomplete_fields = ["hospital", "specialties"]


@admin.register(Doctor)
class DoctorAdmin(_FoundByInitials, SimpleHistoryAdmin):
    """Doctors."""

    editors = SUPERVISORS
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
    """What people say, and which specialty sees it. A suggestion, never advice."""

    editors = EVERYBODY
    list_display = ["word", "specialty"]
    search_fields = ["word", "specialty__name"]
    list_select_related = ["specialty"]
    autocomplete_fields = ["specialty"]

    def has_delete_permission(self, request: HttpRequest, obj: EverydayWord | None = None) -> bool:
        """Nothing hangs on a word."""
        return self.has_change_permission(request, obj)


@admin.register(Route)
class RouteAdmin(ScopedAdmin):
    """How to get from a hall to a hospital; printed on the slip."""

    editors = EVERYBODY
    list_display = ["hall", "hospital", "bus", "first_bus", "last_bus", "minutes"]
    search_fields = ["hall__name", "hospital__name"]
    list_select_related = ["hall", "hospital"]
    autocomplete_fields = ["hall", "hospital"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Route]:
        """Those from the user's halls."""
        return super().get_queryset(request).filter(request.user.hall_scope("hall__"))  # type: ignore[union-attr]

    def has_delete_permission(self, request: HttpRequest, obj: Route | None = None) -> bool:
        """A bus that no longer runs."""
        return self.has_change_permission(request, obj)
