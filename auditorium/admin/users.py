"""Staff and their roles: everybody is looked after by somebody above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ScopedAdmin, ScopedInline, actor
from auditorium.domain import audit
from auditorium.enums import RoleKind
from auditorium.models import Role, User
from auditorium.models.regions import prefix_range

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    _FormSet = BaseInlineFormSet[Role, User, Any]
else:
    _FormSet = BaseInlineFormSet

admin.site.unregister(Group)  # what somebody may do comes from roles


def roles_below(user: User) -> QuerySet[Role]:
    """The roles this user may give and take: a manager those of the desk, a supervisor those inside the region."""
    if user.is_administrator:
        return Role.objects.all()
    below = Q(pk__in=[])
    for role in user.role_list:
        if role.role == RoleKind.HALL_MANAGER:
            below |= Q(role=RoleKind.DESK, hall=role.hall_id)
        elif role.role == RoleKind.SUPERVISOR and role.region:
            inside = prefix_range(role.region.prefix)
            below |= Q(hall__region__code__range=inside) | Q(region__code__range=inside) & ~Q(region=role.region_id)
    return Role.objects.filter(below)


def users_below(user: User) -> QuerySet[User]:
    """Those all of whose roles this user may give; whoever has no role yet was just made and belongs to nobody else."""
    if user.is_administrator:
        return User.objects.all()
    outside = Role.objects.filter(user=OuterRef("pk")).exclude(pk__in=roles_below(user).values("pk"))
    return User.objects.filter(~Exists(outside), is_superuser=False)


class RoleFormSet(_FormSet):
    """Nobody gives a role they could not take away."""

    giver: User

    def clean(self) -> None:
        """Every new or changed role must lie below the giver's own."""
        super().clean()
        for form in self.forms:
            if form.has_changed() and form.is_valid() and not self._may_give(form.instance):
                raise ValidationError(_("这个角色超出了您的管理范围。"))

    def _may_give(self, role: Role) -> bool:
        if self.giver.is_administrator:
            return True
        for own in self.giver.role_list:
            if own.role == RoleKind.HALL_MANAGER and role.role == RoleKind.DESK and role.hall_id == own.hall_id:
                return True
            if own.role == RoleKind.SUPERVISOR and own.region:
                place = role.hall.region_id if role.hall else role.region_id or ""
                if place.startswith(own.region.prefix) and place != own.region_id:
                    return True
        return False


class RoleInline(ScopedInline):
    """What the user may do, and where."""

    model = Role
    formset = RoleFormSet
    editors = EVERYBODY
    autocomplete_fields = ["hall", "region"]
    fk_name = "user"

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        """The formset knows who gives."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.giver = actor(request)
        return formset


@admin.register(User)
class UserAdmin(ScopedAdmin, DjangoUserAdmin):
    """Accounts. Switching one off ends its sessions at once; nobody is deleted."""

    editors = EVERYBODY
    list_display = ["username", "full_name", "shown_roles", "is_active", "last_login"]
    list_filter = ["is_active", "roles__role"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]
    inlines = [RoleInline]
    filter_horizontal: list[str] = []
    autocomplete_fields = ["current_hall"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("是谁"), {"fields": ["full_name", "current_hall"]}),
        (gettext_lazy("能做什么"), {"fields": ["is_active", "is_staff", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "full_name", "password1", "password2", "is_staff"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Those below the user."""
        return users_below(actor(request)).prefetch_related("roles__hall", "roles__region")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Single permissions are an administrator's to give."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or actor(request).is_administrator:
            return fieldsets
        return [(name, {"fields": [f for f in box["fields"] if f != "user_permissions"]}) for name, box in fieldsets]

    @admin.display(description=gettext_lazy("角色"))
    def shown_roles(self, user: User) -> str:
        """All roles in one line."""
        return "、".join(str(role) for role in user.roles.all())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles and switches of an account are audited."""
        super().save_related(request, form, formsets, change)
        changed = [*form.changed_data, *("roles" for formset in formsets if formset.has_changed())]
        if changed:
            action = "changed" if change else "added"
            audit.record(action=action, what=form.instance, by=actor(request), fields=set(changed))
