"""System checks of the database's own settings; `manage.py migrate` runs them and refuses on an error."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

IN_CODE_POINT_ORDER = (("B", "a"), ("z", "é"), ("a b", "aa"), ("龥", "\U0010ffff"))


def code_point_order(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a PostgreSQL database that sorts by a language's rules: finding people reads ranges of code points."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            pairs = " AND ".join(["%s::text < %s::text"] * len(IN_CODE_POINT_ORDER))
            cursor.execute(f"SELECT {pairs}", [text for pair in IN_CODE_POINT_ORDER for text in pair])
            if not cursor.fetchone()[0]:
                errors.append(
                    Error(
                        "The database does not sort in code point order.",
                        hint="Make it with the locale C.UTF-8, or C on older servers; see docs/operations.md.",
                        obj=alias,
                        id="auditorium.E001",
                    )
                )
    return errors
