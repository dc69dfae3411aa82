"""Resources: described, looked through, put on the shelf and taken off it by whoever looks after their channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ScopedAdmin, ScopedInline, actor
from auditorium.admin.library.channels import opened_pk
from auditorium.admin.library.lending import BookCopyInline
from auditorium.admin.library.uploads import ResourceFileInline, UploadingAdmin
from auditorium.domain import audit
from auditorium.domain.library import catalogue, contents, publishing, words
from auditorium.library_enums import ResourceKind, ResourceState
from auditorium.models import CourseItem, Resource, ResourceFile

if TYPE_CHECKING:
    from django.db.models import ForeignKey, QuerySet
    from django.http import HttpRequest, HttpResponse

    _ResourceForm = forms.ModelForm[Resource]
else:
    _ResourceForm = forms.ModelForm

MOVES = ("review", "publish", "withdraw", "back_to_draft")
NAMED = 5
"""Of how many resources that could not be published it is said what they lack."""


class ResourceForm(_ResourceForm):
    """The description; what is on the shelf keeps what it needs there."""

    url = forms.URLField(label=gettext_lazy("网址"), required=False, max_length=200, assume_scheme="https")

    def _post_clean(self) -> None:
        """After the model's own checks: ours needs the resource as it would be."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                catalogue.check(self.instance)
            except forms.ValidationError as error:
                self.add_error(None, error)


class CourseItemInline(ScopedInline):
    """The steps of a course."""

    model = CourseItem
    fk_name = "course"
    editors = EVERYBODY
    fields = ["order", "resource"]
    autocomplete_fields = ["resource"]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """What the user looks after, and what is in the course already; no course within a course."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "resource":
            there = CourseItem.objects.filter(course=opened_pk(request)).values("resource")
            mine = Resource.objects.for_user(actor(request)).values("pk")
            wanted = Resource.objects.filter(Q(pk__in=mine) | Q(pk__in=there))
            field.queryset = wanted.exclude(kind=ResourceKind.COURSE)
        return field


@admin.register(Resource)
class ResourceAdmin(UploadingAdmin, ScopedAdmin):
    """Nothing is shown at a desk before somebody looked through it and put it on the shelf."""

    editors = EVERYBODY
    form = ResourceForm
    list_display = ["title", "kind", "creator", "channel", "topic", "state", "reviewed_by", "published_at"]
    list_filter = ["state", "kind", ("channel", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["channel", "topic", "reviewed_by"]
    search_fields = ["title"]
    ordering = ["-pk"]
    autocomplete_fields = ["channel", "topic"]
    readonly_fields = ["state", "reviewed_by", "published_at"]
    actions = MOVES
    change_form_template = "admin/auditorium/resource/change_form.html"
    fieldsets = [
        (None, {"fields": ["state", "reviewed_by", "published_at", "kind", "title", "channel", "topic", "order"]}),
        (
            gettext_lazy("是什么"),
            {
                "fields": [
                    "creator",
                    "contributor",
                    "publisher",
                    "issued",
                    "subject",
                    "description",
                    "language",
                    "identifier",
                    "url",
                ]
            },
        ),
        (
            gettext_lazy("从哪里来，凭什么用"),
            {
                "fields": ["source", "rights_holder", "licence", "licence_note"],
                "description": gettext_lazy("没有权利人和使用许可，不能上架。"),
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Resource | None = None) -> list[str]:
        """What was shown once stays what it was."""
        return [*self.readonly_fields, "kind"] if obj and obj.published_at else list(self.readonly_fields)

    def get_inlines(self, request: HttpRequest, obj: Resource | None) -> list[Any]:
        """Steps for courses, copies for printed books; files once it is known what kind it is."""
        if obj is None:
            return []
        besides: dict[str, list[Any]] = {
            ResourceKind.COURSE: [CourseItemInline],
            ResourceKind.PRINTED_BOOK: [BookCopyInline],
        }
        return [*besides.get(obj.kind, []), ResourceFileInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Resource], search_term: str
    ) -> tuple[QuerySet[Resource], bool]:
        """By everything a resource is found by at the desk."""
        texts = words.holding(search_term)
        return (queryset if texts is None else queryset.filter(pk__in=texts.values("resource"))), False

    def has_delete_permission(self, request: HttpRequest, obj: Resource | None = None) -> bool:
        """Only a draft that was never shown."""
        draft = obj is not None and obj.state == ResourceState.DRAFT and obj.published_at is None
        return draft and self.has_change_permission(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what is still lacking, while it is lacking."""
        obj = self.get_object(request, object_id)
        missing = publishing.lacking(obj) if obj and obj.state != ResourceState.PUBLISHED else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "lacking": missing})

    def save_model(self, request: HttpRequest, obj: Resource, form: Any, change: bool) -> None:
        """Found from now on by what it says now."""
        catalogue.describe(resource=obj, by=actor(request), fields=set(form.changed_data))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Steps and files are audited too."""
        super().save_related(request, form, formsets, change)
        changed = {str(formset.prefix) for formset in formsets if formset.has_changed()}
        if changed:
            audit.record(action="changed", what=form.instance, by=actor(request), fields=changed)
        if any(formset.deleted_objects for formset in formsets if formset.model is ResourceFile):
            contents.read_again(form.instance)

    def delete_model(self, request: HttpRequest, obj: Resource) -> None:
        """Audited."""
        audit.record(action="removed", what=obj, by=actor(request))
        super().delete_model(request, obj)

    def response_change(self, request: HttpRequest, obj: Resource) -> HttpResponse:
        """Saved, and then moved where a button says; the page stays open."""
        for name in MOVES:
            if f"_{name}" in request.POST:
                getattr(self, name)(request, Resource.objects.filter(pk=obj.pk))
                return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    @admin.action(description=gettext_lazy("选中的审核通过"), permissions=["change"])
    def review(self, request: HttpRequest, queryset: QuerySet[Resource]) -> None:
        """Whoever says so answers for it."""
        count = publishing.review(resources=queryset, by=actor(request))
        self._say(request, _("审核通过 %(count)d 项。"), count)

    @admin.action(description=gettext_lazy("选中的上架"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Resource]) -> None:
        """Those that are complete; of the others it is said what they lack."""
        count = publishing.publish(resources=queryset, by=actor(request))
        self._say(request, _("上架 %(count)d 项。"), count)
        for left in Resource.objects.filter(pk__in=queryset.values("pk"), state=ResourceState.REVIEWED)[:NAMED]:
            said = {"title": left.title, "what": _("、").join(publishing.lacking(left))}
            self.message_user(request, _("《%(title)s》还不能上架，缺：%(what)s。") % said, messages.WARNING)

    @admin.action(description=gettext_lazy("选中的下架"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Resource]) -> None:
        """No desk shows them any more."""
        count = publishing.withdraw(resources=queryset, by=actor(request))
        self._say(request, _("下架 %(count)d 项。"), count)

    @admin.action(description=gettext_lazy("选中的退回草稿"), permissions=["change"])
    def back_to_draft(self, request: HttpRequest, queryset: QuerySet[Resource]) -> None:
        """To be looked through anew."""
        count = publishing.back_to_draft(resources=queryset, by=actor(request))
        self._say(request, _("退回草稿 %(count)d 项。"), count)

    def _say(self, request: HttpRequest, words_: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, words_ % {"count": count}, level)
