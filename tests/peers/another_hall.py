"""Another hall's machine: a database of its own, one channel with a book and sound, and the package of it.

Run as a process of its own with VAR_DIR naming an empty folder: `python -m tests.peers.another_hall FILE.zip`.
"""

import io
import sys
from pathlib import Path

import django


def main(package: Path) -> None:
    django.setup()
    from django.core.management import call_command

    from auditorium.domain.library import files
    from auditorium.models import ResourceFile
    from tests import media
    from tests.factories import ChannelFactory, ResourceFactory

    call_command("migrate", verbosity=0)
    channel = ChannelFactory(name="邻村的书")
    book = ResourceFactory(channel=channel, kind="book", title="邻村故事", creator="邻村")
    content = media.epub({"第一回": "<p>邻村也有一座礼堂。</p>", "第二回": "<p>天天有人来。</p>"})
    ResourceFile.objects.create(resource=book, file=files.store(io.BytesIO(content)))
    sound = ResourceFactory(channel=channel, kind="audio", title="邻村的锣鼓")
    ResourceFile.objects.create(resource=sound, file=files.store(io.BytesIO(media.mp3(40))))
    call_command("export_package", "邻村的书", str(package))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
