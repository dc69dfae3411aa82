"""SELECTs kept as plain SQL, for what every booking reads: Django takes several times longer to word a small query
than the database to answer it.

Each stands for a queryset, which a test compares with it on both databases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Expression, Field, Model

Row = TypeVar("Row", bound=Model)


def words(states: Iterable[str]) -> str:
    """Words of an enum as they stand between the brackets of SQL's IN; never anything that was typed."""
    return ", ".join(f"'{state!s}'" for state in states)


def holds(sql: str, *values: Any) -> bool:
    """Whether the only value that the statement selects is true."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [_stored(value) for value in values])
        row = cursor.fetchone()
    return bool(row and row[0])


class PlainSelect(Generic[Row]):
    """A SELECT whose rows become instances of `model`, with the rows they point to as after `select_related`.

    In `sql`, `{columns}` stands for the columns of all of them; the model's table goes by `this`, the others by the
    last word of their path. `{lock}` locks the model's rows, where the database has such locks. `only` and `without`
    name columns as the querysets' `only` and `defer` do; `only` those of the model itself.
    """

    def __init__(
        self,
        model: type[Row],
        sql: str,
        *,
        related: Sequence[str] = (),
        only: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> None:
        self._model, self._sql, self._related, self._only, self._without = model, sql, related, only, without

    def all(self, *values: Any) -> list[Row]:
        """The rows for these values, which stand for each `%s` in turn."""
        with connection.cursor() as cursor:
            cursor.execute(self._text, [_stored(value) for value in values])
            return [self._instance(row) for row in cursor.fetchall()]

    def first(self, *values: Any) -> Row | None:
        """The first of them; None where there is none."""
        return next(iter(self.all(*values)), None)

    def get(self, *values: Any) -> Row:
        """The only one; the model's DoesNotExist where there is none."""
        found = self.first(*values)
        if found is None:
            raise self._model.DoesNotExist(f"{self._model.__name__} {values}")  # type: ignore[attr-defined]
        return found

    @cached_property
    def _parts(self) -> list[_Part]:
        parts = [_Part.of(self._model, "", only=self._only, without=self._without)]
        for path in self._related:
            above, _dots, name = path.rpartition("__")
            holder = next(part for part in parts if part.path == above)
            model: Any = holder.model._meta.get_field(name).related_model
            parts.append(_Part.of(model, path, without=self._without, begins=parts[-1].ends))
        return parts

    @cached_property
    def _text(self) -> str:
        lock = "FOR NO KEY UPDATE OF this" if connection.vendor == "postgresql" else ""
        return self._sql.format(columns=", ".join(part.columns for part in self._parts), lock=lock)

    def _instance(self, row: Sequence[Any]) -> Row:
        made: dict[str, Any] = {}
        for part in self._parts:
            made[part.path] = part.instance(row)
            if part.path:
                above, _dots, name = part.path.rpartition("__")
                setattr(made[above], name, made[part.path])
        first: Row = made[""]
        return first


class PlainRelated(PlainSelect[Row]):
    """A SELECT of the rows that point to one instance, by its key: what its relation `name` holds."""

    def __init__(self, model: type[Row], sql: str, *, name: str, related: Sequence[str] = ()) -> None:
        super().__init__(model, sql, related=related)
        self._name = name

    def of(self, instance: Model) -> Sequence[Row]:
        """The instance's rows: those it was loaded with, else read now."""
        loaded: Sequence[Row] | None = _prefetched(instance).get(self._name)
        return self._read(instance) if loaded is None else loaded

    def load(self, instance: Model) -> None:
        """Leave the rows on the instance as `prefetch_related_objects` does: its relation's `.all()` asks no more."""
        queryset = getattr(instance, self._name).get_queryset()
        queryset._result_cache, queryset._prefetch_done = self._read(instance), True
        _prefetched(instance)[self._name] = queryset

    def _read(self, instance: Model) -> list[Row]:
        pointer: Any = instance._meta.get_field(self._name)
        rows = self.all(instance.pk)
        for row in rows:
            setattr(row, pointer.field.name, instance)
        return rows


@dataclass(frozen=True)
class _Part:
    """The columns of a row that make up one instance."""

    path: str
    model: type[Model]
    fields: list[Field[Any, Any]]
    begins: int

    @classmethod
    def of(
        cls, model: type[Model], path: str, *, only: Sequence[str] = (), without: Sequence[str], begins: int = 0
    ) -> _Part:
        left_out = {name.rpartition("__")[2] for name in without if name.rpartition("__")[0] == path}
        fields = [field for field in model._meta.concrete_fields if field.name not in left_out]
        return cls(path, model, [field for field in fields if not only or field.name in only], begins)

    @property
    def ends(self) -> int:
        return self.begins + len(self.fields)

    @property
    def columns(self) -> str:
        table = self.path.rpartition("__")[2] or "this"
        return ", ".join(f'{table}."{field.column}"' for field in self.fields)

    @cached_property
    def names(self) -> list[str]:
        return [field.attname for field in self.fields]

    @cached_property
    def key(self) -> int:
        return next(self.begins + at for at, field in enumerate(self.fields) if field.primary_key)

    @cached_property
    def converters(self) -> list[tuple[int, Callable[..., Any], Expression]]:
        """What makes a column's value Python's, as Django itself does it for each of its own queries."""
        columns = [field.get_col(self.model._meta.db_table) for field in self.fields]
        return [
            (at, convert, column)
            for at, column in enumerate(columns)
            for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        ]

    def instance(self, row: Sequence[Any]) -> Model | None:
        """None where there was no row to join."""
        if row[self.key] is None:
            return None
        values = list(row[self.begins : self.ends])
        for at, convert, column in self.converters:
            values[at] = convert(values[at], column, connection)
        return self.model.from_db(connection.alias, self.names, values)


def _stored(value: Any) -> Any:
    """A value as the database keeps it: SQLite knows neither moments nor UUIDs."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


def _prefetched(instance: Model) -> dict[str, Any]:
    found: dict[str, Any] = instance.__dict__.setdefault("_prefetched_objects_cache", {})
    return found
