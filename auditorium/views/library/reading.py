"""A book on the page, chapter by chapter; its pictures come out of the book, one by one."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from auditorium.domain.library import pages
from auditorium.domain.library.use import END
from auditorium.errors import DeskError
from auditorium.media_types import EPUB, PICTURES, media_type_of
from auditorium.models import ReadingPlace, ResourceFile, ResourceUse
from auditorium.views.library.uses import around, load_use

if TYPE_CHECKING:
    from uuid import UUID

    from auditorium.views.access import StaffRequest

THEMES = ("paper", "light", "dark")
THEME = "reader_theme"
LISTED = 200
"""A long text has so many pages that only every few of them stand in the list."""

_INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Step:
    """A chapter as a button of the list leads to it; `position` is where it begins, in thousandths of everything."""

    title: str
    number: int
    position: int
    go: str


@dataclass(frozen=True)
class Links:
    """Links of a book's page on the desk."""

    use: ResourceUse
    part: ResourceFile

    def chapter(self, number: int) -> str:
        """That page, opened by itself: a note at the end of the book, say."""
        asked = urlencode({"part": self.part.pk, "n": number})
        return f"{reverse('auditorium:resource_use', args=[self.use.uid])}?{asked}"

    def picture(self, path: str) -> str:
        """Out of the book."""
        return reverse("auditorium:resource_picture", args=[self.use.uid, self.part.pk, path])


def book(
    request: StaffRequest, use: ResourceUse, part: ResourceFile, parts: list[ResourceFile], place: ReadingPlace | None
) -> HttpResponse:
    """One chapter, with the list of all and the way to the next."""
    asked = request.GET.get("n", "")
    with pages.opened(part.file) as opened:
        steps = _steps(opened.chapters, part, parts)
        left_at = place.locator.get("n", 0) if place else 0
        number = min(int(asked) if asked.isdecimal() else left_at, len(steps) - 1)
        html = opened.html(number, Links(use, part))
    context = around(use, part, parts) | {
        "html": html,
        "has_heading": any(f"<h{level}" in html for level in "123"),
        "listed": steps[:: 1 + len(steps) // LISTED],
        "step": steps[number],
        "until": steps[number + 1].position if number + 1 < len(steps) else _begin(parts.index(part) + 1, parts),
        "before": steps[number - 1] if number else None,
        "after": steps[number + 1] if number + 1 < len(steps) else None,
        "share": place.locator.get("share", 0) if place and not asked and number == left_at else 0,
        "found_again": bool(place and not asked and place.position),
        "theme": request.session.get(THEME, THEMES[0]),
    }
    return render(request, "auditorium/library/open_book.html", context)


@require_safe
def resource_picture(request: StaffRequest, uid: UUID, part: int, path: str) -> HttpResponse:
    """A picture of the book; nothing else of it is ever sent as it is."""
    use = load_use(request, uid)
    books = ResourceFile.objects.filter(resource=use.resource_id, file__media_type=EPUB).select_related("file")
    row = get_object_or_404(books, pk=part)
    try:
        with pages.opened(row.file) as opened:
            content = opened.picture(path)
        media_type = media_type_of(io.BytesIO(content))
    except (KeyError, DeskError, FileNotFoundError):
        raise Http404 from None
    if media_type not in PICTURES:
        raise Http404
    headers = {"Content-Security-Policy": _INERT, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_POST
def reader_theme(request: StaffRequest, uid: UUID) -> HttpResponse:
    """Paper, light or dark, on this computer until logging out."""
    use = load_use(request, uid)
    if request.POST.get("theme") in THEMES:
        request.session[THEME] = request.POST["theme"]
    asked = {name: request.POST[name] for name in ("part", "n") if request.POST.get(name, "").isdecimal()}
    return redirect(f"{reverse('auditorium:resource_use', args=[use.uid])}?{urlencode(asked)}")


def _steps(chapters: list[pages.Chapter], part: ResourceFile, parts: list[ResourceFile]) -> list[Step]:
    """Where each chapter begins, by what was written before it."""
    index = parts.index(part)
    begin, end = _begin(index, parts), _begin(index + 1, parts)
    written = [0, *accumulate(max(chapter.size, 1) for chapter in chapters)]
    starts = [begin + (end - begin) * before // written[-1] for before in written[:-1]]
    return [
        Step(chapter.title, number, start, f"{part.pk}-{number}-{start}")
        for number, (chapter, start) in enumerate(zip(chapters, starts, strict=True))
    ]


def _begin(index: int, parts: list[ResourceFile]) -> int:
    """Where a part begins: several volumes are taken for equally long."""
    return END * index // len(parts)
