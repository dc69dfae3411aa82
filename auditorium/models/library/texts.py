"""What resources are found by: their words, kept in a form that both databases can look up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup

from auditorium.models.library.resources import Resource

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
    _Lookup = Lookup[Any]
else:
    _TextField, _Lookup = models.TextField, Lookup


class SpacedWordsField(_TextField):
    """Words with a space between them, each Chinese character a word; found by `__holds` only as an index finds it.

    Its table has, beside what Django knows, what migration 0021 adds: on PostgreSQL the column `vector` (tsvector
    'simple', GIN), on SQLite the FTS5 table `<table>_fts`, kept right by triggers.
    """


@SpacedWordsField.register_lookup
class Holds(_Lookup):
    """Rows with all of the terms, `(words, whole)`: words that follow each other, the last one only begun unless whole.

    Words are letters and digits only, as `auditorium.domain.library.words` makes them: neither query language has
    anything to misread in them.
    """

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        """One condition that the database answers from its index of words."""
        column: Any = self.lhs
        row = compiler.quote_name_unless_alias(column.alias)
        if connection.vendor == "postgresql":
            terms = (" <-> ".join(f"'{word}'" for word in term) + ("" if whole else ":*") for term, whole in self.rhs)
            return f"{row}.vector @@ to_tsquery('simple', %s)", (" & ".join(terms),)
        phrases = (f'"{" ".join(term)}"' + ("" if whole else "*") for term, whole in self.rhs)
        table = connection.ops.quote_name(f"{column.target.model._meta.db_table}_fts")
        found = f"SELECT rowid FROM {table} WHERE {table} MATCH %s"  # noqa: S608 - names of our own tables only
        return f"{row}.id IN ({found})", (" AND ".join(phrases),)


class ResourceText(models.Model):
    """What a resource is found by: `part` 0 what its own details say, the parts after it what stands in it.

    A part is short enough for a phrase to be found anywhere in it: PostgreSQL counts words up to 16,383.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, db_index=False, related_name="texts")
    part = models.PositiveSmallIntegerField(default=0)
    words = SpacedWordsField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "part"], name="resource_text_part_once")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.part}"
