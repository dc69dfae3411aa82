"""Measuring in turns (a, b, a, b …), so that a busy moment of the machine meets every side alike."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

ROUNDS = 5
Figures = dict[str, tuple[float, str, int]]


def in_turns(sides: dict[str, Callable[[int], float]], *, count: int = ROUNDS) -> dict[str, list[float]]:
    """What each side measured, round by round; a round before them that warms up counts for nothing."""
    for side in sides.values():
        side(0)
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(1, count + 1):
        for name, side in sides.items():
            measured[name].append(side(number))
        print(f"  round {number}: " + "  ".join(f"{name} {values[-1]:,.1f}" for name, values in measured.items()))
    return measured


def figures(name: str, values: Sequence[float], unit: str) -> Figures:
    """The median of the rounds under `name`, with the lowest and the highest beside it."""
    return {
        name: (statistics.median(values), unit, len(values)),
        f"{name}.lowest": (min(values), unit, len(values)),
        f"{name}.highest": (max(values), unit, len(values)),
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours over theirs, round by round."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def rate(calls: Sequence[Callable[[], object]], *, threads: int) -> float:
    """Calls a second when this many threads share them; each thread has a connection of its own."""
    shares = [calls[first::threads] for first in range(threads)]
    gate = threading.Barrier(threads + 1)

    def work(share: Sequence[Callable[[], object]]) -> None:
        gate.wait(30)
        try:
            for call in share:
                call()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(work, share) for share in shares]
        gate.wait(30)
        begun = time.perf_counter()
        for future in done:
            future.result()
        return len(calls) / (time.perf_counter() - begun)
