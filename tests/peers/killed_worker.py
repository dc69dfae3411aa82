"""A Celery worker that dies once, on the spot, where `KILL_AT` says: `celery --app tests.peers.killed_worker worker`.

It is the real worker of `config.celery`; only the places between one commit and the next are wrapped. The file
`KILL_MARK` is written just before the end, so that whoever waits knows that this place was reached.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import django

from config.celery import app

django.setup()

from auditorium import gateways, ports  # noqa: E402
from auditorium.domain import asking, delivery, sending, telling  # noqa: E402
from auditorium.enums import GatewayKind  # noqa: E402
from tests.errands import Errands  # noqa: E402

__all__ = ["app"]

# The clock the test moves is a demo's; a demo's silence is not wanted here.
gateways._GATEWAYS[GatewayKind.CONSOLE] = gateways._GATEWAYS[GatewayKind.HTTP]

BEFORE, AFTER = "before", "after"
PLACES: dict[str, tuple[Any, str, str]] = {
    "texts written": (telling, "tell_batch", AFTER),
    "texts claimed": (sending, "claim", AFTER),
    "sending committed": (sending, "begin", AFTER),
    "provider answered": (sending, "note_taken", BEFORE),
    "outcome committed": (sending, "note_taken", AFTER),
    "about to ask": (asking, "ask", BEFORE),
    "lease taken up": (delivery, "take_up", AFTER),
}


def die() -> None:
    """End this process as a power cut does."""
    Path(os.environ["KILL_MARK"]).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def dying(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    """The same, but the process ends before it begins, or once it has done something."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if when == BEFORE:
            die()
        result = function(*args, **kwargs)
        is_idle = result in ([], False) or (isinstance(result, tuple) and result[1] is None)
        if not is_idle:
            die()
        return result

    return wrapped


ports.register(Errands())
if place := os.environ.get("KILL_AT"):
    owner, name, moment = PLACES[place]
    setattr(owner, name, dying(getattr(owner, name), moment))
