"""What the database refuses of rooms, dates and enrolments, and says in a sentence."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from auditorium import clock
from auditorium.models import Activity, ActivityDate, Attendance, Enrolment, Hall, Room
from auditorium.validators import validate_market_days
from tests.auditorium.activities import RoomFactory, activity_in
from tests.factories import HallFactory, VillagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return RoomFactory(name="二楼教室")


@pytest.fixture
def activity(room):
    return activity_in(room, day=clock.today() + timedelta(days=1))


def sentences(row):
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value.messages


def test_room_is_named_once_in_a_hall_and_seats_somebody(room):
    assert sentences(Room(hall=room.hall, name="二楼教室", places=10)) == ["这个礼堂已经有同名的场地了。"]
    assert sentences(Room(hall=room.hall, name="大厅", places=0)) == ["至少要坐得下1人。"]
    Room(hall=HallFactory(), name="二楼教室", places=10).full_clean()


def test_activity_has_a_place_at_least_and_an_age_people_reach(room):
    assert sentences(Activity(hall=room.hall, title="班", places=0)) == ["名额至少是1；不限人数就不要填。"]
    assert sentences(Activity(hall=room.hall, title="班", from_age=101)) == ["年龄填100以下。"]


def test_date_ends_after_it_begins_and_stands_once(activity, room):
    begins = activity.dates.get().starts_at
    said = {"activity": activity, "hall": room.hall, "room": room, "starts_at": begins}
    assert sorted(sentences(ActivityDate(**said, ends_at=begins))) == [
        "结束时间要晚于开始时间。",
        "这个活动在这个时间已经有一次了。",
    ]
    ActivityDate(**said, ends_at=begins + timedelta(hours=1), state="cancelled").full_clean()


def test_enrolment_is_one_while_it_lives(activity):
    villager = VillagerFactory(registered_at=activity.hall)
    said = {"activity": activity, "hall": activity.hall, "villager": villager, "joined_at": clock.now()}
    Enrolment.objects.create(**said, state="cancelled")
    Enrolment.objects.create(**said, state="waiting")
    assert "这位村民已经报过名了。" in sentences(Enrolment(**said, state="enrolled"))


def test_roll_has_everybody_once(activity):
    villager = VillagerFactory(registered_at=activity.hall)
    enrolment = Enrolment.objects.create(
        activity=activity, hall=activity.hall, villager=villager, joined_at=clock.now()
    )
    said = {"enrolment": enrolment, "date": activity.dates.get(), "hall": activity.hall, "villager": villager}
    Attendance.objects.create(**said)
    with pytest.raises(IntegrityError):
        Attendance.objects.create(**said)


@pytest.mark.parametrize("text", ["三八", "3、8", "三、", "、三", "三，八", "十一"])
def test_market_days_are_lunar_numerals(text):
    with pytest.raises(ValidationError):
        validate_market_days(text)
    validate_market_days("三、八")
    assert Hall._meta.get_field("market_days").blank
