"""Loads the demo's invented halls, people, hospitals and bookings."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from appointments.demo.loading import NotADemoError, load


class Command(BaseCommand):
    """`manage.py load_demo`, with DEMO=1: everything the first time, later what the coming days need."""

    help = "Load the demo's data; run again it only opens the days ahead. Needs DEMO=1 and a database of its own."

    def handle(self, **options: Any) -> None:
        """Load, and say how far it is."""
        if not settings.DEMO:
            raise CommandError("演示数据只装进演示（DEMO=1）。 / The demo's data is loaded with DEMO=1 only.")
        try:
            load(self.stdout.write)
        except NotADemoError:
            raise CommandError(
                "这个数据库里已经有别的礼堂，不往里面装演示数据。 / "
                "This database already holds other halls; the demo is not loaded into it."
            ) from None
