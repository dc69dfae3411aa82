"""Nothing more is said of somebody who died or moved away, nor in writing where that is not agreed to any longer."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from auditorium import clock
from auditorium.domain import consents, contacts, delivery, departures, phones, reminders, replies, silencing, telling
from auditorium.domain.contacts import ContactDetails
from auditorium.enums import ConsentPurpose, MessageState, Relation, ReminderPurpose, ReminderState
from auditorium.models import FollowUp, Message, Reminder, Reply
from tests.factories import (
    ConsentFactory,
    ContactFactory,
    HallFactory,
    PhoneFactory,
    SmsLineFactory,
    VillagerFactory,
    desk_user,
)
from tests.outbox import FakeGateway, at, owe, states

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 11, 22)
PENDING, CLAIMED, CANCELLED = MessageState.PENDING, MessageState.CLAIMED, MessageState.CANCELLED
AGREED = (ConsentPurpose.SERVICE, ConsentPurpose.HEALTH, ConsentPurpose.REMINDERS, ConsentPurpose.RELATIVE_COPIES)


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    gateway = FakeGateway()
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def hall():
    SmsLineFactory()
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    """Somebody whose text and whose daughter's copy are written and one of them claimed."""
    villager = VillagerFactory(registered_at=hall)
    for purpose in AGREED:
        ConsentFactory(villager=villager, purpose=purpose)
    ContactFactory(villager=villager)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    owe(villager)
    telling.tell_batch(at=clock.now(), after=None)
    Message.objects.filter(is_copy=False).update(state=CLAIMED, lease_until=clock.now() + timedelta(minutes=1))
    assert states() == [CLAIMED, PENDING]
    return villager


def die(villager, user, day=SUNDAY):
    departures.record_death(villager=villager, died_on=day, hall=villager.registered_at, by=user)


def move(villager, user, day=SUNDAY):
    departures.record_move(villager=villager, moved_away_on=day, hall=villager.registered_at, by=user)


LEAVES = pytest.mark.parametrize("leave", [die, move])


def agree(villager, user, *purposes):
    consents.decide(villager=villager, purposes=purposes, hall=villager.registered_at, by=user)


def owed():
    return dict(Reminder.objects.order_by("pk").values_list("purpose", "state"))


def reasons():
    return list(FollowUp.objects.open().order_by("pk").values_list("reason", flat=True))


@LEAVES
def test_gone_silences_everything_at_once(leave, villager, user, gateway):
    leave(villager, user)
    assert states() == [CANCELLED, CANCELLED]
    assert set(owed().values()) == {ReminderState.CANCELLED}
    delivery.sweep(at=clock.now() + timedelta(days=6))
    assert gateway.sent == []


@LEAVES
def test_gone_silences_a_copy_of_what_the_villager_was_told(leave, villager, user):
    Message.objects.filter(is_copy=False).update(state=MessageState.DELIVERED)
    Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION).update(state=ReminderState.TOLD)
    leave(villager, user)
    assert states() == [MessageState.DELIVERED, CANCELLED]


@LEAVES
def test_gone_ends_the_calls_a_text_became(leave, hall, user):
    villager = VillagerFactory(registered_at=hall)
    owe(villager)
    delivery.sweep()
    assert reasons() == ["没有同意发短信"]
    leave(villager, user)
    assert reasons() == ["村民已去世，约好的事请取消" if leave is die else "村民已搬走，问清楚约好的事还去不去"]


@LEAVES
def test_gone_leaves_others_on_the_same_phone_alone(leave, hall, user, errands, gateway):
    errands.meetings = {pk: {"day": "11月24日周二", "time": "8:30", "place": "社保窗口"} for pk in (1, 2)}
    phone = PhoneFactory()
    two = [VillagerFactory(registered_at=hall, name=name) for name in ("张小明", "李根生")]
    for about, one in enumerate(two, 1):
        ConsentFactory(villager=one)
        ContactFactory(villager=one, phone=phone, relation=Relation.SON)
        owe(one, about=about, days=1.5)
    Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION).update(purpose=ReminderPurpose.ONE_DAY)
    telling.tell_batch(at=clock.now(), after=None)
    assert Message.objects.get().reminders.count() == 2
    leave(two[0], user)
    delivery.sweep()
    assert [two[0].name in text.body for text in gateway.sent] == [False]
    assert Reminder.objects.get(villager=two[1]).state == ReminderState.TOLD


@LEAVES
def test_gone_taken_back_owes_anew_what_is_to_come(leave, villager, user, monday):
    leave(villager, user)
    leave(villager, user, None)
    anew = Reminder.objects.live().order_by("due_at")
    assert [one.purpose for one in anew] == [ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY]
    assert [one.due_at for one in anew] == list(
        Reminder.objects.filter(state=ReminderState.CANCELLED).order_by("due_at").values_list("due_at", flat=True)[1:]
    )


@LEAVES
def test_taken_back_late_sends_the_last_reminder_still(leave, villager, user, monday, errands):
    visit = Reminder.objects.first().expires_at
    leave(villager, user)
    monday.move_to(visit - timedelta(hours=2))
    leave(villager, user, None)
    again = Reminder.objects.live().get()
    assert (again.purpose, again.due_at) == (ReminderPurpose.ONE_DAY, clock.now())


@LEAVES
def test_taken_back_after_the_visit_owes_nothing(leave, villager, user, monday, errands):
    visit = Reminder.objects.first().expires_at
    leave(villager, user)
    monday.move_to(visit + timedelta(hours=1))
    leave(villager, user, None)
    assert not Reminder.objects.live().exists()


