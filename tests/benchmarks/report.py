"""Figures of a benchmark run: a table on the screen and var/bench/latest.json as {name: {value, unit, n, command}}."""

import json
import statistics
from collections.abc import Sequence
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent.parent / "var" / "bench" / "latest.json"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def add(figures: dict[str, tuple[float, str, int]], *, command: str) -> None:
    """Print the figures (value, unit, n) and put them among those of earlier runs."""
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    for name, (value, unit, count) in figures.items():
        known[name] = {"value": round(value, 4), "unit": unit, "n": count, "command": command}
        print(f"{name:<46}{value:>12.3f} {unit:<6} n={count}")
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
