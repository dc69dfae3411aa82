"""Waking a worker once what it shall do is committed. A broker that is down costs a moment, never an act.

Nothing depends on a wake: beat sweeps every few seconds and finds whatever nobody was woken for.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import KombuError
from kombu.pools import producers

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 1
GATHER_SECONDS = 1
"""How close together two wakes for the same thing come: at hundreds of bookings a second one sweep serves many."""

LEAVE_ALONE_SECONDS = 30
"""How long a broker that did not answer is left alone, so that only one request in a while waits for it."""


@dataclass
class _Broker:
    """How this process last found the broker."""

    is_down: bool = False
    alone_until: float = 0.0


_broker = _Broker()


@dataclass(frozen=True)
class _Wake:
    """One task to send when the transaction commits; equal ones are sent once."""

    task_name: str
    ids: tuple[int, ...]

    def __call__(self) -> None:
        now(self.task_name, *self.ids)


class _Gathered:
    """When the last wake of each kind comes: whatever was committed before then is found by it."""

    def __init__(self) -> None:
        self._comes_at: dict[_Wake, float] = {}
        self._lock = threading.Lock()

    def next_in(self, wake: _Wake) -> float | None:
        """In how many seconds this wake is to come; None when one that is still to come will do."""
        with self._lock:
            moment = time.monotonic()
            last = self._comes_at.get(wake, 0.0)
            if last > moment:
                return None
            self._comes_at[wake] = max(last + GATHER_SECONDS, moment)
            return self._comes_at[wake] - moment

    def forget(self) -> None:
        """None of them may have arrived."""
        with self._lock:
            self._comes_at.clear()


_gathered = _Gathered()


def after_commit(task_name: str, *ids: int) -> None:
    """Send the task when the current transaction commits, at once where there is none; once however often asked."""
    wake = _Wake(task_name, ids)
    waiting = {entry[1] for entry in connection.run_on_commit if isinstance(entry[1], _Wake)}
    if wake not in waiting:
        transaction.on_commit(wake)


def now(task_name: str, *ids: int) -> None:
    """Send the task; what follows within a second is gathered into one more at the second's end.

    A broker that does not answer is logged once, then left alone for a while.
    """
    if time.monotonic() < _broker.alone_until:
        return
    wait = _gathered.next_in(_Wake(task_name, ids))
    if wait is None:
        return
    try:
        link = current_app.connection_for_write(transport_options=_impatient())
        with producers[link].acquire(block=True) as producer:  # kept open: connecting costs more than sending
            current_app.send_task(
                task_name, args=ids, countdown=wait or None, producer=producer, retry=False, ignore_result=True
            )
    except (KombuError, OSError) as error:
        _gathered.forget()
        _broker.alone_until = time.monotonic() + LEAVE_ALONE_SECONDS
        if not _broker.is_down:
            logger.warning("The broker does not answer (%s); beat will find what is due.", type(error).__name__)
        _broker.is_down = True
    else:
        _broker.is_down = False


def _impatient() -> dict[str, object]:
    """The broker's options with short waits: somebody stands at the desk."""
    waits = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS, "max_retries": 1}
    return {**current_app.conf.broker_transport_options, **waits}
