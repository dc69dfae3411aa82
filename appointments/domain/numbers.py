"""The numbers of a slot: ranges it owns, the lowest free one, and how ranges grow and shrink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from appointments.enums import OCCUPYING
from auditorium.plain_select import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Ranges = list[list[int]]

OCCUPIED = f"""
SELECT number FROM appointments_appointment
WHERE slot_id = %s AND state IN ({words(OCCUPYING)}) AND number IS NOT NULL
"""  # noqa: S608  an enum's words


def each(ranges: Sequence[list[int]]) -> Iterator[int]:
    """Every number of the ranges [[first, last], …], lowest first."""
    for first, last in sorted(ranges):
        yield from range(first, last + 1)


def from_numbers(numbers: Iterable[int]) -> Ranges:
    """The shortest ranges that hold exactly these numbers."""
    ranges: Ranges = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def occupied(slot_id: int) -> set[int]:
    """The numbers given and not freed; right only while the slot's row is locked."""
    with connection.cursor() as cursor:
        cursor.execute(OCCUPIED, [slot_id])
        return {number for (number,) in cursor.fetchall()}


def lowest_free(ranges: Sequence[list[int]], taken: set[int]) -> int:
    """The lowest number of the ranges nobody has; LookupError when there is none."""
    for number in each(ranges):
        if number not in taken:
            return number
    raise LookupError("a slot gave more places than it has numbers")


def shrink(ranges: Sequence[list[int]], taken: set[int], capacity: int) -> Ranges:
    """Ranges of `capacity` numbers that keep every taken one and otherwise the lowest."""
    free = [number for number in each(ranges) if number not in taken]
    return from_numbers([*taken, *free[: capacity - len(taken)]])
