"""How many came to what was held at a hall. It is Monday 23 November 2026, nine o'clock."""

from datetime import date, time, timedelta

import pytest
import time_machine

from appointments.domain import head_counts
from appointments.enums import QueueMode, SessionKind, SessionState
from appointments.errors import NotAllowed, TooEarly
from auditorium.models import AuditEntry
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, at
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


def walk_in(hall, day=MONDAY, starts=time(8), **more):
    said = {"kind": SessionKind.OUTREACH, "queue": QueueMode.WALK_IN, "held_at": hall, "allotted_hall": hall}
    return ClinicSessionFactory(date=day, starts=starts, ends=time(11), **said | more)


def test_write_and_correct_are_audited_once_each(hall):
    session, desk = walk_in(hall), desk_user(hall)
    for count in (42, 42, 40):
        head_counts.write(session=session, count=count, by=desk)
    session.refresh_from_db()
    entries = AuditEntry.objects.filter(action="head_counted", object_id=session.pk)
    assert (session.head_count, [entry.hall for entry in entries]) == (40, [hall, hall])


def test_nobody_counts_what_has_not_begun(hall):
    with pytest.raises(TooEarly):
        head_counts.write(session=walk_in(hall, starts=time(9, 1)), count=3, by=desk_user(hall))
    numbered = SlotFactory(session=walk_in(hall, queue=QueueMode.NUMBERED, starts=None), starts_at=at(MONDAY, 10))
    with pytest.raises(TooEarly):
        head_counts.write(session=numbered.session, count=3, by=desk_user(hall))


@pytest.mark.parametrize("changes", [{"held_at": None}, {"state": SessionState.SUSPENDED}])
def test_only_what_took_place_at_a_hall_is_counted(hall, changes):
    with pytest.raises(NotAllowed):
        head_counts.write(session=walk_in(hall, **changes), count=3, by=desk_user(hall))


def test_lists_say_what_comes_and_what_is_to_count(hall):
    running, later = walk_in(hall), walk_in(hall, starts=time(9, 30))
    numbered = SlotFactory(session=walk_in(hall, queue=QueueMode.NUMBERED, starts=None), capacity=4, taken=1).session
    yesterday = walk_in(hall, day=MONDAY - timedelta(days=1))
    walk_in(hall, day=MONDAY - timedelta(days=31))
    walk_in(hall, day=MONDAY - timedelta(days=1), state=SessionState.SUSPENDED)
    walk_in(HallFactory())
    assert set(head_counts.coming(hall)) == {running, later, numbered}
    assert list(head_counts.to_count(hall)) == [numbered, running, yesterday]
    found = head_counts.held_at(hall).get(pk=numbered.pk)
    assert (found.places, found.booked, found.first) == (4, 1, at(MONDAY, 8))
