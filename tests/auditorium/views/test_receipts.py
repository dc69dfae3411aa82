"""What providers report: matched to the right text, whatever order it comes in, and by nobody else."""

import json
import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from auditorium.domain import delivery
from auditorium.enums import FollowUpState, MessageState, ReminderState
from auditorium.gateways.base import GatewayTimeout, Sent, Unknowable
from auditorium.models import FollowUp, Message, Phone, Reminder, SmsLine
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db
SECRET = "a-long-secret-nobody-guesses"
CONFIG = {
    "url": "https://sms.example.cn/send",
    "body": {"to": "{number}", "text": "{body}", "out_id": "{key}"},
    "success": {"path": "code", "values": ["0"]},
    "receipts": {
        "secret": SECRET,
        "key": "out_id",
        "provider_id": "biz_id",
        "state": "success",
        "delivered": ["true"],
        "undelivered": ["false"],
        "code": "err_code",
    },
}


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def line():
    return SmsLineFactory(gateway="http", config=CONFIG)


@pytest.fixture
def gateway(monkeypatch):
    gateway = FakeGateway(receipt_secret=SECRET)
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)
    return gateway


@pytest.fixture
def text(line, gateway):
    """One text, sent; its receipt is still to come."""
    owe(told_villager(HallFactory()))
    delivery.sweep()
    return Message.objects.get()


def address(line, secret=SECRET):
    return reverse("auditorium:sms_receipts", args=[line.uid, secret])


def report(client, line, *receipts, **kwargs):
    kwargs.setdefault("content_type", "application/json")
    return client.post(address(line), json.dumps(receipts), **kwargs)


def reminder():
    return Reminder.objects.order_by("pk")[0].state


def test_delivered_tells_the_villager(client, line, text):
    answer = report(client, line, {"out_id": str(text.uid), "success": True})
    assert (answer.status_code, answer.json()) == (200, {"code": 0})
    text.refresh_from_db()
    assert (text.state, text.ended_at, reminder()) == (
        MessageState.DELIVERED,
        at("11-23 10:00"),
        ReminderState.TOLD,
    )


def test_provider_needs_neither_login_nor_token(line, text):
    strict = Client(enforce_csrf_checks=True)
    assert report(strict, line, {"out_id": str(text.uid), "success": True}).status_code == 200


def test_undelivered_becomes_a_call(client, line, text):
    report(client, line, {"out_id": str(text.uid), "success": False, "err_code": "MK:0001"})
    text.refresh_from_db()
    assert (text.state, text.error_code, reminder()) == (
        MessageState.UNDELIVERED,
        "MK:0001",
        ReminderState.FOLLOW_UP,
    )
    assert FollowUp.objects.get().reason == "短信没送到"


def test_receipt_is_found_by_the_providers_number_too(client, line, text):
    report(client, line, {"biz_id": text.provider_id, "success": True})
    assert states() == [MessageState.DELIVERED]


def test_receipt_as_a_form(client, line, text):
    answer = client.post(
        address(line), f"out_id={text.uid}&success=true", content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, states()) == (200, [MessageState.DELIVERED])


def test_receipt_that_comes_twice_changes_nothing_more(client, line, text):
    for _time in range(2):
        assert report(client, line, {"out_id": str(text.uid), "success": False}).status_code == 200
    assert (states(), FollowUp.objects.count()) == ([MessageState.UNDELIVERED], 1)


def test_receipt_that_still_waits_changes_nothing(client, line, text):
    report(client, line, {"out_id": str(text.uid), "success": "queued"})
    assert states() == [MessageState.SENT]


def test_undelivered_after_delivered_changes_nothing(client, line, text):
    report(client, line, {"out_id": str(text.uid), "success": True}, {"out_id": str(text.uid), "success": False})
    assert (states(), reminder()) == ([MessageState.DELIVERED], ReminderState.TOLD)


def test_delivered_after_undelivered_ends_the_call(client, line, text):
    report(client, line, {"out_id": str(text.uid), "success": False}, {"out_id": str(text.uid), "success": True})
    assert (states(), reminder()) == ([MessageState.DELIVERED], ReminderState.TOLD)
    assert FollowUp.objects.get().state == FollowUpState.CANCELLED


def test_receipt_that_comes_before_the_call_returned_is_kept(client, line, gateway):
    def reported_at_once(text):
        report(client, line, {"out_id": str(text.key), "success": True})
        return Sent(provider_id="late")

    gateway.answers = [reported_at_once]
    owe(told_villager(HallFactory()))
    delivery.sweep()
    text = Message.objects.get()
    assert (text.state, text.provider_id, reminder()) == (MessageState.DELIVERED, "late", ReminderState.TOLD)


