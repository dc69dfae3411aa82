"""Texts in batches: each is sent once, in calls of what belongs together, and ends by its own answer."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from auditorium import clock
from auditorium.domain import delivery, lines, reminders, sending, telling, wording
from auditorium.domain.courier import LEASE
from auditorium.enums import MessageState, ReminderPurpose, ReminderState
from auditorium.gateways.base import Found, GatewayError, GatewayTimeout, Sent
from auditorium.gateways.treatments import Treatment
from auditorium.models import LineTemplate, Message, MessagePart, Phone, Reminder, SmsLine
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, VillagerFactory
from tests.outbox import FakeBatchGateway, FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def gateway(monkeypatch):
    gateway = FakeBatchGateway()
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def hall():
    return HallFactory()


def owed(hall, how_many):
    return [owe(told_villager(hall), about=about) for about in range(how_many)]


def sizes(gateway):
    return [len(call) for call in gateway.calls]


def settled(reminder_list):
    return Reminder.objects.filter(pk__in=[r.pk for r in reminder_list], state=ReminderState.TOLD).count()


def test_texts_go_in_calls_of_as_many_as_the_gateway_takes(hall, line, gateway):
    owing = owed(hall, 7)
    assert delivery.sweep() == {"written": 7, "sent": 7}
    assert sizes(gateway) == [3, 3, 1]
    assert (set(states()), settled(owing)) == ({MessageState.SENT}, 7)
    assert sorted(text.key for text in gateway.sent) == sorted(Message.objects.values_list("uid", flat=True))


def test_each_text_keeps_the_number_its_provider_gave_it(hall, line, gateway):
    owed(hall, 3)
    delivery.sweep()
    assert dict(Message.objects.values_list("uid", "provider_id")) == {
        text.key: f"p{place}" for place, text in enumerate(gateway.sent, 1)
    }


def test_one_number_is_not_twice_in_a_call(hall, line, gateway):
    villager = told_villager(hall)
    neighbour = VillagerFactory(registered_at=hall)
    ContactFactory(villager=neighbour, phone=villager.contacts.get().phone)
    for about, who in enumerate((villager, neighbour)):
        owe(who, about=about)
    ConsentFactory(villager=neighbour)
    delivery.sweep()
    assert sizes(gateway) == [1, 1]


def test_texts_of_kept_words_go_by_their_code_with_the_values_in_order(hall, line, gateway):
    SmsLine.objects.filter(pk=line.pk).update(gateway="aliyun")
    codes = {
        audience: LineTemplate.objects.create(line=line, template=template, code=f"SMS_{audience}").code
        for (purpose, audience), template in wording.current_templates(KIND).items()
        if purpose == ReminderPurpose.CONFIRMATION
    }
    owed(hall, 2)
    relative = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=relative)
    ContactFactory(villager=relative, relation="child")
    owe(relative, about=3)
    delivery.sweep()
    assert [[(text.template_code, text.order) for text in call] for call in gateway.calls] == [
        [(codes["own"], ("name", "when", "where", "ask"))] * 2,
        [(codes["discreet"], ("name", "when", "ask"))],
    ]
    assert gateway.sent[0].values["where"] == "社保窗口"


def test_a_refused_text_of_a_call_is_treated_by_itself(hall, line, gateway):
    owing = owed(hall, 3)
    gateway.answers = [Sent("a"), GatewayError(treatment=Treatment.BACK_OFF, code="busy"), Sent("c")]
    assert delivery.sweep() == {"written": 3, "sent": 2, "retried": 1}
    assert (states(), settled(owing)) == ([MessageState.SENT, MessageState.PENDING, MessageState.SENT], 2)
    assert delivery.sweep(at=clock.now() + timedelta(minutes=1)) == {"sent": 1}


def test_a_call_that_is_cut_off_leaves_all_its_texts_unknown(hall, line, gateway):
    owed(hall, 5)
    gateway.batches = [GatewayTimeout()]
    assert delivery.sweep() == {"written": 5, "unknown": 3}
    assert states() == [MessageState.UNKNOWN] * 3 + [MessageState.PENDING] * 2
    gateway.knows = Found("p")
    assert delivery.sweep(at=clock.now() + LEASE) == {"sent": 5}
    assert len(gateway.sent) == 2


def test_one_text_of_a_call_can_be_unclear(hall, line, gateway):
    owed(hall, 2)
    gateway.answers = [GatewayTimeout(), Sent("b")]
    assert delivery.sweep() == {"written": 2, "sent": 1, "unknown": 1}
    assert states() == [MessageState.UNKNOWN, MessageState.SENT]


def test_an_operators_error_for_a_whole_call_keeps_all_its_texts(hall, line, gateway):
    owed(hall, 5)
    gateway.batches = [GatewayError(treatment=Treatment.OPERATOR, code="no money")]
    delivery.sweep()
    assert (states(), sizes(gateway)) == ([MessageState.PENDING] * 5, [3])
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}


def test_what_was_called_off_is_left_out_of_a_call(hall, line, gateway):
    owing = owed(hall, 3)
    telling.tell_batch(at=clock.now(), after=None)
    courier = delivery.courier_at()
    texts = sending.claim(courier, line, 3)
    reminders.silence(about_kind=KIND, about_id=0, by=None, why="取消")
    Phone.objects.filter(contacts__villager=owing[1].villager).update(opted_out_at=clock.now())
    sending.hand_over(courier, line, gateway, texts)
    assert (sizes(gateway), states()) == ([1], [MessageState.CANCELLED, MessageState.FAILED, MessageState.SENT])


def test_a_receipt_that_came_first_stays_and_its_text_gets_its_number(hall, line, gateway):
    owed(hall, 2)
    telling.tell_batch(at=clock.now(), after=None)
    courier = delivery.courier_at()
    texts = sending.begin(courier, line, sending.claim(courier, line, 2))
    Message.objects.filter(pk=texts[0].pk).update(state=MessageState.DELIVERED)
    sending.note_taken(courier, line, [(text, Sent(f"p{text.pk}")) for text in texts], has_receipts=True)
    assert list(Message.objects.order_by("pk").values_list("state", "provider_id")) == [
        (MessageState.DELIVERED, f"p{texts[0].pk}"),
        (MessageState.SENT, f"p{texts[1].pk}"),
    ]


def test_numbers_of_a_long_texts_parts_are_kept(hall, line, gateway):
    owed(hall, 1)
    gateway.answers = [Sent(parts=("x1", "x2"))]
    delivery.sweep()
    assert list(MessagePart.objects.values_list("message", "line", "provider_id")) == [
        (Message.objects.get().pk, line.pk, "x1"),
        (Message.objects.get().pk, line.pk, "x2"),
    ]


def test_a_text_delivered_at_once_and_one_that_failed_at_once(hall, line, gateway):
    owing = owed(hall, 2)
    gateway.answers = [Sent("a", delivered=True), Sent("b", delivered=False)]
    delivery.sweep()
    assert states() == [MessageState.DELIVERED, MessageState.UNDELIVERED]
    assert [Reminder.objects.get(pk=r.pk).state for r in owing] == [ReminderState.TOLD, ReminderState.FOLLOW_UP]


def test_batches_cost_a_fixed_number_of_queries(hall, line, gateway):
    gateway.most = 100
    counted = []
    for how_many in (2, 12):
        first = Message.objects.count()
        for about in range(how_many):
            owe(told_villager(hall), about=1000 * how_many + about)
        telling.tell_batch(at=clock.now(), after=None)
        with CaptureQueriesContext(connection) as queries:
            sending.send_some(delivery.courier_at())
        counted.append(len(queries))
        assert Message.objects.filter(state=MessageState.SENT).count() == first + how_many
    assert counted[0] == counted[1]


# What a text costs, and how many a day


@pytest.mark.parametrize(("price", "cost"), [(Decimal("0.045"), Decimal("0.09")), (None, None)])
def test_cost_is_written_at_the_price_of_the_moment(hall, line, gateway, price, cost):
    SmsLine.objects.update(price=price)
    owed(hall, 1)
    telling.tell_batch(at=clock.now(), after=None)
    Message.objects.update(parts=2)
    delivery.sweep()
    SmsLine.objects.update(price=Decimal(1))
    assert Message.objects.get().cost == cost


def test_a_text_nobody_took_costs_nothing(hall, line, gateway):
    SmsLine.objects.update(price=Decimal("0.05"))
    gateway.answers = [
        GatewayError(treatment=Treatment.NEVER, code="no"),
        GatewayError(treatment=Treatment.BACK_OFF, code="busy"),
    ]
    owed(hall, 2)
    delivery.sweep()
    assert list(Message.objects.order_by("pk").values_list("state", "cost")) == [
        (MessageState.FAILED, None),
        (MessageState.PENDING, None),
    ]


def test_a_line_sends_no_more_a_day_than_it_may(hall, line, gateway):
    SmsLine.objects.update(daily_cap=5)
    owed(hall, 7)
    assert delivery.sweep() == {"written": 7, "sent": 5}
    assert delivery.sweep(at=clock.now() + timedelta(minutes=30)) == {}
    assert states().count(MessageState.PENDING) == 2
    SmsLine.objects.update(daily_cap=6)
    assert delivery.sweep(at=clock.now() + timedelta(minutes=30)) == {"sent": 1}


def test_what_counts_for_the_day_are_parts(hall, line, gateway):
    SmsLine.objects.update(daily_cap=3)
    owed(hall, 3)
    telling.tell_batch(at=clock.now(), after=None)
    Message.objects.update(parts=2)
    delivery.sweep()
    assert lines.room(SmsLine.objects.get(), clock.now()) <= 0
    assert delivery.sweep() == {}


def test_next_line_takes_over_what_the_first_has_no_room_for(hall, line, gateway):
    SmsLine.objects.update(daily_cap=2)
    owed(hall, 3)
    telling.tell_batch(at=clock.now(), after=None)
    other = SmsLineFactory(order=2)
    assert delivery.sweep() == {"sent": 2}
    assert delivery.sweep() == {"handed_over": 1, "sent": 1}
    assert list(Message.objects.order_by("pk").values_list("line", flat=True)) == [line.pk, line.pk, other.pk]


def test_new_texts_go_to_a_line_with_room(hall, line, gateway):
    SmsLine.objects.update(daily_cap=0)
    other = SmsLineFactory(order=2)
    owed(hall, 1)
    telling.tell_batch(at=clock.now(), after=None)
    assert Message.objects.get().line == other


def test_without_another_line_it_waits_for_the_morning(hall, line, gateway):
    SmsLine.objects.update(daily_cap=0)
    owed(hall, 1)
    delivery.sweep()
    assert delivery.sweep(at=at("11-23 15:00")) == {}
    SmsLine.objects.update(daily_cap=1)
    assert delivery.sweep(at=at("11-24 08:00")) == {"sent": 1}


def test_what_another_worker_holds_counts_for_the_day(hall, line, gateway):
    line.daily_cap = 2
    owed(hall, 3)
    telling.tell_batch(at=clock.now(), after=None)
    assert len(sending.claim(delivery.courier_at(), line, 10)) == 2
    assert sending.claim(delivery.courier_at(), line, 10) == []


def test_lines_take_turns(hall, line, monkeypatch):
    """A line with much to send does not keep the others waiting."""
    gateways = {"": FakeGateway(), "other": FakeGateway()}
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateways[config.get("name", "")])
    monkeypatch.setattr(sending, "CLAIM", 2)
    other = SmsLineFactory(config={"name": "other"}, order=2)
    owed(hall, 5)
    telling.tell_batch(at=clock.now(), after=None)
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(line=other)
    sending.send_some(delivery.courier_at())
    assert [len(gateway.sent) for gateway in gateways.values()] == [2, 1]


def test_a_claim_is_of_its_line_alone(hall, line, gateway):
    """What the same worker still holds of another line would go out on the wrong one."""
    owed(hall, 2)
    telling.tell_batch(at=clock.now(), after=None)
    other = SmsLineFactory(order=2)
    moved = Message.objects.latest("pk")
    Message.objects.filter(pk=moved.pk).update(line=other)
    courier = delivery.courier_at()
    assert len(sending.claim(courier, line)) == 1
    assert sending.claim(courier, other) == [moved]


def test_a_line_without_anything_to_send_is_left_alone(hall, line, monkeypatch):
    """Its settings may be wrong for weeks: it stops when somebody needs it."""
    opened = []

    def gateway_for(kind, config):
        opened.append(config.get("name", ""))
        return FakeGateway()

    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", gateway_for)
    SmsLineFactory(config={"name": "idle"}, order=2)
    owed(hall, 1)
    delivery.sweep()
    assert opened == [""]
