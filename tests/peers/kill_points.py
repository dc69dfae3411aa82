"""The steps of a text between one commit and the next, and what dies there: see `tests.peers.killed_worker`.

`arm(folder, places, victim)` wraps the places in this process. The first time any process with the same folder comes by
a place, the victim dies, and a file in the folder with the place's name says so.
"""

import os
import signal
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connection, transaction

from auditorium.domain import asking, courier, delivery, due_reminders, outcomes, refusals, sending, telling
from auditorium.enums import MessageState
from auditorium.gateways.aliyun import AliyunGateway
from auditorium.gateways.base import Found
from auditorium.gateways.http import HttpGateway
from tests.waiting import wait_until

BEFORE, AFTER = "before", "after"
Seen = Callable[[tuple[Any, ...], dict[str, Any], Any], bool]


@dataclass(frozen=True)
class Place:
    """Before a function begins or after it ended; `seen` says of its arguments and its result that it is meant."""

    owners: tuple[Any, ...]
    name: str
    when: str
    seen: Seen = lambda args, kwargs, result: True


def _did_something(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> bool:
    return bool(result)


_GATEWAYS = (HttpGateway, AliyunGateway)
PLACES: dict[str, Place] = {
    "texts being written": Place((due_reminders,), "_write", AFTER, _did_something),
    "texts written": Place((telling,), "tell_batch", AFTER, lambda args, kwargs, result: result[1] is not None),
    "texts claimed": Place((sending,), "claim", AFTER, _did_something),
    "sending being noted": Place(
        (outcomes,), "move", AFTER, lambda args, kwargs, result: kwargs["to"] == MessageState.SENDING
    ),
    "sending committed": Place((sending,), "begin", AFTER, _did_something),
    "provider answered": Place((sending,), "note_taken", BEFORE),
    "outcome being noted": Place((outcomes,), "_note_parts", AFTER),
    "outcome committed": Place((sending,), "note_taken", AFTER),
    "left behind taken up": Place((delivery,), "take_up", AFTER, lambda args, kwargs, result: bool(args[0].counts)),
    "about to ask": Place((asking,), "ask", BEFORE),
    "known there": Place(_GATEWAYS, "find", AFTER, lambda args, kwargs, result: isinstance(result, Found)),
    "unknown there": Place(_GATEWAYS, "find", AFTER, lambda args, kwargs, result: result is None),
    "to be sent again": Place((courier.Courier,), "put_back", AFTER, _did_something),
}
OF_BATCHES: dict[str, Place] = {
    "half a batch handed over": Place((AliyunGateway,), "_alone", AFTER),
    "half a batch noted": Place((refusals,), "refused", BEFORE),
}
IN_A_TRANSACTION = ("texts being written", "sending being noted", "outcome being noted")


def arm(folder: Path, places: list[str], victim: str) -> None:
    """Let the victim die at each of these places, once."""
    every = PLACES | OF_BATCHES
    for place in places:
        for owner in every[place].owners:
            name = every[place].name
            setattr(owner, name, _mined(getattr(owner, name), every[place], folder / place, _VICTIMS[victim]))


def disarm(guard: str) -> None:
    """Take one of the product's guards away, for controls."""
    if guard == "marks before it calls":
        sending.hand_over = transaction.atomic(sending.hand_over)
    elif guard == "asks before it repeats":
        for gateway in _GATEWAYS:
            gateway.find = lambda self, text: None


def _mined(function: Callable[..., Any], place: Place, mark: Path, kill: Callable[[], None]) -> Callable[..., Any]:
    def may_happen() -> bool:
        """What is dead can't die, and nobody else can lock an SQLite file in which this process is just writing."""
        if kill is kill_broker:
            return _is_broker_alive()
        is_file = kill is kill_connections and connection.vendor == "sqlite"
        return not (is_file and (connection.in_atomic_block or _lock))

    def come_by() -> None:
        with _killing:  # of two threads at two places one dies at both, and the other place would be as good as reached
            if may_happen():
                _once(mark, kill)

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if place.when == BEFORE and place.seen(args, kwargs, None):
            come_by()
        result = function(*args, **kwargs)
        if place.when == AFTER and place.seen(args, kwargs, result):
            come_by()
        return result

    return wrapped


_killing = threading.Lock()


def _once(mark: Path, kill: Callable[[], None]) -> None:
    begun = mark.with_suffix(".begun")
    try:
        begun.touch(exist_ok=False)
    except FileExistsError:
        return
    if kill is kill_worker:
        mark.touch()
    try:
        kill()
    except (redis.ConnectionError, ProcessLookupError):  # somebody else killed the broker first
        begun.unlink()
        return
    mark.touch()


def kill_worker() -> None:
    """This process, as a power cut ends it."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_broker() -> None:
    """The Redis server with all it holds; without one, all that lies in the queue's folder."""
    if url := os.environ["BROKER_URL"]:
        os.kill(redis.Redis.from_url(url).info()["process_id"], signal.SIGKILL)
    else:
        wipe_queue()


def _is_broker_alive() -> bool:
    url = os.environ["BROKER_URL"]
    try:
        return not url or bool(redis.Redis.from_url(url, retry=None).ping())
    except redis.ConnectionError:
        return False


def wipe_queue() -> None:
    """Take all messages out of the folder that stands for a broker."""
    for message in Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]).glob("*.msg"):
        message.unlink(missing_ok=True)


