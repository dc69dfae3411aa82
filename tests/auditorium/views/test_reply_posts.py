"""Answers a provider posts: read by the line's settings, by nobody without the secret."""

import json
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain import delivery
from auditorium.enums import ReplyState
from auditorium.models import FollowUp, Message, Reply, SmsLine
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import FakeGateway, at, owe, told_villager

pytestmark = pytest.mark.django_db
SECRET = "a-long-secret-nobody-guesses"
CONFIG = {
    "url": "https://sms.example.cn/send",
    "body": {"to": "{number}", "text": "{body}"},
    "success": {"path": "code", "values": ["0"]},
    "replies": {"secret": SECRET, "list": "data", "number": "phone_number", "text": "content", "id": "sequence_id"},
}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: FakeGateway())
    return SmsLineFactory(gateway="http", config=CONFIG)


@pytest.fixture
def villager(line, errands):
    villager = told_villager(HallFactory())
    owe(villager)
    delivery.sweep()
    return villager


def post(client, line, *rows, secret=SECRET):
    address = reverse("auditorium:sms_replies", args=[line.uid, secret])
    return client.post(address, json.dumps({"data": rows}), content_type="application/json")


def row(villager, text, number="1"):
    national = str(villager.contacts.get().phone.number.national_number)
    return {"phone_number": national, "content": text, "sequence_id": number}


def test_answers_are_read_by_the_lines_settings(client, line, villager, errands):
    answer = post(client, line, row(villager, "1"), row(villager, "在吗", "2"), {"phone_number": "13900000000"})
    assert (answer.status_code, answer.json()) == (200, {"code": 0})
    assert errands.answered == [(1, True, True, False)]
    assert list(Reply.objects.order_by("pk").values_list("provider_id", "state")) == [
        ("1", ReplyState.SETTLED),
        ("2", ReplyState.TASK),
    ]


def test_answers_posted_again_change_nothing(client, line, villager, errands):
    for _again in range(2):
        post(client, line, row(villager, "1"))
    assert (Reply.objects.count(), len(errands.answered)) == (1, 1)


def test_a_wrong_secret_finds_nothing(client, line, villager, errands):
    assert post(client, line, row(villager, "1"), secret="another-long-secret-guessed").status_code == 404
    assert post(client, SmsLineFactory(), row(villager, "1")).status_code == 404
    assert errands.answered == []


def test_nonsense_is_refused(client, line):
    address = reverse("auditorium:sms_replies", args=[line.uid, SECRET])
    assert client.post(address, "{", content_type="application/json").status_code == 400
    assert client.post(address, "x" * 1_100_000, content_type="application/json").status_code == 413
    assert client.post(address, b"\xff\xfe\x00{", content_type="application/json").status_code == 400
    assert client.get(address).status_code == 405
    assert Message.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_answers_are_read_in_the_encodings_platforms_write(client, line, villager, encoding, kind):
    replies = CONFIG["replies"] | ({} if kind == "application/json" else {"list": ""})
    SmsLine.objects.update(config=CONFIG | {"replies": replies})
    said = row(villager, "我想改到下午，行吗")
    body = (
        json.dumps({"data": [said]}, ensure_ascii=False).encode(encoding)
        if kind == "application/json"
        else urlencode(said, encoding=encoding).encode()
    )
    assert client.post(reverse("auditorium:sms_replies", args=[line.uid, SECRET]), body, kind).status_code == 200
    assert Reply.objects.get().text == "我想改到下午，行吗"


def test_platform_that_gets_is_answered_as_it_asks(client, line, villager, errands):
    replies = {**CONFIG["replies"], "list": "", "method": "GET", "answer": "SUCCESS"}
    SmsLine.objects.update(config=CONFIG | {"replies": replies})
    address = reverse("auditorium:sms_replies", args=[line.uid, SECRET])
    answer = client.get(address, row(villager, "1"))
    assert (answer.status_code, answer.content) == (200, b"SUCCESS")
    assert errands.answered == [(1, True, True, False)]
    assert client.post(address, row(villager, "1")).status_code == 405


