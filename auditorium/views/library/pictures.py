"""Pictures out of books, wherever a page of a book is shown."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse

from auditorium.domain.library import pages
from auditorium.errors import DeskError
from auditorium.media_types import PICTURES, media_type_of

if TYPE_CHECKING:
    from auditorium.models import StoredFile

_INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"


def send_picture(stored: StoredFile, path: str) -> HttpResponse:
    """A picture of the book; 404 for anything else that is in it."""
    try:
        with pages.opened(stored) as book:
            content = book.picture(path)
        media_type = media_type_of(io.BytesIO(content))
    except (KeyError, DeskError, FileNotFoundError):
        raise Http404 from None
    if media_type not in PICTURES:
        raise Http404
    headers = {"Content-Security-Policy": _INERT, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)
