"""What a resource is made of where it is shown piece by piece: files, a lesson's phrases, a course's steps in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditorium.library_enums import FileRole, ResourceKind
from auditorium.models import CourseItem, Phrase, Resource, ResourceFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from auditorium.models import Display, Hall

SHOWN = (
    *(ResourceKind.BOOK, ResourceKind.ARTICLE, ResourceKind.AUDIO, ResourceKind.VIDEO, ResourceKind.OPERA),
    *(ResourceKind.LESSON, ResourceKind.COURSE),
)
"""The kinds that have pieces a screen in the room can show."""

Piece = ResourceFile | Phrase


def of(resources: Collection[Resource], *, hall: Hall) -> dict[int, list[Piece]]:
    """The pieces of each, by its id, of as far as the hall may show them; as many queries for one as for several."""
    steps = {one.pk: [one.pk] for one in resources if one.kind != ResourceKind.COURSE}
    courses = [one.pk for one in resources if one.kind == ResourceKind.COURSE]
    shown = CourseItem.objects.filter(course__in=courses, resource__in=Resource.objects.for_hall(hall))
    for course in courses:
        steps[course] = []
    for course, step in shown.order_by("order", "pk").values_list("course", "resource") if courses else ():
        steps[course].append(step)
    wanted = {step for made_of in steps.values() for step in made_of}
    pieces: dict[int, list[Piece]] = {step: [] for step in wanted}
    files = ResourceFile.objects.filter(resource__in=wanted, role=FileRole.CONTENT)
    for part in files.exclude(resource__kind=ResourceKind.LESSON).select_related("file", "resource"):
        pieces[part.resource_id].append(part)
    phrases = Phrase.objects.shown().filter(resource__in=wanted, audio__isnull=False)
    for phrase in phrases.select_related("resource", "speaker"):
        pieces[phrase.resource_id].append(phrase)
    return {resource: [piece for step in made_of for piece in pieces[step]] for resource, made_of in steps.items()}


def place(display: Display, pieces: list[Piece]) -> int:
    """Which of them the screen shows, counted from 0; 0 too where that is no longer among them."""
    return next((index for index, piece in enumerate(pieces) if piece in {display.part, display.phrase}), 0)
