"""Opens this hall's own desk on this PC and keeps it open."""

from typing import Any

from django.core.management.base import BaseCommand

from config.first_start import open_installation
from config.preflight import Refused
from config.serving import serve


class Command(BaseCommand):
    """`manage.py run`: the desk with its own data, asking for administrator and hall at its first start."""

    help = "Open the hall's desk on this PC: web server, Celery worker and beat together, until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Serve until asked to stop; leave with a sentence and 1 when that can't be."""
        try:
            self.open_desk(**options)
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(1) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    def open_desk(self, **options: Any) -> None:
        """Serve the data in VAR_DIR."""
        serve(place=lambda: None, fill=lambda: open_installation(self.say), welcome=self.welcome, say=self.say)

    def say(self, line: str) -> None:
        """Tell whoever is at the terminal."""
        self.stdout.write(line)

    def welcome(self, address: str) -> None:
        """Say where the desk is."""
        self.say(f"服务台开好了 / The desk is open:  {address}\n按 Ctrl-C 停下 / Ctrl-C stops it")
