"""What an answer may be about: what its phone was told of lately, on the line it came on."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import delivery, matches
from auditorium.enums import MessageState, Relation, TextLanguage
from auditorium.models import Message, Reply
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, VillagerFactory
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
    return HallFactory()


@pytest.fixture
def villager(line, hall, errands):
    """Told of errand 1 on the own phone."""
    villager = told_villager(hall)
    owe(villager)
    delivery.sweep()
    return villager


def found(villager, line):
    contact = villager.contacts.order_by("pk").first()
    return [match.about_id for match in matches.candidates(phone=contact.phone, line=line)]


def test_old_texts_are_not_answered(line, villager, monday):
    assert found(villager, line) == [1]
    monday.shift(matches.RECENT + timedelta(minutes=1))
    assert found(villager, line) == []


@pytest.mark.parametrize(
    ("state", "answered"),
    [
        *[(MessageState.SENDING, [1]), (MessageState.SENT, [1]), (MessageState.UNKNOWN, [1])],
        *[(MessageState.FAILED, []), (MessageState.UNDELIVERED, []), (MessageState.PENDING, [])],
    ],
)
def test_only_what_may_have_arrived_is_answered(line, villager, state, answered):
    """A text that is tried again has been begun before, and nobody has read it."""
    Message.objects.update(state=state)
    assert found(villager, line) == answered


def test_a_text_is_each_ones_own_or_not_by_the_phone_it_went_to(line, hall, villager, errands):
    """Who is told on their spouse's phone has one of their own as well: it is not the one that answers."""
    phone = villager.contacts.get().phone
    spouse = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=spouse)
    ContactFactory(villager=spouse, relation=Relation.SELF, order=1)
    theirs = ContactFactory(villager=spouse, relation=Relation.SPOUSE, phone=phone, order=2)
    reminder = owe(spouse, about=2)
    text = Message.objects.get()
    text.reminders.add(reminder)
    match = next(match for match in matches.candidates(phone=phone, line=line) if match.about_id == 2)
    assert (match.villager, match.contact, match.is_own) == (spouse, theirs, False)


def test_the_newest_on_this_line_comes_before_a_newer_one_on_another(line, villager, monday):
    ours = Message.objects.get()
    phone, other = ours.phone, SmsLineFactory()
    assert matches.newest(Reply(phone=phone, line=other)) == ours
    monday.shift(timedelta(hours=1))
    theirs = Message.objects.create(
        hall=ours.hall,
        phone=phone,
        line=other,
        audience=ours.audience,
        body="",
        parts=1,
        created_at=clock.now(),
        not_before=clock.now(),
        expires_at=clock.now(),
        sent_at=clock.now(),
    )
    assert matches.newest(Reply(phone=phone, line=line)) == ours
    assert matches.newest(Reply(phone=phone, line=other)) == theirs


def test_language_is_the_holders_else_that_of_the_words(line, villager):
    message = Message.objects.get()
    assert matches.language_of(message) == TextLanguage.CHINESE
    message.contact.language = TextLanguage.ENGLISH
    assert matches.language_of(message) == TextLanguage.ENGLISH
    message.contact = None
    assert matches.language_of(message) == TextLanguage.CHINESE
    message.template.language = TextLanguage.ENGLISH
    assert matches.language_of(message) == TextLanguage.ENGLISH
    message.template = None
    assert matches.language_of(message) == TextLanguage.CHINESE
