"""Which line carries a hall's texts, how much a day, and what pausing one does."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import lines
from auditorium.enums import MessageState
from auditorium.models import AuditEntry, Message, SmsLine
from tests.factories import HallFactory, MessageFactory, SmsLineFactory, UserFactory
from tests.outbox import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def line():
    return SmsLineFactory()


def only(line):
    return SmsLine.objects.filter(pk=line.pk)


def pause(line, by=None, why="余额不足"):
    return lines.pause(lines=only(line), by=by, why=why)


def test_line_is_the_first_that_covers_the_hall():
    here, elsewhere = HallFactory(), HallFactory(region__code="110101001001")
    SmsLineFactory(order=1, region=elsewhere.region)
    own = SmsLineFactory(order=2, region=here.region)
    SmsLineFactory(order=3)
    assert lines.line_for(here) == own
    assert lines.line_for(HallFactory(region__code="110101001002")).order == 3


@pytest.mark.parametrize(
    ("minutes", "is_down"), [(4, False), (5, True), (29, True), (30, False)], ids=["brief", "down", "long", "try again"]
)
def test_line_is_down_from_five_minutes_until_half_an_hour(line, minutes, is_down):
    line.failing_since = clock.now() - timedelta(minutes=minutes)
    assert lines.is_down(line, clock.now()) is is_down


def test_pausing_again_keeps_since_when_and_why(line, monday):
    assert pause(line) == 1
    since = clock.now()
    monday.shift(timedelta(hours=1))
    assert pause(line, why="换套餐") == 0
    line.refresh_from_db()
    assert (line.paused_at, line.paused_reason) == (since, "余额不足")


def test_resuming_a_line_leaves_the_others_paused(line):
    other = SmsLineFactory(order=2)
    for each in (line, other):
        pause(each)
    assert lines.resume(lines=only(line), by=UserFactory()) == 1
    assert list(SmsLine.objects.order_by("order").values_list("paused_reason", flat=True)) == ["", "余额不足"]
    assert list(SmsLine.objects.usable()) == [line]


def test_who_paused_and_resumed_a_line_is_written_down(line):
    user = UserFactory()
    pause(line, by=user)
    lines.resume(lines=only(line), by=user)
    lines.resume(lines=only(line), by=user)  # it runs already
    assert list(
        AuditEntry.objects.order_by("pk").values_list("action", "object_kind", "object_id", "actor", "why")
    ) == [
        ("paused", "smsline", line.pk, user.pk, "余额不足"),
        ("resumed", "smsline", line.pk, user.pk, ""),
    ]


def test_only_what_was_certainly_never_sent_is_handed_over(line):
    SmsLineFactory(order=2)
    for state in MessageState:
        MessageFactory(line=line, state=state)
    pause(line)
    assert lines.hand_over(at=clock.now()) == 1
    assert [text.state for text in Message.objects.exclude(line=line)] == [MessageState.PENDING]


@pytest.mark.parametrize(
    ("state", "spent"),
    [
        (MessageState.SENT, 2),
        (MessageState.FAILED, 2),
        (MessageState.CLAIMED, 2),
        (MessageState.PENDING, 0),
        (MessageState.CANCELLED, 2),
    ],
)
def test_text_tried_before_counts_once_while_it_is_out_or_held(line, state, spent):
    line.daily_cap = 10
    MessageFactory(line=line, state=state, parts=2, sent_at=clock.now())
    assert lines.room(line, clock.now()) == 10 - spent


def test_text_never_tried_counts_once_somebody_holds_it(line):
    line.daily_cap = 10
    for state in (MessageState.PENDING, MessageState.CLAIMED, MessageState.CANCELLED):
        MessageFactory(line=line, state=state, parts=2)
    assert lines.room(line, clock.now()) == 8


def test_room_is_that_of_the_local_day(line):
    line.daily_cap = 10
    for moment in ("11-22 23:59", "11-23 00:00"):
        MessageFactory(line=line, state=MessageState.SENT, parts=2, sent_at=at(moment))
    assert lines.room(line, clock.now()) == 8
