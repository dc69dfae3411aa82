"""Rooms, kept here; activities and who signed up, shown here and changed at the desk, where everybody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin, actor
from auditorium.domain import audit
from auditorium.models import Activity, ActivityDate, Enrolment, Room

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Room)
class RoomAdmin(ScopedAdmin):
    """Where a hall can hold something; one that is no longer used is switched off, what was held there stays."""

    editors = EVERYBODY
    hall_path = "hall__"
    list_display = ["name", "places", "hall", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["hall"]
    search_fields = ["name", "hall__name"]
    autocomplete_fields = ["hall"]

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> list[str]:
        """A room does not move."""
        return ["hall"] if obj else []

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        """Audited with the names of the fields."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added",
            what=obj,
            by=actor(request),
            hall=obj.hall,
            fields=set(form.changed_data),
        )


class ActivityDateInline(ReadOnlyInline):
    """When and where."""

    model = ActivityDate
    fields = ["starts_at", "ends_at", "room", "state", "ended_reason"]
    viewers = EVERYBODY

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their rooms."""
        return super().get_queryset(request).select_related("room")


@admin.register(ActivityDate)
class ActivityDateAdmin(ReadOnlyAdmin):
    """When and where halls hold something; moved and called off at the desk, where everybody is told."""

    hall_path = "hall__"
    list_display = ["activity", "starts_at", "ends_at", "room", "state", "hall"]
    list_filter = ["state"]
    list_select_related = ["activity", "room", "hall"]
    search_fields = ["activity__title", "hall__name"]
    ordering = ["-pk"]

    def view_on_site(self, obj: ActivityDate) -> str:
        """The desk's page."""
        return reverse("auditorium:activity", args=[obj.activity_id])


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """What halls hold and held."""

    hall_path = "hall__"
    list_display = ["title", "kind", "hall", "places", "taken", "state"]
    list_filter = ["kind", "state"]
    list_select_related = ["hall"]
    search_fields = ["title", "hall__name"]
    inlines = [ActivityDateInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many have a place."""
        rows: Any = super().get_queryset(request)
        return rows.with_counts()  # type: ignore[no-any-return]

    def view_on_site(self, obj: Activity) -> str:
        """The desk's page, where it is changed."""
        return reverse("auditorium:activity", args=[obj.pk])

    @admin.display(description=gettext_lazy("报上名的"))
    def taken(self, activity: Any) -> int:
        """How many have a place."""
        count: int = activity.taken
        return count


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    """Who signed up for what."""

    hall_path = "hall__"
    list_display = ["villager", "activity", "state", "joined_at", "hall"]
    list_filter = ["state"]
    list_select_related = ["villager", "activity", "hall"]
    search_fields = ["activity__title"]
