"""Why the desk refused something: one sentence for the person who asked."""

from __future__ import annotations


class DeskError(Exception):
    """A refusal. `sentence` is in the language of the user who asked and says what to do instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TakenError(DeskError):
    """A colleague was quicker."""


class EndedError(DeskError):
    """It has ended already."""


class NoHallError(Exception):
    """The user may sit at several halls, or at none, and has not said at which."""
