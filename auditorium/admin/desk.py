"""Visits and tasks: what the desk did and what is still to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import ReadOnlyAdmin, ReadOnlyInline, actor
from auditorium.domain import follow_ups
from auditorium.models import FollowUp, Matter, Visit

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class MatterInline(ReadOnlyInline):
    """What they came for."""

    model = Matter


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """Who came to the desk."""

    list_display = ["__str__", "hall", "channel", "state", "arrived_at", "served_by"]
    list_filter = ["state", "channel"]
    list_select_related = ["villager", "hall", "served_by"]
    inlines = [MatterInline]


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    """Tasks; the desk writes down what came of them."""

    list_display = ["kind", "reason", "villager", "hall", "due_at", "state", "assignee", "helper"]
    list_filter = ["state", "kind"]
    list_select_related = ["villager", "hall", "assignee", "helper"]
    exclude = ["contact", "next_step"]
    actions = ["take_over"]

    @admin.action(description=gettext_lazy("选中的由我来办"), permissions=["view"])
    def take_over(self, request: HttpRequest, queryset: QuerySet[FollowUp]) -> None:
        """Assigned to whoever asks; what has ended stays as it is."""
        me = actor(request)
        count = follow_ups.hand_to(follow_ups=queryset, by=me, assignee=me)
        self.message_user(request, _("%(count)d 件待办归您办。") % {"count": count}, messages.SUCCESS)
