"""Reminders, messages and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from auditorium import dates
from auditorium.admin.base import ReadOnlyAdmin, ReadOnlyInline, actor
from auditorium.models import Message, Reminder, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

NOT_KEPT = gettext_lazy("内容已按规定清除")


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
    readonly_fields = ["words"]

    @admin.display(description=gettext_lazy("短信正文"))
    def words(self, message: Message) -> str:
        """What it said, as long as that is kept."""
        return message.body or str(NOT_KEPT)

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """The words stand where the column stands that they come from."""
        return _instead(super().get_fields(request, obj), "body")

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
    readonly_fields = ["words"]

    @admin.display(description=gettext_lazy("内容"))
    def words(self, reply: Reply) -> str:
        """What they wrote, as long as that is kept."""
        return reply.text or str(NOT_KEPT)

    def get_fields(self, request: HttpRequest, obj: Reply | None = None) -> Any:
        """The words stand where the column stands that they come from."""
        return _instead(super().get_fields(request, obj), "text")


def _instead(names: Iterable[Any], column: str) -> list[Any]:
    """The fields of a page, with `words` in the place of a column."""
    return ["words" if name == column else name for name in names if name != "words"]
