"""Keeps the lines that speak SMPP connected."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from auditorium.domain.keeping import keep_lines


class Command(BaseCommand):
    """`manage.py smpp`: one process for all SMPP lines; a second one stands by until the first is gone."""

    help = "Keep the SMPP lines connected: send on them, write down receipts and answers, until asked to stop."

    def handle(self, **options: Any) -> None:
        """Until SIGTERM or Ctrl-C; then what is on its way is waited for, and every line logs out."""
        stop = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        keep_lines(stop)
