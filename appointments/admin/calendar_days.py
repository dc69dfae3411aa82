"""Holidays and 调休 days beyond what the calendar library knows: administrators only."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from appointments.domain import calendar_days
from appointments.forms.calendar_days import CalendarDaysForm
from appointments.models import CalendarDay
from auditorium import dates
from auditorium.admin.base import ADMINISTRATORS, ScopedAdmin

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(CalendarDay)
class CalendarDayAdmin(ScopedAdmin):
    """One day at a time, or a whole notice pasted."""

    viewers = ADMINISTRATORS
    list_display = ["date", "weekday", "is_workday", "name"]
    list_filter = ["is_workday"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("年份，或节日的名字")
    change_list_template = "appointments/admin/calendar_days.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was written by mistake."""
        return self.has_change_permission(request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A year's days, or those of a name."""
        if re.fullmatch(r"[12]\d{3}", search_term.strip()):
            year = int(search_term)
            return queryset.filter(date__range=(date(year, 1, 1), date(year, 12, 31))), False
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[Any]:
        """Beside the list: many days at once."""
        many = self.admin_site.admin_view(self.many_view)
        return [path("many/", many, name="appointments_calendarday_many"), *super().get_urls()]

    @method_decorator(csrf_protect)
    def many_view(self, request: HttpRequest) -> HttpResponse:
        """Write down a whole notice, or nothing of it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CalendarDaysForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            written = calendar_days.write_down(form.cleaned_data["text"])
            for row, is_new in written:
                (self.log_addition if is_new else self.log_change)(request, row, "")
            messages.success(request, _("写下了 %(count)d 天。") % {"count": len(written)})
            return redirect("admin:appointments_calendarday_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "list_url": reverse("admin:appointments_calendarday_changelist"),
            "title": _("一次写下一年的放假通知"),
            "form": form,
        }
        return render(request, "appointments/admin/calendar_days_many.html", context)

    @admin.display(description=gettext_lazy("星期"), ordering="date")
    def weekday(self, day: CalendarDay) -> str:
        """So that a slip of the pen is seen."""
        return dates.weekday(day.date)
