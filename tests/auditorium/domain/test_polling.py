"""Providers are asked for what they do not post: once a minute, by one worker, and nothing is forgotten on the way."""

import uuid
from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import delivery, polling
from auditorium.enums import MessageState, ReminderState
from auditorium.gateways.base import (
    Found,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    Polled,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.gateways.treatments import Treatment
from auditorium.models import Message, Phone, Reminder, Reply, SmsLine
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db


class Asked(FakeGateway):
    """Keeps receipts and answers until it is told that they are written down."""

    def __init__(self, *kept, has_receipts=True):
        super().__init__()
        self.kept = list(kept)
        self.has_receipts = has_receipts
        self.forgotten = []

    def poll(self):
        kept = self.kept[0] if self.kept else Polled()
        if isinstance(kept, Exception):
            raise kept
        return kept

    def done(self, polled):
        self.forgotten.append(polled)
        self.kept = [kept for kept in self.kept if kept is not polled]


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def using(monkeypatch):
    def use(gateway):
        for module in ("delivery", "polling"):
            monkeypatch.setattr(f"auditorium.domain.{module}.gateway_for", lambda kind, config: gateway)
        return gateway

    return use


@pytest.fixture
def sent(line, using):
    """One text, sent on a line whose receipts are asked for."""
    using(Asked())
    owe(told_villager(HallFactory()))
    delivery.sweep()
    return Message.objects.get()


def delivered(text):
    return Polled(receipts=[Receipt(key=str(text.uid), delivered=True)])


def confirmation():
    return Reminder.objects.order_by("pk")[0].state


def test_text_counts_as_told_only_when_its_receipt_was_asked_for(sent, using):
    assert (states(), confirmation()) == (["sent"], ReminderState.SENDING)
    using(Asked(delivered(sent)))
    assert polling.poll() == {"receipts": 1}
    assert (states(), confirmation()) == (["delivered"], ReminderState.TOLD)


def test_text_counts_as_told_where_nothing_is_heard(line, using):
    using(Asked(has_receipts=False))
    owe(told_villager(HallFactory()))
    delivery.sweep()
    text = Message.objects.get()
    assert (text.state, text.ended_at, confirmation()) == (MessageState.SENT, clock.now(), ReminderState.TOLD)


def test_what_is_written_down_may_be_forgotten(sent, using):
    gateway = using(Asked(delivered(sent)))
    polling.poll()
    assert (gateway.kept, len(gateway.forgotten)) == ([], 1)


def test_receipt_that_came_before_the_call_returned_is_asked_for_again(line, using, monday):
    early = using(Asked(Polled(receipts=[Receipt(provider_id="p1", delivered=True)])))

    def answer(text):
        polling.poll()
        return Sent(provider_id="p1")

    early.answers = [answer]
    owe(told_villager(HallFactory()))
    delivery.sweep()
    assert (states(), len(early.kept)) == (["sent"], 1)
    monday.shift(polling.EVERY)
    polling.poll()
    assert (states(), early.kept) == (["delivered"], [])


def test_answers_are_heard_once(sent, using, monday):
    number = str(Phone.objects.get().number.as_e164)
    again = Polled(replies=[IncomingText(number=number, text="1", provider_id="r1")])
    using(Asked(again, Polled(replies=list(again.replies))))
    polling.poll()
    monday.shift(polling.EVERY)
    polling.poll()
    assert Reply.objects.count() == 1


def test_line_is_asked_once_a_minute_by_whoever_comes_first(sent, using, monday):
    gateway = using(Asked(delivered(sent)))
    SmsLine.objects.update(polled_at=clock.now())
    assert polling.poll() == {}
    monday.shift(polling.EVERY - timedelta(seconds=1))
    assert polling.poll() == {}
    monday.shift(timedelta(seconds=1))
    polling.poll()
    assert len(gateway.forgotten) == 1


def test_paused_line_is_asked_and_one_out_of_use_is_not(sent, using):
    gateway = using(Asked(delivered(sent)))
    SmsLine.objects.update(is_active=False)
    assert polling.poll() == {}
    SmsLine.objects.update(is_active=True, paused_at=clock.now())
    polling.poll()
    assert len(gateway.forgotten) == 1


@pytest.mark.parametrize(
    "failure", [GatewayTimeout(), GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")]
)
def test_provider_that_does_not_answer_keeps_nothing_from_the_others(sent, using, monkeypatch, failure):
    other = SmsLineFactory(name="第二条", gateway="http")
    silent, speaking = Asked(failure), Asked(Polled(receipts=[Receipt(key=str(uuid.uuid4()), delivered=True)]))
    gateways = {sent.line.gateway: silent, other.gateway: speaking}
    monkeypatch.setattr("auditorium.domain.polling.gateway_for", lambda kind, config: gateways[kind])
    polling.poll()
    assert (len(silent.forgotten), len(speaking.forgotten)) == (0, 1)


@pytest.mark.parametrize(
    ("knows", "state"),
    [
        (Found(provider_id="p1", delivered=True), "delivered"),
        (Found(provider_id="p1", delivered=False), "undelivered"),
        (Found(provider_id="p1"), "sent"),
        (Unknowable(), "sent"),
        (None, "sent"),
    ],
)
def test_text_nothing_was_heard_of_for_half_an_hour_is_asked_about(sent, using, monday, knows, state):
    gateway = using(Asked())
    gateway.knows = knows
    monday.shift(polling.UNHEARD_AFTER - timedelta(seconds=1))
    polling.poll()
    assert gateway.asked == []
    monday.shift(polling.EVERY)
    polling.poll()
    assert ([text.key for text in gateway.asked], states()[0]) == ([sent.uid], state)


def test_text_is_not_asked_about_over_and_over(sent, using, monday):
    gateway = using(Asked())
    gateway.knows = Unknowable()
    for wait in (polling.UNHEARD_AFTER, polling.EVERY, polling.ASK_AGAIN, polling.GIVE_UP, polling.ASK_AGAIN):
        monday.shift(wait)
        polling.poll()
    assert len(gateway.asked) == 2
    assert Message.objects.get().ended_at is not None  # and it stands in nobody's way any more
