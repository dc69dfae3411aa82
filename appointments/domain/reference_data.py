"""What every installation begins with: the national list of specialties, and what people say of their ailments.

The words are an installation's own from then on: what an administrator changed or deleted stays so.
"""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from appointments.models import EverydayWord, Specialty

SHIPPED = Path(__file__).resolve().parent.parent / "data"
"""The lists that come with the project; their README says where they are from."""


@transaction.atomic
def ensure_reference_data() -> int:
    """Add the specialties that are missing, and the everyday words where there are none; return how many rows."""
    known = set(Specialty.objects.values_list("code", flat=True))
    specialties = [Specialty(**row) for row in _rows("specialties.csv") if row["code"] not in known]
    Specialty.objects.bulk_create(specialties)
    words = []
    if not EverydayWord.objects.exists():
        words = [EverydayWord(word=row["word"], specialty_id=row["specialty"]) for row in _rows("everyday_words.csv")]
        EverydayWord.objects.bulk_create(words)
    return len(specialties) + len(words)


def _rows(name: str) -> list[dict[str, str]]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
