"""Takes in a package from a USB stick."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from auditorium.domain.library.packages.importing import import_package
from auditorium.domain.library.packages.manifest import PackageError
from auditorium.models import Hall


class Command(BaseCommand):
    """`manage.py import_package FILE.zip`: again changes nothing; what is damaged is left out by name."""

    help = "Take in a package made by export_package. Doing it again changes nothing; damaged files are named."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whose a new channel is."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--hall", default="", help="name of the hall that looks after a new channel; none: all see it"
        )

    def handle(self, *, file: Path, hall: str, **options: Any) -> None:
        """Import and say what was done; leave with 1 where nothing of it can be used."""
        keeper = Hall.objects.filter(name=hall).first() if hall else None
        if hall and keeper is None:
            raise CommandError(_("没有叫“%(name)s”的礼堂。") % {"name": hall})
        try:
            with file.open("rb") as package:
                done = import_package(package, by=None, hall=keeper, progress=self.tell)
        except FileNotFoundError:
            raise CommandError(_("找不到文件 %(file)s。") % {"file": file}) from None
        except PackageError as refused:
            raise CommandError(refused.sentence) from None
        said = {
            "channel": done.channel,
            "added": len(done.added),
            "changed": len(done.changed),
            "unchanged": done.unchanged,
            "withdrawn": done.withdrawn,
            "files": done.files,
        }
        self.stdout.write(
            _(
                "“%(channel)s”：新增 %(added)d 项，更改 %(changed)d 项，没有变 %(unchanged)d 项，"
                "下架 %(withdrawn)d 项，新文件 %(files)d 个。"
            )
            % said
        )
        for one in done.refused:
            self.stderr.write(f"{one.name}：{one.why}")

    def tell(self, done: int, total: int) -> None:
        """Show how far it is."""
        if done % 100 == 0:
            self.stdout.write(f"{done} / {total}")
