"""Brings in published division data."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from auditorium.domain.region_file import RegionFileError
from auditorium.domain.region_import import import_regions


class Command(BaseCommand):
    """`manage.py import_regions FILE.csv`: code,name,level of a county or of the whole country."""

    help = (
        "Bring in divisions from a CSV file (code,name[,level]; 2- to 12-digit codes; UTF-8 or GB18030). "
        "All of the file or nothing; importing it again changes nothing. On SQLite the desk waits meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and what to retire."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--retire",
            metavar="CODE",
            default="",
            help="retire (never delete) places inside CODE that the file does not have",
        )

    def handle(self, *, file: Path, retire: str, **options: Any) -> None:
        """Import and say what was done; leave with 1 and sentences when the file is refused."""
        if not file.is_file():
            raise CommandError(_("找不到文件 %(file)s。") % {"file": file})
        if retire and not (retire.isdecimal() and len(retire) in (2, 4, 6, 9, 12)):
            raise CommandError(_("--retire 后面要写 2、4、6、9 或 12 位区划代码。"))
        try:
            counts = import_regions(path=file, by=None, retire_within=retire, progress=self.tell)
        except RegionFileError as refused:
            for sentence in refused.sentences:
                self.stderr.write(sentence)
            raise CommandError(_("文件没有导入，一行也没有进。")) from None
        self.stdout.write(
            _("读了 %(read)d 行：新增 %(added)d，更改 %(changed)d，没有变 %(unchanged)d，撤销 %(retired)d。")
            % vars(counts)
        )
        if counts.doubled:
            self.stdout.write(_("有 %(doubled)d 行是同一个地方又写了一次，只算一个。") % vars(counts))

    def tell(self, step: str, count: int) -> None:
        """Show how far it is."""
        words = {"read": _("已检查 %(count)d 行"), "written": _("已写入 %(count)d 行")}
        self.stdout.write(words[step] % {"count": count})
