"""Lines, words, reminders and messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock
from auditorium.admin.base import ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin, actor
from auditorium.domain import audit, wording
from auditorium.enums import GatewayKind
from auditorium.gateways import http_config
from auditorium.models import Message, MessageTemplate, Reminder, SmsLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest

    _LineForm = forms.ModelForm[SmsLine]
    _TemplateForm = forms.ModelForm[MessageTemplate]
else:
    _LineForm = _TemplateForm = forms.ModelForm

HIDDEN = "••••••"
_SECRET_NAMES = ("authorization", "key", "secret", "token", "password", "sign")
EXAMPLE = {
    "url": "https://sms.example.gov.cn/send",
    "method": "POST",
    "format": "json",
    "headers": {"Authorization": "Bearer …"},
    "body": {"mobile": "{number}", "content": "{body}", "id": "{key}"},
    "success": {"path": "code", "values": ["0"]},
    "provider_id": "data.id",
}


def without_secrets(config: Any, name: str = "") -> Any:
    """The settings with every secret value covered: under a telling name, or in a header."""
    if isinstance(config, dict):
        return {key: without_secrets(value, str(key)) for key, value in config.items()}
    if isinstance(config, list):
        return [without_secrets(value, name) for value in config]
    return (
        HIDDEN if config and any(word in name.lower() for word in _SECRET_NAMES) and "{" not in str(config) else config
    )


def with_secrets(typed: Any, stored: Any) -> Any:
    """What was typed, with the stored value wherever a cover was left standing."""
    if typed == HIDDEN:
        return stored
    if isinstance(typed, dict):
        known: Mapping[str, Any] = stored if isinstance(stored, dict) else {}
        return {key: with_secrets(value, known.get(key)) for key, value in typed.items()}
    if isinstance(typed, list):
        old = stored if isinstance(stored, list) else []
        return [with_secrets(value, old[i] if i < len(old) else None) for i, value in enumerate(typed)]
    return typed


class SmsLineForm(_LineForm):
    """A line; its secrets are stored encrypted and never shown again."""

    settings = forms.CharField(
        label=gettext_lazy("接口设置"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 18, "cols": 90, "spellcheck": "false"}),
        help_text=gettext_lazy("JSON。密钥存好后只显示成圆点，不动它就保持原样。各项的写法见 docs/messages.md。"),
    )

    class Meta:
        model = SmsLine
        fields = ["name", "gateway", "signature", "region", "order", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = without_secrets(self.instance.config) if self.instance.pk else EXAMPLE
        self.fields["settings"].initial = json.dumps(shown, ensure_ascii=False, indent=2)

    def clean(self) -> dict[str, Any]:
        """The settings of an HTTP line must say where to send what, and what its answer means."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("gateway") != GatewayKind.HTTP:
            cleaned["config"] = {}
            return cleaned
        try:
            typed = json.loads(cleaned.get("settings") or "{}")
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            self.add_error("settings", _("第 %(line)d 行不是正确的 JSON。") % {"line": line})
            return cleaned
        config = with_secrets(typed, self.instance.config if self.instance.pk else {})
        try:
            http_config.parse(config)
        except ValidationError as error:
            self.add_error("settings", error)
        cleaned["config"] = config
        return cleaned

    def save(self, commit: bool = True) -> SmsLine:
        """With the settings that were typed."""
        self.instance.config = self.cleaned_data["config"]
        return super().save(commit)


@admin.register(SmsLine)
class SmsLineAdmin(ScopedAdmin):
    """Ways to send texts. A paused line keeps what waits for it."""

    viewers = ()
    form = SmsLineForm
    list_display = ["name", "gateway", "signature", "region", "order", "is_active", "paused_at", "paused_reason"]
    list_select_related = ["region"]
    autocomplete_fields = ["region"]
    search_fields = ["name"]
    readonly_fields = ["paused_at", "paused_reason"]
    actions = ["pause", "resume"]

    @admin.action(description=gettext_lazy("暂停"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[SmsLine]) -> None:
        """Nothing more goes out on it."""
        reason = _("%(name)s 暂停") % {"name": actor(request)}
        for line in queryset.filter(paused_at__isnull=True):
            audit.record(action="paused", what=line, by=actor(request))
        queryset.filter(paused_at__isnull=True).update(paused_at=clock.now(), paused_reason=reason)

    @admin.action(description=gettext_lazy("恢复"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[SmsLine]) -> None:
        """What waited goes out, as long as it still makes sense."""
        for line in queryset.filter(paused_at__isnull=False):
            audit.record(action="resumed", what=line, by=actor(request))
        queryset.update(paused_at=None, paused_reason="")

    def save_model(self, request: HttpRequest, obj: SmsLine, form: Any, change: bool) -> None:
        """Audited with the names of the fields, never their values."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added", what=obj, by=actor(request), fields=set(form.changed_data)
        )


class MessageTemplateForm(_TemplateForm):
    """The words; saving them makes a new version."""

    class Meta:
        model = MessageTemplate
        fields = ["body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4, "cols": 70})}

    def clean_body(self) -> str:
        """Words that can be sent and say nothing these eyes must not see."""
        body: str = self.cleaned_data["body"]
        wording.check(about_kind=self.instance.about_kind, audience=self.instance.audience, body=body)
        return body


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ScopedAdmin):
    """The words of texts. What is planned keeps the version it was planned with."""

    form = MessageTemplateForm
    list_display = ["purpose", "audience", "body", "longest", "version", "is_current"]
    list_filter = ["is_current", "purpose", "audience"]
    readonly_fields = ["purpose", "audience", "version", "is_current", "longest", "variables"]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Every purpose has its words from the start."""
        return False

    @admin.display(description=gettext_lazy("最长几条"))
    def longest(self, template: MessageTemplate) -> int:
        """Parts at the longest usual values, with a signature of six characters."""
        return wording.parts_at_longest(
            about_kind=template.about_kind, audience=template.audience, body=template.body, signature="柯桥文化礼堂"
        )

    @admin.display(description=gettext_lazy("可以用的变量"))
    def variables(self, template: MessageTemplate) -> str:
        """Each with what it stands for."""
        known = wording.variables_for(about_kind=template.about_kind, audience=template.audience)
        return "；".join(f"{{{variable.name}}} {variable.label}" for variable in known)

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool) -> None:
        """A new version; the row that was open stays as it was."""
        if "body" in form.changed_data:
            stored = MessageTemplate.objects.get(pk=obj.pk)
            wording.rewrite(template=stored, body=form.cleaned_data["body"], by=actor(request))
            self.message_user(request, _("新的文字已经启用，已排好的短信还用原来的。"), messages.SUCCESS)


class MessageInline(ReadOnlyInline):
    """The texts that answer a reminder."""

    model = Message.reminders.through
    verbose_name_plural = gettext_lazy("短信")
    show_change_link = False


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """What is owed to villagers."""

    list_display = ["villager", "purpose", "due_at", "state", "hall"]
    list_filter = ["state", "purpose"]
    list_select_related = ["villager", "hall"]
    exclude = ["own_template", "discreet_template"]
    inlines = [MessageInline]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Texts, without the number in full."""

    list_display = ["created_at", "villager", "phone", "state", "audience", "line", "parts", "error_code"]
    list_filter = ["state", "audience", "line"]
    list_select_related = ["villager", "phone", "line"]
    exclude = ["contact", "reminders"]
