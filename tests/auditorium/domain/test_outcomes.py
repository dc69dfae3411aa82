"""What came of a text: written to that text alone, and what follows is only what is true of its reminders."""

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import delivery, follow_ups, outcomes, sending, telling
from auditorium.enums import FollowUpKind, FollowUpState, MessageState, ReminderState
from auditorium.gateways.base import Sent
from auditorium.models import FollowUp, Message, Reminder
from tests.errands import KIND
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    gateway = FakeGateway(receipt_secret="receipts come")
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall, line):
    return told_villager(hall)


def call_about(villager, why="短信没送到"):
    return follow_ups.open_task(
        hall=villager.registered_at,
        villager=villager,
        kind=FollowUpKind.CALL,
        reason=why,
        due_at=clock.now(),
        about_kind=KIND,
        about_id=1,
    )


def state_of(row):
    row.refresh_from_db()
    return row.state


def ended(text, to):
    return outcomes.record(pk=text.pk, to=to, at=clock.now(), ended_at=clock.now())


def test_provider_s_number_goes_to_no_other_text(hall, line):
    for about in (1, 2):
        owe(told_villager(hall), about=about)
    telling.tell_batch(at=clock.now(), after=None)
    courier = delivery.courier_at()
    first, other = sending.begin(courier, line, sending.claim(courier, line, 2))
    ended(first, MessageState.DELIVERED)  # its receipt comes before its number
    sending.note_taken(courier, line, [(first, Sent("p1"))], has_receipts=True)
    assert dict(Message.objects.values_list("pk", "provider_id")) == {first.pk: "p1", other.pk: ""}


def test_text_that_arrives_leaves_a_call_it_did_not_ask_for(villager):
    owe(villager)
    call = call_about(villager, "村民要我们打电话说一说")
    delivery.sweep()
    ended(Message.objects.get(), MessageState.DELIVERED)
    assert (states(), state_of(call)) == ([MessageState.DELIVERED], FollowUpState.OPEN)


def test_text_that_arrives_leaves_the_call_another_reminder_needs(villager):
    confirmation = owe(villager)
    delivery.sweep()
    call = call_about(villager)
    Reminder.objects.filter(purpose__in=["confirmation", "one_day"]).update(state=ReminderState.FOLLOW_UP)
    ended(Message.objects.get(), MessageState.DELIVERED)
    assert (state_of(confirmation), state_of(call)) == (ReminderState.TOLD, FollowUpState.OPEN)
    Reminder.objects.filter(purpose="one_day").update(state=ReminderState.TOLD)
    outcomes.end_calls(KIND, 1, why="短信已经送到")
    assert state_of(call) == FollowUpState.CANCELLED


@pytest.mark.parametrize(
    ("outcome", "state", "calls"),
    [(FollowUpState.CANCELLED, ReminderState.FOLLOW_UP, 1), (FollowUpState.DONE, ReminderState.TOLD, 0)],
)
def test_only_a_call_that_was_made_tells_whom_the_text_did_not_reach(villager, gateway, outcome, state, calls):
    gateway.receipt_secret = ""
    confirmation = owe(villager)
    delivery.sweep()
    assert state_of(confirmation) == ReminderState.TOLD
    call = call_about(villager)
    FollowUp.objects.filter(pk=call.pk).update(state=outcome, closed_at=clock.now())
    ended(Message.objects.get(), MessageState.UNDELIVERED)
    assert (state_of(confirmation), FollowUp.objects.open().count()) == (state, calls)
