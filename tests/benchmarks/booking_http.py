"""Pressing the check page's button, from 32 connections, beside the plainest POST that writes the same rows.

Both on the same granian with session, CSRF and form; over 1,000 slots and over one. The rows written by pgbench are
the distance to the limit. And a race of 32 for one place.
"""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import uuid4

from appointments.models import Appointment, Slot
from auditorium.models import User, Villager
from tests.benchmarks import pgbench, report, web
from tests.benchmarks.rounds import ROUNDS, Figures, figures, in_turns, ratios
from tests.factories import desk_user

BOOKINGS = 192
SLOTS, HOT_CAPACITY = 1000, 5000
RACES = 5
PASSWORD = "only-for-benchmarks"
PGBENCH_EACH = 20


def run(database: str) -> Figures:
    """Serve the site on `database` and measure."""
    here = ground.Ground.make()
    desks = [desk_at(here) for _number in range(web.CONNECTIONS)]
    first, one_place = here.people(1)[0], here.places(RACES, capacity=1)
    kinds = {
        "spread": [here.places(SLOTS, capacity=40) for _side in range(3)],
        "hot": [here.places(1, capacity=HOT_CAPACITY) for _side in range(3)],
    }
    people = {kind: [here.people(BOOKINGS) for _round in range(ROUNDS + 1)] for kind in kinds}
    racers = [here.people(web.CONNECTIONS) for _race in range(RACES)]
    written = {kind: here.people(web.CONNECTIONS * PGBENCH_EACH * (ROUNDS + 1)) for kind in kinds}
    ground.analyse()
    measured: Figures = {}
    with web.serving(
        "tests.benchmarks.wsgi:application", {"DATABASE_URL": ground.url_of(database), "LOG_LEVEL": "ERROR"}
    ) as port:
        form = f"/appointments/book/{first.pk}/slots/{one_place[0].pk}/"
        browsers = [web.Browser.log_in(port, desk.username, PASSWORD, login="/login/", form=form) for desk in desks]
        for kind, (ours, plain, bench) in kinds.items():
            script = pgbench.script(here, bench, first_villager=written[kind][0].pk - 1)
            used: Counter[int] = Counter()
            rounds = in_turns({
                "ours": lambda n, kind=kind, ours=ours: _rate(port, our_errands(browsers, ours, people[kind][n])),
                "plain": lambda n, kind=kind, plain=plain, used=used: _rate(
                    port, _plain(browsers, plain, people[kind][n], used)
                ),
                "pgbench": lambda n, script=script: pgbench.rate(script, clients=web.CONNECTIONS, each=PGBENCH_EACH),
            })  # fmt: skip
            measured |= {
                **figures(f"booking_http_{kind}", ratios(rounds["ours"], rounds["plain"]), "x"),
                **figures(f"booking_http_{kind}.over_pgbench", ratios(rounds["ours"], rounds["pgbench"]), "x"),
                **figures(f"booking_http_{kind}.ours", rounds["ours"], "per s"),
                **figures(f"booking_http_{kind}.plain", rounds["plain"], "per s"),
                **figures(f"booking_http_{kind}.pgbench", rounds["pgbench"], "per s"),
            }
        for slot, crowd in zip(one_place, racers, strict=True):
            web.run(port, list(our_errands(browsers, [slot], crowd)), at_once=True)
    oversold = Appointment.objects.occupying().filter(slot__in=one_place).count() - RACES
    return measured | {"oversold.ours": (oversold, "places", RACES)}


def desk_at(here: ground.Ground) -> User:
    """Somebody at the hall's desk who can log in."""
    desk = desk_user(here.hall)
    desk.set_password(PASSWORD)
    desk.save()
    return desk


def _rate(port: int, errands: Iterator[web.Errand]) -> float:
    rate, came_off = web.run(port, list(errands))
    if came_off != BOOKINGS:
        raise RuntimeError(f"{BOOKINGS - came_off} of {BOOKINGS} requests failed")
    return rate


def our_errands(
    browsers: Sequence[web.Browser], slots: Sequence[Slot], people: Sequence[Villager]
) -> Iterator[web.Errand]:
    """A press of the check page's button for each of the people."""
    for number, who in enumerate(people):
        path = f"/appointments/book/{who.pk}/slots/{slots[who.pk * 7 % len(slots)].pk}/"
        yield _press(browsers[number % len(browsers)], path)


def _plain(
    browsers: Sequence[web.Browser], slots: Sequence[Slot], people: Sequence[Villager], used: Counter[int]
) -> Iterator[web.Errand]:
    for number, who in enumerate(people):
        slot = slots[who.pk * 7 % len(slots)]
        path = f"/plain/{who.pk}/{slot.pk}/{slot.numbers[0][0] + used[slot.pk]}/"
        used[slot.pk] += 1
        yield _press(browsers[number % len(browsers)], path)


def _press(browser: web.Browser, path: str) -> web.Errand:
    status, _location = yield browser.post(path, key=uuid4())
    return status == 302


def main() -> None:
    with ground.database() as database:
        measured = run(database)
    report.add(measured, command="make bench ONLY=booking_http")


if __name__ == "__main__":
    main()
