"""What every admin page of ours shares: rows by role and scope, choices in scope, deleting off, bounded counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from auditorium.enums import RoleKind
from auditorium.models import User

if TYPE_CHECKING:
    from django.db.models import ForeignKey, Model, QuerySet
    from django.forms import ModelChoiceField
    from django.http import HttpRequest

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _Paginator, _ModelAdmin, _TabularInline = Paginator, admin.ModelAdmin, admin.TabularInline

EVERYBODY = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
SUPERVISORS = (RoleKind.SUPERVISOR,)
ADMINISTRATORS: tuple[RoleKind, ...] = ()
"""Administrators have every role, so no other needs to be named."""


class CappedPaginator(_Paginator):
    """Counts no further than `CAP`: the admin of a province must not count 25 million rows to show a page."""

    CAP = 10_000

    @cached_property
    def count(self) -> int:
        """How many rows there are, or CAP when there are more."""
        rows = self.object_list
        return rows.order_by()[: self.CAP].count() if hasattr(rows, "order_by") else len(rows)


class _ByRole:
    """Permissions by role instead of by Django's model permissions; what is out of scope does not exist.

    `viewers` and `editors` are kinds of role; administrators are always both.
    """

    viewers: tuple[str, ...] = EVERYBODY
    editors: tuple[str, ...] = ADMINISTRATORS
    model: type[Model]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever has a viewing or editing role."""
        return may(request, *self.viewers, *self.editors)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever has an editing role."""
        return may(request, *self.editors)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whoever has an editing role."""
        return may(request, *self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: history matters."""
        return False

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what the user may see can be chosen."""
        field: ModelChoiceField | None = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and hasattr(field.queryset, "for_user"):
            field.queryset = field.queryset.for_user(request.user)
        return field


class ScopedAdmin(_ByRole, _ModelAdmin):
    """A list and its pages, of what the user may see."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Through `for_user` wherever the model has one."""
        rows = super().get_queryset(request)
        return rows.for_user(request.user) if hasattr(rows, "for_user") else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown in the index to whoever may see a row."""
        return self.has_view_permission(request)


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that only domain functions write: the admin shows them and offers actions."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody edits here."""
        return False


class ScopedInline(_ByRole, _TabularInline):
    """Rows edited on their parent's page; they may be removed where nothing hangs on them."""

    extra = 0
    can_delete = True

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may edit."""
        return self.has_change_permission(request, obj)


class ReadOnlyInline(_ByRole, _TabularInline):
    """Rows shown on their parent's page."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
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


admin.site.site_header = _("文化礼堂服务台 · 管理")
admin.site.site_title = _("文化礼堂管理")
admin.site.index_title = _("管理")
