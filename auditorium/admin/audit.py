"""Who did what: shown, never changed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.admin.base import ReadOnlyAdmin, ScopedAdmin
from auditorium.models import AuditEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise


class KindFilter(admin.SimpleListFilter):
    """What was acted on. The kinds are the admin's own: to look for them in the log would be to read all of it."""

    title = _("对象")
    parameter_name = "object_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind of row with a page of its own here."""
        site = model_admin.admin_site
        models = [model for model in apps.get_models() if site.is_registered(model)]
        ours = [model._meta for model in models if isinstance(site.get_model_admin(model), ScopedAdmin)]
        return [(meta.model_name or "", str(meta.verbose_name)) for meta in ours]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Those of the kind that was chosen."""
        return queryset.filter(object_kind=self.value()) if self.value() else queryset


@cache
def _verbose() -> dict[str, StrOrPromise]:
    return {model._meta.model_name or "": model._meta.verbose_name or "" for model in apps.get_models()}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log of the halls in scope."""

    list_display = ["at", "actor", "hall", "action", "kind", "object_id", "fields", "why"]
    list_filter = [KindFilter]
    search_fields = ["action"]
    search_help_text = _("编号、村民编号或做了什么")
    list_select_related = ["actor", "hall"]

    @admin.display(description=_("对象"))
    def kind(self, entry: AuditEntry) -> str:
        """What was acted on, by its name in the admin."""
        return str(_verbose().get(entry.object_kind, entry.object_kind))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By exact values, which indexes answer."""
        term = search_term.strip()
        if term.isdecimal():
            queryset = queryset.filter(Q(object_id=int(term)) | Q(villager_id=int(term)))
        elif term:
            queryset = queryset.filter(action=term)
        return queryset, False


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """The admin's own log."""

    viewers = ()
    list_display = ["action_time", "user", "content_type", "object_id", "action_flag"]
    list_select_related = ["user", "content_type"]
    exclude = ["object_repr", "change_message"]