def put(client, line, body, kind="application/json"):
    return client.post(reverse("auditorium:sms_replies", args=[line.uid, SECRET]), body, kind)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_form_whose_bytes_were_not_escaped_is_read(client, line, villager, encoding):
    SmsLine.objects.update(config=CONFIG | {"replies": CONFIG["replies"] | {"list": ""}})
    number = villager.contacts.get().phone.number.national_number
    body = f"phone_number={number}&content=改到下午&sequence_id=1".encode(encoding)
    assert put(client, line, body, "application/x-www-form-urlencoded").status_code == 200
    assert Reply.objects.get().text == "改到下午"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_platform_that_gets_is_read_in_its_encoding(client, line, villager, encoding):
    replies = {**CONFIG["replies"], "list": "", "method": "GET"}
    SmsLine.objects.update(config=CONFIG | {"replies": replies})
    address = reverse("auditorium:sms_replies", args=[line.uid, SECRET])
    said = urlencode(row(villager, "改到下午"), encoding=encoding)
    assert client.get(f"{address}?{said}").status_code == 200
    assert Reply.objects.get().text == "改到下午"


def test_json_with_a_mark_of_its_byte_order_is_read(client, line, villager):
    body = json.dumps({"data": [row(villager, "改到下午")]}).encode("utf-8-sig")
    assert put(client, line, body).status_code == 200
    assert Reply.objects.get().text == "改到下午"


@pytest.mark.parametrize(
    ("encoding", "came"),
    [("hex", "53D66D88"), ("hex", "0032"), ("base64", "5Y+W5raI"), ("base64", "yKHP+w=="), ("base64", "Mg==")],
)
def test_words_are_unwrapped_where_the_settings_say_so(client, line, villager, errands, encoding, came):
    SmsLine.objects.update(config=CONFIG | {"replies": CONFIG["replies"] | {"encoding": encoding}})
    post(client, line, row(villager, came))
    assert Reply.objects.get().text in {"取消", "2"}
    assert errands.answered == [(1, False, True, False)]


@pytest.mark.parametrize(
    ("encoding", "came"), [("hex", "取消"), ("hex", "53D"), ("hex", "D83D"), ("base64", "取消"), ("base64", "/////w==")]
)
def test_words_in_something_else_are_kept_as_they_came(client, line, villager, errands, encoding, came):
    SmsLine.objects.update(config=CONFIG | {"replies": CONFIG["replies"] | {"encoding": encoding}})
    assert post(client, line, row(villager, came)).status_code == 200
    assert Reply.objects.get().text == came


def test_nobody_guesses_that_words_are_wrapped(client, line, villager, errands):
    """0032 may be what somebody typed; a person reads it."""
    post(client, line, row(villager, "0032"))
    assert (Reply.objects.get().state, errands.answered) == (ReplyState.TASK, [])


@pytest.mark.parametrize("said", ["", "   ", "😀", "改" * 10_000, "改天\0再说", "改天\ud83d"])
def test_odd_words_are_written_down_and_become_a_task(client, line, villager, said):
    posted = row(villager, said, "1\0\ud83d") | {"n\0": "\0"}
    assert post(client, line, posted).status_code == 200
    assert post(client, line, posted).status_code == 200
    assert (Reply.objects.get().state, FollowUp.objects.get().reply) == (ReplyState.TASK, Reply.objects.get())


def test_receipt_of_a_text_with_an_odd_number_changes_nothing(client, line, villager):
    receipts = {"secret": SECRET, "provider_id": "id", "state": "ok", "delivered": ["1"]}
    SmsLine.objects.update(config=CONFIG | {"receipts": receipts})
    address = reverse("auditorium:sms_receipts", args=[line.uid, SECRET])
    odd = json.dumps({"id": "1\0\ud83d", "ok": "1"})
    assert client.post(address, odd, content_type="application/json").status_code == 200


@pytest.mark.parametrize(
    "payload", ["null", "1", '"取消"', "[]", "{}", '{"data": 1}', '{"data": [[], null, 1, "x"]}', "[" * 99]
)
def test_rows_that_are_no_answers_are_passed_over(client, line, payload):
    assert put(client, line, payload.encode()).status_code in {200, 400}
    assert Reply.objects.count() == 0
