"""A worker of the drain benchmarks, in a process of its own: sweeps until nothing is due, or until it is told to stop.

    python -m tests.benchmarks.drain_worker

It says `ready`, begins at the first line it reads, and prints what it did as JSON. With `--until-eof` it goes on
until its input ends.
"""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

import json
import logging
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from auditorium.domain import delivery, wake
from tests.benchmarks import daytime, noop_gateway

assert ground

IDLE_SECONDS = 0.2


def highest_mb() -> float:
    """The most this process ever held in memory; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def main(*, until_eof: bool) -> None:
    """Sweep, and note how the memory grew."""
    logging.disable(logging.INFO)
    daytime.keep()
    noop_gateway.register()
    wake.now = lambda task_name, *ids: None  # nobody else is to be woken
    delivery.sweep()  # what is only loaded once does not count as growth
    print("ready", flush=True)
    sys.stdin.readline()
    stop = threading.Event()
    if until_eof:
        threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    counts: Counter[str] = Counter()
    first = highest_mb()
    idle = 0
    while not stop.is_set():
        done = delivery.sweep()
        counts += done
        idle = 0 if done else idle + 1
        if idle >= 3 and not until_eof:
            break
        if not done:
            time.sleep(IDLE_SECONDS)
    print(json.dumps({"counts": counts, "grown": highest_mb() - first}), flush=True)


if __name__ == "__main__":
    main(until_eof="--until-eof" in sys.argv)
