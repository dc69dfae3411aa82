"""Staff and their roles: everybody is looked after by somebody above them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, LabelledFormSet, ScopedAdmin, ScopedInline, actor
from auditorium.domain import accounts, audit
from auditorium.models import Role, User

if TYPE_CHECKING:
    from django.db.models import ManyToManyField, QuerySet
    from django.http import HttpRequest, HttpResponse

admin.site.unregister(Group)  # what somebody may do comes from roles


class RoleFormSet(LabelledFormSet):
    """Nobody gives a role they could not take away."""

    giver: User

    def clean(self) -> None:
        """Every new or changed role must lie below the giver's own."""
        super().clean()
        for form in self.forms:
            if form.has_changed() and form.is_valid() and not accounts.may_give(role=form.instance, by=self.giver):
                raise ValidationError(_("这个角色超出了您的管理范围。"))


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
        return type("RoleFormSet", (formset,), {"giver": actor(request)})


@admin.register(User)
class UserAdmin(ScopedAdmin, DjangoUserAdmin):
    """Accounts. Switching one off ends its sessions at once; nobody is deleted."""

    editors = EVERYBODY
    list_display = ["username", "full_name", "shown_roles", "is_active", "last_login"]
    list_filter = ["is_active", "roles__role"]
    search_fields = ["username", "full_name"]
    ordering = ("username",)
    inlines = [RoleInline]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("是谁"), {"fields": ["full_name"]}),
        (gettext_lazy("能做什么"), {"fields": ["is_active", "is_staff", "user_permissions"]}),
    ]
    add_form_template = "admin/auditorium/user/add_form.html"
    add_fieldsets = [(None, {"fields": ["username", "full_name", "password1", "password2", "is_staff"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Those below the user."""
        return accounts.users_below(actor(request)).prefetch_related("roles").order_by(*self.ordering)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The two switches say what they do."""
        kwargs["labels"] = {"is_staff": _("能进管理后台"), "is_active": _("账号在用")}
        kwargs["help_texts"] = {
            "is_staff": _("礼堂负责人、区域主管和医院经办人要勾；只坐服务台的不用。"),
            "is_active": _("不用了就去掉勾，马上登不进来。账号不删，办过的事还查得到。"),
        }
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Single permissions are an administrator's to give."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or actor(request).is_administrator:
            return fieldsets
        return [(name, {"fields": [f for f in box["fields"] if f != "user_permissions"]}) for name, box in fieldsets]

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """The one permission that roles do not carry; all others of Django's mean nothing here."""
        kwargs["queryset"] = Permission.objects.filter(codename="view_full_identity")
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        field: Any = admin.ModelAdmin.formfield_for_manytomany(self, db_field, request, **kwargs)
        field.label_from_instance = lambda permission: _(permission.name)
        field.label, field.help_text = gettext_lazy("另外"), ""
        return field

    @admin.display(description=gettext_lazy("角色"))
    def shown_roles(self, user: User) -> str:
        """All roles in one line."""
        return _("、").join(str(role) for role in user.roles.all())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles and switches of an account are audited."""
        super().save_related(request, form, formsets, change)
        changed = {*form.changed_data, *("roles" for formset in formsets if formset.has_changed())}
        if changed:
            self._note(request, form.instance, changed, action="changed" if change else accounts.ADDED)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """A password somebody else set is audited too."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            account = self.get_object(request, id)
            if account is not None:
                self._note(request, account, {"password"})
        return response

    def _note(self, request: HttpRequest, account: User, fields: set[str], action: str = "changed") -> None:
        audit.record(action=action, what=account, by=actor(request), fields=fields)
