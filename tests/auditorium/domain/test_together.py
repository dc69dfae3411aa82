"""One text for a household: only where it is shorter, says nothing to the wrong eyes, and names nobody called off."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from auditorium import clock
from auditorium.domain import delivery, expiry, outcomes, reminders, replies, telling
from auditorium.enums import (
    GatewayKind,
    MessageAudience,
    MessageState,
    Relation,
    ReminderPurpose,
    ReminderState,
    ReplyState,
    TextLanguage,
)
from auditorium.models import FollowUp, LineTemplate, Message, MessageTemplate, Reminder
from auditorium.ports import Answered
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, PhoneFactory, SmsLineFactory, VillagerFactory
from tests.outbox import FakeGateway, at, states

pytestmark = pytest.mark.django_db
OWN, DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
ONE_DAY = ReminderPurpose.ONE_DAY
DAY_BEFORE = at("11-26 17:00")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def gateway(monkeypatch):
    gateway = FakeGateway()
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture
def hall(line):
    return HallFactory(phone="0575-84000000")


@pytest.fixture
def phone():
    return PhoneFactory()


def person(hall, phone, name, relation=Relation.SELF, **kwargs):
    villager = VillagerFactory(registered_at=hall, name=name)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, phone=phone, relation=relation, **kwargs)
    return villager


def owed(errands, villager, about, time="8:30", day="11月27日周五", place="示例医院", purpose=ONE_DAY):
    """The reminder of the day before, due now; the row may be told together with others of its day."""
    errands.meetings[about] = {"day": day, "time": time, "place": place}
    planned = reminders.plan(
        about_kind=KIND,
        about_id=about,
        villager=villager,
        hall=villager.registered_at,
        event_at=at("11-27 08:30"),
        by=None,
    )
    kept = next(reminder for reminder in planned if reminder.purpose == purpose)
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in planned]).exclude(pk=kept.pk).delete()
    return kept


@pytest.fixture
def couple(errands, hall, phone):
    """Two people with one phone, each with something on the same day."""
    return [
        owed(errands, person(hall, phone, "张建国"), 1),
        owed(errands, person(hall, phone, "李秀英"), 2, time="9:10"),
    ]


def tell(moment=DAY_BEFORE):
    telling.tell_batch(at=moment, after=None)
    return list(Message.objects.order_by("pk"))


def bodies(moment=DAY_BEFORE):
    return [message.body for message in tell(moment)]


def test_two_on_one_phone_get_one_text(couple, hall, phone):
    (message,) = tell()
    assert message.body == "【柯桥文化礼堂】张建国8:30、李秀英9:10，11月27日周五到示例医院。问0575-84000000"
    assert (message.phone, message.parts, message.audience) == (phone, 1, OWN)
    assert set(message.reminders.all()) == set(couple)
    assert set(Reminder.objects.values_list("state", flat=True)) == {ReminderState.SENDING}


def test_delivered_text_tells_everybody_it_stands_for(couple, gateway):
    delivery.sweep(at=DAY_BEFORE)
    assert len(gateway.sent) == 1
    assert set(Reminder.objects.values_list("state", flat=True)) == {ReminderState.TOLD}


def test_one_who_is_not_the_holder_makes_the_whole_text_discreet(errands, hall, phone):
    owed(errands, person(hall, phone, "张建国"), 1)
    owed(errands, person(hall, phone, "李秀英", Relation.SPOUSE), 2, time="9:10")
    (message,) = tell()
    assert message.audience == DISCREET
    assert message.body.startswith("【柯桥文化礼堂】请提醒张建国8:30、李秀英9:10，")


@pytest.mark.parametrize(
    "other",
    [{"day": "11月28日周六"}, {"place": "中医院"}, {"time": ""}, {"purpose": ReminderPurpose.CONFIRMATION}],
    ids=["another day", "another place", "not certain", "another purpose"],
)
def test_what_is_not_the_same_stays_apart(errands, hall, phone, other):
    owed(errands, person(hall, phone, "张建国"), 1)
    owed(errands, person(hall, phone, "李秀英"), 2, **other)
    assert len(tell()) == 2


def test_confirmations_stay_apart(errands, hall, phone):
    for about, name in enumerate(("张建国", "李秀英"), 1):
        owed(errands, person(hall, phone, name), about, purpose=ReminderPurpose.CONFIRMATION)
    assert len(tell(clock.now())) == 2


def test_two_things_of_one_villager_stay_apart(errands, hall, phone):
    villager = person(hall, phone, "张建国")
    owed(errands, villager, 1)
    owed(errands, villager, 2, time="9:10")
    assert len(tell()) == 2


def test_other_phones_stay_apart(errands, hall, phone):
    owed(errands, person(hall, phone, "张建国"), 1)
    owed(errands, person(hall, PhoneFactory(), "李秀英"), 2)
    assert len(tell()) == 2


def test_what_is_no_shorter_stays_apart(couple):
    words = MessageTemplate.objects.filter(purpose="together", audience=OWN, language=TextLanguage.CHINESE)
    words.update(body="{people}，{day}到{where}。" + "请带身份证、社保卡和病历本，早一点来。" * 2 + "问{ask}")
    assert len(tell()) == 2


def test_more_than_four_are_told_in_several_texts(errands, hall, phone):
    for about, name in enumerate("甲乙丙丁戊己", 1):
        owed(errands, person(hall, phone, f"张{name}"), about)
    assert sorted(message.reminders.count() for message in tell()) == [2, 4]


def test_each_language_has_its_own_text(errands, hall, phone):
    owed(errands, person(hall, phone, "张建国"), 1)
    owed(errands, person(hall, phone, "李秀英", language=TextLanguage.ENGLISH), 2)
    first, second = bodies()
    assert "张建国，明天" in first
    assert "李秀英: Fri 27 Nov 8:30" in second


def test_provider_without_these_words_gets_one_text_for_each(couple, line):
    line.gateway = GatewayKind.ALIYUN
    line.save()
    for template in MessageTemplate.objects.filter(purpose=ONE_DAY):
        LineTemplate.objects.create(line=line, template=template, code=f"SMS_{template.pk}")
    assert len(tell()) == 2


def test_provider_with_these_words_gets_one_text(couple, line):
    line.gateway = GatewayKind.ALIYUN
    line.save()
    for template in MessageTemplate.objects.all():
        LineTemplate.objects.create(line=line, template=template, code=f"SMS_{template.pk}")
    (message,) = tell()
    assert message.template.purpose == "together"
    assert message.values == {
        "people": "张建国8:30、李秀英9:10",
        "day": "11月27日周五",
        "where": "示例医院",
        "ask": "0575-84000000",
    }


def test_copies_to_relatives_stay_apart(couple, errands, hall, phone):
    daughter = PhoneFactory()
    for reminder in couple:
        ConsentFactory(villager=reminder.villager, purpose="relative_copies")
        ContactFactory(
            villager=reminder.villager, phone=daughter, relation=Relation.DAUGHTER, order=2, gets_copies=True
        )
    assert sorted((message.is_copy, message.reminders.count()) for message in tell()) == [
        (False, 2),
        (True, 1),
        (True, 1),
    ]


def test_telling_takes_as_many_queries_for_many_as_for_two(couple, errands, hall):
    with CaptureQueriesContext(connection) as for_two:
        tell()
    for about in range(10, 20):
        shared = PhoneFactory()
        owed(errands, person(hall, shared, "张建国"), about)
        owed(errands, person(hall, shared, "李秀英"), about + 100)
    with CaptureQueriesContext(connection) as for_twenty:
        tell()
    assert (len(for_twenty), Message.objects.count()) == (len(for_two), 11)


# Somebody is called off before the text leaves


def silence(about):
    reminders.silence(about_kind=KIND, about_id=about, by=None, why="不去了", tell=ReminderPurpose.CANCELLED)


def test_who_is_called_off_is_not_named(couple, gateway):
    tell()
    silence(1)
    delivery.sweep(at=DAY_BEFORE)
    assert [text.body for text in gateway.sent] == [
        "【柯桥文化礼堂】李秀英，明天：11月27日周五上午8:30到社保窗口。问0575-84000000"
    ]
    assert states() == [MessageState.CANCELLED, MessageState.SENT]
    assert [Reminder.objects.get(pk=one.pk).state for one in couple] == [ReminderState.CANCELLED, ReminderState.TOLD]
    assert not Reminder.objects.filter(purpose=ReminderPurpose.CANCELLED).exists()


def test_those_left_of_three_are_still_told_together(couple, errands, hall, phone, gateway):
    owed(errands, person(hall, phone, "张小明"), 3, time="10:00")
    tell()
    silence(2)
    delivery.sweep(at=DAY_BEFORE)
    assert [text.body for text in gateway.sent] == [
        "【柯桥文化礼堂】张建国8:30、张小明10:00，11月27日周五到示例医院。问0575-84000000"
    ]


def test_when_all_are_called_off_nothing_is_sent(couple, gateway):
    tell()
    silence(1)
    silence(2)
    delivery.sweep(at=DAY_BEFORE)
    assert (gateway.sent, states()) == ([], [MessageState.CANCELLED])


def test_who_is_called_off_after_it_left_is_told_so(couple, gateway):
    delivery.sweep(at=DAY_BEFORE)
    silence(1)
    assert Reminder.objects.get(purpose=ReminderPurpose.CANCELLED).about_id == 1
    assert Reminder.objects.get(pk=couple[1].pk).state == ReminderState.TOLD


def test_a_worker_that_holds_the_text_loses_it(couple):
    tell()
    Message.objects.update(state=MessageState.CLAIMED, claimed_by="somebody", lease_until=DAY_BEFORE)
    silence(1)
    message = Message.objects.get()
    assert (message.state, message.claimed_by, message.lease_until) == (MessageState.PENDING, "", None)


# It leaves too late for one of them


@pytest.fixture
def early_and_late(couple, errands):
    """Their text waits; the first visit is over at 8:30, the second in the afternoon."""
    tell()
    Reminder.objects.filter(pk=couple[1].pk).update(expires_at=at("11-27 14:00"))
    assert Message.objects.get().expires_at == at("11-27 08:30")
    return couple


def states_of(reminders):
    return [Reminder.objects.get(pk=one.pk).state for one in reminders]


def test_who_is_still_to_come_gets_a_text_of_their_own(early_and_late, errands, gateway):
    errands.over.add(1)
    delivery.sweep(at=at("11-27 09:00"))
    assert [text.body for text in gateway.sent] == [
        "【柯桥文化礼堂】李秀英，明天：11月27日周五上午8:30到社保窗口。问0575-84000000"
    ]
    assert states_of(early_and_late) == [ReminderState.MISSED, ReminderState.TOLD]
    assert states() == [MessageState.CANCELLED, MessageState.SENT]


def test_text_withdrawn_too_late_for_one_is_written_anew_for_the_other_alone(early_and_late):
    outcomes.withdraw(pk=Message.objects.get().pk, at=at("11-27 09:00"))
    assert [list(text.reminders.all()) for text in Message.objects.filter(state=MessageState.PENDING)] == [
        [early_and_late[1]]
    ]


def test_who_is_still_to_come_is_called_where_no_line_comes_back(early_and_late, errands, line):
    errands.over.add(1)
    line.is_active = False
    line.save()
    expiry.expire(at=at("11-27 09:00"))
    assert states_of(early_and_late) == [ReminderState.MISSED, ReminderState.FOLLOW_UP]
    assert [task.about_id for task in FollowUp.objects.all()] == [2]
    assert states() == [MessageState.CANCELLED]


def test_text_too_late_for_everybody_just_ends(couple, errands, gateway):
    tell()
    errands.over |= {1, 2}
    delivery.sweep(at=at("11-27 09:00"))
    assert (gateway.sent, states(), FollowUp.objects.count()) == ([], [MessageState.EXPIRED], 0)
    assert states_of(couple) == [ReminderState.MISSED, ReminderState.MISSED]


# Answers


def test_an_answer_asks_which_and_counts_for_whom_it_names(couple, errands, gateway, line, phone):
    errands.answers = Answered(cancels=True)
    delivery.sweep(at=DAY_BEFORE)
    number = phone.number.as_e164
    with time_machine.travel(DAY_BEFORE, tick=False):
        asked = replies.receive(line=line, number=number, text="2")
        chosen = replies.receive(line=line, number=number, text="2")
    asked.refresh_from_db()
    chosen.refresh_from_db()
    assert "1第1件事，2第2件事" in asked.answers.get().body
    assert (chosen.about_id, chosen.villager, chosen.own) == (2, couple[1].villager, True)
    assert chosen.answers.get().villager == couple[1].villager


def test_yes_is_everybodys(couple, errands, gateway, line, phone):
    delivery.sweep(at=DAY_BEFORE)
    with time_machine.travel(DAY_BEFORE, tick=False):
        reply = replies.receive(line=line, number=phone.number.as_e164, text="1")
    reply.refresh_from_db()
    assert errands.answered == [(1, True, True, False), (2, True, True, False)]
    assert (reply.state, reply.own, reply.answers.count()) == (ReplyState.SETTLED, True, 0)
    assert {one.state for one in Reminder.objects.all()} == {ReminderState.TOLD}


def test_yes_is_the_holders_own_only_where_all_are_theirs(couple, errands, gateway, line, phone):
    delivery.sweep(at=DAY_BEFORE)
    couple[1].villager.contacts.update(relation=Relation.SPOUSE)
    with time_machine.travel(DAY_BEFORE, tick=False):
        reply = replies.receive(line=line, number=phone.number.as_e164, text="好的")
    reply.refresh_from_db()
    assert errands.answered == [(1, True, True, False), (2, True, False, False)]
    assert reply.own is False


def test_what_a_service_leaves_to_a_person_of_a_yes_to_all_is_a_task_for_each(couple, errands, gateway, line, phone):
    delivery.sweep(at=DAY_BEFORE)
    errands.answers = Answered(task="请问过村民")
    with time_machine.travel(DAY_BEFORE, tick=False):
        reply = replies.receive(line=line, number=phone.number.as_e164, text="1")
    reply.refresh_from_db()
    assert reply.state == ReplyState.TASK
    assert [(task.villager, task.contact, task.reply) for task in FollowUp.objects.order_by("pk")] == [
        (one.villager, one.villager.contacts.get(), reply) for one in couple
    ]


def test_yes_where_other_texts_are_waiting_too_is_asked_about(couple, errands, hall, phone, gateway, line):
    """Only what one text says is agreed to in one word."""
    delivery.sweep(at=DAY_BEFORE)
    owed(errands, person(hall, phone, "张小明"), 3, day="11月28日周六")
    delivery.sweep(at=DAY_BEFORE)
    with time_machine.travel(DAY_BEFORE, tick=False):
        reply = replies.receive(line=line, number=phone.number.as_e164, text="好的")
    reply.refresh_from_db()
    assert (reply.state, errands.answered) == (ReplyState.ASKED, [])


def test_an_answer_about_somebody_else_is_not_the_holders_own(errands, hall, phone, gateway, line):
    mine = owed(errands, person(hall, phone, "张建国"), 1)
    other = owed(errands, person(hall, phone, "李秀英", Relation.SPOUSE), 2)
    delivery.sweep(at=DAY_BEFORE)
    number = phone.number.as_e164
    with time_machine.travel(DAY_BEFORE, tick=False):
        replies.receive(line=line, number=number, text="2")
        replies.receive(line=line, number=number, text="2")
    assert errands.answered == [(2, False, False, False)]
    errands.over = {1}
    errands.answers = Answered(task="请问过村民再取消")
    with time_machine.travel(DAY_BEFORE, tick=False):
        replies.receive(line=line, number=number, text="不去了")
    assert [task.villager for task in FollowUp.objects.all()] == [other.villager]
    assert mine.villager != other.villager
