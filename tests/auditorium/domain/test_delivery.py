"""The outbox: each text is sent once, whatever its gateway answers, and every reminder ends in a known state."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from auditorium import clock
from auditorium.domain import delivery, refusals, reminders, sending, task_outcomes, telling
from auditorium.domain.courier import LEASE
from auditorium.enums import (
    ConsentPurpose,
    FollowUpKind,
    FollowUpState,
    MessageState,
    Reach,
    Relation,
    ReminderPurpose,
    ReminderState,
)
from auditorium.gateways.base import Found, GatewayError, GatewayTimeout, Sent, Unknowable
from auditorium.gateways.treatments import Treatment
from auditorium.models import FollowUp, Message, Phone, Reminder, SmsLine
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, UserFactory, VillagerFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db
TEMPORARY = GatewayError(treatment=Treatment.BACK_OFF, code="busy")
PERMANENT = GatewayError(treatment=Treatment.NEVER, code="no such number")


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def gateway(monkeypatch):
    gateway = FakeGateway()
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall):
    return told_villager(hall)


def state_of(reminder):
    reminder.refresh_from_db()
    return reminder.state


def later(**kwargs):
    return clock.now() + timedelta(**kwargs)


# What is due becomes a text


def test_sweep_sends_what_is_due_and_only_that(villager, line, gateway):
    confirmation = owe(villager)
    assert delivery.sweep() == {"written": 1, "sent": 1}
    assert gateway.sent[0].body == "【柯桥文化礼堂】张小明，约好：11月27日周五上午8:30到社保窗口。问0575-84000000"
    assert gateway.sent[0].number == villager.contacts.get().phone.number.as_e164
    assert state_of(confirmation) == ReminderState.TOLD
    assert Reminder.objects.filter(state=ReminderState.PLANNED).count() == 2
    assert delivery.sweep() == {}


def test_sweep_writes_down_what_was_sent(villager, line, gateway):
    confirmation = owe(villager)
    delivery.sweep()
    text = Message.objects.get()
    assert (text.state, text.provider_id, text.attempts, text.parts, text.line, text.contact) == (
        MessageState.SENT,
        "p1",
        1,
        1,
        line,
        villager.contacts.get(),
    )
    assert list(text.reminders.all()) == [confirmation]


def test_sweep_sends_the_discreet_text_to_anothers_phone(hall, line, gateway):
    villager = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, relation=Relation.NEIGHBOUR)
    owe(villager)
    delivery.sweep()
    assert gateway.sent[0].body == "【柯桥文化礼堂】请转告张小明，约好：11月27日周五上午8:30。问0575-84000000"


def test_sweep_sends_copies_to_relatives_who_were_agreed_to(villager, line, gateway):
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    owe(villager)
    assert delivery.sweep() == {"written": 2, "sent": 2}
    assert [text.body.startswith("【柯桥文化礼堂】请转告") for text in gateway.sent] == [False, True]
    assert list(Message.objects.order_by("pk").values_list("is_copy", flat=True)) == [False, True]


@pytest.mark.parametrize("over", ["cancelled there", "died_on", "moved_away_on"])
def test_sweep_sends_nothing_whose_reason_is_gone(villager, line, gateway, errands, over):
    confirmation = owe(villager)
    if over == "cancelled there":
        errands.over.add(1)
    else:
        type(villager).objects.update(**{over: clock.today()})
    assert delivery.sweep() == {"cancelled": 1}
    assert (gateway.sent, state_of(confirmation)) == ([], ReminderState.CANCELLED)


def test_sweep_says_that_it_was_cancelled_though_it_is_over(villager, line, gateway, errands):
    owe(villager)
    delivery.sweep()
    errands.over.add(1)
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="取消", tell=ReminderPurpose.CANCELLED)
    delivery.sweep()
    assert [text.body[8:14] for text in gateway.sent] == ["张小明，约好", "张小明，取消"]


def test_sweep_after_an_outage_sends_one_text_about_one_thing(villager, line, gateway):
    owe(villager)
    counts = delivery.sweep(at=at("11-29 18:00"))
    assert counts == {"cancelled": 2, "written": 1, "sent": 1}
    assert gateway.sent[0].body[8:14] == "张小明，明天"


def test_sweep_at_night_waits_for_the_morning_unless_that_is_too_late(hall, line, gateway):
    owe(told_villager(hall), about=1)
    urgent = told_villager(hall)
    with time_machine.travel(at("11-23 21:00"), tick=False):
        owe(urgent, about=2, days=0.5)
        assert delivery.sweep() == {"written": 1, "sent": 1}
        assert Message.objects.get().villager == urgent
    assert delivery.sweep(at=at("11-24 08:00")) == {"written": 1, "sent": 1}


def test_sweep_misses_nothing_behind_what_has_to_wait(hall, line, gateway, monkeypatch):
    monkeypatch.setattr("auditorium.domain.telling.BATCH", 2)
    elsewhere = HallFactory(region__code="110101001001")
    SmsLine.objects.filter(pk=line.pk).update(region=hall.region)
    for about in range(5):
        owe(told_villager(elsewhere), about=about)
    owe(told_villager(hall), about=9)
    assert delivery.sweep() == {"waiting": 5, "written": 1, "sent": 1}


def test_sweep_takes_as_many_queries_for_thirty_as_for_one(hall, line, gateway, monkeypatch):
    monkeypatch.setattr("auditorium.domain.sending.claim", lambda courier, line, most: [])
    counted = []
    for about, villagers in ((0, 1), (100, 30)):
        for number in range(villagers):
            owe(told_villager(hall), about=about + number)
        with CaptureQueriesContext(connection) as queries:
            assert delivery.sweep() == {"written": villagers}
        counted.append(len(queries))
    assert counted[0] == counted[1]


# Whom no text reaches, a person does


def test_sweep_asks_a_person_where_no_text_can_go(hall, line, gateway):
    villager = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=villager)
    wife = ContactFactory(villager=villager, relation=Relation.SPOUSE, reach=Reach.CALL)
    confirmation = owe(villager)
    assert delivery.sweep() == {"asked": 1}
    task = FollowUp.objects.get()
    assert (task.kind, task.contact, task.reason, task.words, task.hall, task.about_id) == (
        FollowUpKind.CALL,
        wife,
        "没有能收短信的手机",
        "说一说第1件事",
        hall,
        1,
    )
    assert (state_of(confirmation), gateway.sent) == (ReminderState.FOLLOW_UP, [])


def test_sweep_asks_somebody_to_knock_where_there_is_no_phone(hall, line, gateway):
    villager = VillagerFactory(registered_at=hall)
    owe(villager)
    delivery.sweep()
    assert FollowUp.objects.get().kind == FollowUpKind.KNOCK


@pytest.mark.parametrize(
    ("now", "days", "due"),
    [
        ("11-23 10:00", 7, "11-23 12:00"),
        ("11-23 16:00", 7, "11-23 17:00"),
        ("11-23 16:45", 7, "11-24 10:00"),
        ("11-23 16:45", 0.65, "11-23 17:00"),
        ("11-23 18:00", 0.6, "11-24 07:24"),
    ],
    ids=["two hours", "until the hall closes", "tomorrow", "before the visit", "handed on at once"],
)
def test_task_is_due_while_the_hall_is_open_and_before_the_visit(hall, line, gateway, now, days, due):
    with time_machine.travel(at(now), tick=False):
        owe(VillagerFactory(registered_at=hall), days=days)
        delivery.sweep()
    assert FollowUp.objects.get().due_at == at(due)


def test_sweep_asks_a_person_once_no_line_came_back(villager, gateway):
    confirmation = owe(villager)
    assert delivery.sweep() == {"waiting": 1}
    assert state_of(confirmation) == ReminderState.PLANNED
    assert delivery.sweep(at=later(hours=2)) == {"asked": 1}
    assert FollowUp.objects.get().reason == "没有可用的短信线路"


def test_sweep_asks_a_person_where_the_words_lack_a_value(villager, line, gateway, errands):
    errands.missing.add("where")
    owe(villager)
    assert delivery.sweep() == {"asked": 1}
    assert FollowUp.objects.get().reason == "短信模板有问题，写不出短信"


def test_sweep_keeps_our_cap_per_number_and_day(hall, line, gateway, settings):
    settings.SMS_PER_NUMBER_AND_DAY = 2
    first = told_villager(hall)
    phone = first.contacts.get().phone
    neighbours = [first]
    for _ in range(2):
        villager = VillagerFactory(registered_at=hall)
        ConsentFactory(villager=villager)
        ContactFactory(villager=villager, phone=phone, relation=Relation.NEIGHBOUR)
        neighbours.append(villager)
    last = [owe(villager, about=number) for number, villager in enumerate(neighbours)][-1]
    assert delivery.sweep() == {"written": 2, "waiting": 1, "sent": 2}
    last.refresh_from_db()
    assert (last.state, last.due_at) == (ReminderState.PLANNED, at("11-24 08:00"))
    assert delivery.sweep(at=at("11-24 08:00")) == {"written": 1, "sent": 1}


def test_sweep_over_the_cap_tries_the_next_contact_then_a_person(villager, line, gateway, settings):
    settings.SMS_PER_NUMBER_AND_DAY = 1
    daughter = ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2)
    for about in range(3):
        owe(villager, about=about, days=0.5)
    assert delivery.sweep() == {"written": 2, "asked": 1, "sent": 2}
    assert Message.objects.latest("pk").contact == daughter


# What gateways answer


def test_delivered_at_once_is_told(villager, line, gateway):
    gateway.answers = [Sent(delivered=True)]
    confirmation = owe(villager)
    assert delivery.sweep() == {"written": 1, "delivered": 1}
    assert (states(), state_of(confirmation)) == ([MessageState.DELIVERED], ReminderState.TOLD)


def test_sent_waits_for_its_receipt_where_there_are_receipts(villager, line, gateway):
    gateway.receipt_secret = "secret"
    confirmation = owe(villager)
    delivery.sweep()
    assert (states(), state_of(confirmation)) == ([MessageState.SENT], ReminderState.SENDING)


def test_refused_for_good_goes_to_the_next_contact(villager, line, gateway):
    daughter = ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2)
    gateway.answers = [PERMANENT]
    confirmation = owe(villager)
    assert delivery.sweep() == {"written": 1, "failed": 1, "sent": 1}
    assert states() == [MessageState.FAILED, MessageState.SENT]
    assert Message.objects.get(state=MessageState.SENT).contact == daughter
    assert Message.objects.get(state=MessageState.FAILED).error_code == "no such number"
    assert state_of(confirmation) == ReminderState.TOLD


def test_refused_by_every_number_becomes_a_call(villager, line, gateway):
    gateway.answers = [PERMANENT]
    confirmation = owe(villager)
    assert delivery.sweep() == {"written": 1, "failed": 1}
    task = FollowUp.objects.get()
    assert (task.kind, task.reason, task.contact) == (FollowUpKind.CALL, "短信没送到", villager.contacts.get())
    assert state_of(confirmation) == ReminderState.FOLLOW_UP


def test_failed_text_is_taken_over_by_the_copy_the_next_contact_has_already(villager, line, gateway):
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    gateway.answers = [PERMANENT, Sent(delivered=True)]
    confirmation = owe(villager)
    assert delivery.sweep() == {"written": 2, "failed": 1, "delivered": 1}
    assert (len(gateway.sent), state_of(confirmation)) == (2, ReminderState.TOLD)


def test_delivered_copy_does_not_tell_the_villager(villager, line, gateway):
    gateway.receipt_secret = "secret"
    gateway.answers = [Sent(), Sent(delivered=True)]
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    confirmation = owe(villager)
    delivery.sweep()
    assert (states(), state_of(confirmation)) == ([MessageState.SENT, MessageState.DELIVERED], ReminderState.SENDING)


def test_failed_copy_asks_nobody(villager, line, gateway):
    gateway.answers = [Sent(delivered=True), PERMANENT]
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    confirmation = owe(villager)
    delivery.sweep()
    assert (state_of(confirmation), FollowUp.objects.count()) == (ReminderState.TOLD, 0)


def test_refused_for_now_is_tried_again_later_and_later(villager, line, gateway):
    gateway.answers = [TEMPORARY, TEMPORARY]
    owe(villager)
    assert delivery.sweep() == {"written": 1, "retried": 1}
    assert Message.objects.get().not_before == later(minutes=1)
    assert delivery.sweep() == {}
    with time_machine.travel(later(minutes=1), tick=False):
        assert delivery.sweep() == {"retried": 1}
        assert Message.objects.get().not_before == later(minutes=2)
    assert delivery.sweep(at=later(minutes=3)) == {"sent": 1}
    assert {text.key for text in gateway.sent} == {Message.objects.get().uid}


def test_refused_again_and_again_becomes_a_call_not_another_text(villager, line, gateway):
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2)
    gateway.answers = [TEMPORARY] * 10
    confirmation = owe(villager)
    for minutes in (0, 10, 20, 30, 40, 60):
        delivery.sweep(at=later(minutes=minutes))
    assert (len(gateway.sent), states()) == (6, [MessageState.FAILED])
    assert FollowUp.objects.get().reason == "短信发不出去"
    assert state_of(confirmation) == ReminderState.FOLLOW_UP


def test_refused_for_now_is_not_tried_again_at_night(villager, line, gateway):
    gateway.answers = [TEMPORARY]
    with time_machine.travel(at("11-23 19:59"), tick=False):
        owe(villager)
        delivery.sweep()
    assert Message.objects.get().not_before == at("11-24 08:00")


def test_refused_for_now_with_no_time_left_becomes_a_call(villager, line, gateway):
    gateway.answers = [TEMPORARY]
    owe(villager, days=0.0005)
    delivery.sweep()
    assert states() == [MessageState.FAILED]


def test_line_that_cannot_be_reached_is_left_alone_for_the_rest_of_the_sweep(hall, line, gateway):
    gateway.answers = [GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")]
    for about in range(3):
        owe(told_villager(hall), about=about)
    delivery.sweep()
    assert (len(gateway.sent), states()) == (1, [MessageState.PENDING] * 3)


def test_texts_behind_a_provider_that_is_down_for_hours_become_calls(hall, line, gateway):
    gateway.answers = [GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")] * 1000
    for about in range(60):
        owe(told_villager(hall), about=about)
    for minutes in range(0, 120, 15):
        delivery.sweep(at=later(minutes=minutes))
    assert FollowUp.objects.count() == 0
    delivery.sweep(at=later(minutes=120))
    assert (FollowUp.objects.count(), set(states())) == (60, {MessageState.CANCELLED})
    gateway.answers.clear()
    assert delivery.sweep(at=later(minutes=135)) == {}


def test_the_night_is_no_wait(hall, line, gateway):
    gateway.answers = [GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")]
    with time_machine.travel(at("11-23 19:59"), tick=False):
        owe(told_villager(hall))
        delivery.sweep()
    assert delivery.lateness(at=at("11-24 08:05")) == timedelta(minutes=5)
    gateway.answers = [GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")] * 2
    delivery.sweep(at=at("11-24 09:59"))
    assert FollowUp.objects.count() == 0
    delivery.sweep(at=at("11-24 10:00"))
    assert FollowUp.objects.get().reason == "短信发不出去"


def test_line_with_wrong_settings_sends_nothing_and_keeps_the_text(villager, line, monkeypatch):
    def refuse(kind, config):
        raise ValidationError("…")

    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", refuse)
    owe(villager)
    delivery.sweep()
    line.refresh_from_db()
    assert (states(), line.paused_reason) == (
        [MessageState.PENDING],
        "接口设置不对，请在线路的设置里改正",
    )


def test_text_on_a_paused_line_waits_then_becomes_a_call(villager, line, gateway):
    gateway.answers = [TEMPORARY]
    owe(villager)
    delivery.sweep()
    SmsLine.objects.update(paused_at=clock.now())
    delivery.sweep(at=later(hours=1))
    assert states() == [MessageState.PENDING]
    delivery.sweep(at=later(hours=3))
    assert (states(), FollowUp.objects.get().reason) == ([MessageState.CANCELLED], "没有可用的短信线路")


# Whatever was cut off


def test_call_cut_off_is_asked_about_before_anything_is_sent_again(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = Found(provider_id="theirs")
    confirmation = owe(villager)
    assert delivery.sweep() == {"written": 1, "unknown": 1}
    assert delivery.sweep() == {}
    assert delivery.sweep(at=later(minutes=1)) == {"sent": 1}
    text = Message.objects.get()
    assert (text.state, text.provider_id, len(gateway.sent)) == (MessageState.SENT, "theirs", 1)
    assert state_of(confirmation) == ReminderState.TOLD


def test_text_the_provider_never_had_is_sent_again_under_the_same_key(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    owe(villager)
    delivery.sweep()
    assert delivery.sweep(at=later(minutes=1)) == {"retried": 1, "sent": 1}
    assert [text.key for text in gateway.sent] == [Message.objects.get().uid] * 2


def test_text_that_turns_out_undelivered_goes_on(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = Found(delivered=False)
    confirmation = owe(villager)
    delivery.sweep()
    delivery.sweep(at=later(minutes=1))
    assert (states(), state_of(confirmation)) == ([MessageState.UNDELIVERED], ReminderState.FOLLOW_UP)


def test_provider_that_cannot_tell_makes_it_a_call_and_nothing_is_sent_again(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = Unknowable()
    confirmation = owe(villager)
    delivery.sweep()
    delivery.sweep(at=later(minutes=1))
    delivery.sweep(at=later(minutes=30))
    assert (states(), len(gateway.sent), len(gateway.asked)) == ([MessageState.UNKNOWN], 1, 1)
    assert FollowUp.objects.get().reason == "不清楚短信有没有送到，请打电话"
    assert state_of(confirmation) == ReminderState.FOLLOW_UP


def test_provider_that_may_still_report_gets_ten_minutes(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = Unknowable()
    gateway.receipt_secret = "secret"
    owe(villager)
    delivery.sweep()
    delivery.sweep(at=later(minutes=9))
    assert FollowUp.objects.count() == 0
    delivery.sweep(at=later(minutes=11))
    assert FollowUp.objects.get().reason == "不清楚短信有没有送到，请打电话"


def test_provider_that_cannot_be_asked_is_asked_again(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = GatewayTimeout()
    owe(villager)
    delivery.sweep()
    for minute in (1, 2, 3):
        delivery.sweep(at=later(minutes=minute))
    assert (len(gateway.asked), states()) == (3, [MessageState.UNKNOWN])
    gateway.knows = Found(delivered=True)
    delivery.sweep(at=later(minutes=12))
    assert states() == [MessageState.DELIVERED]


def test_unknown_text_found_later_ends_the_call_that_was_asked_for(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = GatewayTimeout()
    confirmation = owe(villager)
    delivery.sweep()
    delivery.sweep(at=later(minutes=11))
    assert FollowUp.objects.get().state == FollowUpState.OPEN
    gateway.knows = Found(delivered=True)
    delivery.sweep(at=later(minutes=13))
    assert (FollowUp.objects.get().state, state_of(confirmation)) == (FollowUpState.CANCELLED, ReminderState.TOLD)


def test_text_nobody_can_tell_of_is_no_call_again_once_somebody_called(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = Unknowable()
    gateway.receipt_secret = "secret"
    confirmation = owe(villager)
    delivery.sweep()
    delivery.sweep(at=later(minutes=11))
    task_outcomes.record_outcome(follow_up=FollowUp.objects.get(), outcome=FollowUpState.DONE, by=UserFactory())
    delivery.sweep(at=later(minutes=13))
    assert (FollowUp.objects.get().state, state_of(confirmation)) == (FollowUpState.DONE, ReminderState.TOLD)


def test_copy_that_fails_once_somebody_called_asks_nobody(villager, line, gateway):
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    confirmation = owe(villager)
    delivery.telling.tell_batch(at=clock.now(), after=None)
    main, copy = Message.objects.order_by("is_copy")
    at = {"at": clock.now(), "why": "短信发不出去"}
    Message.objects.update(state=MessageState.SENDING)
    delivery.outcomes.record(pk=main.pk, to=MessageState.FAILED, **at)
    task_outcomes.record_outcome(follow_up=FollowUp.objects.get(), outcome=FollowUpState.DONE, by=UserFactory())
    delivery.outcomes.record(pk=copy.pk, to=MessageState.FAILED, **at)
    assert (FollowUp.objects.get().state, state_of(confirmation)) == (FollowUpState.DONE, ReminderState.TOLD)


def test_unknown_text_is_not_asked_about_for_ever(villager, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = GatewayTimeout()
    owe(villager, days=1)
    delivery.sweep()
    delivery.sweep(at=later(days=2))
    delivery.sweep(at=later(days=3))
    assert (gateway.asked, Message.objects.get().lease_until) == ([], None)


def test_claim_of_a_dead_worker_runs_out(villager, line, gateway):
    owe(villager)
    courier = delivery.courier_at()
    monday = clock.now()
    delivery.telling.tell_batch(at=monday, after=None)
    assert len(sending.claim(courier, line)) == 1
    assert delivery.sweep() == {}
    assert delivery.sweep(at=monday + LEASE) == {"taken_up": 1, "sent": 1}


def test_call_of_a_dead_worker_becomes_unknown_and_is_asked_about(villager, line, gateway):
    owe(villager)
    courier = delivery.courier_at()
    delivery.telling.tell_batch(at=clock.now(), after=None)
    (message,) = sending.claim(courier, line)
    assert sending.begin(courier, line, [message]) == [message]
    assert delivery.sweep() == {}
    gateway.knows = Found(delivered=True)
    assert delivery.sweep(at=clock.now() + LEASE) == {"unknown": 1, "delivered": 1}
    assert gateway.sent == []


def test_worker_that_lost_its_claim_sends_nothing(villager, line, gateway):
    owe(villager)
    slow, quick = (delivery.courier_at() for _ in range(2))
    delivery.telling.tell_batch(at=clock.now(), after=None)
    (message,) = sending.claim(slow, line)
    Message.objects.update(claimed_by=quick.name)
    sending.hand_over(slow, line, gateway, [message])
    assert (gateway.sent, states()) == ([], [MessageState.CLAIMED])


def test_worker_that_comes_back_late_changes_only_its_own_try(villager, line, gateway):
    owe(villager)
    delivery.telling.tell_batch(at=clock.now(), after=None)
    slow = delivery.courier_at()
    (message,) = sending.claim(slow, line)
    sending.begin(slow, line, [message])
    Message.objects.update(claimed_by="another")  # meanwhile somebody else tries again
    refusals.refused(slow, line, [message], TEMPORARY)
    assert states() == [MessageState.SENDING]


# Cancelled, struck off, too late


def test_text_cancelled_after_its_claim_is_not_sent(villager, line, gateway):
    owe(villager)
    courier = delivery.courier_at()
    delivery.telling.tell_batch(at=clock.now(), after=None)
    (message,) = sending.claim(courier, line)
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="取消")
    sending.hand_over(courier, line, gateway, [message])
    assert (gateway.sent, states()) == ([], [MessageState.CANCELLED])


def test_text_whose_reminder_is_gone_is_cancelled_at_the_last_moment(villager, line, gateway):
    confirmation = owe(villager)
    courier = delivery.courier_at()
    delivery.telling.tell_batch(at=clock.now(), after=None)
    (message,) = sending.claim(courier, line)
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.CANCELLED)
    sending.hand_over(courier, line, gateway, [message])
    assert (gateway.sent, states()) == ([], [MessageState.CANCELLED])


def test_number_struck_off_after_the_claim_gets_nothing(villager, line, gateway):
    confirmation = owe(villager)
    courier = delivery.courier_at()
    delivery.telling.tell_batch(at=clock.now(), after=None)
    (message,) = sending.claim(courier, line)
    Phone.objects.update(opted_out_at=clock.now())
    sending.hand_over(courier, line, gateway, [message])
    assert (gateway.sent, states(), state_of(confirmation)) == ([], [MessageState.FAILED], ReminderState.FOLLOW_UP)


def test_what_is_too_late_is_missed_and_sent_to_nobody(villager, gateway):
    confirmation = owe(villager)
    delivery.sweep(at=later(days=8))
    assert (state_of(confirmation), set(Reminder.objects.values_list("state", flat=True))) == (
        ReminderState.MISSED,
        {"missed"},
    )


def test_text_that_is_too_late_expires(villager, line, gateway):
    gateway.answers = [TEMPORARY]
    confirmation = owe(villager)
    delivery.sweep()
    SmsLineFactory()
    delivery.sweep(at=later(days=8))
    assert (states(), state_of(confirmation), len(gateway.sent)) == ([MessageState.EXPIRED], ReminderState.MISSED, 1)


def test_sent_without_a_receipt_until_the_visit_counts_as_told(villager, line, gateway):
    gateway.receipt_secret = "secret"
    confirmation = owe(villager)
    delivery.sweep()
    delivery.sweep(at=later(days=8))
    assert (states(), state_of(confirmation)) == ([MessageState.SENT], ReminderState.TOLD)


def test_call_that_came_too_late_ends_with_the_visit(hall, line, gateway):
    owe(VillagerFactory(registered_at=hall))
    delivery.sweep()
    delivery.sweep(at=later(days=8))
    assert FollowUp.objects.get().state == FollowUpState.CANCELLED


# How late


def test_lateness_is_that_of_what_waits_longest(villager):
    assert delivery.lateness() is None
    owe(villager)
    assert delivery.lateness(at=later(minutes=20)) == timedelta(minutes=20)


def test_lateness_counts_texts_that_wait(villager, line, gateway):
    gateway.answers = [TEMPORARY]
    owe(villager)
    delivery.sweep()
    assert delivery.lateness() is None
    assert delivery.lateness(at=later(minutes=6)) == timedelta(minutes=5)


def test_nothing_is_late_at_night(villager):
    owe(villager)
    assert delivery.lateness(at=at("11-23 22:00")) is None


# Lines that a process of their own keeps connected


@pytest.fixture
def kept(line):
    SmsLine.objects.filter(pk=line.pk).update(gateway="smpp")
    line.refresh_from_db()
    return line


def test_line_kept_connected_is_left_to_its_own_process(villager, kept, gateway):
    owe(villager)
    assert delivery.sweep() == {"written": 1}
    own = FakeGateway()
    assert delivery.send_waiting(line=kept, gateway=own) == {"sent": 1}
    assert (len(gateway.sent), len(own.sent), states()) == (0, 1, [MessageState.SENT])


def test_line_no_process_keeps_counts_as_down(kept, gateway):
    delivery.sweep()
    kept.refresh_from_db()
    assert kept.failing_since == clock.now()


def test_line_kept_connected_sends_nothing_of_other_lines(villager, line, gateway):
    owe(villager)
    other = SmsLineFactory(gateway="smpp", order=2)
    own = FakeGateway()
    telling.tell_batch(at=clock.now(), after=None)
    assert delivery.send_waiting(line=other, gateway=own) == {}
    assert (own.sent, states()) == ([], [MessageState.PENDING])


def test_text_cut_off_on_a_line_kept_connected_is_asked_about_there(villager, kept, gateway):
    owe(villager)
    delivery.sweep()
    own = FakeGateway(answers=[GatewayTimeout()], knows=Found(provider_id="p9"))
    assert delivery.send_waiting(line=kept, gateway=own) == {"unknown": 1}
    assert delivery.sweep(at=later(seconds=61)) == {}
    assert delivery.send_waiting(line=kept, gateway=own, at=later(seconds=61)) == {"sent": 1}
    assert (len(own.asked), gateway.asked, states()) == (1, [], [MessageState.SENT])


def test_without_its_process_a_text_cut_off_becomes_a_call(villager, kept, gateway):
    reminder = owe(villager)
    delivery.sweep()
    delivery.send_waiting(line=kept, gateway=FakeGateway(answers=[GatewayTimeout()]))
    for minutes in range(2, 13):
        delivery.sweep(at=later(minutes=minutes))
    assert (gateway.asked, states(), state_of(reminder)) == ([], [MessageState.UNKNOWN], ReminderState.FOLLOW_UP)
