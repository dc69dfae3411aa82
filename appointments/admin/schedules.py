"""Clinic sessions and their slots: they come from sheets and weekly schedules; the admin shows them and changes how
many places a part has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.suspensions import suspend_picked
from appointments.domain import head_counts, hoarding, slots
from appointments.domain.schedule_import.scope import ImportScope
from appointments.errors import BookingError
from appointments.forms.slots import CapacityForm
from appointments.models import ClinicSession, Slot
from auditorium import clock
from auditorium.admin.base import EVERYBODY, ReadOnlyAdmin, ReadOnlyInline, actor, may

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
    from django.db.models import QuerySet
    from django.http import HttpRequest


class SlotInline(ReadOnlyInline):
    """Each part with its places; how many these are is for whoever may allot them."""

    model = Slot
    form = CapacityForm
    fields = ["starts_at", "ends_at", "kind", "capacity", "taken", "is_open"]
    readonly_fields = ["starts_at", "ends_at", "kind", "taken", "is_open"]

    def has_change_permission(self, request: HttpRequest, obj: ClinicSession | None = None) -> bool:
        """Whoever allots the session's places."""
        return obj is not None and _may_allot(request, obj)


class HoardingFilter(admin.SimpleListFilter):
    """Sessions to come that several halls share and of which one person took more than half."""

    title = gettext_lazy("一人约得太多")
    parameter_name = "hoarding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The one question."""
        return [("yes", _("一人约了一半以上"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """All of them, or those."""
        return hoarding.unusual(queryset) if self.value() == "yes" else queryset


@admin.register(ClinicSession)
class ClinicSessionAdmin(ReadOnlyAdmin):
    """What the hospital gave this installation; how many came is written down where it is held at a hall."""

    ordering = ["-date", "period", "pk"]
    list_display = [
        "date",
        "period",
        "department",
        "doctor",
        "kind",
        "clinic_class",
        "fee",
        "state",
        "allotted",
        "most_taken",
    ]
    list_filter = ["state", HoardingFilter, "period", "kind", "clinic_class", "date"]
    search_fields = ["department__name", "doctor__name", "department__hospital__name"]
    list_select_related = ["department", "doctor", "allotted_hall", "allotted_region"]
    inlines = [SlotInline]
    actions = [suspend_picked]

    def has_change_permission(self, request: HttpRequest, obj: ClinicSession | None = None) -> bool:
        """Whoever manages the hall it is held at, or allots its places."""
        return obj is not None and (self._may_count(request, obj) or _may_allot(request, obj))

    def _may_count(self, request: HttpRequest, obj: ClinicSession | None) -> bool:
        if obj is None or obj.held_at_id is None or not may(request, *EVERYBODY):
            return False
        mine = actor(request).hall_scope("held_at__", kinds=EVERYBODY)
        return ClinicSession.objects.filter(mine, pk=obj.pk).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: ClinicSession | None = None) -> list[str]:
        """All but how many came."""
        written = {"id", "head_count"} if self._may_count(request, obj) else {"id"}
        return [field.name for field in self.opts.fields if field.editable and field.name not in written]

    def save_model(self, request: HttpRequest, obj: ClinicSession, form: Any, change: bool) -> None:
        """How many came, audited."""
        count = form.cleaned_data.get("head_count")
        if count is None:
            return
        try:
            head_counts.write(session=obj, count=count, by=actor(request))
        except BookingError as refused:
            messages.error(request, refused.sentence)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The places of each part, numbered under the session's lock."""
        for part in formset.forms:
            if not part.has_changed():
                continue
            try:
                slots.set_capacity(slot=part.instance, capacity=part.cleaned_data["capacity"], by=actor(request))
            except BookingError as refused:
                messages.error(request, refused.sentence)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The page's rows with who took most of each."""
        changelist = super().get_changelist_instance(request)
        found = hoarding.shares_of(list(changelist.result_list))
        for session in changelist.result_list:
            session.most = found.get(session.pk)
        return changelist

    @admin.display(description=ClinicSession._meta.get_field("allotted_hall").verbose_name)
    def allotted(self, session: ClinicSession) -> str:
        """Whose places these are."""
        return str(session.allotted_hall or session.allotted_region)

    @admin.display(description=gettext_lazy("一人约得太多"))
    def most_taken(self, session: ClinicSession) -> str:
        """Who took unusually many places, and how many of how many; else nothing."""
        share: hoarding.Share | None = getattr(session, "most", None)
        if share is None:
            return ""
        return _("%(name)s约了 %(taken)d 次，共 %(places)d 个号") % {
            "name": share.name,
            "taken": share.taken,
            "places": share.places,
        }


def _may_allot(request: HttpRequest, session: ClinicSession) -> bool:
    """Whether the user says how many places of a session to come there are for its hall or region."""
    if session.date < clock.today() or not may(request, *EVERYBODY):
        return False
    code = session.allotted_hall.region_id if session.allotted_hall else session.allotted_region_id or ""
    return ImportScope.of(actor(request)).allows(session.department.hospital, code)
