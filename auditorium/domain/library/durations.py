"""How long sound and films play, found by a worker from the file's own frame; what cannot be told stays unsaid."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db.models import Sum

from auditorium.domain.library import files
from auditorium.library_enums import FileRole
from auditorium.media_types import AUDIO, VIDEO
from auditorium.models.library.files import ResourceFile
from auditorium.models.library.resources import Resource

if TYPE_CHECKING:
    from auditorium.models.library.files import StoredFile

logger = logging.getLogger(__name__)

LONGEST = 7 * 24 * 3600
"""A file that says it plays longer than a week says nothing true."""


def note(row: ResourceFile) -> None:
    """Write down how long a file plays, and with it the whole resource; nothing for what does not play."""
    if row.role != FileRole.CONTENT or row.file.media_type not in AUDIO | VIDEO:
        return
    seconds = of(row.file)
    if seconds is None:
        logger.info("No duration from file %s", row.file.sha256[:12])
        return
    ResourceFile.objects.filter(pk=row.pk, file=row.file_id).update(seconds=seconds)
    played = ResourceFile.objects.filter(resource=row.resource_id, role=FileRole.CONTENT)
    Resource.objects.filter(pk=row.resource_id).update(seconds=played.aggregate(all=Sum("seconds"))["all"])


def of(stored: StoredFile) -> int | None:
    """Whole seconds, one at least; None where the file does not say or cannot be read."""
    from tinytag import TinyTag, TinyTagException

    with files.content(stored) as file:
        try:
            duration = TinyTag.get(filename=None, file_obj=file, tags=False).duration
        except (TinyTagException, ValueError, OverflowError):
            return None
    return max(round(duration), 1) if duration and 0 < duration <= LONGEST else None
