"""What every admin page of ours shares: rows by role and scope, choices in scope, deleting off, a log without names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.forms.models import BaseInlineFormSet
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import DeletedObject
from simple_history.template_utils import HistoricalRecordContextHelper as _Changes

from auditorium.enums import RoleKind
from auditorium.models import User
from auditorium.models.regions import prefix_range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import ForeignKey, QuerySet
    from django.http import HttpRequest, HttpResponse

    _Paginator = Paginator[Any]
    _BaseAdmin = admin.options.BaseModelAdmin[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    _Paginator, _BaseAdmin, _ModelAdmin, _TabularInline = Paginator, object, admin.ModelAdmin, admin.TabularInline
    _InlineFormSet = BaseInlineFormSet

EVERYBODY: tuple[str, ...] = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
SUPERVISORS: tuple[str, ...] = (RoleKind.SUPERVISOR,)
ADMINISTRATORS: tuple[str, ...] = ()
"""Administrators have every role, so no other needs to be named."""


class CappedPaginator(_Paginator):
    """Counts no further than `CAP`: the admin of a province must not count 25 million rows to show a page."""

    CAP = 10_000

    @cached_property
    def count(self) -> int:
        """How many rows there are, or CAP when there are more."""
        rows = self.object_list
        return rows.order_by()[: self.CAP].count() if hasattr(rows, "order_by") else len(rows)


class _ByRole(_BaseAdmin):
    """Permissions by role instead of by Django's model permissions; what is out of scope does not exist.

    `viewers` and `editors` are kinds of role; administrators are always both. Where `hall_path` leads from the
    model to its hall, a row is shown where the user has one of these roles, not wherever they have any.
    """

    viewers = EVERYBODY
    editors = ADMINISTRATORS
    hall_path: str | None = None
    model: type[Model]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Through `for_user` wherever the model has one; identity numbers are left unread."""
        rows = super().get_queryset(request)
        if self.hall_path is not None:
            rows = rows.filter(actor(request).hall_scope(self.hall_path, kinds=(*self.viewers, *self.editors)))
        elif hasattr(rows, "for_user"):
            rows = rows.for_user(actor(request))
        if any(field.name == "villager" for field in self.model._meta.fields):
            rows = rows.defer("villager__id_number", "villager__other_document_number")
        return rows

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever has a viewing or editing role."""
        return may(request, *self.viewers, *self.editors)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever has an editing role."""
        return may(request, *self.editors)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whoever has an editing role."""
        return may(request, *self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: history matters."""
        return False

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Only what the user would find in the list of the other model can be chosen."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        other = db_field.remote_field.model
        if field is not None and self.admin_site.is_registered(other):
            field.queryset = self.admin_site.get_model_admin(other).get_queryset(request)
        return field


class ScopedAdmin(_ByRole, _ModelAdmin):
    """A list and its pages, of what the user may see."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown in the index to whoever may see a row."""
        return self.has_view_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that are offered: any other one would find out digit by digit what is masked."""
        offered = (_filtered_by(item) for item in self.get_list_filter(request))
        known = any(lookup == name or lookup.startswith(f"{name}__") for name in offered)
        return known and super().lookup_allowed(lookup, value, request)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Iterable[Any] | None, add: bool = False
    ) -> list[dict[str, dict[str, list[str]]]]:
        """The labels of what was changed, and of the inlines; Django would write the inlines' rows by name."""
        if add:
            return [{"added": {}}]
        with override(None):
            fields = [
                str(form.fields[name].label or name) if name in form.fields else name for name in form.changed_data
            ]
            inlines = [str(formset.model._meta.verbose_name) for formset in formsets or () if formset.has_changed()]
        return [{"changed": {"fields": [*fields, *inlines]}}]

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Model and key, not the name."""
        return self._log(request, obj, ADDITION, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Model and key, not the name."""
        return self._log(request, obj, CHANGE, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> list[LogEntry]:
        """Model and key, not the names."""
        return [self._log(request, obj, DELETION, "") for obj in queryset]

    def _log(self, request: HttpRequest, obj: Model, flag: int, message: Any) -> LogEntry:
        return LogEntry.objects.create(
            user=actor(request),
            content_type=get_content_type_for_model(obj),
            object_id=obj.pk,
            object_repr=f"{obj._meta.model_name} #{obj.pk}",
            action_flag=flag,
            change_message=json.dumps(message, ensure_ascii=False) if isinstance(message, list) else message,
        )


class _SaidPlainly(_Changes):
    """What changed, in the words of the form: nothing as –, choices by their labels."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        """A value as a person would write it."""
        field = self.model._meta.get_field(change.field)
        if value is None or value == "" or (isinstance(value, DeletedObject) and value.pk is None):
            return "–"
        if isinstance(value, bool):
            return _("是") if value else _("否")
        choices = dict(getattr(field, "flatchoices", ()))
        return choices[value] if choices and value in choices else super().prepare_delta_change_value(change, value)


class HistoryAdmin(ScopedAdmin, SimpleHistoryAdmin):
    """Reference data with its history: shown to whoever sees the row, with no way back by one click."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """An older state is typed in again, and checked like anything typed."""
        return True

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> _SaidPlainly:
        """Says what changed."""
        return _SaidPlainly(self.model, historical_record)

    def get_urls(self) -> list[Any]:
        """Without the forms of old versions, which ask for no scope."""
        return [url for url in super().get_urls() if not str(url.name).endswith("_simple_history")]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Of rows in scope only."""
        if self.get_object(request, object_id) is None:
            raise Http404
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that only domain functions write: the admin shows them and offers actions."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits here."""
        return False


class LabelledFormSet(_InlineFormSet):
    """Rows whose fields say by themselves what they are: the heads of columns are read out with none of them."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """With names, also for the box that removes a row."""
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)  # the admin wraps those that lead to other rows
            widget.attrs.setdefault("aria-label", str(field.label or ""))


class ScopedInline(_ByRole, _TabularInline):
    """Rows edited on their parent's page; they may be removed where nothing hangs on them."""

    formset: type[_InlineFormSet] = LabelledFormSet
    extra = 0
    can_delete = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may edit."""
        return self.has_change_permission(request, obj)


class ReadOnlyInline(_ByRole, _TabularInline):
    """Rows shown on their parent's page."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits here."""
        return False


def may(request: HttpRequest, *kinds: str) -> bool:
    """Whether the user may use the admin and has one of these roles."""
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff and user.has_role(*kinds)


def actor(request: HttpRequest) -> User:
    """Who acts; admin views let nobody else in."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("the admin was reached without a login")
    return user


def supervised(user: User, path: str = "") -> Q:
    """Regions the user supervises, as a condition on a region code reached through `path` (`"region__"`)."""
    if user.is_administrator:
        return Q()
    inside = Q(pk__in=[])
    for role in user.role_list:
        if role.role == RoleKind.SUPERVISOR and role.region:
            inside |= Q(**{f"{path}code__range": prefix_range(role.region.prefix)})
    return inside


def _filtered_by(item: Any) -> str:
    """What a filter of a list is called in the address."""
    if isinstance(item, str):
        return item
    name: str = item[0] if isinstance(item, tuple) else item.parameter_name
    return name


admin.site.site_header = _("文化礼堂服务台 · 管理")
admin.site.site_title = _("文化礼堂管理")
admin.site.index_title = _("管理")
