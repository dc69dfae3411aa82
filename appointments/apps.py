"""Hospitals, schedules and bookings: one of the services a hall's desk offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from auditorium import navigation, ports


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("看病预约")

    def ready(self) -> None:
        """Show the appointments in the header; offer bookings as a service of the hall."""
        from appointments.service import AppointmentService

        ports.register(AppointmentService())
        navigation.register(navigation.NavItem(_("预约"), "appointments:appointment_list", 20))
