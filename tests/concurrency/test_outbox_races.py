"""Many workers over one outbox, and desks that cancel meanwhile. Each race has a control that goes wrong."""

import threading
from collections import Counter
from functools import partial

import pytest
import time_machine
from django.db import transaction

from auditorium.domain import delivery, departures, outcomes, reminders, sending, task_outcomes, telling
from auditorium.enums import FollowUpState, MessageState, ReminderPurpose, ReminderState
from auditorium.models import FollowUp, Message, Reminder, Villager
from tests.concurrency.threads import at_once
from tests.errands import KIND, registered
from tests.factories import (
    ConsentFactory,
    ContactFactory,
    HallFactory,
    PhoneFactory,
    SmsLineFactory,
    VillagerFactory,
    desk_user,
)
from tests.outbox import FakeGateway, at, owe, states, told_villager

WORKERS = 8
OWED = 60
NOW = at("11-23 10:00")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def service():
    with registered() as known:
        yield known


@pytest.fixture
def gateway(monkeypatch):
    gateway = FakeGateway()
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    monkeypatch.setattr("auditorium.domain.wake.now", lambda name, *ids: None)
    return gateway


@pytest.fixture
def hall():
    SmsLineFactory()
    return HallFactory()


def owed(hall, how_many=OWED):
    with time_machine.travel(NOW, tick=False):
        return [owe(told_villager(hall), about=about) for about in range(how_many)]


def sweep():
    return delivery.sweep(at=NOW)


def no_errors(results):
    assert [result for result in results if isinstance(result, Exception)] == []
    return results


def test_workers_send_every_text_once(hall, gateway):
    owed(hall)
    counts = sum(no_errors(at_once([sweep] * WORKERS)), Counter())
    sweep()  # villagers another worker was busy with are left to the next sweep
    assert Counter(text.key for text in gateway.sent) == Counter(Message.objects.values_list("uid", flat=True))
    assert (len(gateway.sent), states()) == (OWED, [MessageState.SENT] * OWED)
    assert Reminder.objects.filter(state=ReminderState.TOLD).count() == OWED
    assert counts["written"] <= OWED


def test_control_workers_that_claim_without_a_condition_send_texts_twice(hall, gateway, monkeypatch):
    owed(hall, 10)
    telling.tell_batch(at=NOW, after=None)
    all_have_looked = threading.Barrier(2)

    def look(courier, line, most):
        found = list(Message.objects.filter(state=MessageState.PENDING).select_related("phone"))
        if found:
            all_have_looked.wait(30)
        return found

    def note(courier, line, taken, **kwargs):
        Message.objects.filter(pk__in=[message.pk for message, _sent in taken]).update(state=MessageState.SENT)

    monkeypatch.setattr(sending, "claim", look)
    monkeypatch.setattr(sending, "begin", lambda courier, line, texts: texts)
    monkeypatch.setattr(sending, "note_taken", note)
    no_errors(at_once([sweep] * 2))
    assert len(gateway.sent) == 20


def test_workers_planning_at_once_write_one_text_a_reminder(hall, gateway):
    owed(hall)
    no_errors(at_once([partial(telling.tell_batch, at=NOW, after=None)] * WORKERS))
    telling.tell_batch(at=NOW, after=None)
    assert Counter(Message.objects.values_list("reminders__pk", flat=True)) == Counter(
        Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION).values_list("pk", flat=True)
    )


@pytest.mark.postgres
def test_control_planning_without_the_locks_writes_texts_twice(hall, gateway, monkeypatch):
    """SQLite lets one writer in at a time, so only PostgreSQL can show what the locks are for."""
    owed(hall, 10)
    both_have_looked = threading.Barrier(2)

    def look(villagers, due, **kwargs):
        found = list(due.values_list("pk", flat=True))
        both_have_looked.wait(30)
        return found

    monkeypatch.setattr(telling, "locked", look)
    no_errors(at_once([partial(telling.tell_batch, at=NOW, after=None)] * 2))
    assert Message.objects.count() == 20


def test_desks_that_cancel_while_workers_send_leave_nothing_in_between(hall, gateway):
    desk = desk_user(hall)
    confirmations = owed(hall, 40)

    def cancel(reminder):
        with transaction.atomic():
            Villager.objects.select_for_update(no_key=True).get(pk=reminder.villager_id)
            reminders.silence(about_kind=KIND, about_id=reminder.about_id, by=desk, why="取消")

    cancels = [partial(cancel, reminder) for reminder in confirmations[::2]]
    no_errors(at_once([*[sweep] * 4, *cancels]))
    sweep()
    sent = {text.key for text in gateway.sent}
    assert len(sent) == len(gateway.sent)
    for message in Message.objects.all():
        assert (message.uid in sent) == (message.state == MessageState.SENT), message.state
    assert set(Message.objects.values_list("state", flat=True)) <= {MessageState.SENT, MessageState.CANCELLED}
    kept = Reminder.objects.filter(pk__in=[reminder.pk for reminder in confirmations[1::2]])
    assert set(kept.values_list("state", flat=True)) == {ReminderState.TOLD}


