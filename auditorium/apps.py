"""The hall: people, desk, reminders and texts. Knows nothing of hospitals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditoriumConfig(AppConfig):
    name = "auditorium"
    verbose_name = _("文化礼堂")
