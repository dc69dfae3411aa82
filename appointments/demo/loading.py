"""Loading the demo: everything once, and at every start what the coming days need."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from appointments.demo import history, hospitals, plans, queue, sessions, weekly
from appointments.domain import schedules
from appointments.domain.default_templates import ensure_templates
from appointments.domain.reference_data import ensure_reference_data
from auditorium import clock
from auditorium.demo import accounts, activities, desk, lending, library, people, places, uses
from auditorium.demo.past import Story
from auditorium.models import Hall

Say = Callable[[str], object]


class NotADemoError(Exception):
    """The database is somebody's own: the demo's people have no place in it."""


def load(say: Say) -> None:
    """Load what is missing: all of it the first time, else only what the days ahead need.

    Raises NotADemoError, having written nothing, where there are halls that are not the demo's.
    """
    with transaction.atomic():
        if not _is_loaded():
            _load_once(say)
        if opened := sessions.open_coming():
            say(f"· 开出门诊班次 {opened} 个 / Opened {opened} clinic sessions")
        schedules.open_ahead(by=None)
        history.fill_marked()
        if closed := places.close_outside_lines():
            say(f"· 停用 {closed} 条会往外发短信的线路 / Paused {closed} lines that reach the outside")


def _is_loaded() -> bool:
    """Whether the demo's main hall is there; NotADemoError where others are."""
    if Hall.objects.filter(uid=places.uid_of(places.MAIN_HALL)).exists():
        return True
    if Hall.objects.exists():
        raise NotADemoError
    return False


def _load_once(say: Say) -> None:
    clock.move_back()  # the demo before this one may have moved it
    say("· 区划、礼堂、用户 / Divisions, halls, users")
    halls = places.load()
    users = accounts.load(halls)
    ensure_reference_data()
    ensure_templates()
    say("· 医院 / Hospitals")
    hospitals.load(halls, users)
    say("· 村民 / Villagers")
    desks = accounts.at_desks(users)
    villagers = people.load(halls, by=desks)
    sessions.open_coming()
    say("· 看书听戏 / The library")
    library.load(hall=halls[places.MAIN_HALL], by=users["admin"])
    lending.load(halls=halls, by=users["admin"])
    say("· 过去几周的预约和短信 / The past weeks' bookings and texts")
    story = Story()
    bookings = history.Bookings(story, villagers, desks, clerk=users[hospitals.CLERK])
    bookings.tell()
    hall, by = halls[places.MAIN_HALL], desks[places.MAIN_HALL]
    desk.tell_tasks(story, hall=hall, by=by, villagers=villagers)
    desk.tell_today(story, hall=hall, by=by, villagers=villagers)
    sat = {halls[name]: desks[name] for name in (places.MAIN_HALL, places.SECOND_HALL)}
    uses.tell(story, desks=sat, villagers=villagers)
    lending.tell(story, halls=halls, desks=desks, villagers=villagers)
    activities.tell(story, halls=halls, desks=desks, villagers=villagers)
    story.live(each_time=bookings.do_duty)
    queue.tell(villagers, desks)
    plans.tell(hall=hall, by=by, villagers=villagers)
    weekly.load(hall)
    places.count_texts()
