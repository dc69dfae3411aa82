"""Covers: taken from the book itself where nobody gave one, and made small; by a worker, after the upload is done."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from auditorium import clock
from auditorium.domain.library import contents, durations, files, pdf, pictures
from auditorium.domain.library.epub import BadBookError, Epub
from auditorium.domain.library.pictures import BadPictureError
from auditorium.library_enums import FileRole
from auditorium.media_types import EPUB, PDF, PICTURES, NotAllowedError
from auditorium.models.library.files import ResourceFile

if TYPE_CHECKING:
    from auditorium.models.library.files import StoredFile

logger = logging.getLogger(__name__)

AT_ONCE = 100
_LOOKED_INTO = PICTURES | {EPUB, PDF}


def make() -> int:
    """Look into every file that nobody looked into yet, also for its words and how long it plays; return how many.

    What fails is logged and left as it is.
    """
    waiting = ResourceFile.objects.filter(looked_at__isnull=True).select_related("file").order_by("pk")
    rows = list(waiting[:AT_ONCE])
    for row in rows:
        try:
            _look_into(row)
            durations.note(row)
        except (BadPictureError, BadBookError, NotAllowedError, FileNotFoundError) as error:
            logger.info("No cover from file %s: %s", row.file.sha256[:12], type(error).__name__)
        ResourceFile.objects.filter(pk=row.pk, file=row.file_id).update(looked_at=clock.now())
    contents.keep({row.resource_id for row in rows if row.file.media_type in contents.READ})
    return len(rows)


def _look_into(row: ResourceFile) -> None:
    if row.file.media_type not in _LOOKED_INTO or row.role not in {FileRole.CONTENT, FileRole.COVER}:
        return
    if row.role == FileRole.CONTENT and ResourceFile.objects.filter(resource=row.resource_id, role=FileRole.COVER):
        return
    picture = _picture(row.file)
    if not picture:
        return
    stored = files.store(io.BytesIO(picture), allowed=PICTURES)
    if row.role == FileRole.COVER:
        ResourceFile.objects.filter(pk=row.pk, file=row.file_id).update(file=stored, looked_at=clock.now())
        return
    ResourceFile.objects.bulk_create(
        [ResourceFile(resource_id=row.resource_id, file=stored, role=FileRole.COVER, looked_at=clock.now())],
        ignore_conflicts=True,  # somebody gave one meanwhile
    )


def _picture(stored: StoredFile) -> bytes:
    """A small picture of what the file shows first; empty where it shows none."""
    with files.content(stored) as file:
        if stored.media_type == PDF:
            with pdf.opened(file) as document:
                return pdf.picture(document, 0, edge=pictures.EDGE) if len(document) else b""
        if stored.media_type == EPUB:
            book = Epub(file)
            path = book.cover_path()
            return pictures.small(io.BytesIO(book.read(path))) if path else b""
        return pictures.small(file)
