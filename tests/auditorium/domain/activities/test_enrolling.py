"""Signing up and off: places in the order people came, the rest wait, and everybody hears what concerns them."""

from datetime import date, timedelta

import pytest
import time_machine

from auditorium.domain import delivery, visits
from auditorium.domain.activities import cancelling, enrolling
from auditorium.domain.departures import record_death
from auditorium.enums import MatterKind
from auditorium.errors import DeskError, EndedError
from auditorium.models import Attendance, Enrolment, FollowUp, Message, Reminder, Visit
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import ContactFactory, HallFactory, PhoneFactory, SmsLineFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def room(hall):
    SmsLineFactory()
    return RoomFactory(hall=hall, name="二楼教室")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def states(activity):
    return list(activity.enrolments.order_by("pk").values_list("state", flat=True))


def texts_to(villager):
    return list(Message.objects.filter(villager=villager).order_by("pk").values_list("body", flat=True))


def refusal(**asked):
    with pytest.raises(DeskError) as refused:
        enrolling.sign_up(by=None, **asked)
    return refused.value.sentence


def test_sign_up_gives_places_in_order_and_lets_the_rest_wait(hall, room, desk):
    activity = activity_in(room, weeks=2, places=2)
    people = [told(hall) for _each in range(3)]
    made = enrolling.sign_up(activity=activity, villagers=people, by=desk)
    assert [(one.villager, one.state) for one in made] == [
        (people[0], "enrolled"),
        (people[1], "enrolled"),
        (people[2], "waiting"),
    ]
    assert Attendance.objects.count() == 6


def test_sign_up_tells_at_once_and_the_day_before_every_date(hall, room, desk):
    day = TUESDAY + timedelta(weeks=1)
    villager = told(hall)
    enrolling.sign_up(activity=activity_in(room, weeks=2, day=day), villagers=[villager], by=desk, in_person=True)
    delivery.sweep()
    assert texts_to(villager) == [
        "【柯桥文化礼堂】张小明，智能手机班报上名了：12月1日周二上午9:00到宝善桥村文化礼堂二楼教室，共2次。问0575-84000000"
    ]
    with time_machine.travel(at(day - timedelta(days=1), 17), tick=False):
        delivery.sweep()
    with time_machine.travel(at(day + timedelta(days=6), 17), tick=False):
        delivery.sweep()
    assert texts_to(villager)[1:] == [
        "【柯桥文化礼堂】张小明，12月1日周二上午9:00到宝善桥村文化礼堂二楼教室参加智能手机班。问0575-84000000",
        "【柯桥文化礼堂】张小明，12月8日周二上午9:00到宝善桥村文化礼堂二楼教室参加智能手机班。问0575-84000000",
    ]


def test_sign_up_of_a_household_on_one_phone_reminds_it_with_one_text(hall, room, desk):
    phone = PhoneFactory()
    day = TUESDAY + timedelta(weeks=1)
    wife = told(hall, name="李秀英")
    wife.contacts.all().delete()
    ContactFactory(villager=wife, phone=phone, relation="spouse")
    enrolling.sign_up(
        activity=activity_in(room, day=day), villagers=[told(hall, phone=phone), wife], by=desk, in_person=True
    )
    delivery.sweep()
    with time_machine.travel(at(day - timedelta(days=1), 17), tick=False):
        delivery.sweep()
    bodies = list(Message.objects.order_by("pk").values_list("body", flat=True))
    assert bodies[2:] == [
        "【柯桥文化礼堂】请提醒张小明9:00、李秀英9:00，12月1日周二到礼堂二楼教室参加智能手机班。问0575-84000000"
    ]


def test_sign_up_asks_a_person_only_of_who_is_not_at_the_desk(hall, room, desk):
    activity = activity_in(room, day=TUESDAY + timedelta(weeks=1))
    silent = VillagerFactory(registered_at=hall, name="李根生")
    enrolling.sign_up(activity=activity, villagers=[silent], by=desk, in_person=True)
    delivery.sweep()
    assert FollowUp.objects.count() == 0
    other = VillagerFactory(registered_at=hall, name="沈阿彩")
    enrolling.sign_up(activity=activity, villagers=[other], by=None)
    delivery.sweep()
    assert [task.villager for task in FollowUp.objects.all()] == [other]


def test_sign_up_refuses_in_one_sentence_and_writes_nothing(hall, room, desk):
    activity = activity_in(room, from_age=60, closes_at=at(MONDAY, 17))
    old = told(hall, birth_date=date(1966, 11, 24))
    young = told(hall, name="章小红", birth_date=date(1966, 11, 25))
    assert refusal(activity=activity, villagers=[old, young]) == "章小红不到60岁，这个活动是请60岁以上的人来的。"
    enrolling.sign_up(activity=activity, villagers=[old], by=desk)
    assert refusal(activity=activity, villagers=[told(hall), old]) == "张小明已经报过名了。"
    assert refusal(activity=activity, villagers=[]) == "请选要报名的人。"
    with time_machine.travel(at(MONDAY, 17), tick=False):
        said = refusal(activity=activity, villagers=[told(hall)])
    assert said == "报名到11月23日 周一下午5:00为止，已经截止了。"
    assert Enrolment.objects.get().villager == old


