"""Files into the storage and out of it again: stored once by what they contain, dropped when nothing uses them.

The row comes first and is touched by whoever stores the same content again; then the file is written unless it is
there. So whatever lies in the storage has a row, and the nightly sweep, which drops rows nobody touched for a day and
their files with them, can meet neither a file just being stored nor leave one behind.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain.library import captions, epub, pictures
from auditorium.domain.wake import after_commit
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.media_types import (
    AUDIO,
    BOOKS,
    CAPTIONS,
    EPUB,
    PICTURES,
    SUBRIP,
    TEXT,
    VIDEO,
    NotAllowedError,
    media_type_of,
    name_of,
)
from auditorium.models.library.files import ResourceFile, StoredFile
from auditorium.models.library.resources import Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from auditorium.models import Hall, User

CHUNK = 1 << 18
UNUSED_FOR = timedelta(days=1)
SWEPT_AT_ONCE = 100

_CONTENT: dict[str, frozenset[str]] = {
    ResourceKind.BOOK: BOOKS,
    ResourceKind.ARTICLE: BOOKS,
    ResourceKind.AUDIO: AUDIO | VIDEO,
    ResourceKind.OPERA: AUDIO | VIDEO,
    ResourceKind.VIDEO: VIDEO,
    ResourceKind.LESSON: AUDIO,
}
_ROLES: dict[str, frozenset[str]] = {
    FileRole.CAPTIONS: frozenset({CAPTIONS}),
    FileRole.TRANSCRIPT: frozenset({TEXT}),
    FileRole.COVER: PICTURES,
}


class TooLargeError(DeskError):
    """The file is above the limit of its kind."""


def storage() -> Storage:
    """Where the library's files lie."""
    return storages["library"]


def fitting(*, kind: str, role: str) -> frozenset[str]:
    """The media types a resource of this kind can use in this role; none for what has no files."""
    return _ROLES[role] if role in _ROLES else _CONTENT.get(kind, frozenset())


def store(file: File[bytes] | BinaryIO, *, allowed: Collection[str] | None = None) -> StoredFile:
    """Keep the file, in chunks and once; return its row. The file must be able to seek. SubRip is kept as WebVTT.

    NotAllowedError names what it is when the library does not show such files or `allowed` does not have it;
    TooLargeError when it is above the limit of its kind; BadBookError or BadPictureError when it cannot be opened
    safely. Call it outside a transaction: a film takes a while.
    """
    media_type = media_type_of(file)  # type: ignore[arg-type]
    if media_type == SUBRIP:
        _measure(file, media_type)
        file, media_type = captions.webvtt(file), CAPTIONS  # type: ignore[arg-type]
    if allowed is not None:
        require(media_type, allowed)
    digest, size = _measure(file, media_type)
    if media_type == EPUB:
        epub.check(file)  # type: ignore[arg-type]
    elif media_type in PICTURES:
        pictures.check(file)  # type: ignore[arg-type]
    stored = _row(digest, media_type, size)
    if not storage().exists(stored.path):
        file.seek(0)
        storage().save(stored.path, file if isinstance(file, File) else File(file))
    return stored


def require(media_type: str, allowed: Collection[str]) -> None:
    """NotAllowedError, naming what it is and what is wanted, unless it is one of those."""
    if not allowed:
        raise NotAllowedError(_("这种资源不放文件。"))
    if media_type not in allowed:
        wanted = _("、").join(name_of(one) for one in sorted(allowed))
        raise NotAllowedError(
            _("这个文件是%(name)s，这里要放%(wanted)s。") % {"name": name_of(media_type), "wanted": wanted}
        )


