"""The words by which resources are found, kept for each resource by whoever changes what it says or what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from django.db import transaction

from auditorium import names
from auditorium.models import Resource, ResourceText

if TYPE_CHECKING:
    from django.db.models import QuerySet

Term = tuple[tuple[str, ...], bool]
"""Words that follow each other, and whether the last one is whole; see `auditorium.models.library.texts.Holds`."""

PART = 8_000
"""Words of a part; PostgreSQL finds phrases among the first 16,383."""

MOST_PARTS = 200
_MOST_TERMS = 8
_LONGEST_QUERY = 80
_BATCH = 500
_IN_PINYIN = ("title", "creator", "contributor", "subject")
_AS_WRITTEN = (*_IN_PINYIN, "description", "publisher", "identifier")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def rebuild(resources: Iterable[Resource]) -> None:
    """Keep what these resources' own details say now, in one statement for every 500."""
    left = iter(resources)
    while batch := list(islice(left, _BATCH)):
        ResourceText.objects.bulk_create(
            [ResourceText(resource=resource, part=0, words=_details(resource)) for resource in batch],
            update_conflicts=True,
            unique_fields=["resource", "part"],
            update_fields=["words"],
        )


@transaction.atomic
def write_text(*, resource: Resource, paragraphs: Iterable[str]) -> None:
    """Keep what stands in the resource, so that it is found by any line of it; what was kept before is gone.

    Of a very long text the first `MOST_PARTS` parts are kept.
    """
    resource.texts.filter(part__gt=0).delete()
    parts = enumerate(islice(_parts(paragraphs), MOST_PARTS), start=1)
    ResourceText.objects.bulk_create(
        [ResourceText(resource=resource, part=part, words=" ".join(words)) for part, words in parts], batch_size=20
    )


def holding(query: str) -> QuerySet[ResourceText] | None:
    """The texts that have everything that was typed; None when nothing was."""
    terms = terms_of(query)
    return ResourceText.objects.filter(words__holds=terms) if terms else None


def terms_of(query: str) -> list[Term]:
    """What was typed: characters that stand together are looked for together, other words by how they begin."""
    terms: list[Term] = []
    for piece in query[:_LONGEST_QUERY].split():
        together: list[str] = []
        for token in _tokens(piece):
            if token.isascii():
                terms += [(tuple(together), True)] if together else []
                terms.append(((token,), False))
                together = []
            else:
                together.append(token)
        terms += [(tuple(together), True)] if together else []
    return terms[:_MOST_TERMS]


def _details(resource: Resource) -> str:
    written = chain.from_iterable(_tokens(getattr(resource, name)) for name in _AS_WRITTEN)
    spoken = chain.from_iterable(sorted(names.text_keys(getattr(resource, name))) for name in _IN_PINYIN)
    return " ".join(chain(written, spoken))


def _parts(paragraphs: Iterable[str]) -> Iterator[list[str]]:
    """Whole paragraphs together, as many as a part holds; a longer one is cut."""
    words: list[str] = []
    for paragraph in paragraphs:
        tokens = _tokens(paragraph)
        if words and len(words) + len(tokens) > PART:
            yield words
            words = []
        words += tokens
        while len(words) > PART:
            yield words[:PART]
            words = words[PART:]
    if words:
        yield words


def _tokens(text: str) -> list[str]:
    """As both databases take them for words: dialect characters of the private use area are none to them."""
    return [_PRIVATE_USE.sub(lambda found: f"u{ord(found[0]):x}", token) for token in names.text_tokens(text)]
