"""What stands in books, transcripts and captions, read by a worker so that a resource is found by any line of it."""

from __future__ import annotations

import html
import logging
from typing import TYPE_CHECKING

import nh3

from auditorium.domain.library import files, pages, pdf, words
from auditorium.domain.library.epub import BadBookError, Epub
from auditorium.domain.wake import after_commit
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.media_types import CAPTIONS, EPUB, PDF, TEXT
from auditorium.models import Resource, ResourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditorium.models import StoredFile

logger = logging.getLogger(__name__)

READ = frozenset({EPUB, PDF, TEXT, CAPTIONS})
_UNSEEN = {"script", "style", "title", "template"}


def keep(resources: Iterable[int]) -> None:
    """Read these resources' files anew. A file that cannot be read is logged and left out.

    A lesson is found by its phrases, which are kept where it is written.
    """
    for resource in Resource.objects.filter(pk__in=resources).exclude(kind=ResourceKind.LESSON):
        rows = resource.files.exclude(role=FileRole.COVER).filter(file__media_type__in=READ).select_related("file")
        words.write_text(resource=resource, paragraphs=(line for row in rows for line in _lines(row.file)))


def read_again(resource: Resource) -> None:
    """Files were taken away: forget what stood in them, and let a worker read what is left."""
    words.write_text(resource=resource, paragraphs=())
    if ResourceFile.objects.filter(resource=resource).update(looked_at=None):
        after_commit("auditorium.make_covers")


def _lines(stored: StoredFile) -> Iterator[str]:
    try:
        if stored.media_type == PDF:
            yield from _lines_of_pdf(stored)
        elif stored.media_type == EPUB:
            yield from _lines_of_epub(stored)
        else:
            yield from (line for line in pages.words_of(stored).splitlines() if "-->" not in line)
    except (BadBookError, FileNotFoundError) as error:
        logger.info("No words from file %s: %s", stored.sha256[:12], type(error).__name__)


def _lines_of_epub(stored: StoredFile) -> Iterator[str]:
    with files.content(stored) as file:
        book = Epub(file)
        for chapter in book.chapters:
            text = nh3.clean(book.text(chapter.path), tags=set(), clean_content_tags=_UNSEEN)
            yield from html.unescape(text).splitlines()


def _lines_of_pdf(stored: StoredFile) -> Iterator[str]:
    with files.content(stored) as file, pdf.opened(file) as document:
        lines = [page.get_textpage().get_text_bounded() for page in document]
    yield from lines
