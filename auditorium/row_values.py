"""One value for each row of an UPDATE, looked up by the row's id in a single parameter.

A CASE with a branch for each row would be built, sent and parsed anew for every call to a provider.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Func, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler, _AsSqlType


class OfRow(Func):
    """The text `values` has for the row's id; null where it has none."""

    output_field = CharField()

    def __init__(self, values: Mapping[int, str]) -> None:
        super().__init__(Value(json.dumps(values)), F("pk"))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> _AsSqlType:
        """A member of an object, by its name."""
        template = "jsonb_extract_path_text(%(expressions)s::text)"
        return super().as_sql(compiler, connection, template=template, arg_joiner="::jsonb, ", **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> _AsSqlType:
        """The same; a name of digits must stand in quotes."""
        template = """json_extract(%(expressions)s || '"')"""
        return super().as_sql(compiler, connection, template=template, arg_joiner=""", '$."' || """, **context)
