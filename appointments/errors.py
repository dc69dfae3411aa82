"""Why a booking was refused: one sentence for the person at the desk, one code for the program."""

from __future__ import annotations


class BookingError(Exception):
    """A refusal. `sentence` is in the language of the user who asked and says what to do instead."""

    code = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(self.code)
        self.sentence = sentence


class SlotNotOffered(BookingError):
    """The slot is closed, suspended, over, not yet released, or not allotted to this hall."""

    code = "not_offered"


class SlotFull(BookingError):
    """The last place went to somebody else."""

    code = "full"


class AlreadyBooked(BookingError):
    """The villager has a live booking that this one would repeat."""

    code = "already_booked"


class VillagerNotReady(BookingError):
    """Something about the villager is missing: identity number, consent, or they died."""

    code = "villager_not_ready"


class KeyReused(BookingError):
    """The form's idempotency key was used for something else before."""

    code = "key_reused"


class TooLateToCancel(BookingError):
    """The deadline is over: only the hospital can cancel now."""

    code = "too_late"


class NotLive(BookingError):
    """The booking has ended already."""

    code = "not_live"


class CapacityBelowTaken(BookingError):
    """A smaller capacity would drop somebody's place."""

    code = "capacity_below_taken"
