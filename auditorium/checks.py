"""System checks of the database's own settings, and of how long things are kept; `migrate` refuses on an error."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

IN_CODE_POINT_ORDER = (("B", "a"), ("z", "é"), ("a b", "aa"), ("龥", "\U0010ffff"))


ANSWERED_WITHIN_DAYS = 15
AUDIT_AT_LEAST_DAYS = 183


def kept_long_enough(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to drop words somebody may still answer, or audit the law wants for six months."""
    errors: list[CheckMessage] = []
    if settings.SMS_BODIES_DAYS < ANSWERED_WITHIN_DAYS:
        hint = f"A text is answered up to two weeks later: {ANSWERED_WITHIN_DAYS} at least."
        errors.append(Error("SMS_BODIES_DAYS is too short.", hint=hint, id="auditorium.E002"))
    if settings.AUDIT_DAYS < AUDIT_AT_LEAST_DAYS:
        hint = f"Who saw and changed what is kept for six months by law: {AUDIT_AT_LEAST_DAYS} at least."
        errors.append(Error("AUDIT_DAYS is too short.", hint=hint, id="auditorium.E003"))
    return errors


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
