"""Two desks after one room or the last place. Each race has a control that goes wrong when the guard is out."""

import threading
from functools import partial
from unittest import mock

import pytest
import time_machine

from auditorium.domain import departures
from auditorium.domain.activities import enrolling, places, rooms, schedule
from auditorium.domain.activities.schedule import ActivityDetails
from auditorium.models import ActivityDate, Enrolment, Reminder, Room
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, held_in, told
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, desk_user

DESKS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def room(hall):
    return RoomFactory(hall=hall)


def outcomes(results):
    """How many of each kind of result."""
    kinds = [type(result).__name__ for result in results]
    return {kind: kinds.count(kind) for kind in set(kinds)}


def held(hall, room, title="班"):
    return schedule.create(hall=hall, details=ActivityDetails(title=title), times=[held_in(room)], by=None)


def test_one_of_many_gets_the_room(hall, room):
    results = at_once([partial(held, hall, room)] * DESKS)
    assert outcomes(results) == {"Activity": 1, "RoomTaken": DESKS - 1}
    assert ActivityDate.objects.count() == 1


def test_moving_and_making_meet_in_no_room(hall, desk, room):
    dates = [activity_in(room, hour=hour).dates.get() for hour in (12, 14, 16)]
    calls = [partial(schedule.move_date, date=date, time=held_in(room), by=desk) for date in dates]
    results = at_once([*calls, partial(held, hall, room)])
    assert outcomes(results)["RoomTaken"] == 3
    assert ActivityDate.objects.filter(starts_at=at(TUESDAY, 9)).count() == 1


def test_room_control_look_then_write_puts_all_of_them_there(hall, room):
    """Without the lock the same callers, each having looked, meet in one room."""
    activities = [activity_in(RoomFactory(hall=hall)) for _desk in range(DESKS)]
    ActivityDate.objects.all().delete()
    all_have_looked = threading.Barrier(DESKS)

    def look_then_write(activity):
        time = held_in(room)
        rooms.check_free(room=room, starts_at=time.starts_at, ends_at=time.ends_at)
        all_have_looked.wait(30)
        return ActivityDate.objects.create(
            activity=activity, hall=hall, room=room, starts_at=time.starts_at, ends_at=time.ends_at
        )

    results = at_once([partial(look_then_write, activity) for activity in activities])
    assert outcomes(results) == {"ActivityDate": DESKS}


@pytest.mark.postgres
def test_room_control_create_itself_without_the_lock_fails_too(hall, room):
    """SQLite lets one writer in at a time, so only PostgreSQL can show what the lock is for."""
    both_have_looked = threading.Barrier(2)
    check_free = rooms.check_free

    def look_and_wait(**asked):
        check_free(**asked)
        both_have_looked.wait(30)

    with (
        mock.patch.object(rooms, "lock", lambda pks: Room.objects.in_bulk(list(pks))),
        mock.patch.object(rooms, "check_free", look_and_wait),
    ):
        results = at_once([partial(held, hall, room)] * 2)
    assert outcomes(results) == {"Activity": 2}


def test_the_last_place_goes_to_one_of_many(hall, desk, room):
    activity = activity_in(room, places=1)
    people = [told(hall) for _desk in range(DESKS)]
    results = at_once([partial(enrolling.sign_up, activity=activity, villagers=[one], by=desk) for one in people])
    assert outcomes(results) == {"list": DESKS}
    assert places.taken(activity) == 1
    assert activity.enrolments.waiting().count() == DESKS - 1
    assert activity.enrolments.enrolled().get().pk < activity.enrolments.waiting().first().pk


@pytest.mark.postgres
def test_last_place_control_without_the_lock_is_given_twice(hall, desk, room):
    activity = activity_in(room, places=1)
    both_have_counted = threading.Barrier(2)
    free = places.free

    def count_and_wait(held):
        found = free(held)
        both_have_counted.wait(30)
        return found

    with (
        mock.patch.object(places, "lock", lambda pk: type(activity).objects.select_related("hall").get(pk=pk)),
        mock.patch.object(places, "free", count_and_wait),
    ):
        at_once([partial(enrolling.sign_up, activity=activity, villagers=[told(hall)], by=desk) for _each in range(2)])
    assert places.taken(activity) == 2


def test_two_households_in_opposite_order_and_two_activities_never_wait_for_each_other(hall, desk, room):
    people = [told(hall) for _each in range(4)]
    first, second = activity_in(room, places=2), activity_in(room, hour=14, places=2)
    calls = [
        partial(enrolling.sign_up, activity=activity, villagers=order, by=desk)
        for activity in (first, second)
        for order in (people, people[::-1])
    ]
    assert outcomes(at_once(calls)) == {"list": 2, "DeskError": 2}
    assert [places.taken(first), places.taken(second)] == [2, 2]


@pytest.mark.parametrize(
    ("record", "field"), [(departures.record_death, "died_on"), (departures.record_move, "moved_away_on")]
)
def test_who_is_gone_keeps_no_place_whoever_signs_them_up_meanwhile(hall, desk, room, record, field):
    villager, waits = told(hall), told(hall)
    activities = [activity_in(room, hour=hour, places=1) for hour in (10, 12, 14, 16)]
    for activity in activities[:2]:
        enrolling.sign_up(activity=activity, villagers=[villager, waits], by=desk)
    calls = [
        partial(enrolling.sign_up, activity=activity, villagers=[villager], by=desk) for activity in activities[2:]
    ]
    results = at_once([*calls, partial(record, villager=villager, hall=hall, by=desk, **{field: MONDAY})])
    assert set(outcomes(results)) <= {"list", "DeskError", "NoneType"}
    assert not villager.enrolments.live().exists()
    assert waits.enrolments.enrolled().count() == 2


def test_leaving_at_once_gives_each_place_on_once(hall, desk, room):
    activity = activity_in(room, places=3)
    made = enrolling.sign_up(activity=activity, villagers=[told(hall) for _each in range(6)], by=desk)
    at_once([partial(enrolling.sign_off, enrolment=Enrolment.objects.get(pk=one.pk), by=desk) for one in made[:4]])
    assert list(activity.enrolments.enrolled()) == made[4:]
    assert set(Reminder.objects.filter(purpose="offered").values_list("villager", flat=True)) >= {
        one.villager_id for one in made[4:]
    }
