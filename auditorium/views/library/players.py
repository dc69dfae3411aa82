"""Sound, films and PDF on the page: the browser's own player or viewer, with what old hands and eyes need around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from auditorium.domain.library import pages
from auditorium.domain.library.use import END, beside
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole
from auditorium.media_types import PDF, VIDEO
from auditorium.views.library.uses import around

if TYPE_CHECKING:
    from django.http import HttpRequest

    from auditorium.models import ReadingPlace, ResourceFile, ResourceUse
    from auditorium.views.access import StaffRequest
    from auditorium.views.library.uses import Ways


def player(
    request: HttpRequest, ways: Ways, part: ResourceFile, parts: list[ResourceFile], place: ReadingPlace | None
) -> HttpResponse:
    """Sound or a film with its playlist, captions and transcript; a PDF in the browser's viewer."""
    index = parts.index(part)
    context = around(request, ways, part, parts) | {
        "begin": END * index // len(parts),
        "until": END * (index + 1) // len(parts),
        "at": (at := place.locator.get("at", 0) if place else 0),
        "minutes": at // 60,
        "page": max(place.locator.get("n", 1), 1) if place else 1,
    }
    if part.file.media_type == PDF:
        return render(request, "auditorium/library/open_pdf.html", context)
    transcripts = beside(part, FileRole.TRANSCRIPT, of=len(parts))
    context |= {
        "is_film": part.file.media_type in VIDEO,
        "captions": beside(part, FileRole.CAPTIONS, of=len(parts)),
        "transcript": _words(transcripts[0]) if transcripts else "",
    }
    return render(request, "auditorium/library/open_player.html", context)


def link(request: StaffRequest, use: ResourceUse) -> HttpResponse:
    """On to a licensed site; no page of ours is told to it."""
    trail = [(use.resource.title, reverse("auditorium:resource", args=[use.resource_id]))]
    context = {"use": use, "resource": use.resource, "trail": trail}
    response = render(request, "auditorium/library/open_link.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _words(transcript: ResourceFile) -> str:
    """What is said; nothing where the file is lost or unreadable: the sound is there all the same."""
    try:
        return pages.words_of(transcript.file)
    except (DeskError, FileNotFoundError):
        return ""
