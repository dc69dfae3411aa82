"""Finding what to read, hear or watch: by what was typed, by kind, channel and topic, and by what the hall used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Prefetch, Value, When

from auditorium.domain.library import words
from auditorium.library_enums import FileRole
from auditorium.models import Channel, HallResource, Resource, ResourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import Hall
    from auditorium.models.library.resources import ResourceQuerySet

ON_FIRST_PAGE = 6
"""How many of what was used lately, and of what is liked, the first page shows."""


def find(
    *, hall: Hall, query: str = "", kind: str = "", channel: Channel | None = None, topics: Iterable[int] = ()
) -> ResourceQuerySet:
    """What the hall may show of these, with covers; what is typed is looked for in everything a resource is found by.

    First what is called so, then what begins so, then the rest in its order.
    """
    found = with_covers(Resource.objects.for_hall(hall))
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
    return found.filter(pk__in=texts.values("resource")).order_by(nearness, "order", "title", "pk")


def lately(hall: Hall) -> list[Resource]:
    """What the hall used last, the newest first."""
    return _of_the_hall(hall, "-last_used_at")


def liked(hall: Hall) -> list[Resource]:
    """What the hall used most often."""
    return _of_the_hall(hall, "-times")


def with_covers(resources: ResourceQuerySet) -> ResourceQuerySet:
    """With what a line about each of them shows."""
    covers = ResourceFile.objects.filter(role=FileRole.COVER).select_related("file")
    return resources.select_related("channel", "topic").prefetch_related(Prefetch("files", covers, to_attr="covers"))


def _of_the_hall(hall: Hall, order: str) -> list[Resource]:
    used = HallResource.objects.filter(hall=hall, resource__in=Resource.objects.for_hall(hall))
    pks = list(used.order_by(order, "resource").values_list("resource", flat=True)[:ON_FIRST_PAGE])
    by_pk = {resource.pk: resource for resource in with_covers(Resource.objects.filter(pk__in=pks))}
    return [by_pk[pk] for pk in pks]
