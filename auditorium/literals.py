"""States written into a statement's own text, where SQLite must see that a partial index holds all that is asked for.

It compares one bound value with an index's condition, but not those of a list. PostgreSQL is sent the same either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import CharField, Value

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler, _AsSqlType


class Literal(Value):
    """One state, which is a word of ours: nothing anybody typed is ever written so."""

    def __init__(self, state: str) -> None:
        if not str(state).isidentifier():
            raise ValueError(state)
        super().__init__(str(state), output_field=CharField())

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _AsSqlType:
        """The word in quotes, and no parameter."""
        return f"'{self.value}'", ()


def written(*states: str) -> list[Literal]:
    """For `state__in`; in the order in which the index names them."""
    return [Literal(state) for state in states]
