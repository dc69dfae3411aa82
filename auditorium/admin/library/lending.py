"""Copies of printed books and a hall's terms, kept here; loans, shown here and made at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin, actor
from auditorium.domain import audit
from auditorium.domain.library.lending import copies
from auditorium.library_enums import ResourceKind
from auditorium.models import BookCopy, LendingPolicy, Loan, Resource

if TYPE_CHECKING:
    from django.db.models import ForeignKey
    from django.http import HttpRequest

    from auditorium.models.library.lending import BookCopyQuerySet

    _CopyForm = forms.ModelForm[BookCopy]
else:
    _CopyForm = forms.ModelForm


class CopyForm(_CopyForm):
    """The number as the desk's scanner reads it."""

    def clean_number(self) -> str:
        """However it was typed."""
        return copies.cleaned(self.cleaned_data["number"])


class LoanInline(ReadOnlyInline):
    """Who had the copy."""

    model = Loan
    fields = ["villager", "state", "lent_at", "due_on", "renewals", "ended_at"]
    viewers = EVERYBODY


class BookCopyInline(ReadOnlyInline):
    """Where a book's copies are, in the user's halls."""

    model = BookCopy
    fields = ["number", "hall", "state", "added_at"]
    readonly_fields = ["state", "added_at"]
    hall_path = "hall__"
    viewers = EVERYBODY
    show_change_link = True


@admin.register(BookCopy)
class BookCopyAdmin(ScopedAdmin):
    """One volume; where it is follows from lending, so only what is on no loan is moved here."""

    editors = EVERYBODY
    hall_path = "hall__"
    form = CopyForm
    fields = ["resource", "hall", "number", "state", "added_at"]
    list_display = ["number", "resource", "hall", "state", "added_at"]
    list_filter = ["state"]
    list_select_related = ["resource", "hall"]
    search_fields = ["number", "resource__title"]
    autocomplete_fields = ["resource", "hall"]
    inlines = [LoanInline]
    actions = ["withdraw", "miss", "put_back"]

    def get_readonly_fields(self, request: HttpRequest, obj: BookCopy | None = None) -> list[str]:
        """A volume stays what it is, and at its hall."""
        return ["state", "added_at", *(["resource", "hall"] if obj else [])]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Printed books only."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "resource":
            field.queryset = Resource.objects.for_user(actor(request)).filter(kind=ResourceKind.PRINTED_BOOK)
        return field

    def save_model(self, request: HttpRequest, obj: BookCopy, form: Any, change: bool) -> None:
        """Audited with the names of the fields."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added",
            what=obj,
            by=actor(request),
            hall=obj.hall,
            fields=set(form.changed_data),
        )

    @admin.action(description=gettext_lazy("选中的不再外借"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: BookCopyQuerySet) -> None:
        """What is out stays out, and can be withdrawn once it is back."""
        self._say(request, copies.withdraw(copies=queryset, by=actor(request)))

    @admin.action(description=gettext_lazy("选中的在架上找不到"), permissions=["change"])
    def miss(self, request: HttpRequest, queryset: BookCopyQuerySet) -> None:
        """What is out is reported lost at the desk."""
        self._say(request, copies.miss(copies=queryset, by=actor(request)))

    @admin.action(description=gettext_lazy("选中的放回架上"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: BookCopyQuerySet) -> None:
        """Found, or lent again."""
        self._say(request, copies.put_back(copies=queryset, by=actor(request)))

    def _say(self, request: HttpRequest, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, _("改了 %(count)d 册；借出去的不动。") % {"count": count}, level)


@admin.register(Loan)
class LoanAdmin(ReadOnlyAdmin):
    """Who has what, and had."""

    hall_path = "hall__"
    list_display = ["copy", "villager", "state", "lent_at", "due_on", "ended_at", "hall"]
    list_filter = ["state"]
    list_select_related = ["copy", "villager", "hall"]
    search_fields = ["copy__number", "copy__resource__title"]


@admin.register(LendingPolicy)
class LendingPolicyAdmin(ScopedAdmin):
    """A hall without a row lends by what a new one says."""

    editors = EVERYBODY
    hall_path = "hall__"
    list_display = ["hall", "days", "books", "renewals", "call_after"]
    list_select_related = ["hall"]
    search_fields = ["hall__name"]
    autocomplete_fields = ["hall"]

    def get_readonly_fields(self, request: HttpRequest, obj: LendingPolicy | None = None) -> list[str]:
        """Of one hall."""
        return ["hall"] if obj else []

    def save_model(self, request: HttpRequest, obj: LendingPolicy, form: Any, change: bool) -> None:
        """Audited with the names of the fields."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added",
            what=obj,
            by=actor(request),
            hall=obj.hall,
            fields=set(form.changed_data),
        )
