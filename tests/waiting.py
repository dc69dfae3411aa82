"""Waiting for another process: until something holds, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(holds: Callable[[], T], *, seconds: float = 120) -> T:
    """Return what `holds` returned once that is true; fail when it never was."""
    deadline = time.monotonic() + seconds
    while True:
        if found := holds():
            return found
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.02)
