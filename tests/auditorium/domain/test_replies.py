"""Answers to texts: matched to what they answer, done as far as the phone may, and never dropped."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock, sms_length
from auditorium.domain import delivery, replies, reply_ends, task_outcomes
from auditorium.enums import FollowUpKind, MessageState, ReplyMeaning, ReplyState, TextLanguage
from auditorium.models import AuditEntry, FollowUp, Message, Reply
from auditorium.ports import Answered
from auditorium.service import HallService
from tests.factories import (
    ConsentFactory,
    ContactFactory,
    HallFactory,
    PhoneFactory,
    SmsLineFactory,
    VillagerFactory,
    desk_user,
)
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
    task = FollowUp.objects.get()
    assert (task.reason, task.reply) == ("来短信：要取消，没取消成：过了时间", reply)


def test_what_a_service_leaves_to_a_person_is_a_task_with_the_text(line, villager, errands, hall):
    errands.answers = Answered(task="请问过村民")
    reply = fresh(answer(line, villager, "2"))
    assert reply.state == ReplyState.TASK
    task = FollowUp.objects.get()
    assert (task.kind, task.hall, task.villager, task.reason, task.reply) == (
        FollowUpKind.REPLY,
        hall,
        villager,
        "来短信：请问过村民",
        reply,
    )
    assert task.contact == villager.contacts.get()


def test_what_nobody_understands_is_a_task_each_time(line, villager, errands):
    answer(line, villager, "明天换下午行吗")
    answer(line, villager, "在吗")
    assert errands.answered == []
    assert [(task.reason, task.reply.text) for task in FollowUp.objects.order_by("pk")] == [
        ("来短信，请看看说了什么", "明天换下午行吗"),
        ("来短信，请看看说了什么", "在吗"),
    ]


def test_what_somebody_wrote_stands_in_the_answer_alone(line, villager):
    """Words of texts are dropped after a while, and what is audited stays for years."""
    answer(line, villager, "我得了重病不想去了")
    stored = [*FollowUp.objects.values_list("reason", "words"), *AuditEntry.objects.values_list("why", "fields")]
    assert "重病" not in str(stored)


def test_a_second_try_shows_the_words_as_well(line, villager, hall):
    reply = answer(line, villager, "在吗")
    step = task_outcomes.record_outcome(follow_up=FollowUp.objects.get(), outcome="not_reached", by=desk_user(hall))
    assert step.reply == reply


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


# What cannot be meant twice


def test_heard_does_not_take_a_cancellation_back(line, villager, errands, monday):
    errands.answers = Answered(cancels=True)
    reply = answer(line, villager, "2")
    delivery.sweep()
    heard = fresh(answer(line, villager, "好的，谢谢"))
    assert (fresh(reply).state, heard.state, len(errands.answered)) == (ReplyState.WAITING, ReplyState.SETTLED, 1)
    monday.shift(replies.GRACE)
    replies.sweep()
    assert errands.cancelled == [1]


@pytest.mark.parametrize("is_said", [True, False])
def test_coming_after_all_takes_a_cancellation_back(line, villager, errands, monday, is_said):
    errands.answers = Answered(cancels=True)
    reply = answer(line, villager, "不去了")
    if is_said:
        delivery.sweep()
    coming = fresh(answer(line, villager, "1"))
    monday.shift(replies.GRACE)
    replies.sweep()
    assert (fresh(reply).state, coming.state, errands.cancelled) == (ReplyState.TAKEN_BACK, ReplyState.SETTLED, [])
    assert "不取消" in said(coming)[0]


def test_yes_to_what_was_said_after_a_cancellation_is_about_that(line, hall, villager, errands, monday):
    errands.answers = Answered(cancels=True)
    reply = answer(line, villager, "2")
    delivery.sweep()
    errands.over.add(1)
    errands.answers = Answered()
    monday.shift(timedelta(minutes=5))
    owe(villager, about=2)
    delivery.sweep()
    assert fresh(answer(line, villager, "1")).about_id == 2
    assert fresh(reply).state == ReplyState.WAITING


# In English


@pytest.fixture
def reader(line, hall, errands):
    """Told on the own phone, in English."""
    villager = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, language=TextLanguage.ENGLISH)
    owe(villager)
    delivery.sweep()
    return villager


def test_who_reads_english_is_answered_in_english(line, reader, errands):
    errands.answers = Answered(cancels=True)
    reply = answer(line, reader, "Cancel")
    kept = answer(line, reader, "keep")
    assert said(reply) == [
        "【柯桥文化礼堂】Got it: errand 1 will be cancelled in 30 minutes. Reply 3 to keep it. Call 0575-84000000"
    ]
    assert said(kept) == ["【柯桥文化礼堂】All right, errand 1 is kept. Call 0575-84000000"]


def test_who_reads_english_is_asked_in_english(line, reader, errands):
    owe(reader, about=2)
    delivery.sweep()
    reply = answer(line, reader, "no")
    assert said(reply) == [
        "【柯桥文化礼堂】Which one? Please reply with the number: 1 errand 2, 2 errand 1. Call 0575-84000000"
    ]


def test_tasks_are_in_chinese_whatever_the_villager_reads(line, reader, errands):
    answer(line, reader, "keep")
    assert FollowUp.objects.get().reason == "来短信：说不取消，可是没有正在取消的预约，请问清楚"


# From where nobody wrote to


def test_answer_on_a_line_that_never_wrote_is_a_task_all_the_same(villager, hall):
    reply = fresh(answer(SmsLineFactory(), villager, "你们是谁"))
    task = FollowUp.objects.get()
    assert (reply.state, task.reply, task.hall, task.villager) == (ReplyState.TASK, reply, hall, villager)


def test_answer_from_a_phone_nobody_ever_wrote_to_goes_to_who_is_reached_on_it(line, hall):
    gone = VillagerFactory(registered_at=HallFactory(), died_on=clock.today())
    contact = ContactFactory(villager=VillagerFactory(registered_at=hall))
    ContactFactory(villager=gone, phone=contact.phone, order=0)
    reply = fresh(replies.receive(line=line, number=contact.phone.number.as_e164, text="在吗"))
    task = FollowUp.objects.get()
    assert (task.hall, task.villager, task.contact) == (hall, contact.villager, contact)
    assert (reply.state, reply.hall, reply.villager) == (ReplyState.TASK, hall, contact.villager)


def test_answer_of_somebody_who_moved_away_is_still_heard(line, hall):
    contact = ContactFactory(villager=VillagerFactory(registered_at=hall, moved_away_on=clock.today()))
    replies.receive(line=line, number=contact.phone.number.as_e164, text="在吗")
    assert FollowUp.objects.get().villager == contact.villager


def test_answer_from_a_phone_nobody_is_reached_on_is_kept_and_settled(line):
    number = PhoneFactory().number.as_e164
    reply = fresh(replies.receive(line=line, number=number, text="在吗"))
    assert (reply.state, reply.text, FollowUp.objects.count()) == (ReplyState.SETTLED, "在吗", 0)


# Twice, and on several lines


def test_numbers_of_two_lines_are_not_mixed_up(line, villager):
    other = SmsLineFactory()
    theirs = answer(other, villager, "好", provider_id="7")
    ours = answer(line, villager, "在吗", provider_id="7")
    assert answer(line, villager, "在吗", provider_id="7") == ours
    assert answer(other, villager, "好", provider_id="7") == theirs
    assert Reply.objects.count() == 2


def test_number_is_no_choice_on_a_line_that_did_not_ask(line, villager, errands):
    owe(villager, about=2)
    delivery.sweep()
    asked = answer(line, villager, "2")
    assert fresh(asked).state == ReplyState.ASKED
    answer(SmsLineFactory(), villager, "1")
    assert (fresh(asked).state, errands.answered) == (ReplyState.ASKED, [])


def test_an_answer_that_was_settled_meanwhile_is_no_task(line, villager):
    reply = answer(line, villager, "1")
    assert reply_ends.leave_to_person(reply, Message.objects.get(), "") == 0
    assert (fresh(reply).state, FollowUp.objects.count()) == (ReplyState.SETTLED, 0)


# Whatever a platform posts


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "😀😀", "\x00", "改天\x00再说", "\ud83d改天", "改天\ude00", "53D66D88", "5pS55aSp", "改" * 10_000],
    ids=["empty", "blank", "line", "emoji", "nul", "nul inside", "half", "other half", "hex", "base64", "long"],
)
def test_whatever_comes_is_a_task_with_all_of_it(line, villager, errands, text):
    reply = fresh(answer(line, villager, text, provider_id="a\x00b"))
    assert (reply.state, reply.meaning, errands.answered) == (ReplyState.TASK, ReplyMeaning.UNCLEAR, [])
    assert reply.text == text.replace("\x00", "").replace("\ud83d", "\ufffd").replace("\ude00", "\ufffd")
    assert FollowUp.objects.get().reply == reply


def test_halves_of_a_character_that_stand_together_are_one(line, villager):
    assert answer(line, villager, "改天\ud83d\ude00").text == "改天😀"


def test_no_phone_sends_more_than_is_kept(line, villager):
    assert len(answer(line, villager, "改" * 10_001).text) == replies.LONGEST


@pytest.mark.parametrize("number", ["", "\x00", "1" * 10_000, "一三八", "+", "NULL", "13800000021\x00"])
def test_what_is_no_number_is_nobodys(line, number):
    assert replies.receive(line=line, number=number, text="1") is None
