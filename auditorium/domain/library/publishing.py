"""From draft to the shelf and off it again: nothing is shown at a desk without rights holder, licence and content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain.library import lesson_checks
from auditorium.domain.transitions import transition
from auditorium.library_enums import RESOURCE_TRANSITIONS, FileRole, ResourceKind, ResourceState
from auditorium.models import CourseItem, Resource, ResourceFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import User

IN_FILES = (ResourceKind.BOOK, ResourceKind.AUDIO, ResourceKind.VIDEO, ResourceKind.ARTICLE, ResourceKind.OPERA)
"""Kinds whose content lies in files; the others are a list, an address, phrases or a thing on a shelf."""


def review(*, resources: QuerySet[Resource], by: User | None) -> int:
    """Somebody has looked through these drafts and answers for them; return how many were drafts."""
    return _move(resources, ResourceState.REVIEWED, by, reviewed_by=by)


def publish(*, resources: QuerySet[Resource], by: User | None) -> int:
    """Show these in the halls their channels are shared with; those that lack something stay, see `lacking`."""
    now = clock.now()
    ready = Resource.objects.filter(_is_complete(), pk__in=resources.order_by().values("pk"))
    return _move(ready, ResourceState.PUBLISHED, by, published_at=now)


def withdraw(*, resources: QuerySet[Resource], by: User | None, why: str = "") -> int:
    """Take these off the shelf; what was used of them stays counted."""
    return _move(resources, ResourceState.WITHDRAWN, by, why=why)


def back_to_draft(*, resources: QuerySet[Resource], by: User | None) -> int:
    """Let these be worked on again; somebody has to look through them anew."""
    return _move(resources, ResourceState.DRAFT, by, reviewed_by=None)


def lacking(resource: Resource) -> list[str]:
    """What it must have before anybody may see it and has not, in words; two queries at most."""
    kind = resource.kind
    return [
        words
        for words, is_missing in (
            (_("权利人"), not resource.rights_holder),
            (_("使用许可"), not resource.licence),
            (_("网址"), kind == ResourceKind.LINK and not resource.url),
            (_("正文文件"), kind in IN_FILES and not _content().filter(resource=resource).exists()),
            (_("课程内容"), kind == ResourceKind.COURSE and not resource.items.exists()),
            (_("句子、录音，或者录音的人的同意"), kind == ResourceKind.LESSON and not lesson_checks.is_whole(resource)),
        )
        if is_missing
    ]


def _is_complete() -> Q:
    """`lacking` nothing, as a condition."""
    return (
        ~Q(rights_holder="")
        & ~Q(licence="")
        & (~Q(kind=ResourceKind.LINK) | ~Q(url=""))
        & (~Q(kind__in=IN_FILES) | Exists(_content().filter(resource=OuterRef("pk"))))
        & (~Q(kind=ResourceKind.COURSE) | Exists(CourseItem.objects.filter(course=OuterRef("pk"))))
        & (~Q(kind=ResourceKind.LESSON) | lesson_checks.whole())
    )


def _content() -> QuerySet[ResourceFile]:
    return ResourceFile.objects.filter(role=FileRole.CONTENT)


def _move(resources: QuerySet[Resource], to: ResourceState, by: User | None, why: str = "", **changes: Any) -> int:
    return transition(resources, to=to, table=RESOURCE_TRANSITIONS, by=by, why=why, **changes)
