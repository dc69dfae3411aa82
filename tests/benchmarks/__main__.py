"""Runs the benchmarks one after the other, each on a PostgreSQL of its own: `python -m tests.benchmarks [name …]`."""

import subprocess
import sys
import time

ALL = (
    "booking_domain",
    "booking_http",
    "peer_booking",
    "week_grid",
    "suspend_2000",
    "drain",
    "import_country",
    "people_search",
    "library_search",
)


def main(names: list[str]) -> int:
    """Run those named, or all; return how many failed."""
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(ALL)}")
    python = sys.executable
    commands = [[python, "-m", "tests.servers", python, "-m", f"tests.benchmarks.{name}"] for name in names or ALL]
    on_sqlite = [name for name in ("people_search", "library_search") if not names or name in names]
    commands += [[python, "-m", f"tests.benchmarks.{name}"] for name in on_sqlite]
    return sum(_failed(command) for command in commands)


def _failed(command: list[str]) -> bool:
    """Run one, saying how long it took."""
    print(f"== {command[-1]}", flush=True)
    begun = time.monotonic()
    code = subprocess.call(command)
    print(f"== {time.monotonic() - begun:.0f} s", flush=True)
    return bool(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
