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


class LimitReached(BookingError):
    """The person has as many bookings as the hospital allows in a day, week, month or quarter."""

    code = "limit"


class BlockedForNoShows(BookingError):
    """The person did not go too often; a manager may lift it with a reason."""

    code = "no_show"


class QueueFirst(BookingError):
    """People wait for this session: what comes free is theirs."""

    code = "queue_first"


class AlreadyWaiting(BookingError):
    """The villager waits in this department's queue, or for this release, already."""

    code = "already_waiting"


class NothingToWaitFor(BookingError):
    """Waiting makes no sense: there are places, or there never will be, or the hospital has no waitlist."""

    code = "nothing_to_wait_for"


class DateOutOfReach(BookingError):
    """A day that has come already, or further ahead than anybody plans."""

    code = "date"


class OfferOver(BookingError):
    """The place was held for the villager until a time that has passed, or the offer has ended otherwise."""

    code = "offer_over"


class TooManyMoves(BookingError):
    """The booking was moved as often as the hospital allows."""

    code = "too_many_moves"


class NotAllowed(BookingError):
    """The user's role does not reach this far."""

    code = "not_allowed"


class ReasonMissing(BookingError):
    """The act needs a reason that will be read later."""

    code = "reason_missing"


class NothingToSuspend(BookingError):
    """No session to come is meant: it is over, suspended already, or there is none."""

    code = "nothing_to_suspend"


class TooEarly(BookingError):
    """It has not happened yet, so nobody can say how it went."""

    code = "too_early"


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
