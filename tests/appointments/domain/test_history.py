"""What happened to one booking, in words."""

import pytest

from appointments.domain import bookings, history
from auditorium.domain import audit
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def made(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall)
    return bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)


def said(made, user):
    return [(act.who, act.what, act.why) for act in history.acts(appointment=made, user=user)]


def test_acts_are_said_latest_first_with_who_and_why(hall, desk, made):
    audit.record(action="acknowledged", what=made, by=None, hall=hall)
    bookings.cancel(appointment=made, by=desk, why="有事去不了")
    assert said(made, desk) == [
        ("何晓燕", "取消预约", "有事去不了"),
        ("系统", "医院已确认", ""),
        ("何晓燕", "约号", ""),
    ]


def test_acts_of_other_halls_are_theirs_to_see(made, desk):
    other = HallFactory()
    audit.record(action="changed", what=made, by=desk_user(other), hall=other)
    assert said(made, desk) == [("何晓燕", "约号", "")]


def test_acts_without_words_of_their_own_keep_their_name(hall, desk, made):
    audit.record(action="inspected", what=made, by=desk, hall=hall)
    assert said(made, desk)[0] == ("何晓燕", "inspected", "")
