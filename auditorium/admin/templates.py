"""The words of texts: written in versions, shown as they will look, and registered with providers that keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Length
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import ScopedAdmin, ScopedInline, actor
from auditorium.domain import audit, lines, samples, template_versions, wording
from auditorium.models import LineTemplate, MessageTemplate, SmsLine

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    _TemplateForm = forms.ModelForm[MessageTemplate]
else:
    _TemplateForm = forms.ModelForm

USUAL_SIGNATURE = "柯桥文化礼堂"  # no-check
"""Stands for a line's where there is none yet."""

PREVIEW = "_preview"


class MessageTemplateForm(_TemplateForm):
    """The words; saving them makes a new version."""

    class Meta:
        model = MessageTemplate
        fields = ["body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4, "cols": 70})}
        error_messages: ClassVar = {
            "body": {
                "max_length": gettext_lazy(
                    "太长了：写了 %(show_value)d 个字，最多 %(limit_value)d 个，70 个以内最省钱。"
                )
            }
        }

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


class LineTemplateInline(ScopedInline):
    """The code of these words at each provider that keeps them."""

    model = LineTemplate
    verbose_name = gettext_lazy("平台模板编号")
    verbose_name_plural = gettext_lazy("平台模板编号（平台审核通过后填）")
    fields = ["line", "code"]

    def get_extra(self, request: HttpRequest, obj: MessageTemplate | None = None, **kwargs: Any) -> int:
        """A row for each line that has no code yet."""
        return len(template_versions.lacking(obj)) if obj else 0

    def has_change_permission(self, request: HttpRequest, obj: MessageTemplate | None = None) -> bool:
        """What is over needs no code."""
        in_use = obj is None or obj.is_current or template_versions.waits(obj)
        return super().has_change_permission(request, obj) and in_use

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """As for changing."""
        return self.has_change_permission(request, args[0] if args else None)

    def get_max_num(self, request: HttpRequest, obj: MessageTemplate | None = None, **kwargs: Any) -> int:
        """No more rows than lines that keep the words."""
        return lines.that_keep_the_words().count()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only lines whose provider keeps the words."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "line" and field is not None:
            field.queryset = lines.that_keep_the_words()
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Lines have pages of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "line" and field is not None:
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False
        return field


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ScopedAdmin):
    """The words of texts. What is planned keeps the version it was planned with."""

    form = MessageTemplateForm
    inlines = [LineTemplateInline]
    list_display = ["purpose", "audience", "language", "body", "longest", "state"]
    list_filter = ["is_current", "purpose", "audience", "language"]
    fields = [
        "purpose",
        ("audience", "language"),
        ("version", "state", "in_force_at"),
        "body",
        "preview",
        "variables",
        "notation",
        "history",
    ]
    ordering = ["-is_current", "about_kind", "-language", "-audience", "purpose", "-version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageTemplate]:
        """With the longest signature of a line in use, which the length depends on."""
        signatures = SmsLine.objects.filter(is_active=True).order_by(Length("signature").desc())
        rows: QuerySet[MessageTemplate] = super().get_queryset(request)
        coded = LineTemplate.objects.filter(line=OuterRef("pk"), template=OuterRef(OuterRef("pk")))
        later = MessageTemplate.objects.filter(
            about_kind=OuterRef("about_kind"),
            purpose=OuterRef("purpose"),
            audience=OuterRef("audience"),
            language=OuterRef("language"),
            version__gt=OuterRef("version"),
        )
        return rows.annotate(
            signature=Subquery(signatures.values("signature")[:1]),
            lacks_codes=Exists(lines.that_keep_the_words().exclude(Exists(coded))),
            is_overtaken=Exists(later),
        )

    def get_inlines(self, request: HttpRequest, obj: MessageTemplate | None) -> list[Any]:
        """No room for codes where no provider has any."""
        return self.inlines if lines.that_keep_the_words().exists() else []

    def get_readonly_fields(self, request: HttpRequest, obj: MessageTemplate | None = None) -> list[str]:
        """All but the words in force: what waits for a provider stays as it was sent in."""
        shown = [name for row in self.fields for name in ([row] if isinstance(row, str) else row) if name != "body"]
        return shown if obj is None or obj.is_current else [*shown, "body"]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Every purpose has its words from the start."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: MessageTemplate | None = None) -> bool:
        """What was in force once stays as it was; what waits gets its codes."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.is_current or template_versions.waits(obj))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A look at words that are not saved yet shows the page as it would be with them."""
        if request.method == "POST" and PREVIEW in request.POST:
            request.method = "GET"
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> MessageTemplate | None:
        """With the words that were typed, where only a look at them was asked for."""
        template: MessageTemplate | None = super().get_object(request, object_id, from_field)
        if template and template.is_current and request.method == "GET" and PREVIEW in request.POST:
            template.body = request.POST.get("body", "")
            self.message_user(request, _("这是还没保存的样子。"), messages.INFO)
        return template

    @admin.display(description=gettext_lazy("最长几条"))
    def longest(self, template: MessageTemplate) -> int:
        """Parts at the longest usual values."""
        return samples.of(template, self._signature(template))[-1].parts

    @admin.display(description=gettext_lazy("状态"))
    def state(self, template: MessageTemplate) -> str:
        """In force, waiting, or over."""
        if template.is_current:
            return _("现用，有线路还没登记") if getattr(template, "lacks_codes", False) else _("现用")
        return _past_or_waiting(template, is_newest=not getattr(template, "is_overtaken", False))

    @admin.display(description=gettext_lazy("可以用的变量"))
    def variables(self, template: MessageTemplate) -> SafeString:
        """Each with what it stands for."""
        known = wording.variables_of(template)
        items = format_html_join("", "<li>{{{}}} {}</li>", ((variable.name, variable.meaning) for variable in known))
        return format_html("<ul>{}</ul>", items)

    @admin.display(description=gettext_lazy("发出去的样子"))
    def preview(self, template: MessageTemplate) -> str:
        """The text at its shortest, usual and longest, with what it costs on each line."""
        wrong: list[str] = []
        written: list[samples.Sample] = []
        try:
            wording.check(
                about_kind=template.about_kind,
                audience=template.audience,
                body=template.body,
                purpose=template.purpose,
            )
        except ValidationError as error:
            wrong = error.messages
        else:
            written = samples.of(template, self._signature(template))
        priced = SmsLine.objects.filter(is_active=True, price__isnull=False).order_by("order", "pk")
        return render_to_string(
            "admin/auditorium/messagetemplate/_preview.html",
            {
                "wrong": wrong,
                "samples": [(sample, [(line, sample.cost(line)) for line in priced]) for sample in written],
                "too_long": bool(written) and written[1].parts > 1,
            },
        )

    @admin.display(description=gettext_lazy("报给平台的写法"))
    def notation(self, template: MessageTemplate) -> SafeString:
        """What is to be typed in at each provider that keeps the words."""
        keepers = list(lines.that_keep_the_words())
        if not keepers:
            return format_html("{}", _("现有的线路都不用登记。"))
        words = ((line.name, samples.in_notation(template.body, line.gateway)) for line in keepers)
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd><code>{}</code></dd>", words))

    @admin.display(description=gettext_lazy("各个版本"))
    def history(self, template: MessageTemplate) -> str:
        """Every version, the newest first."""
        versions = template_versions.siblings(template).order_by("-version")
        shown = [
            (
                version,
                _("现用") if version.is_current else _past_or_waiting(version, is_newest=place == 0),
                version.pk == template.pk,
            )
            for place, version in enumerate(versions)
        ]
        return render_to_string("admin/auditorium/messagetemplate/_history.html", {"versions": shown})

    def get_formset_kwargs(
        self, request: HttpRequest, obj: MessageTemplate, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """A row with its line for each code that is missing; a look at the words keeps the codes that were typed."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        typed: dict[str, str] = {}
        if PREVIEW in request.POST:
            rows = [name.removesuffix("-code") for name in request.POST if name.endswith("-code")]
            typed = {request.POST.get(f"{row}-line", ""): request.POST[f"{row}-code"] for row in rows}
        lacking = template_versions.lacking(obj)
        return {**kwargs, "initial": [{"line": line, "code": typed.get(str(line.pk), "")} for line in lacking]}

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool) -> None:
        """A new version; the row that was open stays as it was."""
        if "body" not in form.changed_data:
            return
        stored = MessageTemplate.objects.get(pk=obj.pk)
        written = template_versions.rewrite(template=stored, body=form.cleaned_data["body"], by=actor(request))
        if written.is_current:
            self.message_user(request, _("新的文字已经启用，已排好的短信还用原来的。"), messages.SUCCESS)
        else:
            waits = _("新的文字存好了。请到平台报审，通过后把编号填在下面；填齐才启用，现在还用原来的。")
            self.message_user(request, waits, messages.WARNING)
        if samples.of(written, self._signature(obj))[1].parts > 1:
            self.message_user(request, _("平常长短就要分成几条发，请看看能不能写短些。"), messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The codes, and with the last of them the words come into force."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            audit.record(action="registered", what=form.instance, by=actor(request), fields=["codes"])
            if template_versions.bring_into_force(template=form.instance, by=actor(request)):
                self.message_user(request, _("编号齐了，新的文字已经启用。"), messages.SUCCESS)

    def response_change(self, request: HttpRequest, obj: MessageTemplate) -> HttpResponse:
        """Words that wait are shown at once: there the codes are filled in."""
        newest = template_versions.siblings(obj).order_by("-version").first()
        if newest and newest.pk != obj.pk and template_versions.waits(newest):
            return HttpResponseRedirect(reverse("admin:auditorium_messagetemplate_change", args=[newest.pk]))
        return super().response_change(request, obj)

    def _signature(self, template: MessageTemplate) -> str:
        return getattr(template, "signature", None) or USUAL_SIGNATURE


def _past_or_waiting(template: MessageTemplate, *, is_newest: bool) -> str:
    """How words stand that are not in force."""
    if template.in_force_at:
        return _("以前用过")
    return _("等平台审核") if is_newest else _("没用上")
