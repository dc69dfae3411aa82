"""What came too late ends, and only that; what waited in vain for its line or its provider goes to a person."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import expiry, follow_ups, telling
from auditorium.enums import ConsentPurpose, FollowUpKind, FollowUpState, MessageState, Relation, ReminderState
from auditorium.models import FollowUp, Message, Reminder, Reply, SmsLine
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, MessageFactory, SmsLineFactory
from tests.outbox import at, owe, states, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall):
    return told_villager(hall)


def later(**kwargs):
    return clock.now() + timedelta(**kwargs)


def written():
    """Write the texts of what is due."""
    telling.tell_batch(at=clock.now(), after=None)
    return Message.objects.order_by("pk")


def owed(reminder):
    return Reminder.objects.get(pk=reminder.pk).state


# What is past its time


def test_what_is_still_of_use_stays_owed(villager, line):
    over, ahead = owe(villager, about=1, days=1), owe(villager, about=2)
    assert expiry.expire(at=later(days=1)) == {"missed": 1}
    assert (owed(over), owed(ahead)) == (ReminderState.MISSED, ReminderState.PLANNED)


def test_copy_a_relative_got_does_not_tell_the_villager(villager, line):
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    confirmation = owe(villager, days=1)
    main, copy = written()
    Message.objects.filter(pk=main.pk).update(state=MessageState.UNKNOWN)
    Message.objects.filter(pk=copy.pk).update(state=MessageState.SENT)
    expiry.expire(at=later(days=1))
    assert owed(confirmation) == ReminderState.MISSED


def test_call_that_the_late_reminder_did_not_ask_for_stays(villager, line):
    owe(villager, days=1)
    call = follow_ups.open_task(
        hall=villager.registered_at,
        villager=villager,
        kind=FollowUpKind.CALL,
        reason="村民要我们打电话说一说",
        due_at=later(days=2),
        about_kind=KIND,
        about_id=1,
    )
    expiry.expire(at=later(days=1))
    call.refresh_from_db()
    assert call.state == FollowUpState.OPEN


# What waits in vain


@pytest.fixture
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 1)


def test_what_went_out_keeps_nothing_that_waits_on_a_paused_line_from_being_given_up(villager, line, one_at_a_time):
    for state in (MessageState.SENT, MessageState.CANCELLED, MessageState.EXPIRED):
        MessageFactory(line=line, state=state, created_at=later(hours=-1))
    owe(villager)
    text = written().last()
    SmsLine.objects.update(paused_at=clock.now())
    assert expiry.expire(at=later(hours=2)) == {"asked": 1}
    assert (Message.objects.get(pk=text.pk).state, FollowUp.objects.get().reason) == (
        MessageState.CANCELLED,
        "没有可用的短信线路",
    )


def test_what_went_out_keeps_nothing_no_provider_took_from_being_given_up(villager, line, one_at_a_time):
    for state in (MessageState.SENT, MessageState.CANCELLED, MessageState.EXPIRED):
        MessageFactory(line=line, state=state, created_at=later(hours=-1))
    owe(villager)
    text = written().last()
    assert expiry.expire(at=later(hours=2)) == {"asked": 1}
    assert (Message.objects.get(pk=text.pk).state, FollowUp.objects.get().reason) == (
        MessageState.CANCELLED,
        "短信发不出去",
    )


def test_copies_and_answers_no_provider_took_ask_nobody(villager, line):
    owe(villager)
    written().update(is_copy=True)
    phone = villager.contacts.get().phone
    answered = Reply.objects.create(line=line, phone=phone, text="2", received_at=clock.now())
    MessageFactory(line=line, phone=phone, reply=answered)
    assert (expiry.expire(at=later(hours=3)), states()) == ({}, [MessageState.PENDING] * 2)


def test_what_is_too_late_by_now_ends_without_a_call(villager, line):
    confirmation = owe(villager)
    written().update(expires_at=later(hours=2))
    Reminder.objects.filter(pk=confirmation.pk).update(expires_at=later(hours=2))
    assert expiry.expire(at=later(hours=2)) == {"missed": 1, "expired": 1}
    assert (states(), FollowUp.objects.count()) == ([MessageState.EXPIRED], 0)


@pytest.mark.parametrize(
    ("since", "moment", "calls"),
    [
        ("11-23 18:30", "11-23 20:30", 0),
        ("11-23 19:59", "11-24 07:59", 0),
        ("11-23 19:59", "11-24 09:59", 0),
        ("11-23 19:59", "11-24 10:00", 1),
    ],
    ids=["at night", "before the morning", "not yet two hours of the day", "two hours of the day"],
)
def test_the_night_counts_for_nothing(villager, line, monday, since, moment, calls):
    monday.move_to(at(since))
    owe(villager)
    written()
    expiry.expire(at=at(moment))
    assert FollowUp.objects.count() == calls
