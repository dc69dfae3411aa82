"""A channel into a package: what is published, each file once."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING

from django.db.models import Prefetch

from auditorium import clock
from auditorium.domain import audit
from auditorium.domain.library import files
from auditorium.domain.library.packages import manifest
from auditorium.library_enums import ResourceKind, ResourceState
from auditorium.models import CourseItem, Phrase, ResourceFile, StoredFile

if TYPE_CHECKING:
    from auditorium.models import Channel, User

Progress = Callable[[int, int], None]
"""Called with how many files are done, of how many."""

MANIFEST = "manifest.json"
_OLDEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier day: the same content makes the same package


@dataclass(frozen=True)
class Exported:
    """What went into a package; `bytes` of its files."""

    resources: int
    files: int
    bytes: int


def export(channel: Channel, to: IO[bytes], *, by: User | None, progress: Progress | None = None) -> Exported:
    """Write the channel into `to`, which must be able to seek. FileNotFoundError when the storage has lost a file.

    Printed books stay: they stand on one hall's shelf.
    """
    resources = list(
        channel.resources.filter(state=ResourceState.PUBLISHED)
        .exclude(kind=ResourceKind.PRINTED_BOOK)
        .select_related("topic")
        .prefetch_related(
            Prefetch("files", ResourceFile.objects.select_related("file")),
            Prefetch("items", CourseItem.objects.select_related("resource")),
            Prefetch("phrases", Phrase.objects.shown().select_related("audio", "speaker")),
        )
        .order_by("pk")
    )
    stored = {one.file_id: one.file for resource in resources for one in resource.files.all()}
    stored |= {one.audio.pk: one.audio for resource in resources for one in resource.phrases.all() if one.audio}
    contents = sorted(stored.values(), key=lambda one: one.sha256)
    said = manifest.described(
        channel,
        resources,
        made_at=clock.local(clock.now()).isoformat(timespec="seconds"),
        withdrawn=_uids(channel.resources.filter(state=ResourceState.WITHDRAWN)),
        silenced=_uids(channel.speakers.exclude(pk__in=channel.speakers.who_may_be_heard().values("pk"))),
        files={one.sha256: one.size for one in contents},
    )
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as package:
        words = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
        package.writestr(_entry(MANIFEST, zipfile.ZIP_DEFLATED), words)
        for done, one in enumerate(contents, start=1):
            _add(package, one)
            if progress:
                progress(done, len(contents))
    audit.record(action="exported", what=channel, by=by)
    return Exported(resources=len(resources), files=len(contents), bytes=sum(one.size for one in contents))


def _add(package: zipfile.ZipFile, stored: StoredFile) -> None:
    """Films and sound are packed already; force_zip64 lets one be above 2 GB."""
    with (
        files.content(stored) as content,
        package.open(_entry(f"files/{stored.sha256}", zipfile.ZIP_STORED), "w", force_zip64=True) as entry,
    ):
        copyfileobj(content, entry, files.CHUNK)


def _entry(name: str, packed: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _OLDEST)
    entry.compress_type = packed
    entry.external_attr = 0o644 << 16
    return entry


def _uids(rows: object) -> list[str]:
    return sorted(str(uid) for uid in rows.values_list("uid", flat=True))  # type: ignore[attr-defined]
