"""Divisions, halls and who helps there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin import figure_pages
from auditorium.admin.base import (
    EVERYBODY,
    SUPERVISORS,
    HistoryAdmin,
    ScopedAdmin,
    ScopedInline,
    actor,
    may,
    supervised,
)
from auditorium.admin.figure_pages import FiguresPage
from auditorium.domain import figures, regions
from auditorium.domain.activities import shut
from auditorium.enums import GatewayKind
from auditorium.models import Hall, HallClosure, Helper, OpeningHours, Region

if TYPE_CHECKING:
    from django.db.models import ForeignKey, QuerySet


MOST_SAID = 10
"""Of what is held while a hall is shut, at once; the activities' own pages say it of each."""


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
        count = regions.retire(regions=queryset, by=actor(request))
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
class HallAdmin(HistoryAdmin):
    """Halls; a manager keeps phone and hours right, a supervisor opens new ones and says which stands in."""

    editors = EVERYBODY
    hall_path = ""
    list_display = ["name", "region", "phone", "backup_hall", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "region__name", "region__code__startswith"]
    list_select_related = ["region", "backup_hall"]
    autocomplete_fields = ["region", "backup_hall"]
    inlines = [OpeningHoursInline, HallClosureInline]

    def get_urls(self) -> list[Any]:
        """With a page of what became of a hall's texts."""
        texts = self.admin_site.admin_view(self.texts_of_a_hall)
        return [path("<int:pk>/texts/", texts, name="auditorium_hall_texts"), *super().get_urls()]

    def texts_of_a_hall(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was sent for it and what became of it, by day and cause."""
        hall = self.get_object(request, str(pk))
        if hall is None:
            raise Http404
        days, first, last = figure_pages.shown(request)
        context = {**self.admin_site.each_context(request), "title": _("%(hall)s的短信") % {"hall": hall.name}}
        context |= {
            "opts": self.opts,
            "list_url": reverse("admin:auditorium_hall_changelist"),
            "page": FiguresPage.of(figures.of_hall(hall, first, last), GatewayKind.HTTP, first=first, last=last),
            "days": days,
            "periods": figure_pages.PERIODS,
        }
        return TemplateResponse(request, "admin/auditorium/hall/texts.html", context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Saying what is to be held while the hall is shut, where its hours or closures were changed."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            for date, why in shut.hit(form.instance)[:MOST_SAID]:
                said = _("%(why)s可是那天有“%(title)s”，要不要改时间？") % {"why": why, "title": date.activity.title}
                self.message_user(request, said, messages.WARNING)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Supervisors."""
        return may(request, *SUPERVISORS)

    def get_readonly_fields(self, request: HttpRequest, obj: Hall | None = None) -> list[str]:
        """Where a hall is, whether it is used and who stands in for it decides who supervises it."""
        theirs = actor(request).hall_scope(kinds=SUPERVISORS)
        if obj is None or Hall.objects.filter(theirs, pk=obj.pk).exists():
            return []
        return ["region", "is_active", "backup_hall"]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """A hall is opened inside the supervisor's region; one that stands in already may lie outside it."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "region":
            field.queryset = field.queryset.filter(supervised(actor(request)))
        elif field is not None and db_field.name == "backup_hall":
            mine = self.get_queryset(request).values("pk")
            field.queryset = Hall.objects.filter(Q(pk__in=mine) | Q(backs_up__in=mine)).distinct()
        return field


@admin.register(Helper)
class HelperAdmin(ScopedAdmin):
    """People who call or knock for a hall."""

    editors = EVERYBODY
    hall_path = "hall__"
    list_display = ["name", "kind", "phone", "groups", "hall", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name"]
    list_select_related = ["hall"]
    autocomplete_fields = ["hall"]
