"""Lines, reminders, messages and answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import dates
from auditorium.admin.base import ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin, actor
from auditorium.domain import audit, lines
from auditorium.enums import GatewayKind
from auditorium.gateways import http_config
from auditorium.models import Message, Reminder, Reply, SmsLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    _LineForm = forms.ModelForm[SmsLine]
else:
    _LineForm = forms.ModelForm

HIDDEN = "••••••"
_SECRET_NAMES = ("authorization", "key", "secret", "token", "password", "passwd", "pwd", "sign")
_OPEN_HEADERS = {"accept", "accept-language", "content-type", "user-agent"}
_PLACEHOLDER = re.compile(r"\{\w+\}")
EXAMPLE = {
    "url": "https://sms.example.gov.cn/send",
    "method": "POST",
    "format": "json",
    "headers": {"Authorization": "Bearer …"},
    "body": {"mobile": "{number}", "content": "{body}", "id": "{key}"},
    "success": {"path": "code", "values": ["0"]},
    "provider_id": "data.id",
}


def without_secrets(config: Any, name: str = "", inside: str = "") -> Any:
    """The settings with every secret covered: what has a telling name, and whatever stands in an unusual header.

    Placeholders are no secrets, nor is where a receipt or an answer has which of its parts.
    """
    if isinstance(config, dict):
        return {key: without_secrets(value, str(key).lower(), name) for key, value in config.items()}
    if isinstance(config, list):
        return [without_secrets(value, name, inside) for value in config]
    if not config or _PLACEHOLDER.fullmatch(str(config)):
        return config
    return HIDDEN if _is_secret(name, inside) else config


def _is_secret(name: str, inside: str) -> bool:
    if inside == "headers":
        return name not in _OPEN_HEADERS
    return name == "secret" if inside in {"receipts", "replies"} else any(word in name for word in _SECRET_NAMES)


def with_secrets(typed: Any, stored: Any) -> Any:
    """What was typed, with the stored value wherever a cover was left standing; the cover where nothing is stored."""
    if typed == HIDDEN:
        return stored or HIDDEN
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
        help_text=gettext_lazy("JSON。密钥写在 headers 或 body 里，存好后只显示成圆点，不动它就保持原样。"),
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
        else:
            if HIDDEN in json.dumps(config, ensure_ascii=False):
                self.add_error("settings", _("有圆点的地方原来没有存密钥，请写上密钥。"))
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

    @admin.action(description=gettext_lazy("暂停选中的线路"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[SmsLine]) -> None:
        """Nothing more goes out on them."""
        by = actor(request)
        count = lines.pause(lines=queryset, by=by, why=_("%(name)s暂停") % {"name": by})
        self.message_user(request, _("暂停了 %(count)d 条线路。") % {"count": count}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("恢复选中的线路"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[SmsLine]) -> None:
        """What waited goes out, as long as it still makes sense."""
        count = lines.resume(lines=queryset, by=actor(request))
        self.message_user(request, _("恢复了 %(count)d 条线路。") % {"count": count}, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: SmsLine, form: Any, change: bool) -> None:
        """Audited with the names of the fields, never their values."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added", what=obj, by=actor(request), fields=set(form.changed_data)
        )


class MessageInline(ReadOnlyInline):
    """The texts that answer a reminder."""

    model = Message.reminders.through
    verbose_name_plural = gettext_lazy("短信")
    fields = ["sent"]
    readonly_fields = ["sent"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the texts themselves."""
        return super().get_queryset(request).select_related("message__phone")

    @admin.display(description=gettext_lazy("短信"))
    def sent(self, link: Any) -> SafeString:
        """When, to which number, and what became of it; leads to the text."""
        message: Message = link.message
        url = reverse("admin:auditorium_message_change", args=[message.pk])
        when = f"{dates.full_date(message.created_at)} {dates.clock_time(message.created_at)}"
        return format_html('<a href="{}">{} · {} · {}</a>', url, when, message.phone, message.get_state_display())


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
    list_filter = ["state", "audience"]
    list_select_related = ["villager", "phone", "line"]
    exclude = ["contact", "reminders", "reply"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Lines are administrators' to know."""
        return [*self.list_filter, *(["line"] if actor(request).is_administrator else [])]


@admin.register(Reply)
class ReplyAdmin(ReadOnlyAdmin):
    """What people answered to texts, without the number in full."""

    list_display = ["received_at", "villager", "phone", "meaning", "state", "own", "hall"]
    list_filter = ["state", "meaning"]
    list_select_related = ["villager", "phone", "hall"]
    exclude = ["provider_id", "message", "line"]
