"""A book on the page, chapter by chapter; its pictures come out of the book, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from auditorium.domain.library import pages
from auditorium.domain.library.use import END
from auditorium.media_types import EPUB
from auditorium.models import ReadingPlace, ResourceFile, ResourceUse
from auditorium.views.library.pictures import send_picture
from auditorium.views.library.uses import THEME, THEMES, Ways, around, load_use

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from auditorium.views.access import StaffRequest


@dataclass(frozen=True)
class Step:
    """A chapter as a button of the list leads to it; `position` is where it begins, in thousandths of everything."""

    title: str
    number: int
    position: int
    go: str


@dataclass(frozen=True)
class Listed:
    """A line of the table of contents; with an address where it begins in the middle of a page."""

    title: str
    step: Step
    address: str


@dataclass(frozen=True)
class Links:
    """Links of a book's page."""

    ways: Ways
    part: ResourceFile

    def chapter(self, number: int) -> str:
        """That page, opened by itself: a note at the end of the book, say."""
        return self.ways.page(part=self.part.pk, n=number)

    def picture(self, path: str) -> str:
        """Out of the book."""
        return self.ways.picture(self.part.pk, path)


def book(
    request: HttpRequest, ways: Ways, part: ResourceFile, parts: list[ResourceFile], place: ReadingPlace | None
) -> HttpResponse:
    """One chapter, with the list of all and the way to the next."""
    asked = request.GET.get("n", "")
    with pages.opened(part.file) as opened:
        steps = _steps(opened.chapters, part, parts)
        left_at = place.locator.get("n", 0) if place else 0
        number = min(int(asked) if asked.isdecimal() else left_at, len(steps) - 1)
        html = opened.html(number, Links(ways, part))
        contents = opened.contents()
    context = around(request, ways, part, parts) | {
        "html": html,
        "has_heading": any(f"<h{level}" in html for level in "123"),
        "listed": [Listed(line.title, steps[line.number], _address(ways, part, line)) for line in contents],
        "step": steps[number],
        "until": steps[number + 1].position if number + 1 < len(steps) else _begin(parts.index(part) + 1, parts),
        "before": steps[number - 1] if number else None,
        "after": steps[number + 1] if number + 1 < len(steps) else None,
        "share": place.locator.get("share", 0) if place and not asked and number == left_at else 0,
        "found_again": bool(place and not asked and place.position),
    }
    return render(request, "auditorium/library/open_book.html", context)


@require_safe
def resource_picture(request: StaffRequest, uid: UUID, part: int, path: str) -> HttpResponse:
    """A picture of the book; nothing else of it is ever sent as it is."""
    return picture(load_use(request, uid), part, path)


def picture(use: ResourceUse, part: int, path: str) -> HttpResponse:
    """One of the book's pictures, or 404."""
    books = ResourceFile.objects.filter(resource=use.resource_id, file__media_type=EPUB).select_related("file")
    row = get_object_or_404(books, pk=part)
    return send_picture(row.file, path)


@require_POST
def reader_theme(request: StaffRequest, uid: UUID) -> HttpResponse:
    """Paper, light or dark, on this computer until logging out."""
    use = load_use(request, uid)
    if request.POST.get("theme") in THEMES:
        request.session[THEME] = request.POST["theme"]
    asked = {name: request.POST[name] for name in ("part", "n") if request.POST.get(name, "").isdecimal()}
    return redirect(Ways(use).page(**asked))


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


def _address(ways: Ways, part: ResourceFile, line: pages.Section) -> str:
    """Where the line leads, if that is not the beginning of a page: a button cannot lead to a mark."""
    return f"{ways.page(part=part.pk, n=line.number)}#{quote(line.mark)}" if line.mark else ""


def _begin(index: int, parts: list[ResourceFile]) -> int:
    """Where a part begins: several volumes are taken for equally long."""
    return END * index // len(parts)
