"""Every state of what is owed, and of its texts, is said in a sentence."""

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import told_words
from auditorium.enums import MessageState, ReminderState
from auditorium.models import Reminder
from tests.factories import ContactFactory, HallFactory, MessageFactory
from tests.outbox import at, owe, told_villager

pytestmark = pytest.mark.django_db


def words(errands, state, *texts, **villager):
    """Of a reminder in this state whose texts went to the villager, then to a daughter, and stand so."""
    person = told_villager(HallFactory(), **villager)
    own, daughter = person.contacts.get(), ContactFactory(villager=person, relation="daughter", order=2)
    reminder = owe(person, about=person.pk)
    for contact, text in zip((own, daughter), texts, strict=False):
        sent = MessageFactory(hall=reminder.hall, phone=contact.phone, contact=contact, state=text)
        sent.reminders.add(reminder)
    Reminder.objects.filter(pk=reminder.pk).update(state=state)
    return told_words.of(Reminder.objects.get(pk=reminder.pk))


@pytest.mark.parametrize(
    ("state", "texts", "said"),
    [
        ("sending", [], "短信写好了，等着发出去"),
        ("sending", ["pending"], "短信写好了，等着发出去"),
        ("sending", ["claimed"], "短信写好了，等着发出去"),
        ("sending", ["sending"], "短信正在发"),
        ("sending", ["sent"], "短信发到本人手机了，还没收到送达回执"),
        ("sending", ["unknown"], "发的时候断了，不知道发出去没有。先问短信平台，问不到就请人打电话"),
        ("sending", ["undelivered"], "短信没送到，接着告诉下一位联系人"),
        ("sending", ["failed"], "短信没送到，接着告诉下一位联系人"),
        ("sending", ["undelivered", "sent"], "短信发到女儿手机了，还没收到送达回执"),
        ("told", ["delivered"], "短信送到了本人手机"),
        ("told", ["undelivered", "delivered"], "短信送到了女儿手机"),
        ("told", ["sent"], "短信发到本人手机了，没有送达回执，也没有说没送到"),
        ("told", ["failed"], "已经有人告诉了村民"),
        ("told", [], "已经有人告诉了村民"),
        ("follow_up", ["undelivered"], "村民还不一定知道，要有人打电话或上门说，已转成待办"),
        ("missed", ["sent"], "短信发了，到时间也没有人确认村民知道"),
        ("missed", ["unknown"], "到时间也没弄清短信发出去没有，没有人确认村民知道"),
        ("missed", ["expired"], "到时间也没能告诉村民"),
        ("cancelled", ["cancelled"], "不用告诉了"),
    ],
)
def test_each_state_has_its_sentence(errands, state, texts, said):
    assert words(errands, state, *texts) == said


def test_what_is_to_come_says_when(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        assert words(errands, "planned") == "11月23日 周一 上午10:00发短信"


def test_who_cannot_read_was_told_by_somebody(errands):
    waiting = words(errands, "relayed", "undelivered", "delivered", cannot_read=True)
    assert waiting == "短信到了女儿手机。村民不识字，等女儿回话说转告了，才算告知"
    assert words(errands, "told", "undelivered", "delivered", cannot_read=True) == (
        "已经当面或在电话里说了，或者收短信的人回话说转告了"
    )


def test_contact_that_is_gone_is_family(errands):
    person = told_villager(HallFactory())
    reminder = owe(person)
    sent = MessageFactory(hall=reminder.hall, contact=None, state=MessageState.SENT, created_at=clock.now())
    sent.reminders.add(reminder)
    reminder.state = ReminderState.SENDING
    assert told_words.of(reminder) == "短信发到家人手机了，还没收到送达回执"
