"""What providers' codes mean and what follows from each: data, in the providers' own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditorium.gateways.treatments import Treatment


@dataclass(frozen=True)
class Code:
    """What follows from a code, and what its provider says it means (Chinese, as the provider words it)."""

    treatment: Treatment
    words: str = ""


UNLISTED = Code(Treatment.BACK_OFF)
"""A code nobody has written down: a moment's trouble, until a person is asked."""


def table(by_treatment: Mapping[Treatment, Mapping[str, str]]) -> dict[str, Code]:
    """The codes by name, of a table that lists them by what follows."""
    return {code: Code(treatment, words) for treatment, codes in by_treatment.items() for code, words in codes.items()}


def look_up(codes: Mapping[str, Code], code: str) -> Code:
    """What is written down of a code, or of the family it belongs to (`Throttling` for `Throttling.User.Flow`)."""
    while code not in codes and "." in code:
        code = code.rpartition(".")[0]
    return codes.get(code, UNLISTED)
