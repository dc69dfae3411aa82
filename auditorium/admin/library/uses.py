"""Figures of use: for a hall up to the whole country, by month, kind, channel and resource, also as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from auditorium import text_files
from auditorium.admin.base import ReadOnlyAdmin, actor
from auditorium.domain import audit
from auditorium.domain.library import use_figures
from auditorium.enums import RoleKind
from auditorium.forms.library.use_figures import PeriodForm
from auditorium.models import Region, ResourceUse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from auditorium.domain.library.use_figures import Figures, Period
    from auditorium.models import User
    from auditorium.models.library.use import ResourceUseQuerySet

TOP = 50
TOWN = 9
"""Beneath a town, its halls are named one by one."""

COLUMNS: tuple[tuple[str, StrOrPromise], ...] = (
    ("times", gettext_lazy("打开次数")),
    ("people", gettext_lazy("人次")),
    ("villagers", gettext_lazy("村民（不重复）")),
    ("minutes", gettext_lazy("分钟")),
    ("completed", gettext_lazy("看完、听完")),
    ("named", gettext_lazy("记名")),
    ("groups", gettext_lazy("大家一起")),
    ("nobodys", gettext_lazy("不记名")),
)
TABLES: dict[str, StrOrPromise] = {
    "region": gettext_lazy("地方"),
    "hall": gettext_lazy("礼堂"),
    "month": gettext_lazy("月份"),
    "kind": gettext_lazy("种类"),
    "channel": gettext_lazy("频道"),
    "resource": gettext_lazy("资源"),
}


@dataclass(frozen=True)
class Asked:
    """What of the uses in scope is looked at."""

    uses: ResourceUseQuerySet
    period: Period
    prefix: str
    by_hall: bool

    def rows(self, table: str, *, most: int | None = None) -> Iterable[Figures]:
        """One of TABLES."""
        if table == "region":
            return use_figures.by_region(self.uses, self.period, self.prefix)
        if table == "hall":
            return use_figures.by_hall(self.uses, self.period)
        if table == "month":
            return use_figures.by_month(self.uses, self.period)
        if table == "kind":
            return use_figures.by_kind(self.uses, self.period)
        if table == "channel":
            return use_figures.by_channel(self.uses, self.period)
        return use_figures.by_resource(self.uses, self.period, most=most)

    def address(self, **more: str) -> str:
        """The same, of another place or table."""
        period = {"first": str(self.period.first), "last": str(self.period.last)}
        return urlencode({**period, **({"region": self.prefix} if self.prefix else {}), **more})


@admin.register(ResourceUse)
class UseFiguresAdmin(ReadOnlyAdmin):
    """Figures alone: what one villager read stands on the villager's page and nowhere else."""

    hall_path = "hall__"

    def get_urls(self) -> list[Any]:
        """The figures in place of the list, and a table of them."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(require_safe(self.figures_view)), name="auditorium_resourceuse_changelist"),
            path("table/<str:table>/", wrap(require_safe(self.table_view)), name="auditorium_resourceuse_table"),
        ]

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """The figures of a place, and of the places in it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PeriodForm(request.GET)
        asked = self._asked(request, form)
        places = "hall" if asked.by_hall else "region"
        tables = [
            (name, label, list(asked.rows(name, most=TOP)))
            for name, label in TABLES.items()
            if name in {places, "month", "kind", "channel", "resource"}
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("看书听戏的使用统计"),
            "form": form,
            "asked": asked,
            "address": asked.address(),
            "total": use_figures.total(asked.uses, asked.period),
            "columns": COLUMNS,
            "tables": tables,
            "trail": _trail(asked.prefix),
            "presets": _presets(asked),
            "top": TOP,
        }
        return TemplateResponse(request, "admin/auditorium/resourceuse/figures.html", context)

    def table_view(self, request: HttpRequest, table: str) -> HttpResponseBase:
        """One of the tables, whole, for a spreadsheet; who took it is written down."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PeriodForm(request.GET)
        if table not in TABLES or not form.is_valid():
            raise Http404
        asked = self._asked(request, form)
        user = actor(request)
        audit.record(action="uses_exported", what=user, by=user, fields=[table])
        head = [str(TABLES[table]), *(str(label) for _name, label in COLUMNS)]
        rows = ([row.label, *(getattr(row, name) for name, _label in COLUMNS)] for row in asked.rows(table))
        name = f"uses-{table}-{asked.period.first}-{asked.period.last}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return StreamingHttpResponse(
            text_files.written(_table(head, rows)), content_type="text/csv; charset=utf-8", headers=headers
        )

    def _asked(self, request: HttpRequest, form: PeriodForm) -> Asked:
        prefix = request.GET.get("region", "") or _home(actor(request))
        if not (prefix.isascii() and prefix.isdigit() and len(prefix) in use_figures.DEPTHS):
            prefix = ""
        seen: Any = self.get_queryset(request)
        by_hall = len(prefix) >= TOWN or not actor(request).has_role(RoleKind.SUPERVISOR)
        return Asked(use_figures.inside(seen.defer(None), prefix), form.period(), prefix, by_hall)


def _table(head: list[str], rows: Iterable[list[Any]]) -> Iterable[list[Any]]:
    yield head
    yield from rows


def _home(user: User) -> str:
    """Where a supervisor of one place begins; others with everything in their scope."""
    prefixes = [role.region.prefix for role in user.role_list if role.role == RoleKind.SUPERVISOR and role.region]
    return prefixes[0] if len(prefixes) == 1 and not user.is_administrator else ""


def _trail(prefix: str) -> list[tuple[str, str]]:
    """The divisions around, from the province down, with what leads to each."""
    depths = [depth for depth in use_figures.DEPTHS if depth <= len(prefix)]
    codes = {prefix[:depth].ljust(12, "0"): prefix[:depth] for depth in depths}
    names = {region.code: str(region) for region in Region.objects.filter(code__in=codes)}
    return [(names.get(code, code), shorter) for code, shorter in codes.items()]


def _presets(asked: Asked) -> list[tuple[str, str]]:
    """Months that are often asked for."""
    now = use_figures.Month.now()
    spans = (
        (_("本月"), now, now),
        (_("上个月"), now.before(1), now.before(1)),
        (_("最近 12 个月"), now.before(11), now),
    )
    region = {"region": asked.prefix} if asked.prefix else {}
    return [(label, urlencode({"first": str(first), "last": str(last), **region})) for label, first, last in spans]
