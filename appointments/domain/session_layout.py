"""How a session's time and places are divided into slots. Pure: it asks no database and changes nothing.

A session is cut into slots of its slot length from its start. What remains at the end is a slot of its own when
it is at least half as long, else it lengthens the last one. Places are spread evenly, and what does not divide
goes to the earlier slots: 30 places over 7 slots are 5 5 4 4 4 4 4. Where there are fewer places than slots, only
the first slots are opened.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from auditorium.clock import SHANGHAI

Times: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True)
class Standing:
    """What one slot of a session is and has now."""

    slot_id: int
    times: Times
    capacity: int
    taken: int


@dataclass(frozen=True)
class Rearrangement:
    """How slots must change: times and capacity of each that stays, those to open, and those to take away.

    `short_of` is how many places fewer were wanted than are booked. `in_the_way` are booked slots whose times are
    wanted no longer; where there are any, nothing else is said, since no booked place is ever dropped.
    """

    stay: dict[int, tuple[Times, int]]
    opened: dict[Times, int]
    taken_away: list[int]
    short_of: int = 0
    in_the_way: tuple[Standing, ...] = ()

    @property
    def places(self) -> int:
        """How many places there will be in all."""
        return sum(capacity for _times, capacity in self.stay.values()) + sum(self.opened.values())


def slot_times(day: date, starts: time, ends: time, minutes: int) -> list[Times]:
    """Start and end of every slot, aware, in order."""
    first, last = (datetime.combine(day, at, tzinfo=SHANGHAI) for at in (starts, ends))
    length = timedelta(minutes=minutes)
    whole, rest = divmod(last - first, length)
    count = max(whole + (rest * 2 >= length), 1)
    edges = [first + length * number for number in range(count)] + [last]
    return list(itertools.pairwise(edges))


def spread(places: int, slots: int) -> list[int]:
    """Places for each slot, evenly, earlier slots first; without slots, none."""
    each, more = divmod(places, slots) if slots else (0, 0)
    return [each + (number < more) for number in range(slots)]


def is_laid_out(standing: list[Standing], wanted: list[Times]) -> bool:
    """Whether the slots there are were cut as wanted; those without places need not be there."""
    there = {slot.times for slot in standing}
    in_use = {slot.times for slot in standing if slot.capacity}
    places = sum(slot.capacity for slot in standing)
    return in_use <= set(wanted) and set(wanted[:places]) <= there


def rearranged(standing: list[Standing], wanted: list[Times], places: int) -> Rearrangement:
    """Bring slots to the wanted times with this many places in all, but never below what is booked.

    Where bookings sit so that an even spread is impossible, later slots give way first.
    """
    unmoved = {slot.times[0]: slot for slot in standing if slot.times in wanted or not slot.taken}
    at = {times: unmoved[times[0]] for times in wanted if times[0] in unmoved}
    kept = {slot.slot_id for slot in at.values()}
    gone = [slot for slot in standing if slot.slot_id not in kept]
    if in_the_way := tuple(slot for slot in gone if slot.taken):
        return Rearrangement({}, {}, [], in_the_way=in_the_way)
    taken = [at[times].taken if times in at else 0 for times in wanted]
    possible = max(places, sum(taken))
    capacities = [max(pair) for pair in zip(spread(possible, len(wanted)), taken, strict=True)]
    excess = sum(capacities) - possible
    for number in reversed(range(len(wanted))):
        given_up = min(excess, capacities[number] - taken[number])
        capacities[number] -= given_up
        excess -= given_up
    both = list(zip(wanted, capacities, strict=True))
    return Rearrangement(
        stay={at[times].slot_id: (times, capacity) for times, capacity in both if times in at},
        opened={times: capacity for times, capacity in both if times not in at and capacity},
        taken_away=[slot.slot_id for slot in gone],
        short_of=possible - places,
    )