def test_calls_made_while_workers_settle_never_lock_each_other_out(hall, gateway):
    """Outcomes of tasks, receipts and sweeps all take villagers before reminders before tasks."""
    desk = desk_user(hall)
    with time_machine.travel(NOW, tick=False):
        first = [owe(VillagerFactory(registered_at=hall), about=about) for about in range(20)]
        no_errors([sweep()])

    def done(task):
        task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=desk)

    def settle(reminder):
        with transaction.atomic():
            telling.locked([reminder.villager_id], Reminder.objects.filter(pk=reminder.pk), skip_busy=False)
            outcomes.settle_told([reminder.pk])

    tasks = list(FollowUp.objects.all())
    assert len(tasks) == 20
    results = at_once([*[partial(done, task) for task in tasks], *[partial(settle, reminder) for reminder in first]])
    errors = {type(result).__name__ for result in results if isinstance(result, Exception)}
    assert errors <= {"EndedError"}
    assert set(Reminder.objects.filter(pk__in=[r.pk for r in first]).values_list("state", flat=True)) == {"told"}


# One text for a household, one of whom is called off meanwhile

DAY_BEFORE = at("11-26 17:00")


def couple(hall, service):
    """Two on one phone, both reminded of the same day; their one text waits."""
    with time_machine.travel(NOW, tick=False):
        phone = PhoneFactory()
        for about, name in enumerate(("张建国", "李秀英"), 1):
            service.meetings[about] = {"day": "11月27日周五", "time": "8:30", "place": "示例医院"}
            villager = VillagerFactory(registered_at=hall, name=name)
            ConsentFactory(villager=villager)
            ContactFactory(villager=villager, phone=phone)
            owe(villager, about=about, days=4)
    Reminder.objects.exclude(purpose=ReminderPurpose.ONE_DAY).delete()
    telling.tell_batch(at=DAY_BEFORE, after=None)
    assert Message.objects.get().reminders.count() == 2


def call_off_while_it_is_sent():
    """The first of the two is called off; before that is committed a worker sends what it can get."""
    called_off, sent = threading.Event(), threading.Event()

    def call_off():
        with transaction.atomic():
            reminders.silence(about_kind=KIND, about_id=1, by=None, why="取消", tell=ReminderPurpose.CANCELLED)
            called_off.set()
            sent.wait(2)

    def send():
        called_off.wait(30)
        delivery.sweep(at=DAY_BEFORE)
        sent.set()

    with time_machine.travel(DAY_BEFORE, tick=False):
        no_errors(at_once([call_off, send]))
        delivery.sweep(at=DAY_BEFORE)


def test_text_of_a_household_leaves_out_who_is_called_off_this_moment(hall, gateway, service):
    couple(hall, service)
    call_off_while_it_is_sent()
    assert [("张建国" in text.body, "李秀英" in text.body) for text in gateway.sent] == [(False, True)]
    assert not Reminder.objects.filter(purpose=ReminderPurpose.CANCELLED).exists()


@pytest.mark.postgres
def test_control_without_taking_the_text_back_it_names_who_was_called_off(hall, gateway, service, monkeypatch):
    couple(hall, service)
    monkeypatch.setattr(reminders, "drop_unsent", lambda kind, *ids: 0)
    call_off_while_it_is_sent()
    assert "张建国" in gateway.sent[0].body
    assert not Reminder.objects.filter(purpose=ReminderPurpose.CANCELLED).exists()


def death(villager, desk, hall):
    departures.record_death(villager=villager, died_on=NOW.date(), hall=hall, by=desk)


def move(villager, desk, hall):
    departures.record_move(villager=villager, moved_away_on=NOW.date(), hall=hall, by=desk)


def leave_while_texts_are_claimed(monkeypatch, hall, leave):
    """A worker has claimed texts, and begins them only once it is written down that everybody is gone."""
    owed(hall, 12)
    telling.tell_batch(at=NOW, after=None)
    desk, people = desk_user(hall), list(Villager.objects.order_by("pk"))
    claimed, left, begin = threading.Event(), threading.Event(), sending.begin

    def begin_late(*args):
        claimed.set()
        left.wait(30)
        return begin(*args)

    def leave_all():
        claimed.wait(30)
        try:
            for villager in people:
                leave(villager, desk, hall)
        finally:
            left.set()

    monkeypatch.setattr(sending, "begin", begin_late)
    with time_machine.travel(NOW, tick=False):
        no_errors(at_once([sweep, leave_all]))


@pytest.mark.parametrize("leave", [death, move])
def test_no_claimed_text_leaves_once_it_is_written_down_that_they_are_gone(hall, gateway, monkeypatch, leave):
    leave_while_texts_are_claimed(monkeypatch, hall, leave)
    assert (gateway.sent, set(states())) == ([], {MessageState.CANCELLED})


def test_control_without_silencing_the_dead_get_their_texts(hall, gateway, monkeypatch):
    monkeypatch.setattr("auditorium.domain.silencing.everything", lambda **kwargs: None)
    leave_while_texts_are_claimed(monkeypatch, hall, death)
    assert len(gateway.sent) == 12


def test_deaths_and_workers_at_once_leave_nothing_to_be_sent(hall, gateway):
    """Whatever was not begun when the death was committed never is; what was begun is not taken back."""
    owed(hall, 24)
    desk = desk_user(hall)
    people = list(Villager.objects.order_by("pk"))

    def die():
        for villager in people:
            departures.record_death(villager=villager, died_on=NOW.date(), hall=hall, by=desk)

    with time_machine.travel(NOW, tick=False):
        no_errors(at_once([sweep, sweep, die]))
        before = len(gateway.sent)
        sweep()
    assert len(gateway.sent) == before
    assert not Message.objects.unsent().exists()
    assert not Reminder.objects.live().exists()
