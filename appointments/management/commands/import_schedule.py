"""Brings in a hospital's schedule from a spreadsheet."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appointments.domain.schedule_import.allotments import Allotments
from appointments.domain.schedule_import.apply import (
    Answers,
    MissingAnswerError,
    ScheduleChangedError,
    import_schedule,
    preview,
)
from appointments.domain.schedule_import.cells import CellError
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.domain.schedule_import.outcome import Outcome
from appointments.domain.schedule_import.place_words import where
from appointments.domain.schedule_import.report import marked_workbook
from appointments.domain.schedule_import.scope import ImportScope
from appointments.models import Hospital
from auditorium.models import Hall, Region


class Command(BaseCommand):
    """`manage.py import_schedule FILE.xlsx|csv`: all of it, or with --good-rows-only what is good."""

    help = (
        "Bring in clinic sessions from a spreadsheet. Rows that can't go in are listed with row, column and reason; "
        "nothing goes in then, unless --good-rows-only is given. Importing a sheet again changes only what differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, whose places they are, and what to do about bad rows."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--good-rows-only", action="store_true", help="bring the good rows in and leave the others")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--for-hall", type=int, metavar="ID", help="whose places these are: a hall")
        whose.add_argument("--for-region", metavar="CODE", help="whose places these are: every hall of a region")
        parser.add_argument("--hospital", metavar="NAME", help="the hospital, for a sheet that does not name it")
        parser.add_argument("--report", type=Path, metavar="OUT.xlsx", help="write the sheet back with reasons in it")

    def handle(self, *, file: Path, dry_run: bool, good_rows_only: bool, **options: Any) -> None:
        """Import and say what was done; leave with 1 when rows kept the sheet, or a dry run, from being clean."""
        try:
            content = file.read_bytes()
        except OSError:
            raise CommandError(_("打不开文件 %(file)s。") % {"file": file}) from None
        answers = self._answers(options)
        try:
            outcome = self._run(content, answers, dry_run=dry_run, good_rows_only=good_rows_only)
        except (UnreadableScheduleError, MissingAnswerError) as refused:
            raise CommandError(refused.sentence) from None
        except ScheduleChangedError:
            raise CommandError(_("导入时别人也在改这些班次，请再试一次。")) from None
        self._tell(outcome)
        if options["report"]:
            options["report"].write_bytes(marked_workbook(content, outcome.problems, outcome.notices))
        if not outcome.is_clean and not good_rows_only:
            raise CommandError(
                _(
                    "有 %(bad)d 行不能进、%(conflicts)d 处冲突，一行也没有进。"
                    "请改好再来，或者用 --good-rows-only 只进好的行。"
                )
                % vars(outcome)
            )
        self.stdout.write(_("没有导入，只是先看看。") if dry_run else _("已经导入。"))

    def _run(self, content: bytes, answers: Answers, *, dry_run: bool, good_rows_only: bool) -> Outcome:
        """Import, asking at a terminal what the sheet does not say."""
        while True:
            try:
                if dry_run:
                    return preview(content=content, answers=answers, by=None)
                return import_schedule(content=content, answers=answers, by=None, good_rows_only=good_rows_only)
            except MissingAnswerError as missing:
                if not sys.stdin.isatty():
                    option = "--hospital" if missing.question == "hospital" else "--for-hall / --for-region"
                    raise CommandError(
                        _("%(sentence)s（用 %(option)s）") % {"sentence": missing, "option": option}
                    ) from None
                answers = self._ask(missing, answers)

    def _ask(self, missing: MissingAnswerError, answers: Answers) -> Answers:
        self.stdout.write(missing.sentence)
        said = input(_("请输入名称或代码：") + " ").strip()
        if missing.question == "hospital":
            return Answers(_hospital(said), answers.hall, answers.region)
        try:
            found = Allotments(None, ImportScope.of(None)).look_up(said)
        except CellError as fault:
            raise CommandError(str(fault)) from None
        return Answers(answers.hospital, found.hall, found.region)

    def _answers(self, options: dict[str, Any]) -> Answers:
        hall = region = None
        if options["for_hall"]:
            hall = Hall.objects.active().filter(pk=options["for_hall"]).first()
            if hall is None:
                raise CommandError(_("没有编号是 %(pk)d 的礼堂。") % {"pk": options["for_hall"]})
        if options["for_region"]:
            region = Region.objects.current().filter(pk=options["for_region"].ljust(12, "0")).first()
            if region is None:
                raise CommandError(_("没有代码是 %(code)s 的区划。") % {"code": options["for_region"]})
        hospital = _hospital(options["hospital"]) if options["hospital"] else None
        return Answers(hospital, hall, region)

    def _tell(self, outcome: Outcome) -> None:
        for notice in outcome.notices:
            self.stdout.write(f"{where(notice.place)}{notice.text}")
        for name in (*outcome.departments, *outcome.doctors):
            self.stdout.write(_("新加：%(name)s") % {"name": name})
        for change in outcome.changes:
            self.stdout.write(f"{where(change.place)}{change.text}")
        for problem in outcome.problems:
            self.stderr.write(f"{where(problem.place)}{problem.reason}")
        self.stdout.write(
            _("新班次 %(new)d，更改 %(changed)d，没有变 %(unchanged)d，冲突 %(conflicts)d，不能进的行 %(bad)d。")
            % vars(outcome)
        )


def _hospital(name: str) -> Hospital:
    found = Hospital.objects.active().filter(name=name).first()
    if found is None:
        raise CommandError(_("没有“%(name)s”这家医院，请先请管理员加上。") % {"name": name})
    return found
