"""What people thought: hands counted, one person asked, and words that are not kept for ever."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from auditorium.domain.activities import cancelling, enrolling, feedback
from auditorium.domain.activities.feedback import Opinions, Totals
from auditorium.domain.retention import keep_house
from auditorium.errors import DeskError, EndedError
from auditorium.models import Feedback
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def activity(hall):
    return activity_in(RoomFactory(hall=hall), weeks=2)


@pytest.fixture
def villager(hall, activity, desk):
    villager = told(hall)
    enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    return villager


@pytest.fixture
def held(activity, villager, clock):
    """The first date, on its day."""
    clock.move_to(at(TUESDAY, 11))
    return activity.dates.first()


def refusal(date, desk):
    with pytest.raises(DeskError) as refused:
        feedback.count_hands(date=date, hands={"good": 3}, by=desk)
    with pytest.raises(type(refused.value)):
        feedback.say(date=date, satisfaction="good", by=desk)
    assert not Feedback.objects.exists()
    return refused.value.sentence


def test_totals_tell_hands_from_what_was_said_at_the_desk(activity, villager, held, desk):
    feedback.count_hands(date=held, hands={"good": 9, "fair": 1, "bad": 0}, by=desk)
    feedback.count_hands(date=held, hands={"good": 10, "fair": 0, "bad": 2}, by=desk)
    feedback.say(date=held, satisfaction="bad", words="讲得太快", villager=villager, by=desk)
    feedback.say(date=held, satisfaction="fair", words="慢一点就好", villager=villager, by=desk)
    feedback.say(date=held, satisfaction="good", by=desk)
    feedback.say(date=held, satisfaction="good", by=desk)
    assert feedback.totals(activity) == Totals(by_hands=Opinions(10, 0, 2), at_desk=Opinions(2, 1, 0))
    assert feedback.hands_of(held) == {"good": 10, "bad": 2}
    assert Feedback.objects.get(villager=villager).words == "慢一点就好"


def test_nobody_is_asked_before_it_began_or_after_it_was_called_off(activity, villager, desk):
    first, second = activity.dates.all()
    assert refusal(first, desk) == "11月24日 周二这一次还没开始，办过了再问。"
    cancelling.cancel_date(date=second, why="老师有事", by=desk)
    assert refusal(second, desk) == "12月1日 周二这一次取消了，没有什么可问的。"
    with pytest.raises(EndedError):
        feedback.say(date=second, satisfaction="good", by=desk)


def test_words_are_dropped_after_a_year_and_the_figures_stay(activity, villager, held, desk, clock):
    feedback.say(date=held, satisfaction="bad", words="讲得太快", villager=villager, by=desk)
    clock.move_to(at(TUESDAY, 12) + timedelta(days=366))
    later = Feedback.objects.create(
        activity=activity, date=held, hall=held.hall, satisfaction="good", words="新说的", taken_by=desk
    )
    assert keep_house()["opinions"] == 1
    assert [one.words for one in Feedback.objects.order_by("pk")] == ["", "新说的"]
    assert later.taken_at == at(TUESDAY, 12) + timedelta(days=366)
    assert feedback.totals(activity).at_desk == Opinions(good=1, bad=1)


@pytest.mark.parametrize("said", [{"by_hands": True, "words": "好"}, {"by_hands": False, "people": 3}])
def test_database_lets_hands_only_be_counted_and_one_person_be_one(activity, held, said):
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(activity=activity, date=held, hall=held.hall, satisfaction="good", **said)
