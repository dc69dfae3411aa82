"""Calling off: one date or all of it, and everybody hears."""

from datetime import timedelta

import pytest
import time_machine

from auditorium.domain import delivery
from auditorium.domain.activities import cancelling, enrolling
from auditorium.errors import EndedError
from auditorium.models import Enrolment, FollowUp, Message, Reminder
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, SmsLineFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    SmsLineFactory()
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def activity(hall):
    return activity_in(RoomFactory(hall=hall), weeks=3, places=2)


def last_texts():
    """The last text about each villager, by name."""
    rows = Message.objects.order_by("pk").values_list("villager__name", "body")
    return {name: body.split("】")[1] for name, body in rows}


def test_cancel_date_tells_who_has_a_place_and_keeps_the_others_reminders(hall, desk, activity):
    people = [told(hall, name=name) for name in ("张小明", "李秀英", "王月珍")]
    enrolling.sign_up(activity=activity, villagers=people, by=desk)
    delivery.sweep()
    second = activity.dates.all()[1]
    cancelling.cancel_date(date=second, why="老师有事", by=desk)
    delivery.sweep()
    said = "12月1日周二上午9:00的智能手机班，这次取消，其余照常。问0575-84000000"
    assert last_texts() == {"张小明": f"张小明，{said}", "李秀英": f"李秀英，{said}"}
    planned = Reminder.objects.filter(state="planned")
    assert {clock_day(one) for one in planned} == {TUESDAY + timedelta(days=13)}
    assert {one.purpose for one in planned} == {"one_day"}


def clock_day(reminder):
    return reminder.due_at.astimezone(at(MONDAY, 9).tzinfo).date()


def test_cancel_tells_everybody_once_whoever_waits_and_whom_no_text_reaches(hall, desk, activity):
    people = [told(hall, name="张小明"), VillagerFactory(registered_at=hall, name="李根生"), told(hall, name="王月珍")]
    enrolling.sign_up(activity=activity, villagers=people, by=desk, in_person=True)
    delivery.sweep()
    cancelling.cancel(activity=activity, why="礼堂修屋顶", by=desk)
    delivery.sweep()
    said = "11月24日周二上午9:00的智能手机班，取消了，不用来了。问0575-84000000"
    assert last_texts() == {"张小明": f"张小明，{said}", "王月珍": f"王月珍，{said}"}
    task = FollowUp.objects.get()
    assert task.villager == people[1]
    assert task.words == "李根生您好，我是宝善桥村文化礼堂的。11月24日周二上午9:00的智能手机班，取消了，不用来了。"
    assert not Reminder.objects.filter(state="planned").exists()
    assert set(activity.dates.values_list("state", flat=True)) == {"cancelled"}


def test_cancel_says_the_next_date_to_who_has_been_to_the_first(hall, desk, activity):
    enrolling.sign_up(activity=activity, villagers=[told(hall)], by=desk)
    with time_machine.travel(at(TUESDAY, 12), tick=False):
        cancelling.cancel(activity=activity, why="老师有事", by=desk)
        delivery.sweep()
    assert last_texts()["张小明"].startswith("张小明，12月1日周二上午9:00的智能手机班，取消了")
    assert list(activity.dates.values_list("state", flat=True)) == ["scheduled", "cancelled", "cancelled"]


def test_what_is_off_or_has_begun_is_not_called_off(desk, activity):
    first, second, _third = activity.dates.all()
    with time_machine.travel(at(TUESDAY, 9), tick=False), pytest.raises(EndedError):
        cancelling.cancel_date(date=first, why="老师有事", by=desk)
    cancelling.cancel_date(date=second, why="老师有事", by=desk)
    with pytest.raises(EndedError) as refused:
        cancelling.cancel_date(date=second, why="老师有事", by=desk)
    assert refused.value.sentence == "12月1日 周二这一次已经取消了。"
    cancelling.cancel(activity=activity, why="老师有事", by=desk)
    with pytest.raises(EndedError):
        cancelling.cancel(activity=activity, why="老师有事", by=desk)


def test_a_date_called_off_reminds_nobody_even_where_the_text_was_due(hall, desk):
    day = TUESDAY + timedelta(days=3)
    activity = activity_in(RoomFactory(hall=hall), day=day)
    enrolling.sign_up(activity=activity, villagers=[told(hall)], by=desk)
    delivery.sweep()
    with time_machine.travel(at(day - timedelta(days=1), 18), tick=False):
        cancelling.cancel(activity=activity, why="老师有事", by=desk)
        delivery.sweep()
    assert [one.purpose for one in Reminder.objects.filter(state="cancelled")] == ["one_day"]
    assert Message.objects.count() == 2
    assert Enrolment.objects.get().state == "enrolled"
