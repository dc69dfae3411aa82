"""Who was written to and may not know: while there is time, a person is asked to find out."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db.models.base import ModelState

from auditorium import clock
from auditorium.domain import certainty, delivery, doubts, receipts, replies, task_outcomes
from auditorium.enums import FollowUpKind, FollowUpState, MessageState, Reach, Relation, ReminderPurpose, ReminderState
from auditorium.gateways.base import Receipt
from auditorium.models import FollowUp, Message, Reminder
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, UserFactory, VillagerFactory
from tests.outbox import FakeGateway, at, owe, told_villager

pytestmark = pytest.mark.django_db
VISIT = at("11-26 09:00")  # Thursday; the hall is open from 8 to 17
SURE_BY = at("11-25 15:00")  # two open hours before: none on the day itself, an hour before the visit


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def line():
    return SmsLineFactory()


@pytest.fixture(autouse=True)
def gateway(monkeypatch, line):
    gateway = FakeGateway(receipt_secret="receipts come")
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


def owe_visit(villager):
    owe(villager, days=(VISIT - clock.now()) / timedelta(days=1))


def delivered(line, text):
    receipts.record(line=line, receipts=[Receipt(key=str(text.uid), delivered=True)])


def last():
    return Reminder.objects.get(purpose=ReminderPurpose.ONE_DAY)


def go(now, when, line=None, *, receipt=False):
    """Let everything be done that is due by then."""
    now.move_to(when)
    delivery.sweep()
    if receipt:
        for text in Message.objects.filter(state="sent"):
            delivered(line, text)


def until_the_day_before(now, line, villager, *, receipt):
    owe_visit(villager)
    go(now, at("11-23 10:00"), line, receipt=True)
    go(now, last().due_at, line, receipt=receipt)


def test_text_nobody_reported_on_becomes_a_call_in_time(line, monday):
    until_the_day_before(monday, line, told_villager(HallFactory()), receipt=False)
    sure_by = last().sure_by
    go(monday, sure_by - timedelta(seconds=1))
    assert FollowUp.objects.count() == 0
    go(monday, sure_by)
    task = FollowUp.objects.get()
    assert (task.reason, last().state) == ("短信没有收到送达回执，请和村民确认", ReminderState.FOLLOW_UP)
    assert clock.now() < task.due_at <= VISIT


def test_text_that_was_reported_is_nobodys_doubt(line, monday):
    until_the_day_before(monday, line, told_villager(HallFactory()), receipt=True)
    go(monday, last().sure_by)
    assert (FollowUp.objects.count(), last().state) == (0, ReminderState.TOLD)


def test_receipt_that_comes_late_ends_the_call(line, monday):
    until_the_day_before(monday, line, told_villager(HallFactory()), receipt=False)
    go(monday, last().sure_by)
    delivered(line, Message.objects.latest("pk"))
    assert (FollowUp.objects.get().state, last().state) == (FollowUpState.CANCELLED, ReminderState.TOLD)


def test_earlier_reminder_is_not_asked_about(line, monday):
    owe_visit(told_villager(HallFactory()))
    go(monday, at("11-23 10:00"))
    confirmation = Reminder.objects.get(purpose=ReminderPurpose.CONFIRMATION)
    assert (confirmation.state, confirmation.sure_by) == (ReminderState.SENDING, None)


@pytest.fixture
def unread():
    """Cannot read; a daughter gets the texts."""
    villager = VillagerFactory(registered_at=HallFactory(), cannot_read=True)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER)
    return villager


def test_relative_is_waited_for_and_then_somebody_asks(line, monday, unread):
    until_the_day_before(monday, line, unread, receipt=True)
    assert last().state == ReminderState.RELAYED
    go(monday, last().sure_by)
    assert [task.reason for task in FollowUp.objects.all()] == ["村民不识字，短信到了女儿手机，还没回话，请确认"]


def test_relative_who_answers_is_believed(line, monday, unread):
    until_the_day_before(monday, line, unread, receipt=True)
    number = unread.contacts.get().phone.number.as_e164
    replies.receive(line=line, number=number, text="1")
    assert last().state == ReminderState.TOLD
    go(monday, VISIT - timedelta(hours=1))
    assert FollowUp.objects.count() == 0


def test_relative_who_answers_late_ends_the_call(line, monday, unread):
    until_the_day_before(monday, line, unread, receipt=True)
    go(monday, last().sure_by)
    replies.receive(line=line, number=unread.contacts.get().phone.number.as_e164, text="好的")
    assert (FollowUp.objects.get().state, last().state) == (FollowUpState.CANCELLED, ReminderState.TOLD)


def test_text_nobody_reports_on_tells_nobody_who_cannot_read(line, monday, unread, gateway):
    gateway.receipt_secret = ""
    until_the_day_before(monday, line, unread, receipt=False)
    assert last().state == ReminderState.RELAYED
    go(monday, last().sure_by)
    task_outcomes.record_outcome(follow_up=FollowUp.objects.get(), outcome=FollowUpState.DONE, by=UserFactory())
    assert last().state == ReminderState.TOLD


@pytest.mark.parametrize(
    ("contact", "kind"),
    [({"relation": Relation.SELF}, FollowUpKind.CALL), ({"reach": Reach.IN_PERSON, "phone": None}, FollowUpKind.KNOCK)],
    ids=["own phone", "no phone"],
)
def test_where_no_text_can_go_somebody_calls_or_knocks_in_time(monday, contact, kind):
    villager = VillagerFactory(registered_at=HallFactory(), cannot_read=True)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, **contact)
    owe_visit(villager)
    Reminder.objects.exclude(purpose=ReminderPurpose.ONE_DAY).delete()
    go(monday, last().due_at - timedelta(seconds=1))
    assert FollowUp.objects.count() == 0
    go(monday, last().due_at)
    task = FollowUp.objects.get()
    assert (task.kind, last().state, Message.objects.count()) == (kind, ReminderState.FOLLOW_UP, 0)
    # the hall closes at five: on the day itself nobody could be sure to call before the visit at nine
    assert (task.due_at, task.due_at < VISIT - timedelta(hours=1)) == (at("11-25 17:00"), True)


def test_what_nobody_could_confirm_is_missed_in_the_end(line, monday, unread):
    until_the_day_before(monday, line, unread, receipt=True)
    go(monday, VISIT)
    assert last().state == ReminderState.MISSED


def test_call_is_asked_for_while_the_hall_is_open_for_two_hours(monday):
    hall = HallFactory()
    assert certainty.call_by(hall, at("11-26 09:00")) == at("11-25 15:00")
    assert certainty.call_by(hall, at("11-26 15:00")) == at("11-26 12:00")


def another(text, **changes):
    """One more text for the last reminder, like this one but for some changes."""
    for name, value in {"pk": None, "uid": uuid.uuid4(), "_state": ModelState(), **changes}.items():
        setattr(text, name, value)
    text.save()
    text.reminders.add(last())


@pytest.mark.parametrize("why", ["only just sent", "waits to be sent"])
def test_text_that_may_still_arrive_gets_a_little_longer(line, monday, why):
    until_the_day_before(monday, line, told_villager(HallFactory()), receipt=False)
    sure_by, text = last().sure_by, Message.objects.filter(pk=Message.objects.latest("pk").pk)
    if why == "only just sent":
        text.update(sent_at=sure_by - certainty.TO_ARRIVE + timedelta(seconds=1))
    else:
        text.update(sent_at=None, state=MessageState.PENDING)
    assert doubts.ask(at=sure_by) == {}
    assert last().sure_by == sure_by + certainty.TO_ARRIVE
    text.update(sent_at=sure_by, state=MessageState.SENT)
    assert doubts.ask(at=sure_by + certainty.TO_ARRIVE) == {"asked": 1}


def test_a_relatives_copy_delays_no_call(line, monday):
    until_the_day_before(monday, line, told_villager(HallFactory()), receipt=False)
    another(Message.objects.latest("pk"), is_copy=True, state=MessageState.PENDING)
    assert doubts.ask(at=last().sure_by) == {"asked": 1}


def test_the_relative_who_was_told_last_is_named(line, monday, unread):
    son = ContactFactory(villager=unread, relation=Relation.SON, order=9)
    until_the_day_before(monday, line, unread, receipt=True)
    another(Message.objects.latest("pk"), contact=son, phone=son.phone)
    doubts.ask(at=last().sure_by)
    assert FollowUp.objects.get().reason == "村民不识字，短信到了儿子手机，还没回话，请确认"
