"""`manage.py smpp` on the test's database and clock; it dies once, on the spot, where `KILL_AT` says.

The file `KILL_MARK` is written just before the end, so that whoever waits knows that this place was reached. With
`GUESSES` it breaks the promise that nothing is sent again on a guess.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from auditorium import gateways, ports  # noqa: E402
from auditorium.domain import receipts, replies, sending  # noqa: E402
from auditorium.enums import GatewayKind  # noqa: E402
from auditorium.gateways.smpp import SmppGateway  # noqa: E402
from tests.errands import Errands  # noqa: E402

# The clock the test moves is a demo's; a demo's silence is not wanted here.
gateways._GATEWAYS[GatewayKind.CONSOLE] = gateways._GATEWAYS[GatewayKind.SMPP]

BEFORE, AFTER = "before", "after"
PLACES: dict[str, tuple[Any, str, str]] = {
    "texts claimed": (sending, "claim", AFTER),
    "sending committed": (sending, "begin", AFTER),
    "provider answered": (SmppGateway, "send_many", AFTER),
    "outcome committed": (sending, "note_taken", AFTER),
    "receipt came": (receipts, "record", BEFORE),
    "receipt written down": (receipts, "record", AFTER),
    "answer came": (replies, "receive", BEFORE),
    "answer written down": (replies, "receive", AFTER),
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
        if result != []:
            die()
        return result

    return wrapped


ports.register(Errands())
if os.environ.get("GUESSES"):  # that a text whose answer was lost never arrived
    SmppGateway.find = lambda self, text: None
if place := os.environ.get("KILL_AT"):
    owner, name, moment = PLACES[place]
    setattr(owner, name, dying(getattr(owner, name), moment))
call_command("smpp")