def test_receipt_without_our_key_that_comes_before_the_call_returned_is_asked_for_again(client, line, gateway):
    said = []

    def reported_at_once(text):
        said.append(report(client, line, {"biz_id": "theirs", "success": False}).status_code)
        return Sent(provider_id="theirs")

    gateway.answers = [reported_at_once]
    owe(told_villager(HallFactory()))
    delivery.sweep()
    said.append(report(client, line, {"biz_id": "theirs", "success": False}).status_code)
    assert (said, states()) == ([503, 200], [MessageState.UNDELIVERED])


def test_receipts_beside_one_that_is_asked_for_again_are_kept(client, line, gateway, text):
    def reported_at_once(other):
        report(client, line, {"biz_id": "theirs", "success": True}, {"out_id": str(text.uid), "success": True})
        return Sent(provider_id="theirs")

    gateway.answers = [reported_at_once]
    owe(told_villager(HallFactory()), about=2)
    delivery.sweep()
    assert states() == [MessageState.DELIVERED, MessageState.SENT]


def test_receipt_settles_a_text_whose_call_was_cut_off(client, line, gateway):
    gateway.answers = [GatewayTimeout()]
    gateway.knows = Unknowable()
    owe(told_villager(HallFactory()))
    delivery.sweep()
    report(client, line, {"out_id": str(Message.objects.get().uid), "success": True})
    assert (states(), reminder()) == ([MessageState.DELIVERED], ReminderState.TOLD)


def test_unknown_texts_and_nonsense_settle_quietly(client, line, text):
    answer = report(client, line, {"out_id": str(uuid.uuid4()), "success": True}, {"biz_id": "x"}, {}, 3, None)
    assert (answer.status_code, states()) == (200, [MessageState.SENT])


def test_another_lines_receipts_reach_only_its_own_texts(client, text, line):
    other = SmsLineFactory(gateway="http", config=CONFIG)
    report(client, other, {"out_id": str(text.uid), "success": True}, {"biz_id": text.provider_id, "success": True})
    assert states() == [MessageState.SENT]


@pytest.mark.parametrize("secret", ["wrong", SECRET.upper(), SECRET + "x"])
def test_nobody_gets_in_without_the_secret(client, line, secret):
    assert client.post(address(line, secret), "[]", content_type="application/json").status_code == 404


def test_line_without_receipts_has_no_address(client):
    plain = SmsLineFactory()
    unknown = SmsLineFactory.build()
    broken = SmsLineFactory(gateway="http", config={})
    for line in (plain, unknown, broken):
        assert report(client, line).status_code == 404


@pytest.mark.parametrize(("body", "status"), [("{", 400), ("[" * 60_000, 400), ("[" + " " * 2**20 + "]", 413)])
def test_body_that_makes_no_sense_is_refused(client, line, body, status):
    assert client.post(address(line), body, content_type="application/json").status_code == status


def test_address_answers_post_only(client, line):
    assert client.get(address(line)).status_code == 405


def test_number_flagged_meanwhile_is_not_written_to_again(client, line, text):
    Phone.objects.update(bad_since=at("11-23 10:00"))
    report(client, line, {"out_id": str(text.uid), "success": False})
    assert states() == [MessageState.UNDELIVERED]


@pytest.mark.parametrize(
    ("sources", "sender", "status"),
    [
        ("", "198.51.100.9", 200),
        ("203.0.113.0/24", "203.0.113.7", 200),
        ("203.0.113.0/24\n2001:db8::/32\n", "2001:db8::5", 200),
        ("203.0.113.0/24", "198.51.100.9", 404),
        ("203.0.113.0/24", "", 404),
    ],
)
def test_line_listens_to_its_providers_addresses_only(client, line, text, sources, sender, status):
    SmsLine.objects.update(sources=sources)
    answer = report(client, line, {"out_id": str(text.uid), "success": True}, REMOTE_ADDR=sender)
    assert (answer.status_code, states()) == (status, ["delivered" if status == 200 else "sent"])


def test_server_in_front_says_who_sends(client, line, text, settings):
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    SmsLine.objects.update(sources="203.0.113.7")
    receipt = {"out_id": str(text.uid), "success": True}
    assert report(client, line, receipt, REMOTE_ADDR="203.0.113.7").status_code == 404
    assert report(client, line, receipt, headers={"x-real-ip": "203.0.113.7"}).status_code == 200


def test_body_of_ten_megabytes_is_not_read(client, line, text):
    answer = client.post(address(line), b"[" + b"0," * 5_000_000 + b"0]", content_type="application/json")
    assert answer.status_code == 413
