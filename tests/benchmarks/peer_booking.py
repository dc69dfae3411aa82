"""Our bookings a second over HTTP beside those of PyPI's django-appointment, on one PostgreSQL server and one load.

Its path is the public one of its README, for somebody logged in: a POST to `appointment_request_submit` (which time)
and the POST to `appointment_client_information` it leads to (who), which writes the appointment. The pages that are
shown before and after are left out on both sides. Everybody books a time of their own. And a race of 32 for one time.
"""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path

import psycopg
from django.db import connection

from auditorium import clock
from tests.benchmarks import booking_http, report, web
from tests.benchmarks.rounds import ROUNDS, Figures, figures, in_turns, ratios

PEER = "django-appointment==3.12.0"
VENV = web.ROOT / "var" / "bench" / "peer"
DATABASE = "peer"
BOOKINGS, SLOTS = 192, 1000
STAFF, TIMES_A_DAY, RACES = 10, 20, 5
TIME_TAKEN = """
    SELECT count(*) FROM appointment_appointment JOIN appointment_appointmentrequest AS request
    ON request.id = appointment_request_id WHERE (staff_member_id, date, start_time) = (%s, %s, %s)
"""


@dataclass(frozen=True)
class Time:
    """One time of one of its staff: a place for one."""

    staff: int
    starts: datetime

    def fields(self, service: int) -> dict[str, object]:
        """What its first form sends."""
        ends = self.starts + timedelta(minutes=30)
        return {
            "date": self.starts.date(),
            "start_time": self.starts.time(),
            "end_time": ends.time(),
            "service": service,
            "staff_member": self.staff,
        }


@dataclass(frozen=True)
class Peer:
    """Its site, being served."""

    port: int
    service: int
    staff: Sequence[int]

    def browsers(self) -> list[web.Browser]:
        """32 people who have just logged in: what its session keeps of every booking is not carried along."""
        form = f"/appointment/request/{self.service}/"
        login = "/admin/login/?next=/admin/"
        return [
            web.Browser.log_in(self.port, f"client{number}", booking_http.PASSWORD, login=login, form=form)
            for number in range(web.CONNECTIONS)
        ]

    def time(self, number: int) -> Time:
        """The times one after the other, from ten days ahead."""
        day, rest = divmod(number, len(self.staff) * TIMES_A_DAY)
        staff, half_hour = divmod(rest, TIMES_A_DAY)
        starts = datetime.combine(clock.today() + timedelta(days=10 + day), time(8)) + timedelta(minutes=30) * half_hour
        return Time(self.staff[staff], starts)

    def errands(self, browsers: Sequence[web.Browser], times: Sequence[Time]) -> Iterator[web.Errand]:
        """A booking for each of the times."""
        for number, wanted in enumerate(times):
            yield self._book(browsers[number % len(browsers)], wanted)

    def _book(self, browser: web.Browser, wanted: Time) -> web.Errand:
        status, location = yield browser.post("/appointment/request-submit/", **wanted.fields(self.service))
        if status != 302 or "/client-info/" not in location:
            return False
        who = {"name": "张三", "phone_0": "CN", "phone_1": "13712345678", "address": "柯桥街道", "payment_type": "full"}
        status, location = yield browser.post(location, **who)
        return status == 302 and "/thank-you/" in location


def run(database: str) -> Figures:
    """Serve both sites and let them take turns."""
    here = ground.Ground.make()
    desks = [booking_http.desk_at(here) for _number in range(web.CONNECTIONS)]
    first, slots = here.people(1)[0], here.places(SLOTS, capacity=10)
    people = [here.people(BOOKINGS) for _round in range(ROUNDS + 1)]
    ground.analyse()
    ours_served = web.serving("tests.benchmarks.wsgi:application", {"DATABASE_URL": ground.url_of(database)})
    with ours_served as port, peer_served() as peer:
        form = f"/appointments/book/{first.pk}/slots/{slots[0].pk}/"
        browsers = [
            web.Browser.log_in(port, desk.username, booking_http.PASSWORD, login="/login/", form=form) for desk in desks
        ]

        def ours(number: int) -> float:
            return _rate(port, list(booking_http.our_errands(browsers, slots, people[number])))

        def theirs(number: int) -> float:
            times = [peer.time(number * BOOKINGS + n) for n in range(BOOKINGS)]
            return _rate(peer.port, list(peer.errands(peer.browsers(), times)))

        measured = in_turns({"ours": ours, "peer": theirs})
        oversold = sum(_race(peer, peer.time((ROUNDS + 1) * BOOKINGS + race)) - 1 for race in range(RACES))
    return {
        **figures("peer_booking", ratios(measured["ours"], measured["peer"]), "x"),
        **figures("peer_booking.ours", measured["ours"], "per s"),
        **figures("peer_booking.peer", measured["peer"], "per s"),
        "oversold.peer": (oversold, "places", RACES),
    }


@contextmanager
def peer_served() -> Iterator[Peer]:
    """Its site in its own virtual environment, on a database of its own beside ours, by the same server program."""
    python = str(_installed())
    environment = _environment()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    try:
        seed = [python, "-m", "tests.benchmarks.peer.seed", str(web.CONNECTIONS), str(STAFF), booking_http.PASSWORD]
        seeded = subprocess.run(
            seed, cwd=web.ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if seeded.returncode:
            raise RuntimeError(seeded.stderr)
        keys = json.loads(seeded.stdout.splitlines()[-1])
        with web.serving("tests.benchmarks.peer.wsgi:application", environment, python=python) as port:
            yield Peer(port=port, **keys)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def _installed() -> Path:
    """The Python of its virtual environment, made when it is first asked for: it is no requirement of ours.

    Django, server program and driver are those that our own site runs on.
    """
    ours = [f"{name}=={version(name)}" for name in ("django", "granian", "psycopg", "psycopg-binary", "psycopg-pool")]
    wanted, stamp, python = [PEER, *ours], VENV / "installed.txt", VENV / "bin" / "python"
    if not stamp.exists() or stamp.read_text().split() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--quiet", *wanted], check=True)
        stamp.write_text("\n".join(wanted))
    return python


def _environment() -> dict[str, str]:
    """Where its database is: on the server that ours is on."""
    ours = connection.settings_dict
    places = {f"PEER_DATABASE_{key}": str(ours[key] or "") for key in ("HOST", "PORT", "USER", "PASSWORD")}
    return {"PEER_DATABASE": DATABASE, **places}


def _rate(port: int, errands: Sequence[web.Errand]) -> float:
    rate, came_off = web.run(port, errands)
    if came_off != BOOKINGS:
        raise RuntimeError(f"{BOOKINGS - came_off} of {BOOKINGS} bookings failed")
    return rate


def _race(peer: Peer, wanted: Time) -> int:
    """How many were given a time that 32 asked for at once."""
    web.run(peer.port, list(peer.errands(peer.browsers(), [wanted] * web.CONNECTIONS)), at_once=True)
    where = _environment()
    with psycopg.connect(
        dbname=DATABASE,
        host=where["PEER_DATABASE_HOST"],
        port=where["PEER_DATABASE_PORT"] or None,
        user=where["PEER_DATABASE_USER"],
        password=where["PEER_DATABASE_PASSWORD"] or None,
    ) as there:
        taken = there.execute(TIME_TAKEN, (wanted.staff, wanted.starts.date(), wanted.starts.time())).fetchone()
    return taken[0] if taken else 0


def main() -> None:
    with ground.database() as database:
        measured = run(database)
    report.add(measured, command="make bench ONLY=peer_booking")


if __name__ == "__main__":
    main()
