"""What a hall holds and when: rooms are never taken twice, and who comes hears of what moves."""

from datetime import timedelta

import pytest
import time_machine

from auditorium.domain import delivery
from auditorium.domain.activities import enrolling, schedule
from auditorium.domain.activities.rooms import RoomTaken
from auditorium.domain.activities.schedule import ActivityDetails
from auditorium.enums import ReminderPurpose, ReminderState
from auditorium.errors import DeskError, EndedError
from auditorium.models import Activity, ActivityDate, AuditEntry, Message, Reminder
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, held_in, told
from tests.factories import HallFactory, SmsLineFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def room(hall):
    return RoomFactory(hall=hall, name="二楼教室", places=20)


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def sentence(call, *args, **kwargs):
    with pytest.raises(DeskError) as refused:
        call(*args, **kwargs)
    return refused.value.sentence


def test_create_writes_every_week_of_a_class(room):
    activity = activity_in(room, weeks=4, places=15)
    weeks = [TUESDAY + timedelta(weeks=week) for week in range(4)]
    assert [date.starts_at for date in activity.dates.all()] == [at(day, 9) for day in weeks]
    assert {date.hall_id for date in activity.dates.all()} == {room.hall_id}
    assert AuditEntry.objects.filter(object_kind="activity", action="added").count() == 1


def test_create_refuses_a_room_that_is_taken_and_writes_nothing(room):
    activity_in(room, weeks=4)
    said = sentence(activity_in, room, weeks=2, day=TUESDAY + timedelta(weeks=2), hour=10, title="剪纸班")
    assert said == "二楼教室在12月8日 周二上午9:00到上午11:00已经有“智能手机班”了，请换个时间或场地。"
    assert Activity.objects.count() == 1


def test_create_lets_one_begin_where_another_ends_and_meet_in_another_room(hall, room):
    activity_in(room)
    activity_in(room, hour=11, title="剪纸班")
    activity_in(RoomFactory(hall=hall), title="戏迷交流会")
    assert ActivityDate.objects.count() == 3


def test_create_takes_the_place_of_what_was_called_off(room):
    activity_in(room)
    ActivityDate.objects.update(state="cancelled")
    activity_in(room, title="剪纸班")
    assert ActivityDate.objects.scheduled().get().activity.title == "剪纸班"


def test_create_refuses_more_places_than_chairs(room):
    assert sentence(activity_in, room, places=21) == "二楼教室只坐得下20人，名额不能超过它。请换场地，或少写几个名额。"


def test_create_refuses_what_is_over_and_another_halls_room(hall, room):
    assert sentence(activity_in, room, day=MONDAY, hour=8) == "11月23日 周一这个时间已经过了，请写以后的时间。"
    elsewhere = held_in(RoomFactory())
    refused = sentence(schedule.create, hall=hall, details=ActivityDetails(title="班"), times=[elsewhere], by=None)
    assert refused == "这个场地不能用，请另选一个。"


def test_change_writes_what_differs_and_refuses_too_few_places(hall, room, desk):
    activity = activity_in(room, places=3)
    enrolling.sign_up(activity=activity, villagers=[told(hall), told(hall)], by=desk)
    details = ActivityDetails(title="智能手机班", places=1)
    assert (
        sentence(schedule.change, activity=activity, details=details, by=desk) == "已经有2人报上名了，名额不能比这少。"
    )
    schedule.change(activity=activity, details=ActivityDetails(title="手机班", places=2), by=desk)
    activity.refresh_from_db()
    assert (activity.title, activity.places) == ("手机班", 2)
    assert AuditEntry.objects.get(object_kind="activity", action="changed").fields == ["places", "title"]


def test_change_gives_added_places_to_who_waits_first(hall, room, desk):
    activity = activity_in(room, places=1)
    people = [told(hall) for _each in range(3)]
    enrolling.sign_up(activity=activity, villagers=people, by=desk)
    schedule.change(activity=activity, details=ActivityDetails(title="智能手机班", places=2), by=desk)
    states = list(activity.enrolments.order_by("pk").values_list("state", flat=True))
    assert states == ["enrolled", "enrolled", "waiting"]
    assert Reminder.objects.get(purpose=ReminderPurpose.OFFERED).villager == people[1]


def test_move_date_tells_everybody_with_a_place_and_reminds_of_the_new_time(hall, room, desk):
    SmsLineFactory()
    activity = activity_in(room, places=1, day=TUESDAY + timedelta(days=3))
    coming, waiting = told(hall), told(hall, name="李秀英")
    enrolling.sign_up(activity=activity, villagers=[coming, waiting], by=desk)
    delivery.sweep()
    date = activity.dates.get()
    schedule.move_date(date=date, time=held_in(room, day=TUESDAY + timedelta(days=7), hour=14), by=desk)
    delivery.sweep()
    live = Reminder.objects.live().order_by("due_at")
    assert [(one.purpose, one.villager) for one in live.filter(state=ReminderState.PLANNED)] == [("one_day", coming)]
    assert live.get(purpose="one_day").due_at >= at(TUESDAY + timedelta(days=6), 16)
    told_of = Message.objects.filter(villager=coming).order_by("pk").last()
    assert told_of.body.startswith("【柯桥文化礼堂】张小明，智能手机班的时间有变：12月1日周二下午2:00到")
    assert not Message.objects.filter(villager=waiting).exists()


def test_move_date_may_overlap_itself_but_nobody_else(room, desk):
    activity_in(room, hour=14, title="剪纸班")
    date = activity_in(room).dates.get()
    schedule.move_date(date=date, time=held_in(room, hour=10), by=desk)
    with pytest.raises(RoomTaken):
        schedule.move_date(date=date, time=held_in(room, hour=13), by=desk)
    date.refresh_from_db()
    assert date.starts_at == at(TUESDAY, 10)


def test_move_date_leaves_what_has_begun_or_was_called_off(room, desk):
    date = activity_in(room).dates.get()
    with time_machine.travel(at(TUESDAY, 9, 5), tick=False):
        said = sentence(schedule.move_date, date=date, time=held_in(room, hour=14), by=desk)
    assert said == "11月24日 周二这一次已经开始了，不能再改。"
    ActivityDate.objects.update(state="cancelled")
    with pytest.raises(EndedError):
        schedule.move_date(date=date, time=held_in(room, hour=14), by=desk)


def test_add_date_expects_whoever_has_a_place_or_waits(hall, room, desk):
    activity = activity_in(room, places=1)
    people = [told(hall), told(hall)]
    enrolling.sign_up(activity=activity, villagers=people, by=desk)
    added = schedule.add_date(activity=activity, time=held_in(room, day=TUESDAY + timedelta(weeks=1)), by=desk)
    assert set(added.attendances.values_list("villager", flat=True)) == {person.pk for person in people}
    about = added.attendances.values("pk")
    owed = Reminder.objects.filter(about_id__in=about).order_by("due_at")
    assert [(one.purpose, one.villager) for one in owed] == [("changed", people[0]), ("one_day", people[0])]
