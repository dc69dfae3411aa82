"""Second screens: which there are at which hall, what they are called, and which the hall lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ScopedAdmin, actor
from auditorium.domain.library import displays
from auditorium.models import Display

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    _ModelForm = forms.ModelForm[Display]
else:
    _ModelForm = forms.ModelForm


class DisplayForm(_ModelForm):
    """What the desk calls it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=20)

    class Meta:
        model = Display
        fields = ["name"]


@admin.register(Display)
class DisplayAdmin(ScopedAdmin):
    """Paired at the desk by their code; here they are renamed, and let go when a television is gone."""

    form = DisplayForm
    editors = EVERYBODY
    hall_path = "hall__"
    list_display = ["name", "hall", "paired_by", "seen_at", "shows"]
    search_fields = ["name"]
    list_select_related = ["hall", "paired_by", "use__resource"]
    fields = ["name", "hall", "paired_by", "seen_at"]
    readonly_fields = ["hall", "paired_by", "seen_at"]
    actions = ["unpair"]

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        """Only a code on a screen brings one in."""
        return False

    def save_model(self, request: HttpRequest, obj: Display, form: Any, change: bool) -> None:
        """The name alone: what it shows may have changed meanwhile."""
        displays.rename(display=obj, name=obj.name, by=actor(request))

    @admin.display(description=gettext_lazy("正在看、正在放"))
    def shows(self, display: Display) -> str:
        """What stands on it."""
        return display.use.resource.title if display.use else "–"

    @admin.action(description=gettext_lazy("断开选中的大屏"), permissions=["change"])
    def unpair(self, request: HttpRequest, queryset: QuerySet[Display]) -> None:
        """Each forgets at once what it showed."""
        chosen = list(queryset)
        for display in chosen:
            displays.unpair(display=display, by=actor(request))
        self.message_user(request, _("断开了 %(count)d 块大屏。") % {"count": len(chosen)}, messages.SUCCESS)
