"""Admin pages that show what saving would do to sessions, and save only what was looked at.

The page is saved as always, what follows from it is worked out, and all of it is taken back until somebody confirms
what they saw. So the preview can't differ from the act; when something changed meanwhile, it is shown again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments.admin.clerks import is_clerk
from appointments.forms.schedules import EDIT
from auditorium.admin.base import EVERYBODY, ScopedAdmin, actor, may

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

SEEN = "_seen"
"""Posted with the form: the fingerprint of what was shown."""


class RehearsedAdmin(ScopedAdmin):
    """Rows whose saving concerns sessions and bookings. `keepers` of hospitals come without a role at any hall."""

    preview_template: str

    def rehearse(self, request: HttpRequest, obj: Any) -> tuple[str, dict[str, Any]]:
        """The fingerprint of what follows from saving, empty where nobody need look, and what its page says."""
        raise NotImplementedError

    def carry_out(self, request: HttpRequest, obj: Any) -> None:
        """Do what follows from saving, and say so."""
        raise NotImplementedError

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Managers, supervisors, and the clerks of hospitals."""
        return may(request, *EVERYBODY) or is_clerk(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """The same; what they add must be theirs."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same: rows of others are not found."""
        return self.has_view_permission(request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows who fills it in."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.user = actor(request)
        return form

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """A clerk may not look through the lists of halls and doctors, and has few to choose from."""
        return super().get_autocomplete_fields(request) if may(request, *EVERYBODY) else ()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Look first, then done."""
        return self._shown(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Look first, then done."""
        return self._shown(request, obj) or super().response_change(request, obj)

    def _shown(self, request: HttpRequest, obj: Model) -> HttpResponse | None:
        """The page that shows what follows, with everything taken back; None when it was seen and is done now."""
        fingerprint, said = self.rehearse(request, obj)
        seen = request.POST.get(SEEN)
        if not fingerprint or seen == fingerprint:
            self.carry_out(request, obj)
            return None
        if seen:
            messages.warning(request, _("刚才班次有变化，结果和您看到的不一样了。请再看一遍。"))
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", SEEN, EDIT}
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(obj),
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "typed": typed,
            "fingerprint": fingerprint,
            **said,
        }
        page = render(request, self.preview_template, context)
        transaction.set_rollback(True)
        return page