@transaction.atomic
def attach(
    *,
    resource: Resource,
    stored: StoredFile,
    role: str = FileRole.CONTENT,
    title: str = "",
    language: str = "",
    order: int = 1,
) -> ResourceFile:
    """Make the file part of the resource; a new cover takes the place of the old. NotAllowedError when it cannot be."""
    require(stored.media_type, fitting(kind=resource.kind, role=role))
    if role == FileRole.COVER:
        ResourceFile.objects.filter(resource=resource, role=FileRole.COVER).delete()
    row = ResourceFile.objects.create(
        resource=resource, file=stored, role=role, title=title, language=language, order=order
    )
    after_commit("auditorium.make_covers")
    return row


def shown_to(*, user: User, hall: Hall | None) -> QuerySet[ResourceFile]:
    """The files somebody may have: of what their hall shows, and of the channels they look after."""
    seen = Q(resource__in=Resource.objects.for_user(user))
    if hall:
        seen |= Q(resource__in=Resource.objects.for_hall(hall))
    return ResourceFile.objects.filter(seen).select_related("file", "resource")


def content(stored: StoredFile) -> BinaryIO:
    """The file, open for reading; close it. FileNotFoundError when the storage has lost it."""
    opened: BinaryIO = storage().open(stored.path, "rb")  # type: ignore[assignment]
    return opened


def part(stored: StoredFile, start: int, end: int) -> BinaryIO:
    """Its bytes from `start` on, open for reading; close it. FileNotFoundError when the storage has lost it.

    A bucket is asked for no more than up to `end`; of a file in a folder whoever reads stops there.
    """
    open_part = getattr(storage(), "open_part", None)
    if open_part:
        asked: BinaryIO = open_part(stored.path, start, end)
        return asked
    opened = content(stored)
    opened.seek(start)
    return opened


def drop_unused(at: datetime) -> int:
    """Drop files nothing uses that nobody stored again for a day; return how many."""
    old = StoredFile.objects.unused().filter(created_at__lt=at - UNUSED_FOR).order_by("pk")
    return sum(_drop(pk, at - UNUSED_FOR) for pk in old.values_list("pk", flat=True)[:SWEPT_AT_ONCE])


@transaction.atomic
def _drop(pk: int, before: datetime) -> bool:
    """Lock, look again, drop; the file before the row is free: whoever stores it now waits, then writes it anew."""
    locked = StoredFile.objects.select_for_update().filter(pk=pk, created_at__lt=before).first()
    if locked is None or not StoredFile.objects.unused().filter(pk=pk).exists():
        return False
    locked.delete()
    storage().delete(locked.path)
    return True


def _row(digest: str, media_type: str, size: int) -> StoredFile:
    """The content's row, made or touched, so that no sweep under way takes it for unused."""
    now = clock.now()
    while not StoredFile.objects.filter(sha256=digest).update(created_at=now):
        StoredFile.objects.bulk_create(
            [StoredFile(sha256=digest, media_type=media_type, size=size, created_at=now)], ignore_conflicts=True
        )
    return StoredFile.objects.get(sha256=digest)


def _measure(file: File[bytes] | BinaryIO, media_type: str) -> tuple[str, int]:
    """SHA-256 and size; TooLargeError as soon as it is above the limit."""
    kind, name = _limited_as(media_type)
    most = settings.LIBRARY_MEGABYTES[kind] << 20
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(file):
        size += len(chunk)
        if size > most:
            raise TooLargeError(
                _("这个文件太大，%(name)s最大 %(most)s MB。") % {"name": name, "most": settings.LIBRARY_MEGABYTES[kind]}
            )
        digest.update(chunk)
    return digest.hexdigest(), size


def _chunks(file: File[bytes] | BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _limited_as(media_type: str) -> tuple[str, str]:
    """Which limit holds, and what it is of."""
    if media_type in VIDEO:
        return "video", _("视频")
    if media_type in AUDIO:
        return "audio", _("录音")
    if media_type in PICTURES:
        return "picture", _("图片")
    return ("captions", _("字幕")) if media_type in {CAPTIONS, SUBRIP} else ("book", _("书和文章"))
