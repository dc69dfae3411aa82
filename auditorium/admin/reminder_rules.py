"""When villagers are told, and which relatives are, where that differs from what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import ScopedAdmin, actor
from auditorium.domain import audit, reminder_rules
from auditorium.enums import AHEAD, MessageAudience
from auditorium.models import ReminderRule
from auditorium.ports import service_for, services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    _RuleForm = forms.ModelForm[ReminderRule]
else:
    _RuleForm = forms.ModelForm


def _kinds() -> list[tuple[str, Any]]:
    """What texts are written about."""
    return [(service.kind, service.label) for service in services() if service.default_texts()]


class ReminderRuleForm(_RuleForm):
    """A rule that says one thing, and something that can be done."""

    about_kind = forms.ChoiceField(label=gettext_lazy("关于"), choices=_kinds)

    class Meta:
        model = ReminderRule
        fields = [
            "about_kind",
            "purpose",
            "region",
            "hall",
            "is_on",
            "days",
            "at",
            "hours",
            "gap_hours",
            "copies",
        ]
        widgets = {"at": forms.TimeInput(format="%H:%M", attrs={"placeholder": "16:00"})}

    def clean(self) -> dict[str, Any]:
        """What contradicts itself is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("purpose"):
            return cleaned
        kind = cleaned.get("about_kind")
        if kind and (cleaned["purpose"], MessageAudience.OWN) not in service_for(kind).default_texts():
            self.add_error("purpose", _("这件事不发这一种提醒。"))
            return cleaned
        try:
            reminder_rules.check(ReminderRule(**cleaned))
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                if name not in self.errors:
                    self.add_error(name, sentences)
        return cleaned


@admin.register(ReminderRule)
class ReminderRuleAdmin(ScopedAdmin):
    """Rules in words; the nearest to a hall holds there, and what is planned keeps its time."""

    viewers = ()
    form = ReminderRuleForm
    list_display = ["where", "purpose", "words", "copies"]
    list_display_links = ["where", "purpose"]
    list_filter = ["purpose"]
    list_select_related = ["region", "hall"]
    autocomplete_fields = ["region", "hall"]
    fieldsets = [
        (None, {"fields": ["about_kind", "purpose", "is_on"]}),
        (
            gettext_lazy("管哪里"),
            {
                "fields": ["region", "hall"],
                "description": gettext_lazy("都不填就管所有地方；近的规则盖过远的：礼堂、村、镇、县、市、省。"),
            },
        ),
        (
            gettext_lazy("什么时候发"),
            {
                "fields": ["days", "at", "hours", "gap_hours"],
                "description": gettext_lazy(
                    "按天算的填几天、几点，例如提前1天，16:00；各家礼堂从这个钟点起错开几分钟发。按小时算的只填几小时。"
                ),
            },
        ),
        (gettext_lazy("发给谁"), {"fields": ["copies"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A rule that is gone leaves what is usual."""
        return self.has_change_permission(request, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With what holds where no rule is."""
        usual = [(purpose.label, reminder_rules.words_of(purpose, reminder_rules.USUAL[purpose])) for purpose in AHEAD]
        return super().changelist_view(request, {**(extra_context or {}), "usual": usual})

    @admin.display(description=gettext_lazy("管哪里"))
    def where(self, rule: ReminderRule) -> str:
        """The hall, the region, or everywhere."""
        return str(rule.hall or rule.region or _("所有地方"))

    @admin.display(description=gettext_lazy("什么时候发"))
    def words(self, rule: ReminderRule) -> str:
        """提前1天，下午4:00到4:30."""
        return reminder_rules.in_words(rule)

    def save_model(self, request: HttpRequest, obj: ReminderRule, form: Any, change: bool) -> None:
        """Audited with the names of the fields."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added", what=obj, by=actor(request), fields=set(form.changed_data)
        )

    def delete_model(self, request: HttpRequest, obj: ReminderRule) -> None:
        """Audited too."""
        audit.record(action="removed", what=obj, by=actor(request))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Each by itself."""
        for rule in queryset:
            self.delete_model(request, rule)
