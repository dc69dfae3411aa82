"""Texts through Aliyun and Tencent Cloud from the sweep to the receipt: none lost, none twice, each ends known."""

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain import delivery, polling, wording
from auditorium.domain.asking import PATIENCE
from auditorium.domain.courier import ASK_AGAIN
from auditorium.enums import MessageState, ReminderState
from auditorium.gateways.aliyun import SETTLED
from auditorium.models import FollowUp, LineTemplate, Message, MessageTemplate, Phone, Reminder, SmsLine
from tests.errands import KIND
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import at, owe, states, told_villager
from tests.peers import aliyun_peer, tencent_peer, vendor_peer

RECEIPTS, REPLIES = "receipts-12345678901", "replies-123456789012"
POSTED_TO = {"receipts": {"secret": RECEIPTS}, "replies": {"secret": REPLIES}}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as travel:
        yield travel


def line_for(kind, config):
    """A line with a code for all words there are."""
    line = SmsLineFactory(gateway=kind, config=config | POSTED_TO)
    wording.current_templates(KIND)
    for template in MessageTemplate.objects.all():
        LineTemplate.objects.create(line=line, template=template, code=f"SMS_{template.pk}")
    return line


@pytest.fixture
def aliyun():
    with vendor_peer.running("tests.peers.aliyun_peer") as peer:
        yield peer


@pytest.fixture
def aliyun_line(aliyun):
    keys = {"access_key_id": aliyun_peer.ID, "access_key_secret": aliyun_peer.SECRET}
    return line_for("aliyun", keys | {"endpoint": aliyun.url})


@pytest.fixture
def tencent():
    with vendor_peer.running("tests.peers.tencent_peer") as peer:
        yield peer


@pytest.fixture
def tencent_line(tencent):
    keys = {"secret_id": tencent_peer.ID, "secret_key": tencent_peer.KEY, "sdk_app_id": tencent_peer.APP}
    return line_for("tencent", keys | {"endpoint": tencent.url, "poll": True})


@pytest.fixture
def hall():
    return HallFactory()


def owed(hall, how_many=1):
    """So many texts to so many phones."""
    return [owe(told_villager(hall), about=about) for about in range(1, how_many + 1)]


def address(line, name="sms_receipts", secret=RECEIPTS):
    return reverse(f"auditorium:{name}", args=[line.uid, secret])


def receive(client, line, payload, **named):
    return client.post(address(line, **named), payload, content_type="application/json")


def reminder_states():
    return set(Reminder.objects.filter(messages__isnull=False).values_list("state", flat=True))


def each_once(peer, owing):
    """Whether the far side took one text for each, to its own number."""
    numbers = [taken["number"][-11:] for taken in peer.taken]
    return sorted(numbers) == sorted(reminder.villager.contacts.get().phone.number.as_e164[-11:] for reminder in owing)


def test_texts_go_to_aliyun_in_one_call_and_are_told_when_their_receipts_come(aliyun, aliyun_line, hall, client):
    owing = owed(hall, 3)
    assert delivery.sweep() == {"written": 3, "sent": 3}
    assert (aliyun.actions(), each_once(aliyun, owing)) == (["SendBatchSms"], True)
    answer = receive(client, aliyun_line, [aliyun_peer.report(taken) for taken in aliyun.taken])
    assert (answer.status_code, answer.json()["code"]) == (200, 0)
    assert (set(states()), reminder_states()) == ({MessageState.DELIVERED}, {ReminderState.TOLD})


def test_text_to_a_number_that_does_not_exist_flags_it(aliyun, aliyun_line, hall, client):
    owed(hall)
    delivery.sweep()
    receive(client, aliyun_line, [aliyun_peer.report(aliyun.taken[0], "MK:0001")])
    assert (states(), Phone.objects.exclude(bad_since=None).count()) == ([MessageState.UNDELIVERED], 1)


def test_number_aliyun_refuses_does_not_keep_the_others_from_their_texts(aliyun, aliyun_line, hall):
    first, second, third = owed(hall, 3)
    bad = second.villager.contacts.get().phone
    aliyun.number(bad.number.as_e164[-4:], "isv.MOBILE_NUMBER_ILLEGAL")
    assert delivery.sweep() == {"written": 3, "sent": 2, "failed": 1}
    bad.refresh_from_db()
    assert (each_once(aliyun, [first, third]), bad.bad_since is not None) == (True, True)


