"""What becomes a text: on a line that has its words, in the reader's language, by the rules, and then fixed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from auditorium.domain import delivery, lines, reminders, telling, template_versions, wording
from auditorium.domain.reminders import Owed
from auditorium.enums import (
    ConsentPurpose,
    GatewayKind,
    MessageAudience,
    MessageState,
    Relation,
    ReminderPurpose,
    ReminderState,
    TextLanguage,
)
from auditorium.models import FollowUp, LineTemplate, Message, MessageTemplate, Reminder, ReminderRule
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, UserFactory, VillagerFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db
NOW = at("11-23 10:00")


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gateway(monkeypatch):
    gateway = FakeGateway()
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def hall():
    return HallFactory()


def tell():
    return +telling.tell_batch(at=NOW, after=None)[0]


def keeping_line(**kwargs):
    return SmsLineFactory(gateway=GatewayKind.ALIYUN, name="阿里云", **kwargs)


def register(line, *purposes):
    wording.current_templates(KIND)
    for template in MessageTemplate.objects.filter(purpose__in=purposes):
        LineTemplate.objects.create(line=line, template=template, code=f"SMS_{template.pk}")


# When


def test_at_night_only_what_cannot_wait_is_said_to_whom_several_things_are_due(hall):
    SmsLineFactory()
    villager = told_villager(hall)
    with time_machine.travel(at("11-23 19:59"), tick=False):
        owe(villager, about=1)
        urgent = owe(villager, about=2, days=0.5)
    assert telling.tell_batch(at=at("11-23 21:00"), after=None)[0]["written"] == 1
    assert list(Message.objects.get().reminders.all()) == [urgent]


# Who heard it first


def change(about=1):
    reminders.replan(
        about_kind=KIND,
        about_id=about,
        villager=Reminder.objects.first().villager,
        hall=Reminder.objects.first().hall,
        event_at=NOW + timedelta(days=4),
        by=None,
        why="换了时间",
    )


def replace(about=2):
    """The same as another row, as a booking that was moved is."""
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="换了时间")
    owe(Reminder.objects.first().villager, about=about, changed=True, replaces=[1])


def call_off():
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="不去了", tell=ReminderPurpose.CANCELLED)


def suspend():
    first = Reminder.objects.first()
    said = Owed(1, first.villager, first.hall, NOW + timedelta(days=4))
    reminders.silence(about_kind=KIND, about_id=1, by=None, why="停了")
    reminders.owe_all_now(about_kind=KIND, owed=[said], purpose=ReminderPurpose.CANCELLED)


TAKEN_BACK = pytest.mark.parametrize("take_back", [change, replace, call_off, suspend])


@pytest.fixture
def told_by_daughter(hall):
    """Somebody whose daughter was told in their stead, and who has a phone of their own since; the son knew nothing."""
    SmsLineFactory()
    villager = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=villager)
    daughter = ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=5)
    owe(villager)
    tell()
    Message.objects.update(state=MessageState.DELIVERED)
    Reminder.objects.filter(purpose=ReminderPurpose.CONFIRMATION).update(state=ReminderState.TOLD)
    ContactFactory(villager=villager, order=1)
    ContactFactory(villager=villager, relation=Relation.SON, order=6)
    return daughter


@TAKEN_BACK
def test_who_was_told_in_the_villagers_stead_hears_that_it_no_longer_holds(told_by_daughter, take_back):
    """Though nobody wanted copies: else she would send her father there for nothing."""
    take_back()
    tell()
    own, copy = Message.objects.order_by("pk")[1:]
    assert (own.contact.relation, own.audience, own.is_copy) == (Relation.SELF, MessageAudience.OWN, False)
    assert (copy.contact, copy.audience, copy.is_copy) == (told_by_daughter, MessageAudience.DISCREET, True)
    assert Reminder.objects.exclude(heard_on=[]).count() == 1


@TAKEN_BACK
@pytest.mark.parametrize("why", ["it never went out", "it was a copy", "she is no contact any more"])
def test_who_was_not_told_hears_nothing_of_it(told_by_daughter, take_back, why):
    if why == "it never went out":
        Message.objects.update(state=MessageState.FAILED)
    elif why == "it was a copy":
        Message.objects.update(is_copy=True)
    else:
        told_by_daughter.delete()
    take_back()
    tell()
    assert [text.contact.relation for text in Message.objects.order_by("pk")[1:]] == [Relation.SELF]


def test_what_is_told_ahead_goes_to_the_villager_alone(told_by_daughter):
    change()
    Reminder.objects.filter(purpose=ReminderPurpose.CHANGED).update(state=ReminderState.TOLD)
    Reminder.objects.filter(purpose=ReminderPurpose.THREE_DAYS).update(due_at=NOW)
    tell()
    assert [text.contact.relation for text in Message.objects.order_by("pk")[1:]] == [Relation.SELF]


# Lines that keep the words


def test_line_without_the_code_is_passed_over(hall):
    keeping_line(order=1)
    other = SmsLineFactory(order=2)
    owe(told_villager(hall))
    tell()
    assert Message.objects.get().line == other


def test_line_with_the_code_carries_the_text(hall):
    line = keeping_line(order=1)
    SmsLineFactory(order=2)
    register(line, ReminderPurpose.CONFIRMATION)
    owe(told_villager(hall))
    tell()
    message = Message.objects.get()
    assert (message.line, message.template.purpose) == (line, ReminderPurpose.CONFIRMATION)
    assert message.values.keys() == {"name", "when", "where", "ask"}


def test_where_no_line_has_the_words_a_person_is_asked(hall):
    keeping_line()
    owe(told_villager(hall))
    assert tell() == {"asked": 1}
    assert FollowUp.objects.get().reason == "短信模板还没有在平台登记"


def test_a_relative_gets_no_copy_in_words_no_line_has(hall):
    line = keeping_line()
    villager = told_villager(hall)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    own = wording.current_templates(KIND)[ReminderPurpose.CONFIRMATION, MessageAudience.OWN]
    LineTemplate.objects.create(line=line, template=own, code="SMS_1")
    owe(villager)
    assert tell() == {"written": 1}


def test_text_is_handed_over_only_to_a_line_that_has_its_words(hall):
    first = SmsLineFactory(order=1)
    keeping_line(order=2)
    third = SmsLineFactory(order=3)
    owe(told_villager(hall))
    tell()
    lines.pause(lines=type(first).objects.filter(pk=first.pk), by=None, why="")
    assert lines.hand_over(at=NOW) == 1
    assert Message.objects.get().line == third


def test_codes_cost_no_query_for_each_text(hall):
    line = keeping_line()
    register(line, ReminderPurpose.CONFIRMATION)
    counts = []
    for start, how_many in ((0, 2), (10, 8)):
        for about in range(start, start + how_many):
            owe(told_villager(hall), about=about)
        with CaptureQueriesContext(connection) as asked:
            tell()
        counts.append(len(asked))
    assert (counts[0], Message.objects.count()) == (counts[1], 10)


# Languages


def test_each_phone_is_written_to_in_its_own_language(hall):
    SmsLineFactory()
    villager = told_villager(hall)
    villager.contacts.update(language=TextLanguage.ENGLISH)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    owe(villager)
    tell()
    assert list(Message.objects.order_by("pk").values_list("body", "template__language")) == [
        ("【柯桥文化礼堂】张小明: Fri 27 Nov 8:30, 社保窗口. Call 0575-84000000", "en"),
        ("【柯桥文化礼堂】请转告张小明，约好：11月27日周五上午8:30。问0575-84000000", "zh-hans"),
    ]


# Rules


@pytest.mark.parametrize(("copies", "written"), [(True, 2), (False, 1)])
def test_rule_says_whether_relatives_get_copies(hall, copies, written):
    SmsLineFactory()
    ReminderRule.objects.create(about_kind=KIND, purpose=ReminderPurpose.CONFIRMATION, hall=hall, copies=copies)
    villager = told_villager(hall)
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    ContactFactory(villager=villager, relation=Relation.DAUGHTER, order=2, gets_copies=True)
    owe(villager)
    assert tell() == {"written": written}


# A queued text never changes


def test_a_queued_text_stays_as_it_was_written(hall, gateway):
    SmsLineFactory()
    villager = told_villager(hall)
    reminder = owe(villager)
    tell()
    before = Message.objects.values("body", "values", "parts", "template").get()
    template_versions.rewrite(
        template=reminder.own_template, body="{name}，别的话：{when}到{where}。问{ask}", by=UserFactory()
    )
    villager.name = "张大明"
    villager.save()
    delivery.sweep()
    assert Message.objects.values("body", "values", "parts", "template").get() == before
    assert (gateway.sent[0].body, states()) == (before["body"], [MessageState.SENT])
