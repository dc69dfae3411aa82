"""What an import has to say about a sheet: problems that keep a row out, and notices of what was not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class UnreadableScheduleError(ValueError):
    """The file can't be read as a schedule at all; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Place:
    """A row of a sheet and, where one cell is meant, its column's letter and heading."""

    sheet: str
    row: int
    letter: str = ""
    header: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a row does not go in (`bad`), or not as it says because places are booked (`conflict`)."""

    place: Place
    reason: str
    kind: Literal["bad", "conflict"] = "bad"


@dataclass(frozen=True)
class Notice:
    """Something left aside or worth a look; the rows that are fine go in all the same."""

    place: Place
    text: str
