"""停诊 in the admin, where hospitals' clerks work: what is suspended, suspending with a preview, and lifting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.csrf import csrf_protect

from appointments.admin.clerks import is_clerk
from appointments.domain import suspension_preview, suspension_progress, suspensions
from appointments.errors import BookingError
from appointments.forms.suspensions import ReasonForm, ScopeForm
from appointments.models import Suspension
from auditorium.admin.base import EVERYBODY, ReadOnlyAdmin, actor, may

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

LIST = "admin:appointments_suspension_changelist"
CHANGE = "admin:appointments_suspension_change"
MOST_PICKED = 100
"""More sessions than the list shows at once stand in no address; a range is the way to suspend them."""


def may_suspend(request: HttpRequest) -> bool:
    """Hall managers, supervisors and the clerks of hospitals, each what is theirs."""
    return may(request, *EVERYBODY) or is_clerk(request)


@admin.action(description=gettext_lazy("停诊选中的班次"))
def suspend_picked(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
    """Show what suspending these sessions would do; nothing happens before that is confirmed."""
    picked = QueryDict(mutable=True)
    picked.setlist("session", [str(pk) for pk in queryset.values_list("pk", flat=True)[:MOST_PICKED]])
    return redirect(f"{reverse('admin:appointments_suspension_add')}?{picked.urlencode()}")


@admin.register(Suspension)
class SuspensionAdmin(ReadOnlyAdmin):
    """What does not take place; nothing of it is edited, it is only lifted."""

    list_display = ["hospital", "department", "doctor", "first_date", "last_date", "period", "reason", "state"]
    list_filter = ["state", "first_date"]
    list_select_related = ["hospital", "department", "doctor"]
    search_fields = ["doctor__name", "department__name", "hospital__name"]

    def has_view_permission(self, request: HttpRequest, obj: Suspension | None = None) -> bool:
        """Whoever may suspend anything."""
        return may_suspend(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """The same people."""
        return may_suspend(request)

    def get_urls(self) -> list[Any]:
        """Beside the list: lifting one."""
        lift = self.admin_site.admin_view(self.resume_view)
        return [path("<int:pk>/resume/", lift, name="appointments_suspension_resume"), *super().get_urls()]

    @method_decorator(csrf_protect)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The address says what is meant; then what would happen is shown, and a reason with the button does it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ScopeForm(request.GET or None, user=actor(request))
        reason = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                if reason.is_valid():
                    why = reason.cleaned_data["why"]
                    made = suspensions.suspend(scope=form.scope, why=why, by=actor(request))
                    self.log_addition(request, made, [{"added": {}}])
                    return redirect(CHANGE, made.pk)
                preview = suspension_preview.preview(form.scope, by=actor(request))
            except BookingError as error:
                form.add_error(None, error.sentence)
            else:
                context = {"preview": preview, "scope": form.scope, "form": reason, "title": _("这些班次停诊吗？")}
                return self._render(request, "suspension_preview.html", context)
        return self._render(request, "suspension_new.html", {"form": form, "title": _("哪些门诊要停？")})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far it is."""
        shown = self._suspension(request, object_id)
        progress = suspension_progress.of(shown, user=actor(request))
        return self._render(
            request, "suspension.html", {"progress": progress, "suspension": shown, "title": pgettext("名单", "停诊")}
        )

    @method_decorator(csrf_protect)
    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once, then reopen."""
        shown = self._suspension(request, pk)
        progress = suspension_progress.of(shown, user=actor(request))
        if not progress.may_resume:
            raise PermissionDenied
        if request.method == "POST":
            try:
                asked = suspensions.resume(suspension=shown, by=actor(request))
            except BookingError as error:
                messages.error(request, error.sentence)
            else:
                self.log_change(request, shown, [])
                done = _("恢复了，又可以约了。有 %(count)d 位要问还来不来，礼堂会收到待办。") % {"count": asked}
                messages.success(request, done)
            return redirect(CHANGE, shown.pk)
        context = {"progress": progress, "suspension": shown, "title": _("恢复门诊吗？")}
        return self._render(request, "suspension_resume.html", context)

    def _suspension(self, request: HttpRequest, pk: int | str) -> Suspension:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = suspension_progress.listed(user=actor(request))
        found = rows.filter(pk=pk).first() if str(pk).isdecimal() else None
        if found is None:
            raise Http404
        return found

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "list_url": reverse(LIST)}
        return render(request, f"appointments/admin/{template}", shared | context)
