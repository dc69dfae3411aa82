"""Answers to texts: matched to what they answer, done as far as the phone may, and never dropped."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock, sms_length
from auditorium.domain import delivery, replies
from auditorium.enums import FollowUpKind, MessageState, ReplyMeaning, ReplyState
from auditorium.models import FollowUp, Message, Phone, Reply
from auditorium.ports import Answered
from auditorium.service import HallService
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, VillagerFactory, desk_user
from tests.outbox import at, owe, told_villager

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
    return HallFactory(phone="0575-84000000")


@pytest.fixture
def villager(line, hall, errands):
    """Told of errand 1 on the own phone."""
    villager = told_villager(hall)
    owe(villager)
    delivery.sweep()
    return villager


def number_of(villager):
    return villager.contacts.get().phone.number.as_e164


def answer(line, villager, text, **kwargs):
    return replies.receive(line=line, number=number_of(villager), text=text, **kwargs)


def fresh(reply):
    reply.refresh_from_db()
    return reply


def said(reply):
    return [message.body for message in reply.answers.order_by("pk")]


def test_yes_reaches_the_service_and_is_settled(line, villager, errands):
    reply = fresh(answer(line, villager, "好的"))
    assert errands.answered == [(1, True, True, False)]
    assert (reply.state, reply.meaning, reply.own) == (ReplyState.SETTLED, ReplyMeaning.YES, True)
    assert (reply.villager, reply.hall, reply.about_kind, reply.about_id) == (
        villager,
        villager.registered_at,
        "errand",
        1,
    )
    assert not FollowUp.objects.exists()


def test_the_same_answer_posted_twice_is_one(line, villager, errands):
    first = answer(line, villager, "1", provider_id="mo-1")
    again = answer(line, villager, "1", provider_id="mo-1")
    assert (first, Reply.objects.count(), len(errands.answered)) == (again, 1, 1)


def test_a_stranger_is_nobodys_task(line, villager):
    assert replies.receive(line=line, number="13900000000", text="你是谁") is None
    assert replies.receive(line=line, number="10690", text="广告") is None
    assert not FollowUp.objects.exists()


def test_cancelling_waits_and_says_so(line, villager, errands, monday):
    errands.answers = Answered(cancels=True)
    reply = fresh(answer(line, villager, "2"))
    assert (reply.state, reply.act_at) == (ReplyState.WAITING, clock.now() + replies.GRACE)
    assert said(reply) == ["【柯桥文化礼堂】收到，第1件事的号30分钟后取消；不取消请回3。问0575-84000000"]
    assert sms_length.parts(said(reply)[0]) == 1
    delivery.sweep()
    assert reply.answers.get().state == MessageState.DELIVERED
    monday.shift(timedelta(minutes=29))
    assert (replies.sweep(), errands.cancelled) == (0, [])
    monday.shift(timedelta(minutes=1))
    assert (replies.sweep(), errands.cancelled) == (1, [1])
    assert (replies.sweep(), fresh(reply).state) == (0, ReplyState.SETTLED)


def test_cancelling_is_taken_back_in_time(line, villager, errands, monday):
    errands.answers = Answered(cancels=True)
    reply = answer(line, villager, "取消")
    kept = answer(line, villager, "3")
    monday.shift(timedelta(hours=1))
    replies.sweep()
    assert (fresh(reply).state, fresh(kept).state, errands.cancelled) == (ReplyState.TAKEN_BACK, ReplyState.SETTLED, [])
    assert said(kept) == ["【柯桥文化礼堂】好的，第1件事的号留着，不取消。问0575-84000000"]


def test_taking_back_what_was_not_asked_is_a_task(line, villager):
    assert fresh(answer(line, villager, "3")).state == ReplyState.TASK
    assert "请问清楚" in FollowUp.objects.get().reason


def test_what_stands_against_cancelling_is_a_task(line, villager, errands, monday):
    errands.answers = Answered(cancels=True)
    errands.why_not = "过了时间"
    reply = answer(line, villager, "2")
    monday.shift(timedelta(minutes=31))
    replies.sweep()
    assert fresh(reply).state == ReplyState.TASK
    assert FollowUp.objects.get().reason == "来短信：“2” 来短信要取消，没取消成：过了时间"


def test_what_a_service_leaves_to_a_person_is_a_task_with_the_text(line, villager, errands, hall):
    errands.answers = Answered(task="请问过村民")
    assert fresh(answer(line, villager, "2")).state == ReplyState.TASK
    task = FollowUp.objects.get()
    assert (task.kind, task.hall, task.villager, task.reason) == (
        FollowUpKind.REPLY,
        hall,
        villager,
        "来短信：“2” 请问过村民",
    )
    assert task.contact == villager.contacts.get()


def test_what_nobody_understands_is_a_task_each_time(line, villager, errands):
    answer(line, villager, "明天换下午行吗")
    answer(line, villager, "在吗")
    assert errands.answered == []
    assert [task.reason for task in FollowUp.objects.order_by("pk")] == ["来短信：“明天换下午行吗”", "来短信：“在吗”"]


def test_a_proxy_is_told_apart(line, hall, errands):
    villager = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, relation="daughter", name="张丽", may_decide=True)
    owe(villager)
    delivery.sweep()
    reply = fresh(answer(line, villager, "1"))
    assert errands.answered == [(1, True, False, True)]
    assert reply.own is False


def test_several_things_on_a_phone_are_asked_about_by_number(line, hall, errands, villager):
    phone = villager.contacts.get().phone
    other = VillagerFactory(registered_at=hall, name="李根生")
    ConsentFactory(villager=other)
    ContactFactory(villager=other, relation="neighbour", phone=phone)
    owe(other, about=2)
    delivery.sweep()
    errands.answers = Answered(cancels=True)
    reply = fresh(answer(line, villager, "2"))
    assert (reply.state, errands.answered) == (ReplyState.ASKED, [])
    assert said(reply) == ["【柯桥文化礼堂】是哪一个？请回数字：1第2件事，2第1件事。问0575-84000000"]
    chosen = fresh(answer(line, villager, "１"))
    assert errands.answered == [(2, False, False, False)]
    assert (fresh(reply).state, chosen.state, chosen.about_id, chosen.villager) == (
        ReplyState.SETTLED,
        ReplyState.WAITING,
        2,
        other,
    )


def test_too_many_things_on_a_phone_are_a_persons_to_ask(line, villager, errands):
    for about in range(2, 8):
        owe(villager, about=about)
    delivery.sweep()
    assert fresh(answer(line, villager, "2")).state == ReplyState.TASK
    assert "好几个" in FollowUp.objects.get().reason


def test_only_what_is_to_come_can_be_answered(line, villager, errands):
    errands.over.add(1)
    assert fresh(answer(line, villager, "1")).state == ReplyState.SETTLED
    assert fresh(answer(line, villager, "2")).state == ReplyState.TASK
    assert errands.answered == []


def test_old_texts_are_not_answered(line, villager, errands, monday):
    monday.shift(replies.RECENT + timedelta(minutes=1))
    assert (replies.candidates(phone=Phone.objects.get(), line=line), errands.answered) == ([], [])


def test_another_lines_texts_are_not_answered(villager, errands):
    answer(SmsLineFactory(), villager, "1")
    assert errands.answered == []


def test_stop_stops_the_number_and_asks_for_everybody_reached_on_it(line, hall, villager, errands):
    phone = villager.contacts.get().phone
    other = VillagerFactory(registered_at=hall, name="李根生")
    ContactFactory(villager=other, relation="neighbour", phone=phone)
    caller = VillagerFactory(registered_at=hall, name="王月珍")
    ContactFactory(villager=caller, relation="neighbour", phone=phone, reach="call")
    assert fresh(answer(line, villager, "TD")).state == ReplyState.SETTLED
    phone.refresh_from_db()
    assert phone.opted_out_at == clock.now()
    assert sorted(task.villager.name for task in FollowUp.objects.filter(kind=FollowUpKind.REPLY)) == sorted(
        [villager.name, "李根生"]
    )
    answer(line, villager, "退订")
    assert FollowUp.objects.count() == 2


def test_nothing_goes_to_a_number_that_was_stopped(line, villager):
    answer(line, villager, "退订")
    owe(villager, about=2)
    delivery.sweep()
    assert Message.objects.filter(reminders__about_id=2).count() == 0


def test_what_a_dead_process_left_unread_is_read_by_the_sweep(line, villager, errands, monday, monkeypatch):
    monkeypatch.setattr(replies, "_read", lambda reply: None)
    reply = answer(line, villager, "1")
    monkeypatch.undo()
    assert (replies.sweep(), errands.answered) == (0, [])
    monday.shift(replies.LEFT_BEHIND)
    assert (replies.sweep(), errands.answered, fresh(reply).state) == (1, [(1, True, True, False)], ReplyState.SETTLED)


def test_the_text_is_not_readable_in_the_database(line, villager):
    answer(line, villager, "明天换下午行吗")
    stored = Reply.objects.extra(select={"raw": "text"}).values_list("raw", flat=True)
    assert "下午" not in "".join(stored)


def test_answers_stand_on_the_timeline(line, villager, hall, errands):
    answer(line, villager, "1")
    answer(line, villager, "在吗")
    entries = HallService().timeline(villager, desk_user(hall))
    assert [(entry.title, entry.state) for entry in entries if entry.title.startswith("回短信")] == [
        ("回短信：看不懂", "转人工"),
        ("回短信：好", "已处理"),
    ]
