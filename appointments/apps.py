"""Hospitals, schedules and bookings: one of the services a hall's desk offers."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from auditorium import navigation, ports


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("看病预约")

    def ready(self) -> None:
        """Show the appointments in the header and their board on the desk; offer bookings as a service of the hall.

        By night, drop what they need not keep.
        """
        from appointments.domain import retention, revisit_ends
        from appointments.service import AppointmentService

        ports.register(AppointmentService())
        ports.register_page(revisit_ends.WISH, lambda pk: reverse("appointments:wish", args=[pk]))
        ports.register_page(revisit_ends.REVISIT, lambda pk: reverse("appointments:revisit", args=[pk]))
        ports.register_chore("booking keys", retention.drop_keys)
        ports.register_chore("schedule files", retention.drop_files)
        navigation.register(navigation.NavItem(_("预约"), "appointments:appointment_list", 20))
        navigation.register_on_desk(navigation.NavItem(_("今天和明天"), "appointments:board", 10))
