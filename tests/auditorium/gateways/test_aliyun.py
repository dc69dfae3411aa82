"""Aliyun's gateway through the vendor's own client, against a process that checks the signature by itself."""

import json
import logging
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from auditorium import clock
from auditorium.gateways import aliyun, gateway_for
from auditorium.gateways.base import (
    BatchGateway,
    Found,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    OutgoingText,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.gateways.codes import aliyun as codes
from auditorium.gateways.treatments import Treatment
from tests.outbox import at
from tests.peers import vendor_peer
from tests.peers.aliyun_peer import ID, SECRET, report

PLACE = "12345678901234567890"


@pytest.fixture(scope="module")
def running():
    with vendor_peer.running("tests.peers.aliyun_peer") as peer:
        yield peer


@pytest.fixture
def peer(running):
    for name, empty in {
        "taken": [],
        "calls": [],
        "then": [],
        "numbers": {},
        "statuses": {},
        "is_blind": False,
        "is_nameless": False,
    }.items():
        running.give(name, empty)
    return running


def settings(peer, **changes):
    return {
        "access_key_id": ID,
        "access_key_secret": SECRET,
        "endpoint": peer.url,
        "receipts": {"secret": PLACE},
        "replies": {"secret": PLACE},
    } | changes


@pytest.fixture
def gateway(peer):
    return gateway_for("aliyun", settings(peer))


def text(end=21, **changes):
    return replace(
        OutgoingText(
            key=uuid.uuid4(),
            number=f"+86138000000{end:02}",
            body="【柯桥文化礼堂】…",
            signature="柯桥文化礼堂",
            template_code="SMS_1",
            values={"name": '张"小"明', "ask": "0575-84000000"},
            sent_at=clock.now(),
        ),
        **changes,
    )


def refused(gateway, one):
    with pytest.raises(GatewayError) as error:
        gateway.send(one)
    return error.value.code, error.value.treatment


def test_send_hands_over_signature_code_values_and_our_key(gateway, peer):
    one = text()
    sent = gateway.send(one)
    (taken,) = peer.taken
    assert sent == Sent(provider_id=taken["biz_id"])
    assert taken | {"at": "", "biz_id": ""} == {
        "number": "13800000021",
        "signature": "柯桥文化礼堂",
        "template": "SMS_1",
        "values": one.values,
        "out_id": str(one.key),
        "biz_id": "",
        "at": "",
    }


def test_send_with_a_wrong_secret_is_refused_for_the_operator(peer):
    wrong = gateway_for("aliyun", settings(peer, access_key_secret="another"))
    assert refused(wrong, text()) == ("SignatureDoesNotMatch", Treatment.OPERATOR)
    assert peer.taken == []


def test_send_with_an_unknown_key_is_refused_for_the_operator(peer):
    wrong = gateway_for("aliyun", settings(peer, access_key_id="LTAI-nobody"))
    assert refused(wrong, text()) == ("InvalidAccessKeyId.NotFound", Treatment.OPERATOR)


@pytest.mark.parametrize(
    ("code", "treatment"),
    [
        ("isv.SMS_TEMPLATE_ILLEGAL", Treatment.NEVER),
        ("isv.MOBILE_NUMBER_ILLEGAL", Treatment.BAD_NUMBER),
        ("isv.BUSINESS_LIMIT_CONTROL", Treatment.LATER),
        ("isv.DAY_LIMIT_CONTROL", Treatment.TOMORROW),
        ("isv.AMOUNT_NOT_ENOUGH", Treatment.OPERATOR),
        ("isp.RAM_PERMISSION_DENY", Treatment.OPERATOR),
        ("isp.SYSTEM_ERROR", Treatment.BACK_OFF),
        ("isv.SOMETHING_NEW", Treatment.BACK_OFF),
    ],
)
def test_send_refused_is_treated_as_its_code_is_listed(gateway, peer, code, treatment):
    peer.number("21", code)
    assert refused(gateway, text()) == (code, treatment)


def test_refusal_carries_the_providers_words_and_nobody_elses(gateway, peer):
    peer.number("21", "isv.AMOUNT_NOT_ENOUGH")
    with pytest.raises(GatewayError) as error:
        gateway.send(text())
    assert error.value.detail == "账户余额不足"


@pytest.mark.parametrize("code", ["Throttling.User", "Throttling.User.Flow"])
def test_send_throttled_backs_off(gateway, peer, code):
    peer.then({"do": "answer", "status": 503, "type": "application/json", "body": json.dumps({"Code": code})})
    assert refused(gateway, text()) == (code, Treatment.BACK_OFF)


def test_send_without_a_code_for_the_words_is_never_tried(gateway, peer):
    assert refused(gateway, text(template_code="")) == ("no-template", Treatment.NEVER)
    assert peer.actions() == []


@pytest.mark.parametrize(
    "deed",
    [
        {"do": "cut"},
        {"do": "cut after"},
        {"do": "hang"},
        {"do": "hang after"},
        {"do": "answer", "body": "<html>登录</html>"},
        {"do": "answer", "status": 502, "body": "<html>Bad Gateway</html>"},
        {"do": "answer", "type": "application/json", "body": "[]"},
        {"do": "answer", "type": "application/json", "body": '{"Code": null}'},
        {"do": "answer", "status": 500, "type": "application/json", "body": '{"Code": "InternalError"}'},
    ],
    ids=str,
)
def test_send_cut_off_says_that_nobody_knows(gateway, peer, monkeypatch, deed):
    monkeypatch.setattr(aliyun, "READ_SECONDS", 1)
    peer.then(deed)
    with pytest.raises(GatewayTimeout):
        gateway.send(text())
    assert peer.actions() == ["SendSms"]  # the client tries nothing again by itself


def test_send_where_nobody_listens_never_left(peer):
    nobody = gateway_for("aliyun", settings(peer, endpoint="http://127.0.0.1:9"))
    assert refused(nobody, text()) == ("no-connection", Treatment.BACK_OFF)


def test_failed_call_leaves_no_number_in_the_log(gateway, peer, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # as our settings have it
    peer.then({"do": "cut"})
    with pytest.raises(GatewayTimeout) as error:
        gateway.send(text())
    assert ("13800000021" in caplog.text, error.value.__cause__, error.value.__suppress_context__) == (
        False,
        None,
        True,
    )


def test_send_many_hands_over_fifty_in_one_call_each_with_its_own_values(gateway, peer):
    texts = [text(end, values={"name": f"村民{end}"}) for end in range(50)]
    sent = gateway.send_many(texts)
    assert (isinstance(gateway, BatchGateway), gateway.most, peer.actions()) == (True, 50, ["SendBatchSms"])
    assert [(taken["number"][-2:], taken["values"]) for taken in peer.taken] == [
        (f"{end:02}", {"name": f"村民{end}"}) for end in range(50)
    ]
    assert len({one.provider_id for one in sent}) == 50


def test_send_many_refused_for_one_hands_over_one_by_one(gateway, peer):
    peer.number("01", "isv.MOBILE_NUMBER_ILLEGAL")
    texts = [text(0), text(1), text(2)]
    first, second, third = gateway.send_many(texts)
    assert (isinstance(first, Sent), second.treatment, isinstance(third, Sent)) == (True, Treatment.BAD_NUMBER, True)
    assert [taken["out_id"] for taken in peer.taken] == [str(texts[0].key), str(texts[2].key)]


def test_send_many_refused_for_one_tells_the_one_that_was_cut_off_from_the_rest(gateway, peer):
    peer.number("01", "isv.BUSINESS_LIMIT_CONTROL")
    peer.then({"do": "take"}, {"do": "cut after"})
    cut_off, later, taken = gateway.send_many([text(0), text(1), text(2)])
    assert (isinstance(cut_off, GatewayTimeout), later.treatment, isinstance(taken, Sent)) == (
        True,
        Treatment.LATER,
        True,
    )


def test_send_many_refused_for_one_stops_before_the_lease_runs_out(gateway, peer, monkeypatch):
    monkeypatch.setattr(aliyun, "ALONE_SECONDS", -1)
    peer.number("01", "isv.MOBILE_NUMBER_ILLEGAL")
    answers = gateway.send_many([text(0), text(1)])
    assert [(answer.code, answer.treatment) for answer in answers] == [("no-time-left", Treatment.BACK_OFF)] * 2
    assert peer.taken == []


@pytest.mark.parametrize(
    ("code", "treatment"),
    [("isv.OUT_OF_SERVICE", Treatment.OPERATOR), ("isv.DAY_LIMIT_CONTROL", Treatment.TOMORROW)],
)
def test_send_many_refused_for_all_asks_once(gateway, peer, code, treatment):
    peer.number("01", code)
    with pytest.raises(GatewayError) as error:
        gateway.send_many([text(0), text(1)])
    assert (error.value.treatment, peer.actions()) == (treatment, ["SendBatchSms"])


def test_send_many_sends_a_second_text_to_a_number_by_itself(gateway, peer):
    one, other, again = text(0), text(1), text(0)
    sent = gateway.send_many([one, other, again])
    assert peer.actions() == ["SendBatchSms", "SendSms"]
    assert (peer.taken[2]["out_id"], len({answer.provider_id for answer in sent})) == (str(again.key), 3)


def test_send_many_cut_off_says_that_nobody_knows_of_any(gateway, peer):
    peer.then({"do": "cut after"})
    with pytest.raises(GatewayTimeout):
        gateway.send_many([text(0), text(1)])


def test_find_knows_a_text_by_our_key(gateway, peer):
    one = text()
    gateway.send(one)
    assert gateway.find(one) == Found()


@pytest.mark.parametrize(("status", "delivered"), [(1, None), (2, False), (3, True)])
def test_find_says_whether_the_text_arrived(gateway, peer, status, delivered):
    peer.give("statuses", {"13800000021": status})
    one = text()
    gateway.send(one)
    assert gateway.find(one) == Found(delivered=delivered)


def test_find_knows_a_text_of_a_batch_that_was_cut_off_by_the_name_its_receipt_will_have(gateway, peer):
    texts = [text(end) for end in range(50)]
    peer.then({"do": "cut after"})
    with pytest.raises(GatewayTimeout):
        gateway.send_many(texts)
    found = [gateway.find(one) for one in texts]
    receipts = gateway.read_receipts([report(taken) for taken in peer.taken])
    assert [one.provider_id for one in found] == [receipt.provider_id for receipt in receipts]
    assert {receipt.key for receipt in receipts} == {""}


def test_find_takes_no_other_text_to_the_number_for_ours(gateway, peer):
    gateway.send(text())
    gateway.send_many([text(), text(22)])
    assert gateway.find(text(sent_at=clock.now() - timedelta(minutes=10))) is None


def test_find_waits_until_what_was_taken_must_show(gateway, peer):
    peer.give("is_blind", True)
    assert gateway.find(text(sent_at=clock.now() - timedelta(seconds=170))) == Unknowable()
    assert gateway.find(text(sent_at=clock.now() - timedelta(seconds=181))) is None


@pytest.mark.parametrize(("code", "answer"), [("SMS_1", Unknowable()), ("SMS_2", None)])
def test_find_cannot_know_where_the_same_words_went_without_a_key(gateway, peer, code, answer):
    peer.give("is_nameless", True)
    gateway.send(text())
    assert gateway.find(text(template_code=code, sent_at=clock.now() - timedelta(minutes=9))) == answer


def test_find_without_a_time_says_that_it_cannot_know(gateway):
    assert gateway.find(text(sent_at=None)) == Unknowable()


def test_find_looks_beyond_midnight_and_beyond_the_first_page(gateway, peer):
    with time_machine.travel(at("11-23 23:59"), tick=False):
        began = clock.now()
    with time_machine.travel(at("11-24 00:00"), tick=False):
        one = text(sent_at=began)
        gateway.send(one)
        for _ in range(50):
            gateway.send(text())
    with time_machine.travel(at("11-24 00:05"), tick=False):
        assert gateway.find(one) == Found()


def test_find_cannot_know_where_the_key_may_not_ask(peer):
    wrong = gateway_for("aliyun", settings(peer, access_key_secret="another"))
    assert wrong.find(text(sent_at=clock.now() - timedelta(minutes=9))) == Unknowable()


def test_find_that_reaches_nobody_says_so(peer):
    nobody = gateway_for("aliyun", settings(peer, endpoint="http://127.0.0.1:9"))
    with pytest.raises(GatewayError):
        nobody.find(text())


def test_receipt_of_a_text_sent_alone_names_our_key(gateway, peer):
    one = text()
    gateway.send(one)
    (taken,) = peer.taken
    assert gateway.read_receipts([report(taken)]) == [
        Receipt(key=str(one.key), provider_id=taken["biz_id"], delivered=True, code="DELIVERED")
    ]


@pytest.mark.parametrize(("code", "is_bad"), [("MK:0001", True), ("MK:0013", False), ("something new", False)])
def test_receipt_of_a_number_that_does_not_exist_says_so(gateway, peer, code, is_bad):
    gateway.send(text())
    (receipt,) = gateway.read_receipts([report(peer.taken[0], code)])
    assert (receipt.delivered, receipt.code, receipt.bad_number) == (False, code, is_bad)


def test_receipt_of_a_batch_names_the_number_however_it_is_written(gateway, peer):
    first, _second = gateway.send_many([text(0), text(1)])
    posted = report(peer.taken[0])
    receipts = gateway.read_receipts([posted, posted | {"phone_number": "8613800000000"}])
    assert {receipt.provider_id for receipt in receipts} == {first.provider_id}


@pytest.mark.parametrize("payload", [None, [], {}, "…", [1], [{"out_id": "x"}], [{"success": True}], {"success": "?"}])
def test_receipts_that_make_no_sense_are_left_out(gateway, payload):
    assert gateway.read_receipts(payload) == []


def test_reply_is_read_with_the_number_aliyun_gives_it(gateway):
    posted = [
        {
            "phone_number": "13800000021",
            "send_time": "2026-11-23 10:00:00",
            "content": "1",
            "sign_name": "柯桥文化礼堂",
            "dest_code": "12345",
            "sequence_id": 1234567890,
        },
        {"phone_number": "13800000021", "content": "", "sequence_id": 2},
        {"phone_number": "", "content": "1"},
    ]
    assert gateway.read_replies(posted) == [
        IncomingText(number="13800000021", text="1", provider_id="1234567890"),
        IncomingText(number="13800000021", text="", provider_id="2"),
    ]


def test_receipts_and_replies_are_answered_as_aliyun_wants(gateway):
    assert [json.loads(callback.answer)["code"] for callback in (gateway.receipt_callback, gateway.reply_callback)] == [
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"access_key_id": ""}, "access_key_id 没有写，照平台控制台里的填。"),
        ({"access_key_secret": "密钥"}, "access_key_secret 只能是英文字母、数字和符号，中间没有空格。"),
        ({"endpoint": "http://sms.example.cn"}, "endpoint：外网的地址要用 https，短信里有村民的姓名和号码。"),
        ({"endpoint": "https://x/y"}, "endpoint 写平台的域名，例如 dysmsapi.aliyuncs.com。"),
        ({"receipts": {"secret": "short"}}, "回执：secret 至少 20 个字母或数字，别人猜不到。"),
        ({"replies": "…"}, "回复：secret 至少 20 个字母或数字，别人猜不到。"),
        (
            {"accesskey": "x"},
            "不认识 accesskey，可以写的有 access_key_id、access_key_secret、endpoint、receipts、replies。",
        ),
    ],
)
def test_each_wrong_setting_is_named(changes, sentence):
    right = {"access_key_id": ID, "access_key_secret": SECRET}
    with pytest.raises(ValidationError) as error:
        gateway_for("aliyun", right | changes)
    assert error.value.messages == [sentence]


def test_settings_without_addresses_post_nothing():
    gateway = gateway_for("aliyun", {"access_key_id": ID, "access_key_secret": SECRET})
    assert (gateway.receipt_secret, gateway.reply_secret) == ("", "")


def test_missing_client_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setattr(aliyun, "find_spec", lambda name: None)
    with pytest.raises(ValidationError) as error:
        gateway_for("aliyun", {"access_key_id": ID, "access_key_secret": SECRET})
    assert error.value.messages == ["没有装阿里云的客户端，请先执行 pip install alibabacloud-dysmsapi20170525。"]


def test_every_code_has_words():
    assert [code for code, means in codes.ANSWERED.items() if not means.words] == []
