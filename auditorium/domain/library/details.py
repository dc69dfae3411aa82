"""What the page of one resource shows besides its own row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from auditorium.domain.library import grants, playlists, search
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.models import HallResource, ReadingPlace, Resource

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from auditorium.models import Hall, ResourceFile, Villager

BUTTONS: dict[str, StrOrPromise] = {
    ResourceKind.BOOK: _("打开看"),
    ResourceKind.AUDIO: _("打开听"),
    ResourceKind.VIDEO: _("打开看"),
    ResourceKind.ARTICLE: _("打开看"),
    ResourceKind.OPERA: _("打开看戏"),
    ResourceKind.LESSON: _("开始学"),
    ResourceKind.COURSE: _("开始学"),
    ResourceKind.LINK: _("打开网站"),
}
"""What the big button says; what has none is borrowed, not opened."""


@dataclass(frozen=True)
class Details:
    """Parts, steps, how often it was used here, and where the villager left off. `opens` is what the button opens.

    With `can_be_shown` there is something for the second screen, with `can_be_taken_home` for a phone.
    """

    opens: Resource | None
    button: StrOrPromise
    files: list[ResourceFile]
    steps: list[Resource]
    times: int
    left_off: ReadingPlace | None
    site: str
    can_be_shown: bool
    can_be_taken_home: bool

    @property
    def is_under_way(self) -> bool:
        """Whether the villager began it and has not come to the end."""
        return 0 < self.percent < 100

    @property
    def percent(self) -> int:
        """How far the villager got."""
        return self.left_off.position // 10 if self.left_off else 0


def of(resource: Resource, *, hall: Hall, villager: Villager | None) -> Details:
    """Everything about a resource that the hall may show, in five queries at most."""
    steps = _steps(resource, hall) if resource.kind == ResourceKind.COURSE else []
    used = HallResource.objects.filter(hall=hall, resource=resource).values_list("times", flat=True).first()
    place = ReadingPlace.objects.filter(villager=villager, resource=resource).first() if villager else None
    return Details(
        opens=next(iter(steps), None) if resource.kind == ResourceKind.COURSE else resource,
        button=BUTTONS.get(resource.kind, ""),
        files=list(resource.files.exclude(role=FileRole.COVER).select_related("file")),
        steps=steps,
        times=used or 0,
        left_off=place,
        site=urlsplit(resource.url).hostname or "",
        can_be_shown=resource.kind in playlists.SHOWN,
        can_be_taken_home=resource.kind in grants.TAKEN,
    )


def _steps(course: Resource, hall: Hall) -> list[Resource]:
    """In their order, what the hall may show of them."""
    shown = search.with_covers(Resource.objects.for_hall(hall))
    return list(shown.filter(in_courses__course=course).order_by("in_courses__order", "in_courses__pk"))
