"""What a line carried, counted from its texts: by outcome, cause, day and hall; and what waits now."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from auditorium import clock
from auditorium.domain import figures
from auditorium.enums import MessageState
from auditorium.models import LineDay, Reply
from tests.factories import HallFactory, MessageFactory, PhoneFactory, SmsLineFactory, desk_user
from tests.outbox import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def hall():
    return HallFactory()


def text(line, hall, state, when="11-23 09:00", **kwargs):
    return MessageFactory(line=line, hall=hall, state=state, created_at=at(when), **kwargs)


def today(line):
    figures.count_day(clock.today())
    return figures.of_line(line, clock.today(), clock.today())


def test_texts_are_counted_by_outcome_and_cause(line, hall):
    for _each in range(3):
        text(line, hall, MessageState.DELIVERED, parts=2, cost=Decimal("0.0900"))
    text(line, hall, MessageState.UNDELIVERED, error_code="MK:0001", parts=1, cost=Decimal("0.0450"))
    text(line, hall, MessageState.FAILED, error_code="isv.BLACK", parts=1)
    text(line, hall, MessageState.PENDING, parts=1)
    counted = today(line)
    assert counted.texts == {"delivered": 3, "undelivered": 1, "failed": 1, "pending": 1}
    assert counted.causes == {"MK:0001": 1, "isv.BLACK": 1}
    assert (counted.ended, counted.parts, counted.cost) == (4, 7, Decimal("0.3150"))
    assert counted.counted_at == clock.now()


def test_counting_again_counts_what_changed_and_nothing_twice(line, hall):
    sent = text(line, hall, MessageState.SENT)
    assert today(line).texts == {"sent": 1}
    sent.state = MessageState.DELIVERED
    sent.save()
    assert today(line).texts == {"delivered": 1}
    assert LineDay.objects.count() == 2  # the hall's and the line's


def test_day_is_the_local_one(line, hall):
    text(line, hall, MessageState.DELIVERED, when="11-22 23:59")
    text(line, hall, MessageState.FAILED, when="11-23 00:00")
    figures.count_recent()
    yesterday = clock.today() - timedelta(days=1)
    assert figures.of_line(line, yesterday, clock.today()).days == {
        yesterday: {"delivered": 1},
        clock.today(): {"failed": 1},
    }


def test_answers_are_counted_beside_them(line, hall):
    Reply.objects.create(line=line, phone=PhoneFactory(), hall=hall, received_at=clock.now(), text="好的")
    Reply.objects.create(line=line, phone=PhoneFactory(), received_at=clock.now(), text="你是谁")  # from nobody's phone
    assert today(line).texts == {"replied": 1}


def test_other_lines_and_days_are_left_as_they_were_counted(line, hall):
    other = SmsLineFactory(name="第二条")
    text(other, hall, MessageState.DELIVERED)
    text(line, hall, MessageState.DELIVERED, when="11-10 09:00")
    figures.count_day(at("11-10 00:00").date())
    figures.count_changing()
    assert figures.of_line(line, at("11-10 00:00").date(), clock.today()).texts == {"delivered": 1}
    assert figures.of_line(other, clock.today(), clock.today()).texts == {"delivered": 1}


def test_figures_stay_when_the_words_are_gone(line, hall):
    old = text(line, hall, MessageState.DELIVERED, when="11-15 09:00")
    figures.count_day(at("11-15 00:00").date())
    old.body = ""
    old.save()
    figures.count_changing()
    assert figures.of_line(line, at("11-15 00:00").date(), clock.today()).texts == {"delivered": 1}


def test_halls_are_listed_by_what_was_sent_for_them(line, hall):
    other = HallFactory(name="后仓村文化礼堂")
    text(line, hall, MessageState.DELIVERED)
    for state in (MessageState.DELIVERED, MessageState.UNDELIVERED):
        text(line, other, state)
    figures.count_day(clock.today())
    assert figures.by_hall(line, clock.today(), clock.today()) == [("后仓村文化礼堂", 2, 1), (hall.name, 1, 0)]
    assert figures.of_hall(other, clock.today(), clock.today()).texts == {"delivered": 1, "undelivered": 1}


def test_what_waits_is_counted_now(line, hall):
    text(line, hall, MessageState.PENDING, not_before=at("11-23 08:00"))
    text(line, hall, MessageState.PENDING, not_before=at("11-23 09:00"))
    text(line, hall, MessageState.SENDING, not_before=at("11-23 07:00"))
    assert figures.waiting([line]) == {line.pk: figures.Waiting(2, at("11-23 08:00"))}
    assert figures.waiting([SmsLineFactory(name="空的")]) == {}


def test_somebody_of_a_hall_sees_its_figures_only(line, hall):
    text(line, hall, MessageState.DELIVERED)
    text(line, HallFactory(), MessageState.DELIVERED)
    figures.count_day(clock.today())
    desk = desk_user(hall)
    assert [day.hall for day in LineDay.objects.for_user(desk)] == [hall]


def test_counting_a_day_takes_as_many_statements_for_one_as_for_many(line, hall):
    counted = []
    for many in (1, 20):
        for _each in range(many):
            text(line, HallFactory(), MessageState.DELIVERED)
        with CaptureQueriesContext(connection) as queries:
            figures.count_day(clock.today())
        counted.append(len(queries))
    assert counted[0] == counted[1]
