"""Loading the demo: everything once, and at every start what the coming days need."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from appointments.demo import history, hospitals, sessions
from appointments.domain.default_templates import ensure_templates
from appointments.domain.reference_data import ensure_reference_data
from auditorium.demo import accounts, desk, people, places
from auditorium.demo.past import Story
from auditorium.models import Hall, User

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
        opened = sessions.open_coming()
        say(f"· 开出门诊班次 {opened} 个 / Opened {opened} clinic sessions")
        booked = history.fill_marked()
        say(f"· 约满 {booked} 个号 / Booked {booked} places")
        if closed := places.close_outside_lines():
            say(f"· 停用 {closed} 条会往外发短信的线路 / Paused {closed} lines that reach the outside")


def _is_loaded() -> bool:
    """Whether the demo's main hall is there."""
    if Hall.objects.filter(name=places.MAIN_HALL).exists() and User.objects.filter(username="desk").exists():
        return True
    if Hall.objects.exists():
        raise NotADemoError
    return False


def _load_once(say: Say) -> None:
    say("· 区划、礼堂、用户 / Divisions, halls, users")
    halls = places.load()
    users = accounts.load(halls)
    ensure_reference_data()
    ensure_templates()
    say("· 医院 / Hospitals")
    clerk = hospitals.load(halls)
    say("· 村民 / Villagers")
    desks = accounts.at_desks(users)
    villagers = people.load(halls, by=desks)
    say("· 过去几周的预约和短信 / The past weeks' bookings and texts")
    sessions.open_coming()
    story = Story()
    bookings = history.Bookings(story, villagers, desks, clerk=clerk)
    bookings.tell()
    at_main = {"hall": halls[places.MAIN_HALL], "by": desks[places.MAIN_HALL], "villagers": villagers}
    desk.tell_tasks(story, **at_main)
    desk.tell_today(story, **at_main)
    story.live(each_time=bookings.do_duty)
