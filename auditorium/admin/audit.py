"""Who did what: shown, never changed."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from auditorium.admin.base import ReadOnlyAdmin
from auditorium.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log of the halls in scope."""

    list_display = ["at", "actor", "hall", "action", "object_kind", "object_id", "fields", "why"]
    list_filter = ["action", "object_kind"]
    search_fields = ["=object_id", "=villager_id"]
    list_select_related = ["actor", "hall"]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """The admin's own log."""

    viewers = ()
    list_display = ["action_time", "user", "content_type", "object_id", "action_flag"]
    list_select_related = ["user", "content_type"]
    exclude = ["object_repr", "change_message"]
