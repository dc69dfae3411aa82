"""Finding what to read, hear or watch: by what was typed, by kind, channel and topic, and by what the hall used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Value, When
from django.utils.functional import cached_property

from auditorium.domain.library import words
from auditorium.library_enums import CopyState, FileRole, ResourceKind
from auditorium.models import BookCopy, Channel, Hall, HallResource, Resource, ResourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from auditorium.models import ResourceText
    from auditorium.models.library.resources import ResourceQuerySet

    _Paginator = Paginator[Resource]
else:
    _Paginator = Paginator

ON_FIRST_PAGE = 5
"""How many of what was used lately, and of what is liked, the first page shows."""

ON_A_PAGE = 20

MOST = 1_000
"""Nobody turns the pages of more than this, so no more are counted or put in order."""

COMMON = 4_000
"""Of words that stand in more texts than this, only the first resources are put in order; see `_first`."""

_LAST = "\U0010ffff"


class Pages(_Paginator):
    """What was found, page by page, and no more than `MOST` of it."""

    @cached_property
    def count(self) -> int:
        """How many there are, or `MOST` when there are more."""
        rows: ResourceQuerySet = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:MOST].count()


def find(
    *, hall: Hall, query: str = "", kind: str = "", channel: Channel | None = None, topics: Iterable[int] = ()
) -> ResourceQuerySet:
    """What the hall may show of these, with covers; what is typed is looked for in everything a resource is found by.

    First what is called so, then what begins so, then the rest in its order.
    """
    found = _with_copies(with_covers(Resource.objects.for_hall(hall)), hall)
    if kind:
        found = found.filter(kind=kind)
    if channel:
        found = found.filter(channel=channel)
    if keys := list(topics):
        found = found.filter(topic__in=keys)
    texts = words.holding(query)
    if texts is None:
        return found
    typed = query.strip()
    nearness = Case(
        When(title=typed, then=Value(0)),
        When(title__startswith=typed, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    some = list(texts.values_list("resource", flat=True)[: COMMON + 1])
    pks = set(some) if len(some) <= COMMON else _first(found, texts, typed)
    return found.filter(pk__in=pks).order_by(nearness, "order", "title", "pk")


def lately(hall: Hall) -> list[Resource]:
    """What the hall used last, the newest first."""
    return _of_the_hall(hall, "-last_used_at")


def liked(hall: Hall) -> list[Resource]:
    """What the hall used most often."""
    return _of_the_hall(hall, "-times")


def newest(hall: Hall) -> list[Resource]:
    """What was put on the shelf last, the newest first."""
    new = with_covers(Resource.objects.for_hall(hall)).order_by("-published_at", "-pk")
    return list(_with_copies(new, hall)[:ON_FIRST_PAGE])


def kinds(hall: Hall) -> list[ResourceKind]:
    """The kinds of which the hall has something to show, in one query."""
    shown = Resource.objects.for_hall(hall)
    there = Hall.objects.filter(pk=hall.pk).values_list(*(Exists(shown.filter(kind=kind)) for kind in ResourceKind))
    return [kind for kind, is_there in zip(ResourceKind, there.get(), strict=True) if is_there]


def with_covers(resources: ResourceQuerySet) -> ResourceQuerySet:
    """With what a line about each of them shows."""
    covers = ResourceFile.objects.filter(role=FileRole.COVER).select_related("file")
    return resources.select_related("channel", "topic").prefetch_related(Prefetch("files", covers, to_attr="covers"))


def _first(found: ResourceQuerySet, texts: QuerySet[ResourceText], typed: str) -> set[int]:
    """Of what a common word finds: more than the first `MOST`, without looking at the rest.

    What begins so, from an index of titles; then the shelf in its own order, looking at each whether it has the word:
    soon enough, since many have.
    """
    rows = found.select_related(None).prefetch_related(None)
    begin_so = rows.filter(title__gte=typed, title__lt=typed + _LAST)
    called_so = Case(When(title=typed, then=Value(0)), default=Value(1), output_field=IntegerField())
    near = begin_so.order_by(called_so, "order", "title", "pk").values_list("pk", flat=True)[:MOST]
    has_it = Exists(texts.filter(resource=OuterRef("pk")))
    rest = rows.filter(has_it).order_by("order", "title", "pk").values_list("pk", flat=True)[:MOST]
    return {*near, *rest}


def _with_copies(resources: ResourceQuerySet, hall: Hall) -> ResourceQuerySet:
    """With the copies of printed books that stand on the hall's shelf."""
    there = BookCopy.objects.filter(hall=hall, state=CopyState.ON_SHELF)
    return resources.prefetch_related(Prefetch("copies", there, to_attr="on_shelf"))


def _of_the_hall(hall: Hall, order: str) -> list[Resource]:
    used = HallResource.objects.filter(hall=hall, resource__in=Resource.objects.for_hall(hall))
    pks = list(used.order_by(order, "resource").values_list("resource", flat=True)[:ON_FIRST_PAGE])
    found = _with_copies(with_covers(Resource.objects.filter(pk__in=pks)), hall)
    by_pk = {resource.pk: resource for resource in found}
    return [by_pk[pk] for pk in pks]
