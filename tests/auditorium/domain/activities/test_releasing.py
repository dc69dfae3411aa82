"""Who died or moved away gives back every place still to come, and whoever waits moves up."""

import pytest
import time_machine

from auditorium.domain import delivery, departures
from auditorium.domain.activities import cancelling, enrolling, roll
from auditorium.errors import DeskError
from auditorium.models import Attendance, FollowUp, Message, Reminder
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, SmsLineFactory, desk_user

pytestmark = pytest.mark.django_db
GONE = [
    (departures.record_death, "died_on", "村民已去世"),
    (departures.record_move, "moved_away_on", "村民已搬走"),
]


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    SmsLineFactory()
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def room(hall):
    return RoomFactory(hall=hall)


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def states(activity):
    return list(activity.enrolments.order_by("pk").values_list("villager__name", "state"))


@pytest.mark.parametrize(("record", "field", "why"), GONE)
def test_places_are_freed_and_who_waits_moves_up_and_hears(hall, room, desk, record, field, why):
    classes = [activity_in(room, weeks=2, places=1), activity_in(room, hour=14, places=1)]
    gone, next_ = told(hall, name="张小明"), told(hall, name="李秀英")
    for activity in classes:
        enrolling.sign_up(activity=activity, villagers=[gone, next_], by=desk)
    delivery.sweep()
    record(villager=gone, hall=hall, by=desk, **{field: MONDAY})
    for activity in classes:
        assert states(activity) == [("张小明", "cancelled"), ("李秀英", "enrolled")]
        assert activity.enrolments.get(villager=gone).ended_reason == why
    delivery.sweep()
    assert not Reminder.objects.live().filter(villager=gone).exists()
    assert not FollowUp.objects.open().filter(villager=gone).exists()
    assert Message.objects.filter(villager=gone).count() == 2  # that they had signed up, and nothing since
    assert Reminder.objects.filter(villager=next_, purpose="offered").count() == 2


@pytest.mark.parametrize(("record", "field", "why"), GONE)
def test_what_is_over_stays_as_it_was(hall, room, desk, record, field, why, monday_at_nine):
    villager, activity = told(hall), activity_in(room)
    enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    monday_at_nine.move_to(at(TUESDAY, 12))
    roll.mark(date=activity.dates.get(), marks={Attendance.objects.get().pk: "present"}, by=desk)
    record(villager=villager, hall=hall, by=desk, **{field: TUESDAY})
    assert states(activity) == [("张小明", "enrolled")]


@pytest.mark.parametrize(("record", "field", "why"), GONE)
def test_who_is_back_finds_the_place_gone_and_is_told_which(hall, room, desk, record, field, why):
    villager, activity = told(hall), activity_in(room, places=1)
    enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    delivery.sweep()
    record(villager=villager, hall=hall, by=desk, **{field: MONDAY})
    record(villager=villager, hall=hall, by=desk, **{field: None})
    assert states(activity) == [("张小明", "cancelled")]
    assert not Reminder.objects.live().exists()
    assert departures.given_up(villager) == ["智能手机班"]
    villager.refresh_from_db()
    enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    assert departures.given_up(villager) == []


def test_who_signed_off_by_themselves_gave_nothing_up(hall, room, desk):
    villager, activity = told(hall), activity_in(room)
    (one,) = enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    enrolling.sign_off(enrolment=one, by=desk, why="有事来不了")
    assert departures.given_up(villager) == []


def test_who_moved_away_is_not_signed_up_and_gets_no_place(hall, room, desk):
    activity = activity_in(room, places=1)
    first, second, third = (told(hall, name=name) for name in ("张小明", "李秀英", "王月珍"))
    holder, *_waiting = enrolling.sign_up(activity=activity, villagers=[first, second, third], by=desk)
    type(second).objects.filter(pk=second.pk).update(moved_away_on=MONDAY)
    assert [one.villager for one in enrolling.sign_off(enrolment=holder, by=desk)] == [third]
    second.refresh_from_db()
    with pytest.raises(DeskError) as refused:
        enrolling.sign_up(activity=activity_in(room, hour=14), villagers=[second], by=desk)
    assert refused.value.sentence == "李秀英记了搬走。回来了，先在他的页面上点“又回来了”，再报名。"


def test_what_was_called_off_is_left_alone(hall, room, desk):
    villager, activity = told(hall), activity_in(room)
    enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    cancelling.cancel(activity=activity, why="老师有事", by=desk)
    departures.record_death(villager=villager, died_on=MONDAY, hall=hall, by=desk)
    assert states(activity) == [("张小明", "enrolled")]
