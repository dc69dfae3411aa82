"""Keeps the English catalogs complete: extract, compile, check."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.catalog_checks import problems
from config.catalogs import Root, compile_catalogs, update_catalogs


class Command(BaseCommand):
    """`manage.py translations extract | compile | check`."""

    help = "Extract texts into the .po files, compile them, or check that nothing is untranslated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The one word that says what to do."""
        parser.add_argument("action", choices=["extract", "compile", "check"])

    def handle(self, *, action: str, **options: Any) -> None:
        """Do it; `check` names every problem and leaves with 1 when there is one."""
        if action == "extract":
            for app, count in update_catalogs(Root()).items():
                self.stdout.write(f"{app}: {count} without English")
        elif action == "compile":
            for path in compile_catalogs():
                self.stdout.write(f"wrote {path}")
        elif found := problems():
            for problem in found:
                self.stderr.write(problem)
            raise SystemExit(1)
