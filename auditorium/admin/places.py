"""Divisions, halls and who helps there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.admin import SimpleHistoryAdmin

from auditorium import clock
from auditorium.admin.base import EVERYBODY, SUPERVISORS, ScopedAdmin, ScopedInline, may
from auditorium.models import Hall, HallClosure, Helper, OpeningHours, Region

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    """The tree of divisions. Codes and levels come from the import; a place that is gone is retired."""

    list_display = ["code", "name", "level", "parent", "retired_on"]
    list_filter = ["level"]
    search_fields = ["code__startswith", "name__startswith"]
    list_select_related = ["parent"]
    readonly_fields = ["code", "level", "parent", "retired_on"]
    actions = ["retire"]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """`import_regions` adds them."""
        return False

    @admin.action(description=gettext_lazy("撤销选中的区划"), permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Region]) -> None:
        """Retired today; nothing that points to it is lost."""
        count = queryset.filter(retired_on__isnull=True).update(retired_on=clock.today())
        self.message_user(request, _("撤销了 %(count)d 个区划。") % {"count": count}, messages.SUCCESS)


class OpeningHoursInline(ScopedInline):
    """When the hall is open."""

    model = OpeningHours
    editors = EVERYBODY


class HallClosureInline(ScopedInline):
    """When it stays shut."""

    model = HallClosure
    editors = EVERYBODY


@admin.register(Hall)
class HallAdmin(ScopedAdmin, SimpleHistoryAdmin):
    """Halls; a manager keeps phone and hours right, a supervisor opens new ones."""

    editors = EVERYBODY
    list_display = ["name", "region", "phone", "backup_hall", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "region__name", "region__code__startswith"]
    list_select_related = ["region", "backup_hall"]
    autocomplete_fields = ["region", "backup_hall"]
    inlines = [OpeningHoursInline, HallClosureInline]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Supervisors."""
        return may(request, *SUPERVISORS)

    def get_readonly_fields(self, request: HttpRequest, obj: Hall | None = None) -> list[str]:
        """Where a hall is, and whether it is used, decides a supervisor."""
        return [] if may(request, *SUPERVISORS) else ["region", "is_active"]


@admin.register(Helper)
class HelperAdmin(ScopedAdmin):
    """People who call or knock for a hall."""

    editors = EVERYBODY
    list_display = ["name", "kind", "phone", "groups", "hall", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name"]
    list_select_related = ["hall"]
    autocomplete_fields = ["hall"]
