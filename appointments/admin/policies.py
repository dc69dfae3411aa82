"""Rules of hospitals and departments, filled in on their pages and checked against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import TimeField
from django.forms import TimeInput
from django.utils.translation import gettext_lazy as _

from appointments.forms.policies import BookingPolicyForm, BookingPolicyFormSet
from appointments.models import BookingPolicy
from auditorium.admin.base import SUPERVISORS, ScopedAdmin, ScopedInline

if TYPE_CHECKING:
    from django.http import HttpRequest

    _Base = ScopedAdmin
else:
    _Base = object


class BookingPolicyInline(ScopedInline):
    """The rules of one hospital or department; each empty field says what holds instead."""

    model = BookingPolicy
    form = BookingPolicyForm
    formset = BookingPolicyFormSet
    template = "admin/edit_inline/stacked.html"
    editors = SUPERVISORS
    max_num = 1
    # without the admin's clock beside it, whose 现在 means nothing in a rule
    formfield_overrides = {TimeField: {"widget": TimeInput(format="%H:%M")}}
    fieldsets = [
        (
            _("什么时候能约"),
            {
                "fields": [
                    "window_days",
                    "release_time",
                    "same_day",
                    "stop_rule",
                    "stop_time",
                    ("stop_morning", "stop_afternoon", "stop_evening"),
                ]
            },
        ),
        (
            _("什么时候能取消和改约"),
            {"fields": ["cancel_days_before", "cancel_time", "cancel_on_workdays", "max_moves"]},
        ),
        (
            _("一个人能约几次"),
            {
                "fields": [
                    ("one_per_department_and_day", "one_per_department_and_period"),
                    ("per_day", "per_week", "per_month", "per_quarter"),
                ]
            },
        ),
        (_("谁能约"), {"fields": ["minimum_age", "documents"]}),
        (
            _("约了没去"),
            {"fields": [("no_show_threshold", "no_show_days", "no_show_penalty_days"), "no_show_scope"]},
        ),
        (_("候补"), {"fields": ["waitlist", "offer_minutes"]}),
        (
            _("看病那天"),
            {
                "fields": [
                    "arrive_minutes",
                    ("pick_up_morning", "pick_up_afternoon", "pick_up_evening"),
                    "bring",
                    "prepare",
                    "on_site",
                ]
            },
        ),
    ]


class WithPolicy(_Base):
    """An admin page that holds the rules: what was saved and has no effect is said."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Saved, then said."""
        super().save_formset(request, form, formset, change)
        if isinstance(formset, BookingPolicyFormSet):
            for sentence in formset.harmless:
                messages.warning(request, sentence)