@LEAVES
def test_taken_back_does_not_say_again_that_something_ended(leave, villager, user):
    Reminder.objects.filter(purpose=ReminderPurpose.THREE_DAYS).update(purpose=ReminderPurpose.CANCELLED)
    leave(villager, user)
    leave(villager, user, None)
    assert [one.purpose for one in Reminder.objects.live()] == [ReminderPurpose.ONE_DAY]


@LEAVES
def test_taken_back_owes_what_was_called_off_as_it_was_and_wakes_a_worker(leave, villager, user, monkeypatch):
    elsewhere, woken = HallFactory(), []
    Reminder.objects.update(hall=elsewhere, heard_on=[7])
    Reminder.objects.filter(purpose=ReminderPurpose.THREE_DAYS).update(state=ReminderState.TOLD)
    leave(villager, user)
    monkeypatch.setattr(silencing.wake, "after_commit", lambda task, *ids: woken.append(task))
    leave(villager, user, None)
    again = Reminder.objects.live().get()
    assert (again.purpose, again.hall, again.heard_on) == (ReminderPurpose.ONE_DAY, elsewhere, [7])
    assert woken == [reminders.SWEEP]


@LEAVES
def test_taken_back_owes_nothing_about_what_is_over(leave, villager, user, errands):
    leave(villager, user)
    errands.over = {1}
    leave(villager, user, None)
    assert not Reminder.objects.live().exists()


@pytest.mark.parametrize(
    ("left", "why"),
    [
        ((ConsentPurpose.SERVICE, ConsentPurpose.HEALTH), "没有同意发短信"),
        ((ConsentPurpose.REMINDERS, ConsentPurpose.HEALTH), "村民不再同意代办，问清楚约好的事还办不办"),
        ((ConsentPurpose.REMINDERS, ConsentPurpose.SERVICE), "村民不再同意代办，问清楚约好的事还办不办"),
    ],
)
def test_consent_withdrawn_stops_what_is_written_and_asks_a_person(villager, user, gateway, left, why):
    agree(villager, user, *left)
    assert states() == [CANCELLED, CANCELLED]
    assert (owed()["confirmation"], reasons()) == (ReminderState.FOLLOW_UP, [why])
    delivery.sweep()
    assert gateway.sent == []


def test_copies_withdrawn_leave_the_villagers_own_text(villager, user):
    agree(villager, user, *AGREED[:-1])
    assert states() == [CLAIMED, CANCELLED]


def test_consent_given_anew_holds(villager, user):
    agree(villager, user, *AGREED[1:])
    agree(villager, user, *AGREED)
    owe(villager, about=2)
    telling.tell_batch(at=clock.now(), after=None)
    assert states()[2:] == [PENDING, PENDING]


def test_number_that_changed_hands_gets_nothing_that_waits(villager, user):
    daughter = villager.contacts.get(relation=Relation.DAUGHTER)
    phones.changed_hands(phone=villager.contacts.get(relation=Relation.SELF).phone, by=user)
    assert states() == [CANCELLED, PENDING, PENDING]
    assert Message.objects.order_by("pk").last().phone == daughter.phone


def test_contact_taken_off_gets_nothing_that_waits(villager, user, hall):
    own = villager.contacts.get(relation=Relation.SELF)
    kept = ContactDetails(pk=own.pk, relation=Relation.SELF)
    contacts.replace(villager=villager, contacts=[kept], hall=hall, by=user)
    assert states() == [CLAIMED, CANCELLED]


@LEAVES
def test_gone_silences_a_copy_written_to_a_reminder_that_has_ended(leave, villager, user, errands):
    """Nothing but the waiting copy is left of what was owed: it goes as well."""
    Message.objects.filter(is_copy=False).update(state=MessageState.DELIVERED)
    Reminder.objects.exclude(purpose=ReminderPurpose.CONFIRMATION).delete()
    Reminder.objects.update(state=ReminderState.TOLD)
    leave(villager, user)
    assert states() == [MessageState.DELIVERED, CANCELLED]


@LEAVES
def test_gone_silences_what_we_were_about_to_answer(leave, villager, user, hall):
    text = Message.objects.first()
    text.state, text.sent_at = MessageState.SENT, clock.now()
    text.save()
    replies.receive(line=text.line, number=text.phone.number.as_e164, text="3")
    ours = Message.objects.create(
        **{name: getattr(text, name) for name in ("hall", "villager", "phone", "line", "audience", "created_at")},
        not_before=text.not_before,
        expires_at=text.expires_at,
        body="好的",
        parts=1,
        reply=Reply.objects.get(),
    )
    leave(villager, user)
    ours.refresh_from_db()
    assert ours.state == CANCELLED


def test_somebody_named_in_a_text_written_meanwhile_is_locked_too(villager, monkeypatch):
    """Between the look and the lock somebody was quicker: it is looked again, and locked anew in the order of ids."""
    other = VillagerFactory()
    looks = [{villager.pk}, *[{villager.pk, other.pk}] * 3]
    monkeypatch.setattr(silencing, "_named_beside", lambda of: looks.pop(0))
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        silencing.lock(villager)
    assert looks == []
    assert [query["sql"].split()[0] for query in queries].count("ROLLBACK") == 1


def test_lock_that_never_holds_gives_up(villager, monkeypatch):
    more = iter(range(10_000, 20_000))
    monkeypatch.setattr(silencing, "_named_beside", lambda of: {of.pk, next(more)})
    with pytest.raises(OperationalError), transaction.atomic():
        silencing.lock(villager)
