"""Brings in a hospital's results: who was seen, who arrived, who did not go."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appointments.domain import results
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.domain.schedule_import.place_words import where
from appointments.errors import BookingError
from appointments.models import Hospital


class Command(BaseCommand):
    """`manage.py import_results FILE.xlsx|csv`: all of it, or with --good-rows-only what is good."""

    help = (
        "Bring in who was seen, who arrived and who did not go. Rows that can't go in are listed with row, column and "
        "reason; nothing goes in then, unless --good-rows-only is given. Importing a sheet again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, whose results they are, and what to do about bad rows."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--good-rows-only", action="store_true", help="bring the good rows in and leave the others")
        parser.add_argument("--hospital", metavar="NAME", help="only bookings at this hospital")

    def handle(self, *, file: Path, dry_run: bool, good_rows_only: bool, hospital: str | None, **options: Any) -> None:
        """Import and say what was done; leave with 1 when rows kept the sheet from being clean."""
        try:
            content = file.read_bytes()
        except OSError:
            raise CommandError(_("打不开文件 %(file)s。") % {"file": file}) from None
        whose = _hospital(hospital) if hospital else None
        try:
            outcome = results.read(content=content, by=None, hospital=whose)
        except UnreadableScheduleError as unreadable:
            raise CommandError(unreadable.sentence) from None
        for notice in outcome.notices:
            self.stdout.write(f"{where(notice.place)}{notice.text}")
        for problem in outcome.problems:
            self.stderr.write(f"{where(problem.place)}{problem.reason}")
        said = {"changing": outcome.changing, "unchanged": outcome.unchanged, "bad": outcome.bad}
        self.stdout.write(_("要登记 %(changing)d 个，已经登记过 %(unchanged)d 个，不能进的行 %(bad)d。") % said)
        if outcome.problems and not good_rows_only:
            raise CommandError(_("一个也没有登记。请改好再来，或者用 --good-rows-only 只进好的行。"))
        if not dry_run:
            try:
                results.carry_out(marks=outcome.marks, by=None, hospital=whose)
            except BookingError as refused:
                raise CommandError(refused.sentence) from None
        self.stdout.write(_("没有登记，只是先看看。") if dry_run else _("已经登记。"))


def _hospital(name: str) -> Hospital:
    found = Hospital.objects.active().filter(name=name).first()
    if found is None:
        raise CommandError(_("没有“%(name)s”这家医院，请先请管理员加上。") % {"name": name})
    return found
