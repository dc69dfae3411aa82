"""PDF files: opened by one thread at a time, and drawn page by page where no viewer stands."""

from __future__ import annotations

import io
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from auditorium.domain.library.epub import BadBookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfDocument

_ALONE = threading.Lock()
"""PDFium may not be called by two threads at once, not even about two documents."""

_DAMAGE = (OSError, ValueError, MemoryError, struct.error)


@contextmanager
def opened(file: BinaryIO) -> Iterator[PdfDocument]:
    """The document, and nobody else's meanwhile: be quick. BadBookError when it, or what is asked of it, is damaged."""
    import pypdfium2

    with _ALONE:
        try:
            with pypdfium2.PdfDocument(file) as document:
                yield document
        except (pypdfium2.PdfiumError, *_DAMAGE):
            raise BadBookError(_("这份 PDF 坏了，打不开。请重新拷一份。")) from None


def picture(document: PdfDocument, number: int, *, edge: int, begin: float = 0, end: float = 1) -> bytes:
    """The page, or what lies between two shares of its height from the top, as a JPEG of at most `edge` pixels."""
    page = document[number]
    width, height = page.get_size()
    part = height * (end - begin)
    drawn = page.render(
        scale=edge / max(width, part, 1),
        crop=(0, height * (1 - end), 0, height * begin),  # left, bottom, right, top
    )
    out = io.BytesIO()
    drawn.to_pil().convert("RGB").save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
