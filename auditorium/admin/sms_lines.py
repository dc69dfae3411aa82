"""The lines that carry texts: set up by kind, and a page that says how each is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from auditorium.admin import figure_pages, line_facts
from auditorium.admin.base import ScopedAdmin, actor
from auditorium.admin.figure_pages import FiguresPage
from auditorium.domain import audit, figures, lines
from auditorium.enums import GatewayKind
from auditorium.forms.sms_lines import SmsLineForm, left_out
from auditorium.gateways import KEEPS_THE_WORDS
from auditorium.gateways.presets import PRESETS
from auditorium.models import LineTemplate, MessageTemplate, SmsLine

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

_ADDRESSES = {"receipts": "auditorium:sms_receipts", "replies": "auditorium:sms_replies"}


@admin.register(SmsLine)
class SmsLineAdmin(ScopedAdmin):
    """Ways to send texts. A paused line keeps what waits for it."""

    viewers = ()
    form = SmsLineForm
    list_display = ["name", "standing", "waiting", "how_it_does", "kind", "signature", "region", "order"]
    list_select_related = ["region", "connection"]
    autocomplete_fields = ["region"]
    search_fields = ["name"]
    readonly_fields = ["kind", "standing"]
    actions = ["pause", "resume"]
    change_form_template = "admin/auditorium/smsline/change_form.html"

    def get_urls(self) -> list[Any]:
        """With a page of how a line does."""
        does = self.admin_site.admin_view(self.how_a_line_does)
        again = self.admin_site.admin_view(require_POST(self.send_again))
        return [
            path("<int:pk>/figures/", does, name="auditorium_smsline_figures"),
            path("<int:pk>/resume/", again, name="auditorium_smsline_resume"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SmsLine]:
        """Counted once for the whole list what waits."""
        found: QuerySet[SmsLine] = super().get_queryset(request)
        self._waiting = None
        return found

    def get_fields(self, request: HttpRequest, obj: SmsLine | None = None) -> list[Any]:
        """A line that only prints has no settings, a new one no history."""
        kind = obj.gateway if obj else request.GET.get("gateway")
        unused = left_out(kind or GatewayKind.HTTP)
        named = [name for name in (*SmsLineForm.Meta.fields, "settings") if name not in unused]
        return [*(["kind", "standing"] if obj else []), *named]

    def get_form(self, request: HttpRequest, obj: SmsLine | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Of the kind that was chosen first."""
        kwargs["fields"] = SmsLineForm.Meta.fields
        form: Any = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            form.kind = GatewayKind(request.GET.get("gateway", GatewayKind.HTTP))
            form.preset = request.GET.get("preset", "")
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First which kind, then its settings."""
        if request.GET.get("gateway") in GatewayKind.values:
            kind = GatewayKind(request.GET["gateway"]).label
            title = {"title": _("添加短信线路：%(kind)s") % {"kind": kind}}
            return super().add_view(request, form_url, {**(extra_context or {}), **title})
        if not self.has_add_permission(request):
            raise Http404
        context = {**self.admin_site.each_context(request), "title": _("添加短信线路"), "opts": self.opts}
        context |= {"kinds": _kinds(), "list_url": reverse("admin:auditorium_smsline_changelist")}
        return TemplateResponse(request, "admin/auditorium/smsline/kinds.html", context)

    def how_a_line_does(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What waits, what was sent and what became of it, by day, cause and hall."""
        line = self.get_object(request, str(pk))
        if line is None or not self.has_view_permission(request, line):
            raise Http404
        days, first, last = figure_pages.shown(request)
        context = {**self.admin_site.each_context(request), "title": line.name, "opts": self.opts, "line": line}
        context |= {
            "page": FiguresPage.of(figures.of_line(line, first, last), line.gateway, first=first, last=last),
            "waiting": figures.waiting([line]).get(line.pk, figures.Waiting()),
            "halls": figures.by_hall(line, first, last),
            "without_code": _without_code(line),
            "days": days,
            "periods": figure_pages.PERIODS,
            "standing": line_facts.standing(line),
            "to_do": line_facts.to_do(line),
            "facts": line_facts.facts(line),
            "list_url": reverse("admin:auditorium_smsline_changelist"),
        }
        return TemplateResponse(request, "admin/auditorium/smsline/figures.html", context)

    def send_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What stopped this line is seen to."""
        line = self.get_object(request, str(pk))
        if line is None or not self.has_change_permission(request, line):
            raise Http404
        if lines.resume(lines=SmsLine.objects.filter(pk=pk), by=actor(request)):
            self.message_user(request, _("恢复了，等着的短信会接着发。"), messages.SUCCESS)
        return redirect("admin:auditorium_smsline_figures", pk)

    @admin.display(description=gettext_lazy("接口"), ordering="gateway")
    def kind(self, line: SmsLine) -> str:
        """What it speaks."""
        return str(line.get_gateway_display())

    @admin.display(description=gettext_lazy("情况"))
    def standing(self, line: SmsLine) -> str:
        """Whether it sends, and why not."""
        return line_facts.standing(line)

    @admin.display(description=gettext_lazy("等发送"))
    def waiting(self, line: SmsLine) -> int:
        """How many texts wait on it."""
        if self._waiting is None:
            self._waiting = figures.waiting()
        return self._waiting.get(line.pk, figures.Waiting()).texts

    _waiting: dict[int, figures.Waiting] | None = None

    @admin.display(description=gettext_lazy("运行情况"))
    def how_it_does(self, line: SmsLine) -> SafeString:
        """Leads to its page."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:auditorium_smsline_figures", args=[line.pk]), _("看一看")
        )

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
        """Audited with the names of the fields, never their values; new secret addresses are shown this once."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="changed" if change else "added", what=obj, by=actor(request), fields=set(form.changed_data)
        )
        words = {"receipts": _("回执地址"), "replies": _("回复地址")}
        for name, secret in form.new_addresses().items():
            url = request.build_absolute_uri(reverse(_ADDRESSES[name], args=[obj.uid, secret]))
            said = _("%(what)s，请填到平台上，只显示这一次：%(url)s") % {"what": words[name], "url": url}
            self.message_user(request, said, messages.WARNING)


def _kinds() -> list[tuple[str, str, str]]:
    """What a line may be: address of its form, name, what it is for."""
    words = {
        GatewayKind.ALIYUN: _("在阿里云买了短信服务，签名和模板已经审过。"),
        GatewayKind.TENCENT: _("在腾讯云买了短信服务，签名和模板已经审过。"),
        GatewayKind.SMPP: _("运营商或短信公司给了 SMPP 账号。要另开一个进程保持连接。"),
        GatewayKind.MODEM: _("礼堂里插着手机卡的短信猫。只适合一家礼堂，一天几十条。"),
        GatewayKind.CONSOLE: _("什么也不发，只在日志里记一笔。给演示和练习用。"),
    }
    platforms = {
        "yunpian": _("在云片买了短信，有 apikey。"),
        "chuanglan": _("在创蓝云智（253）买了短信，有 API 账号和密码。"),
        "kannel": _("单位自己架了 Kannel，通过它发。"),
        "plain": _("别的平台，给了发短信的网址和密钥：照它的接口文档填。"),
    }
    plain = sorted(PRESETS.items(), key=lambda item: item[0] == "plain")  # whatever has no name of its own comes last
    return [
        *((f"?gateway={kind}", str(kind.label), words[kind]) for kind in words if kind != GatewayKind.CONSOLE),
        *((f"?gateway=http&preset={name}", str(preset.label), platforms[name]) for name, preset in plain),
        (f"?gateway={GatewayKind.CONSOLE}", str(GatewayKind.CONSOLE.label), words[GatewayKind.CONSOLE]),
    ]


def _without_code(line: SmsLine) -> list[MessageTemplate]:
    """The words in force that the line's provider keeps no copy of: those it can't send."""
    if line.gateway not in KEEPS_THE_WORDS:
        return []
    known = LineTemplate.objects.filter(line=line).values("template")
    return list(MessageTemplate.objects.filter(is_current=True).exclude(pk__in=known))
