"""Hospitals, schedules and bookings: one of the services a hall's desk offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("看病预约")
