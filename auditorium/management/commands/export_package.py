"""Makes a package of a channel, for a USB stick."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from auditorium.domain.library.packages.exporting import export
from auditorium.models import Channel


class Command(BaseCommand):
    """`manage.py export_package CHANNEL FILE.zip`: what is published in the channel, with its files."""

    help = "Write a channel of the library, by its name or uid, into one zip that import_package takes in elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which channel, and where to."""
        parser.add_argument("channel", help="name or uid")
        parser.add_argument("file", type=Path)

    def handle(self, *, channel: str, file: Path, **options: Any) -> None:
        """Write it beside, then put it in its place, so that a package is whole or not there."""
        unfinished = file.with_name(f"{file.name}.part")
        try:
            with unfinished.open("w+b") as made:
                done = export(self.found(channel), made, by=None, progress=self.tell)
            unfinished.replace(file)
        except FileNotFoundError as missing:
            raise CommandError(_("找不到文件 %(file)s。") % {"file": missing.filename}) from None
        finally:
            unfinished.unlink(missing_ok=True)
        said = {"resources": done.resources, "files": done.files, "size": done.bytes / (1 << 20), "to": file}
        self.stdout.write(_("导出 %(resources)d 项，%(files)d 个文件，%(size).1f MB，在 %(to)s。") % said)

    def found(self, channel: str) -> Channel:
        """The one channel of this name or uid."""
        found = [one for one in Channel.objects.all() if channel in (one.name, str(one.uid))]
        if len(found) != 1:
            names = _("、").join(one.name for one in Channel.objects.all()[:20])
            raise CommandError(_("请写一个频道的名称或编号。现在有：%(names)s。") % {"names": names})
        return found[0]

    def tell(self, done: int, total: int) -> None:
        """Show how far it is."""
        if done % 100 == 0:
            self.stdout.write(f"{done} / {total}")
