"""Limits that were lifted: shown; the desk's own page lifts them."""

from __future__ import annotations

from django.contrib import admin

from appointments.models import NoShowLift
from auditorium.admin.base import ReadOnlyAdmin


@admin.register(NoShowLift)
class NoShowLiftAdmin(ReadOnlyAdmin):
    """Who lifted whose limit, and why."""

    list_display = ["lifted_at", "villager", "hospital", "hall", "lifted_by", "reason"]
    list_filter = ["lifted_at"]
    list_select_related = ["villager", "hospital", "hall", "lifted_by"]