def test_sign_up_refuses_the_dead_what_was_called_off_and_what_is_over(hall, room, desk):
    activity = activity_in(room)
    dead = told(hall)
    record_death(villager=dead, died_on=MONDAY, hall=hall, by=desk)
    assert refusal(activity=activity, villagers=[dead]) == "张小明的资料已经停用，不能报名。"
    with time_machine.travel(at(TUESDAY, 9), tick=False):
        assert refusal(activity=activity, villagers=[told(hall)]) == "后面没有时间了，不能再报名。"
    cancelling.cancel(activity=activity, why="老师有事", by=desk)
    assert refusal(activity=activity, villagers=[told(hall)]) == "这个活动已经取消了。"


def test_sign_up_in_the_middle_of_a_class_begins_with_the_next_date(hall, room, desk):
    activity = activity_in(room, weeks=3)
    villager = told(hall)
    with time_machine.travel(at(TUESDAY, 12), tick=False):
        enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
        delivery.sweep()
    dates = Attendance.objects.order_by("date__starts_at").values_list("date__starts_at", flat=True)
    assert list(dates) == [at(TUESDAY + timedelta(weeks=week), 9) for week in (1, 2)]
    assert "12月1日周二上午9:00到宝善桥村文化礼堂二楼教室，共2次" in texts_to(villager)[0]


def test_sign_off_gives_the_place_to_who_waits_first_and_tells_them(hall, room, desk):
    activity = activity_in(room, weeks=2, day=TUESDAY + timedelta(weeks=1), places=1)
    people = [told(hall, name=name) for name in ("张小明", "李秀英", "王月珍")]
    first, *_others = enrolling.sign_up(activity=activity, villagers=people, by=desk, in_person=True)
    delivery.sweep()
    assert [one.villager for one in enrolling.sign_off(enrolment=first, by=desk)] == [people[1]]
    assert states(activity) == ["cancelled", "enrolled", "waiting"]
    delivery.sweep()
    assert texts_to(people[1]) == [
        "【柯桥文化礼堂】李秀英，智能手机班轮到您了：12月1日周二上午9:00到宝善桥村文化礼堂二楼教室，共2次。问0575-84000000"
    ]
    assert texts_to(people[0])[1:] == [
        "【柯桥文化礼堂】张小明，12月1日周二上午9:00的智能手机班，您的报名取消了。问0575-84000000"
    ]
    assert texts_to(people[2]) == []
    planned = Reminder.objects.filter(state="planned").order_by("due_at")
    assert [(one.purpose, one.villager) for one in planned] == [("one_day", people[1])] * 2


def test_sign_off_of_somebody_waiting_moves_nobody_up(hall, room, desk):
    activity = activity_in(room, places=1)
    made = enrolling.sign_up(activity=activity, villagers=[told(hall) for _each in range(3)], by=desk)
    assert enrolling.sign_off(enrolment=made[1], by=desk) == []
    assert states(activity) == ["enrolled", "cancelled", "waiting"]


def test_sign_off_twice_is_refused_and_signing_up_again_goes_to_the_end(hall, room, desk):
    activity = activity_in(room, places=1)
    people = [told(hall), told(hall)]
    first, _second = enrolling.sign_up(activity=activity, villagers=people, by=desk)
    enrolling.sign_off(enrolment=first, by=desk)
    with pytest.raises(EndedError):
        enrolling.sign_off(enrolment=first, by=desk)
    (again,) = enrolling.sign_up(activity=activity, villagers=[people[0]], by=desk)
    assert (again.state, states(activity)) == ("waiting", ["cancelled", "enrolled", "waiting"])


def test_a_newcomer_does_not_pass_who_waits(hall, room, desk):
    activity = activity_in(room, places=1)
    enrolling.sign_up(activity=activity, villagers=[told(hall), told(hall)], by=desk)
    Enrolment.objects.filter(state="enrolled").update(state="cancelled")  # the next in line was not served yet
    (newcomer,) = enrolling.sign_up(activity=activity, villagers=[told(hall)], by=desk)
    assert newcomer.state == "waiting"


def test_a_free_place_is_not_given_to_the_dead(hall, room, desk):
    activity = activity_in(room, places=1)
    people = [told(hall) for _each in range(3)]
    first, _second, third = enrolling.sign_up(activity=activity, villagers=people, by=desk)
    record_death(villager=people[1], died_on=MONDAY, hall=hall, by=desk)
    assert enrolling.sign_off(enrolment=first, by=desk) == [third]


def test_sign_up_at_desk_ticks_what_they_came_for(hall, room, desk):
    villager, neighbour = told(hall), told(hall, name="李秀英")
    visit = visits.arrive(hall=hall, by=desk, villager=villager, matters=[MatterKind.CLASS])
    visits.serve(visit=visit, by=desk)
    enrolling.sign_up_at_desk(activity=activity_in(room), villagers=[neighbour, villager], by=desk)
    matter = visit.matters.get()
    assert matter.done_at is not None
    assert (matter.about_kind, matter.about_id) == ("enrolment", Attendance.objects.get(villager=villager).pk)
    assert Visit.objects.count() == 1
