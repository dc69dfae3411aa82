"""What follows from a provider's answer."""

from __future__ import annotations

from enum import StrEnum


class Treatment(StrEnum):
    """How a text that was not taken is treated.

    NEVER: trying again is useless. BAD_NUMBER: so it is, for every text to this number. LATER: the provider's window
    for this number is full, in an hour. TOMORROW: it is for today. OPERATOR: nothing goes out on this line until
    somebody sees to it (no money, no permission). BACK_OFF: a moment's trouble.
    """

    NEVER = "never"
    BAD_NUMBER = "bad_number"
    LATER = "later"
    TOMORROW = "tomorrow"
    OPERATOR = "operator"
    BACK_OFF = "back_off"
