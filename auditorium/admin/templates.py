"""The words of texts, in versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Subquery
from django.db.models.functions import Length
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import ScopedAdmin, actor
from auditorium.domain import samples, template_versions, wording
from auditorium.models import MessageTemplate, SmsLine

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    _TemplateForm = forms.ModelForm[MessageTemplate]
else:
    _TemplateForm = forms.ModelForm

USUAL_SIGNATURE = "柯桥文化礼堂"  # no-check
"""Stands for a line's where there is none yet."""


class MessageTemplateForm(_TemplateForm):
    """The words; saving them makes a new version."""

    class Meta:
        model = MessageTemplate
        fields = ["body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4, "cols": 70})}

    def clean_body(self) -> str:
        """Words that can be sent and say nothing these eyes must not see."""
        body: str = self.cleaned_data["body"]
        wording.check(
            about_kind=self.instance.about_kind,
            audience=self.instance.audience,
            body=body,
            purpose=self.instance.purpose,
        )
        return body


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ScopedAdmin):
    """The words of texts. What is planned keeps the version it was planned with."""

    form = MessageTemplateForm
    list_display = ["purpose", "audience", "body", "longest", "version", "is_current"]
    list_filter = ["is_current", "purpose", "audience"]
    readonly_fields = ["purpose", "audience", "version", "is_current", "longest", "variables"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageTemplate]:
        """With the longest signature of a line in use, which the length depends on."""
        signatures = SmsLine.objects.filter(is_active=True).order_by(Length("signature").desc())
        rows: QuerySet[MessageTemplate] = super().get_queryset(request)
        return rows.annotate(signature=Subquery(signatures.values("signature")[:1]))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Every purpose has its words from the start."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: MessageTemplate | None = None) -> bool:
        """What was in force once stays as it was."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_current)

    @admin.display(description=gettext_lazy("最长几条"))
    def longest(self, template: MessageTemplate) -> int:
        """Parts at the longest usual values."""
        return samples.of(template, getattr(template, "signature", None) or USUAL_SIGNATURE)[-1].parts

    @admin.display(description=gettext_lazy("可以用的变量"))
    def variables(self, template: MessageTemplate) -> SafeString:
        """Each with what it stands for."""
        known = wording.variables_of(template)
        items = format_html_join("", "<li>{{{}}} {}</li>", ((variable.name, variable.meaning) for variable in known))
        return format_html("<ul>{}</ul>", items)

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool) -> None:
        """A new version; the row that was open stays as it was."""
        if "body" in form.changed_data:
            stored = MessageTemplate.objects.get(pk=obj.pk)
            template_versions.rewrite(template=stored, body=form.cleaned_data["body"], by=actor(request))
            self.message_user(request, _("新的文字已经启用，已排好的短信还用原来的。"), messages.SUCCESS)