def kill_connections() -> None:
    """All of the workers' connections; an SQLite file stays locked for longer than they wait, until the next sweep."""
    if connection.vendor == "sqlite":
        _lock_file()
    else:
        end_connections(os.environ["WORKERS_NAME"])


def kill_server() -> None:
    """A process of the PostgreSQL server that the tests started: it ends all others, recovers, and goes on."""
    os.kill(connection.connection.info.backend_pid, signal.SIGKILL)


def end_connections(application: str) -> None:
    """End the server's side of all connections that go by this name."""
    with psycopg.connect(_dsn(), autocommit=True) as own:
        theirs = "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
        pids = [pid for pid, _is_told in own.execute(theirs, [application])]
        left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
        wait_until(lambda: own.execute(left, [pids]).fetchone() == (0,))


def _dsn() -> str:
    set_to = connection.settings_dict
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return psycopg.conninfo.make_conninfo(**{name: set_to[ours] for name, ours in names.items() if set_to[ours]})


_lock: list[sqlite3.Connection] = []


def _lock_file() -> None:
    _lock.append(_locked())


def _locked() -> sqlite3.Connection:
    held = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False, timeout=20)
    held.execute("BEGIN IMMEDIATE")
    return held


@contextmanager
def held_lock() -> Iterator[None]:
    """Nobody else can write into the SQLite file meanwhile."""
    held = _locked()
    try:
        yield
    finally:
        held.close()


AT_WORK = ".at-work"


def say_when_at_work(folder: Path) -> None:
    """Leave a file in the folder, named after this process, for as long as it sweeps."""
    sweep = delivery.sweep

    @wraps(sweep)
    def said(*args: Any, **kwargs: Any) -> Any:
        mark = folder / f"{os.getpid()}.{uuid.uuid4().hex}{AT_WORK}"
        mark.touch()
        try:
            return sweep(*args, **kwargs)
        finally:
            mark.unlink()

    delivery.sweep = said


def impatient_with_locks() -> None:
    """Let SQLite give up soon where another connection writes, and end at each sweep's begin what `_lock_file` did."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = 0.2
    sweep = delivery.sweep

    @wraps(sweep)
    def unlocked(*args: Any, **kwargs: Any) -> Any:
        while _lock:
            _lock.pop().close()
        return sweep(*args, **kwargs)

    delivery.sweep = unlocked


_VICTIMS: dict[str, Callable[[], None]] = {
    "worker": kill_worker,
    "broker": kill_broker,
    "connections": kill_connections,
    "server": kill_server,
}
