"""Leaves: what they suspend is looked at first, and a leave that ends early offers to give the days back."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from appointments.admin.clerks import is_clerk
from appointments.admin.rehearsals import RehearsedAdmin
from appointments.domain import leaves
from appointments.errors import BookingError
from appointments.forms.schedules import LeaveForm
from appointments.models import Department, Doctor, Hospital, Leave
from auditorium.admin.base import SUPERVISORS, actor, may

if TYPE_CHECKING:
    from django.db.models import ForeignKey
    from django.http import HttpRequest

MOST_SHOWN = 100


@admin.register(Leave)
class LeaveAdmin(RehearsedAdmin):
    """Kept by the hospital's clerks and the supervisors of its region. Who is away doesn't change, when may."""

    form = LeaveForm
    preview_template = "appointments/admin/leave_preview.html"
    list_display = ["who", "hospital", "first_date", "last_date", "part_of_day", "reason"]
    list_filter = ["period", "first_date"]
    search_fields = ["doctor__name", "department__name", "hospital__name"]
    list_select_related = ["hospital", "department", "doctor"]
    autocomplete_fields = ["hospital", "department", "doctor"]
    fields = ["hospital", "department", "doctor", "first_date", "last_date", "period", "reason"]

    @admin.display(description=gettext_lazy("谁休诊"))
    def who(self, leave: Leave) -> str:
        """Who is away."""
        return str(leave.doctor or leave.department or _("全院"))

    @admin.display(description=Leave._meta.get_field("period").verbose_name, ordering="period")
    def part_of_day(self, leave: Leave) -> str:
        """Mornings, afternoons, evenings, or whole days."""
        return str(leave.get_period_display() or _("全天"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Supervisors and clerks."""
        return may(request, *SUPERVISORS) or is_clerk(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Somebody is not away after all."""
        return self.has_view_permission(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One after the other: each asks about its own sessions."""
        return {name: act for name, act in super().get_actions(request).items() if name != "delete_selected"}

    def get_readonly_fields(self, request: HttpRequest, obj: Leave | None = None) -> list[str]:
        """Only the days change: for somebody else, or another reason, there is another leave."""
        return ["hospital", "department", "doctor", "period", "reason"] if obj else []

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Only hospitals of the user, and who works there."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        hospitals = Hospital.objects.kept_by(actor(request))
        if field is not None and db_field.name == "hospital":
            field.queryset = hospitals
            few = list(hospitals[:2])
            field.initial = few[0].pk if len(few) == 1 else None
        elif field is not None and db_field.name == "department":
            field.queryset = Department.objects.filter(hospital__in=hospitals).order_by("hospital", "name")
        elif field is not None:
            field.queryset = Doctor.objects.filter(department__hospital__in=hospitals).order_by("name")
        return field

    def rehearse(self, request: HttpRequest, obj: Leave) -> tuple[str, dict[str, Any]]:
        """What it suspends; where nothing is open, nobody need look."""
        shown = leaves.preview(obj, by=actor(request))
        if not shown.sessions and not shown.others:
            return "", {}
        what = [(session.pk, vars(session)["booked"]) for session in shown.sessions]
        fingerprint = sha256(repr((what, shown.booked)).encode()).hexdigest()
        more = max(len(shown.sessions) - MOST_SHOWN, 0)
        title = _("%(who)s休诊：先看看") % {"who": self.who(obj)}
        return fingerprint, {
            "title": title,
            "leave": obj,
            "preview": shown,
            "sessions": shown.sessions[:MOST_SHOWN],
            "more": more,
        }

    def carry_out(self, request: HttpRequest, obj: Leave) -> None:
        """Suspend, and let the people be told."""
        suspension = leaves.carry_out(leave=obj, by=actor(request))
        if suspension:
            messages.info(request, _("已经停诊，%(count)d 位村民正在通知。") % {"count": suspension.appointments_found})

    def response_change(self, request: HttpRequest, obj: Leave) -> HttpResponse:
        """A leave that became shorter leads on to what can be resumed."""
        answer = super().response_change(request, obj)
        is_preview = answer.status_code == HTTPStatus.OK
        if is_preview or not leaves.to_resume(obj):
            return answer
        return redirect("admin:appointments_leave_resume", obj.pk)

    def get_urls(self) -> list[Any]:
        """Beside the pages of the row: giving days back."""
        resume = self.admin_site.admin_view(self.resume_view)
        return [path("<int:pk>/resume/", resume, name="appointments_leave_resume"), *super().get_urls()]

    @method_decorator(csrf_protect)
    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The sessions that this leave suspended and covers no longer."""
        leave = self._leave(request, pk)
        if request.method == "POST":
            self._resume(request, leave)
            return redirect("admin:appointments_leave_changelist")
        return self._ask(request, leave, is_deleted=False)

    @method_decorator(csrf_protect)
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The leave goes; what it suspended is resumed where that is wished for."""
        leave = self._leave(request, object_id)
        if request.method != "POST":
            return self._ask(request, leave, is_deleted=True)
        gone = Leave.objects.select_related("hospital", "department", "doctor").get(pk=leave.pk)
        leaves.remove(leave=leave, by=actor(request))
        messages.success(request, _("休诊已经删除。"))
        if "resume" in request.POST:
            self._resume(request, gone)
        return redirect("admin:appointments_leave_changelist")

    def _resume(self, request: HttpRequest, leave: Leave) -> None:
        try:
            count = leaves.resume(leave=leave, by=actor(request))
        except BookingError as refused:
            messages.error(request, refused.sentence)
        else:
            said = _("已经恢复 %(count)d 个班次；通知过的村民，礼堂会问还要不要约。") % {"count": count}
            messages.success(request, said)

    def _ask(self, request: HttpRequest, leave: Leave, *, is_deleted: bool) -> HttpResponse:
        found = leaves.to_resume(leave, besides=leave if is_deleted else None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": (_("删除%(who)s的休诊") if is_deleted else _("%(who)s的休诊缩短了")) % {"who": self.who(leave)},
            "list_url": reverse("admin:appointments_leave_changelist"),
            "leave": leave,
            "is_deleted": is_deleted,
            "sessions": found[:MOST_SHOWN],
            "more": max(len(found) - MOST_SHOWN, 0),
        }
        return render(request, "appointments/admin/leave_resume.html", context)

    def _leave(self, request: HttpRequest, pk: int | str) -> Leave:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        rows = Leave.objects.for_user(actor(request)).select_related("hospital", "department", "doctor")
        leave = rows.filter(pk=pk).first() if str(pk).isdecimal() else None
        if leave is None:
            raise Http404
        return leave
