"""What of the library belongs to an activity: only what the hall may show, now."""

import pytest
import time_machine

from auditorium.domain.activities import handouts
from auditorium.errors import DeskError
from auditorium.models import Handout
from tests.auditorium.activities import MONDAY, RoomFactory, activity_in, at
from tests.factories import HallFactory, ResourceFactory, desk_user

pytestmark = pytest.mark.django_db


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
def activity(hall):
    return activity_in(RoomFactory(hall=hall))


def test_add_keeps_the_order_and_each_once(activity, desk):
    first, second = ResourceFactory(title="三字经"), ResourceFactory(title="千字文")
    for resource in (first, second, first):
        handouts.add(activity=activity, resource=resource, by=desk)
    assert [str(one) for one in handouts.shown(activity)] == ["三字经", "千字文"]


@pytest.mark.parametrize("unfit", [{"state": "draft"}, {"channel__is_for_all": False}])
def test_add_refuses_what_the_hall_may_not_show(activity, desk, unfit):
    with pytest.raises(DeskError) as refused:
        handouts.add(activity=activity, resource=ResourceFactory(**unfit), by=desk)
    assert refused.value.sentence == "这份资源没有上架，或者不给本礼堂用。"
    assert not Handout.objects.exists()


def test_what_is_taken_off_the_shelf_is_not_shown_any_more(activity, desk):
    resource = ResourceFactory()
    handouts.add(activity=activity, resource=resource, by=desk)
    resource.state = "withdrawn"
    resource.save()
    assert handouts.shown(activity) == []


def test_remove_leaves_it_in_the_library(activity, desk):
    handout = handouts.add(activity=activity, resource=ResourceFactory(), by=desk)
    handouts.remove(handout=handout, by=desk)
    handouts.remove(handout=handout, by=desk)
    assert handouts.shown(activity) == []
    assert type(handout.resource).objects.filter(pk=handout.resource_id).exists()


def test_there_is_an_end_to_them(activity, desk, monkeypatch):
    monkeypatch.setattr(handouts, "MOST", 1)
    handouts.add(activity=activity, resource=ResourceFactory(), by=desk)
    with pytest.raises(DeskError):
        handouts.add(activity=activity, resource=ResourceFactory(), by=desk)