@pytest.mark.parametrize("how_many", [1, 3])
def test_texts_cut_off_after_aliyun_took_them_are_found_and_not_sent_again(
    aliyun, aliyun_line, hall, client, monday, how_many
):
    owing = owed(hall, how_many)
    aliyun.then({"do": "cut after"})
    delivery.sweep()
    assert set(states()) == {MessageState.UNKNOWN}
    monday.shift(ASK_AGAIN)
    assert delivery.sweep() == {"sent": how_many}
    receive(client, aliyun_line, [aliyun_peer.report(taken) for taken in aliyun.taken])
    assert (set(states()), each_once(aliyun, owing)) == ({MessageState.DELIVERED}, True)


@pytest.mark.parametrize("how_many", [1, 3])
def test_texts_cut_off_before_aliyun_took_them_are_sent_again_once_that_is_sure(
    aliyun, aliyun_line, hall, monday, how_many
):
    owing = owed(hall, how_many)
    aliyun.then({"do": "cut"})
    delivery.sweep()
    monday.shift(ASK_AGAIN)
    delivery.sweep()
    assert (set(states()), aliyun.taken) == ({MessageState.UNKNOWN}, [])  # too early to be sure
    monday.shift(SETTLED)
    delivery.sweep()
    assert (set(states()), each_once(aliyun, owing)) == ({MessageState.SENT}, True)


def test_text_with_a_wrong_secret_waits_for_the_operator(aliyun, aliyun_line, hall):
    aliyun_line.config["access_key_secret"] = "another"
    aliyun_line.save()
    owed(hall)
    delivery.sweep()
    line = SmsLine.objects.get()
    assert (states(), "SignatureDoesNotMatch" in line.paused_reason) == ([MessageState.PENDING], True)


def test_text_goes_to_tencent_and_is_told_when_its_receipt_is_fetched(tencent, tencent_line, hall, monday):
    (reminder,) = owed(hall)
    assert delivery.sweep() == {"written": 1, "sent": 1}
    (taken,) = tencent.taken
    message = Message.objects.get()
    assert taken["values"] == [message.values[name] for name in ("name", "when", "where", "ask")]
    tencent.give("reports", [tencent_peer.pulled(taken)])
    polling.poll()
    reminder.refresh_from_db()
    assert (states(), reminder.state) == ([MessageState.DELIVERED], ReminderState.TOLD)


def test_receipt_tencent_posts_names_the_text_by_its_number(tencent, tencent_line, hall, client):
    owed(hall, 2)
    delivery.sweep()
    first, second = tencent.taken
    answer = receive(client, tencent_line, [tencent_peer.posted(first), tencent_peer.posted(second, "MK:0013")])
    assert answer.json() == {"result": 0, "errmsg": "OK"}
    assert states() == [MessageState.DELIVERED, MessageState.UNDELIVERED]


def test_text_cut_off_after_tencent_took_it_is_settled_by_its_receipt_and_not_sent_again(
    tencent, tencent_line, hall, monday
):
    owed(hall)
    tencent.then({"do": "cut after"})
    delivery.sweep()
    monday.shift(ASK_AGAIN)
    delivery.sweep()
    assert states() == [MessageState.UNKNOWN]
    tencent.give("reports", [tencent_peer.pulled(tencent.taken[0])])
    polling.poll()
    assert (states(), len(tencent.taken)) == ([MessageState.DELIVERED], 1)


def test_text_that_tencent_may_never_have_had_is_a_persons(tencent, tencent_line, hall, monday):
    owed(hall)
    tencent.then({"do": "cut"})
    delivery.sweep()
    monday.shift(PATIENCE)
    delivery.sweep()
    assert (states(), FollowUp.objects.count(), tencent.taken) == ([MessageState.UNKNOWN], 1, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
def test_provider_itself_posts_receipts_and_replies(kind, request, hall, live_server):
    peer, line = request.getfixturevalue(kind), request.getfixturevalue(f"{kind}_line")
    owed(hall)
    delivery.sweep()
    (taken,) = peer.taken
    receipt, reply = {
        "aliyun": lambda: (
            aliyun_peer.report(taken),
            {"phone_number": taken["number"], "content": "1", "sequence_id": 7},
        ),
        "tencent": lambda: (
            tencent_peer.posted(taken),
            {"mobile": taken["number"][3:], "nationcode": "86", "text": "1", "time": 1457336869},
        ),
    }[kind]()
    status, _answer = peer.post(live_server.url + address(line), [receipt])
    replied = [peer.post(live_server.url + address(line, "sms_replies", REPLIES), [reply])[0] for _ in range(2)]
    assert (status, replied, states()[:1]) == (200, [200, 200], [MessageState.DELIVERED])
    assert line.replies.count() == 1
