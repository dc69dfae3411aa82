"""Bookings: shown; the hospital's answer is noted here, everything else happens at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.clerks import is_clerk
from appointments.admin.results import WithResults
from appointments.domain import acknowledgements
from appointments.enums import AppointmentSource
from appointments.models import Appointment, HospitalClerk, Slot
from auditorium.admin.base import EVERYBODY, SUPERVISORS, ReadOnlyAdmin, actor, may
from auditorium.models import User
from auditorium.references import normalise_reference

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


@admin.register(Appointment)
class AppointmentAdmin(WithResults, ReadOnlyAdmin):
    """Bookings of the user's people, and for a hospital's clerk those in the hospital's places."""

    list_display = [
        "reference",
        "date",
        "period",
        "villager",
        "hospital_called",
        "department_called",
        "state",
        "hospital_knows",
        "place_kind",
    ]
    list_filter = ["state", "source", "hospital_knows", "slot__kind", "date"]
    search_fields = ["reference__exact"]
    search_help_text = gettext_lazy("预约号")
    list_select_related = ["villager", "hospital", "department", "slot"]
    exclude = ["elsewhere_key", "visit", "slot", "session", "successor"]
    readonly_fields = ["place_kind", "at_the_desk"]
    actions = ["acknowledge", "refuse"]

    def has_view_permission(self, request: HttpRequest, obj: Appointment | None = None) -> bool:
        """Also the clerks of hospitals."""
        return super().has_view_permission(request, obj) or is_clerk(request)

    def has_answer_permission(self, request: HttpRequest) -> bool:
        """Who may speak for a hospital: its clerks, and supervisors who phoned it."""
        return may(request, *SUPERVISORS) or is_clerk(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Appointment | None = None) -> list[str]:
        """Who sits at no desk is not sent to one."""
        fields = [str(name) for name in super().get_readonly_fields(request, obj)]
        return fields if may(request, *EVERYBODY) else [name for name in fields if name != "at_the_desk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the reference, however it was typed."""
        return super().get_search_results(request, queryset, normalise_reference(search_term))

    @admin.action(description=gettext_lazy("医院确认了选中的预约"), permissions=["answer"])
    def acknowledge(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        """Pages, slips and texts say 已约好 from now on."""
        count = acknowledgements.acknowledge(appointments=_answerable(queryset, actor(request)), by=actor(request))
        self.message_user(request, _("%(count)d 个预约已确认。") % {"count": count}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("医院没接受选中的预约"), permissions=["answer"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        """The places go back, the villagers are told, and somebody finds them another time."""
        theirs = _answerable(queryset, actor(request))
        count = acknowledgements.acknowledge(appointments=theirs, by=actor(request), accepted=False)
        self.message_user(
            request, _("%(count)d 个预约已退回，礼堂会收到改约的待办。") % {"count": count}, messages.WARNING
        )

    @admin.display(description=Appointment._meta.get_field("hospital").verbose_name)
    def hospital_called(self, appointment: Appointment) -> str:
        """The hospital, also one that was only written down."""
        return appointment.hospital_name

    @admin.display(description=Appointment._meta.get_field("department").verbose_name)
    def department_called(self, appointment: Appointment) -> str:
        """The department, also one that was only written down."""
        return appointment.department_name

    @admin.display(description=Slot._meta.get_field("kind").verbose_name)
    def place_kind(self, appointment: Appointment) -> str:
        """An ordinary place or a 加号; nothing where the place is not ours."""
        return str(appointment.slot.get_kind_display()) if appointment.slot else ""

    @admin.display(description=gettext_lazy("服务台"))
    def at_the_desk(self, appointment: Appointment) -> SafeString:
        """The booking's own page."""
        url = reverse("appointments:appointment", args=[appointment.reference])
        return format_html('<a href="{}">{}</a>', url, _("在服务台打开"))


def _answerable(appointments: QuerySet[Appointment], user: User) -> QuerySet[Appointment]:
    """Those at the clerk's own hospitals, and those of the halls that the user supervises."""
    if user.is_administrator:
        return appointments
    clerked = Q(
        source=AppointmentSource.SCHEDULE, hospital__in=HospitalClerk.objects.filter(user=user).values("hospital")
    )
    return appointments.filter(clerked | user.hall_scope("hall__", kinds=SUPERVISORS))
