"""The whole desk, running: web server, Celery worker and beat over demo data of their own, as real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as dt_time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from auditorium import clock
from auditorium.demo.accounts import PASSWORD

BASE_DIR = Path(__file__).resolve().parent.parent
START_SECONDS = 300
FIRST_HOUR, LAST_HOUR = 8, 13
"""Within these a site's own time is left as it is: halls are open, and no deadline of the day has passed."""


class Site:
    """A running desk. `url` ends without a slash; `manage` and `orm` work on the same data as its processes.

    `phones_url` is what the hall's network sees of it.

    def test_x(site, page):
        page.goto(f"{site.url}/")
        with site.orm():
            assert Appointment.objects.count() == 1     # reads and writes the site's database
        print(site.manage("translations", "check"))     # a management command on the site's settings

    Inside `orm()` the default connection is the site's database and keys are the same, so domain functions work
    too; their wake-up of the worker goes to the test's own broker, and the site's sweep finds the work instead.
    """

    password = PASSWORD

    def __init__(self, folder: Path, *, database: str | None, blocker: DjangoDbBlocker) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder / "demo"
        self.output = folder / "output.txt"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "HALL_NETWORK": "127.0.0.1",
            "HALL_NETWORK_PORT": str(free_port()),
        }
        self.phones_url = f"http://127.0.0.1:{self.environment['HALL_NETWORK_PORT']}"
        self._blocker = blocker
        self._database = database or str(self.folder / "desk.sqlite3")
        if settings.REDIS_URL:
            number = int(urlsplit(settings.REDIS_URL).path.strip("/") or 0)
            self.environment["REDIS_URL"] = f"{settings.REDIS_URL.rsplit('/', 1)[0]}/{number + 16}"
        if database:
            self.environment["DATABASE_URL"] = f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{database}"

    @contextmanager
    def running(self, *arguments: str) -> Iterator["Site"]:
        """Start `manage.py demo`, wait until it answers, stop it as Ctrl-C does, and see that it left cleanly."""
        with self.output.open("wb") as output:
            # config.child ends the site even when this test run is killed
            process = subprocess.Popen(
                [sys.executable, "-m", "config.child", "manage", "demo", *arguments],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready(process)
            yield self
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(30)
            process.stdin.close()
        assert code == 0, self.output.read_text()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert process.poll() is None, self.output.read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        logs = "\n".join(file.read_text()[-2000:] for file in (self.folder / "log").glob("*.log"))
        raise AssertionError(f"not ready after {START_SECONDS} s\n{self.output.read_text()}\n{logs}")

    def manage(self, *arguments: str) -> str:
        """Run a management command on the site's data and return what it printed."""
        environment = self.environment | {"VAR_DIR": str(self.folder), "DEMO": "1"}
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def by_day(self) -> None:
        """Make it a morning, whenever the tests run: by day texts go out, and what is tomorrow can be cancelled."""
        here = clock.local(clock.now())
        if FIRST_HOUR <= here.hour < LAST_HOUR:
            return
        tomorrow = here.date() + timedelta(days=here.hour >= LAST_HOUR)
        with self.orm():
            clock.move_to(datetime.combine(tomorrow, dt_time(FIRST_HOUR + 1), tzinfo=clock.SHANGHAI))

    @contextmanager
    def orm(self) -> Iterator[BaseDatabaseWrapper]:
        """Let the test's own ORM work on the site's database, at the time it is there."""
        own = connections["default"]
        options = {name: value for name, value in own.settings_dict["OPTIONS"].items() if name != "pool"}
        wrapper = load_backend(own.settings_dict["ENGINE"]).DatabaseWrapper(
            own.settings_dict | {"NAME": self._database, "OPTIONS": options}, "default"
        )
        connections["default"] = wrapper
        try:
            with self._blocker.unblock(), override_settings(DEMO=True, VAR_DIR=self.folder):
                yield wrapper
        finally:
            wrapper.close()
            connections["default"] = own


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def empty_database(name: str) -> Iterator[None]:
    """Make an empty database beside the tests' own, and drop it afterwards."""
    own = connections["default"].settings_dict
    with psycopg.connect(
        host=own["HOST"],
        port=own["PORT"] or None,
        user=own["USER"],
        password=own["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        link.execute(f'CREATE DATABASE "{name}"')
        try:
            yield
        finally:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
