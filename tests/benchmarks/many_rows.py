"""Very many rows at once: one row, given to the database as a pattern for all (PostgreSQL)."""

from typing import Any

from django.db import connection
from django.db.models import Model


def multiply(row: Model, count: int, *, first: int = 1, **columns: str) -> None:
    """Write `count` rows like this one, which need not be saved.

    `columns` are SQL for the columns that differ; `n` counts from `first`.
    """
    names, values, parameters = [], [], []
    for field in row._meta.concrete_fields:
        if field.primary_key and field.attname not in columns:
            continue
        names.append(connection.ops.quote_name(field.column))
        if field.attname in columns:
            values.append(columns[field.attname].replace("%", "%%"))
        else:
            value: Any = field.get_db_prep_save(getattr(row, field.attname), connection)
            values.append("CAST(%s AS " + (field.rel_db_type(connection) or "text").split(" GENERATED")[0] + ")")
            parameters.append(value)
    table = connection.ops.quote_name(row._meta.db_table)
    rows = f"generate_series({first}, {first + count - 1}) n"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {rows}",
            parameters,
        )
