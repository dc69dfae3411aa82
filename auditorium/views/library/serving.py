"""A stored file on its way to a browser: in parts as players ask for them, never whole in memory, never as a page.

Whoever calls `send` has checked that the file may be shown. Django's FileResponse knows no Range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from auditorium.domain.library import files
from auditorium.media_types import CAPTIONS, EPUB, PDF, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from auditorium.models.library.files import StoredFile

_RANGE = re.compile(r"bytes=(\d*)-(\d*)$", re.ASCII)
_CHUNK = 1 << 16
_ENDINGS = {EPUB: "epub", TEXT: "txt", "audio/mpeg": "mp3", "audio/mp4": "m4a", "image/jpeg": "jpg"}
_INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"
_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""The browser's own PDF viewer is no page of ours: it needs its styles, and does not open in a sandbox."""


class NotSatisfiableError(ValueError):
    """A range that begins behind the end of the file."""


@dataclass(frozen=True)
class Part:
    """Bytes `start` up to but not including `end`."""

    start: int
    end: int


class _Chunks:
    """One part of a file, open where it begins, in small pieces; the server closes it once the browser is done."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        self._file = file
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        left = self._part.end - self._part.start
        while left and (chunk := self._file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def send(request: HttpRequest, stored: StoredFile, *, name: str, download: bool = False) -> HttpResponseBase:
    """The file, or the part the browser asks for, by the way the settings name; `name` is what it is saved as."""
    ending = _ENDINGS.get(stored.media_type) or stored.media_type.rpartition("/")[2]
    download = download or stored.media_type == EPUB
    disposition = content_disposition_header(download, f"{name}.{ending}") or "inline"
    etag = f'"{stored.sha256}"'
    if settings.LIBRARY_SERVING == "redirect" and stored.media_type != CAPTIONS:  # no page may read another origin's
        told = {"ResponseContentType": stored.media_type, "ResponseContentDisposition": disposition}
        return HttpResponseRedirect(files.storage().url(stored.path, parameters=told))  # type: ignore[call-arg]
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    elif settings.LIBRARY_SERVING == "x-accel":
        response = HttpResponse(headers={"X-Accel-Redirect": settings.LIBRARY_ACCEL_PREFIX + quote(stored.path)})
    else:
        response = _own(request, stored, etag)
    response.headers["Content-Type"] = stored.media_type
    response.headers["Content-Disposition"] = disposition
    response.headers["ETag"] = etag
    return _harmless(response, stored.media_type)


def part_asked_for(header: str, size: int) -> Part | None:
    """What a Range header asks of so many bytes; None: all of them, as several ranges at once or nonsense do.

    NotSatisfiableError where it begins behind the end.
    """
    asked = _RANGE.match(header.strip())
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if not first:
        part = Part(max(size - int(last), 0), size)
    elif last and int(last) < int(first):
        return None
    else:
        part = Part(int(first), min(int(last) + 1, size) if last else size)
    if part.start >= part.end:
        raise NotSatisfiableError
    return part


def _own(request: HttpRequest, stored: StoredFile, etag: str) -> HttpResponseBase:
    """Streamed by this process: 206 with the part asked for, 416 where there is none, else everything."""
    ranged = request.headers.get("Range", "")
    if ranged and request.headers.get("If-Range", etag) != etag:
        ranged = ""
    try:
        part = part_asked_for(ranged, stored.size) if request.method == "GET" else None
    except NotSatisfiableError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}", "Accept-Ranges": "bytes"})
    sent = part or Part(0, stored.size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        try:
            file = files.part(stored, sent.start, sent.end)
        except FileNotFoundError:
            raise Http404 from None
        response = StreamingHttpResponse(_Chunks(file, sent), status=206 if part else 200)
    if part:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{stored.size}"
    response.headers["Content-Length"] = str(sent.end - sent.start)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _harmless(response: HttpResponseBase, media_type: str) -> HttpResponseBase:
    """Taken for nothing but what it is, and able to run nothing where it is opened by itself."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _PDF if media_type == PDF else _INERT
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if media_type == PDF else "DENY"
    if media_type == CAPTIONS:
        response.headers["Content-Type"] = f"{CAPTIONS}; charset=utf-8"
    return response
