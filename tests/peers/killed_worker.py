"""Celery workers and beats of the real app, that die or let something die where they are told to.

`python -m tests.peers.killed_worker` loads everything once, then reads a line of JSON for each process to start, and
answers with its id: a worker that is killed at each of many steps need not be loaded as often. They end with it.

    {"run": "worker" or "beat", "gateway": …, "threads": …, "log": …, "folder": …, "environment": {…},
     "places": […], "victim": …, "without": a guard}
"""

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import celery.apps.beat
import celery.apps.worker
import celery.bin.beat
import celery.bin.worker
import celery.concurrency.thread  # noqa: F401
import django

from config.celery import app

django.setup()

from django.db import connection  # noqa: E402

from auditorium import gateways, ports  # noqa: E402
from auditorium.domain import reminders  # noqa: E402
from auditorium.enums import GatewayKind  # noqa: E402
from auditorium.gateways.aliyun import _Vendor  # noqa: E402
from tests.errands import Errands  # noqa: E402
from tests.peers import kill_points  # noqa: E402

BEAT_SECONDS = 1.0


def main() -> None:
    """Start what standard input asks for; end all of it with that input."""
    app.loader.import_default_modules()
    _Vendor()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead leave nothing behind that would look alive
    lives, held = os.pipe()
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os.close(held)
            become(json.loads(line), lives)
        print(pid, flush=True)


def become(told: dict[str, Any], lives: int) -> NoReturn:
    """Go on as the process that was asked for, until the nursery is gone."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    threading.Thread(target=_leave_with_nursery, args=(lives,), daemon=True).start()
    os.environ.update(told["environment"])
    if url := os.environ["BROKER_URL"]:
        app.conf.broker_url = url
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["application_name"] = os.environ["WORKERS_NAME"]
    ports.register(Errands())
    # The clock the tests move is a demo's; a demo's silence is not wanted here.
    gateways._GATEWAYS[GatewayKind.CONSOLE] = gateways._GATEWAYS[GatewayKind(told["gateway"])]
    kill_points.disarm(told["without"])
    kill_points.arm(Path(told["folder"]), told["places"], told["victim"])
    if told["victim"] == "connections":
        kill_points.impatient_with_locks()
    kill_points.say_when_at_work(Path(told["folder"]))
    with suppress(SystemExit):
        if told["run"] == "beat":
            app.conf.beat_schedule = {
                "sweep": {"task": reminders.SWEEP, "schedule": BEAT_SECONDS, "options": {"expires": 15}}
            }
            app.start(["beat", "--schedule", f"{told['folder']}/beat", "--pidfile", "", "--loglevel", "INFO"])
        else:
            options = ["--pool", "threads", "--concurrency", str(told["threads"]), "--without-mingle"]
            app.worker_main(["worker", *options, "--loglevel", "INFO"])
    os._exit(0)


def _leave_with_nursery(lives: int) -> None:
    os.read(lives, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
