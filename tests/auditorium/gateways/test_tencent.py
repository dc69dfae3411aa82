"""Tencent's gateway through the vendor's own client, against a process that checks the signature by itself."""

import logging
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from tencentcloud.sms.v20210111 import errorcodes

from auditorium import clock
from auditorium.gateways import gateway_for, tencent
from auditorium.gateways.base import (
    BatchGateway,
    Found,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    OutgoingText,
    Polled,
    PollingGateway,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.gateways.codes import tencent as codes
from auditorium.gateways.treatments import Treatment
from tests.peers import vendor_peer
from tests.peers.tencent_peer import APP, ID, KEY, posted, pulled

PLACE = "12345678901234567890"
ABOUT_OTHER_CALLS = {  # registering signatures and templates, statistics
    *(f"FailedOperation.{name}" for name in (
        "ForbidAddMarketingTemplates", "MissingSignature", "MissingSignatureToModify", "MissingTemplateToModify",
        "ProhibitSubAccountUse", "SignIdNotExist", "SignNumberLimit", "TemplateAlreadyPassedCheck",
        "TemplateNumberLimit",
    )),
    *(f"InvalidParameterValue.{name}" for name in (
        "BeginTimeVerifyFail", "EndTimeVerifyFail", "ImageInvalid", "InvalidDocumentType", "InvalidInternational",
        "InvalidSignPurpose", "InvalidSmsType", "InvalidStartTime", "InvalidTemplateFormat", "InvalidUsedMethod",
        "LimitVerifyFail", "MarketingTemplateWithoutUnsubscribe", "MultiSmsInfoSetEmpty", "OffsetVerifyFail",
        "QualificationIdNotFound", "SignAlreadyPassedCheck", "SignExistAndUnapproved", "SignNameLengthTooLong",
    )),
}  # fmt: skip
REPLY = {
    "ExtendCode": "",
    "CountryCode": "86",
    "PhoneNumber": "+8613800000021",
    "SignName": "柯桥文化礼堂",
    "ReplyContent": "1",
    "ReplyTime": 1457336869,
    "SubscriberNumber": "13800000021",
}


@pytest.fixture(scope="module")
def running():
    with vendor_peer.running("tests.peers.tencent_peer") as peer:
        yield peer


@pytest.fixture
def peer(running):
    for name, empty in {
        "taken": [],
        "calls": [],
        "then": [],
        "numbers": {},
        "reports": [],
        "replies": [],
        "may_ask": True,
    }.items():
        running.give(name, empty)
    return running


def settings(peer, **changes):
    return {
        "secret_id": ID,
        "secret_key": KEY,
        "sdk_app_id": APP,
        "endpoint": peer.url,
        "receipts": {"secret": PLACE},
        "replies": {"secret": PLACE},
        "poll": True,
    } | changes


@pytest.fixture
def gateway(peer):
    return gateway_for("tencent", settings(peer))


def text(end=21, **changes):
    return replace(
        OutgoingText(
            key=uuid.uuid4(),
            number=f"+86138000000{end:02}",
            body="【柯桥文化礼堂】…",
            signature="柯桥文化礼堂",
            template_code="100001",
            values={"ask": "0575-84000000", "name": '张"小"明'},
            order=("name", "ask"),
            sent_at=clock.now(),
        ),
        **changes,
    )


def refused(gateway, one):
    with pytest.raises(GatewayError) as error:
        gateway.send(one)
    return error.value.code, error.value.treatment


def test_send_hands_over_the_values_in_the_order_of_the_words(gateway, peer):
    one = text()
    sent = gateway.send(one)
    (taken,) = peer.taken
    assert sent == Sent(provider_id=taken["serial"])
    assert taken | {"at": 0, "serial": ""} == {
        "number": "+8613800000021",
        "signature": "柯桥文化礼堂",
        "template": "100001",
        "values": ['张"小"明', "0575-84000000"],
        "session": str(one.key),
        "serial": "",
        "at": 0,
    }


def test_each_text_goes_in_a_call_of_its_own(gateway):
    assert (isinstance(gateway, BatchGateway), isinstance(gateway, PollingGateway)) == (False, True)


def test_send_with_a_wrong_secret_is_refused_for_the_operator(peer):
    wrong = gateway_for("tencent", settings(peer, secret_key="another"))
    assert refused(wrong, text()) == ("AuthFailure.SignatureFailure", Treatment.OPERATOR)
    assert peer.taken == []


def test_send_with_an_unknown_key_is_refused_for_the_operator(peer):
    wrong = gateway_for("tencent", settings(peer, secret_id="AKID-nobody"))
    assert refused(wrong, text()) == ("AuthFailure.SecretIdNotFound", Treatment.OPERATOR)


@pytest.mark.parametrize(
    ("code", "treatment"),
    [
        ("FailedOperation.TemplateIdNotExist", Treatment.NEVER),
        ("InvalidParameterValue.IncorrectPhoneNumber", Treatment.BAD_NUMBER),
        ("LimitExceeded.PhoneNumberOneHourLimit", Treatment.LATER),
        ("LimitExceeded.PhoneNumberDailyLimit", Treatment.TOMORROW),
        ("FailedOperation.InsufficientBalanceInSmsPackage", Treatment.OPERATOR),
        ("UnauthorizedOperation.SomethingNew", Treatment.OPERATOR),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", Treatment.BACK_OFF),
        ("FailedOperation.SomethingNew", Treatment.BACK_OFF),
    ],
)
def test_number_refused_is_treated_as_its_code_is_listed(gateway, peer, code, treatment):
    peer.number("21", code)
    assert refused(gateway, text()) == (code, treatment)


@pytest.mark.parametrize("code", ["InternalError.Timeout", "InternalError.SomethingNew", "InternalError"])
def test_inner_trouble_says_that_nobody_knows(gateway, peer, code):
    peer.number("21", code)
    with pytest.raises(GatewayTimeout):
        gateway.send(text())


def test_refusal_carries_the_providers_words(gateway, peer):
    peer.number("21", "UnauthorizedOperation.ServiceSuspendDueToArrears")
    with pytest.raises(GatewayError) as error:
        gateway.send(text())
    assert error.value.detail == "欠费被停止服务"


@pytest.mark.parametrize("changes", [{"template_code": ""}, {"values": {"name": "张小明"}}])
def test_send_without_a_code_or_a_value_is_never_tried(gateway, peer, changes):
    assert refused(gateway, text(**changes)) == ("no-template", Treatment.NEVER)
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
        {"do": "answer", "type": "application/json", "body": '{"Response": {"RequestId": "r"}}'},
    ],
    ids=str,
)
def test_send_cut_off_says_that_nobody_knows(gateway, peer, monkeypatch, deed):
    monkeypatch.setattr(tencent, "READ_SECONDS", 1)
    peer.then(deed)
    with pytest.raises(GatewayTimeout):
        gateway.send(text())
    assert peer.actions() == ["SendSms"]  # the client tries nothing again by itself


def test_send_where_nobody_listens_never_left(peer):
    nobody = gateway_for("tencent", settings(peer, endpoint="http://127.0.0.1:9"))
    assert refused(nobody, text()) == ("no-connection", Treatment.BACK_OFF)


def test_neither_a_call_nor_its_failure_leaves_a_number_in_the_log(gateway, peer, caplog):
    caplog.set_level(logging.DEBUG)
    gateway.send(text())
    peer.then({"do": "cut"})
    with pytest.raises(GatewayTimeout) as error:
        gateway.send(text())
    assert ("13800000021" in caplog.text, error.value.__suppress_context__) == (False, True)


@pytest.mark.parametrize(("words", "delivered"), [("", True), ("关机", False)])
def test_find_knows_a_text_that_a_carrier_reported_on(gateway, peer, words, delivered):
    one = text()
    gateway.send(one)
    (taken,) = peer.taken
    peer.give("reports", [pulled(taken, words)])
    assert gateway.find(one) == Found(provider_id=taken["serial"], delivered=delivered)


def test_find_cannot_know_a_text_that_nobody_reported_on(gateway, peer):
    one = text(sent_at=clock.now() - timedelta(minutes=9))
    gateway.send(one)
    assert gateway.find(one) == Unknowable()


def test_find_cannot_know_where_our_key_is_not_given_back(gateway, peer):
    one = text()
    gateway.send(one)
    peer.give("reports", [pulled(peer.taken[0], session=False)])
    assert gateway.find(one) == Unknowable()


def test_find_knows_a_text_that_was_taken_by_tencents_number(gateway, peer):
    one = text()
    sent = gateway.send(one)
    peer.give("reports", [pulled(peer.taken[0], session=False)])
    assert gateway.find(replace(one, provider_id=sent.provider_id)) == Found(sent.provider_id, delivered=True)


def test_find_cannot_know_where_the_account_may_not_ask(gateway, peer):
    peer.give("may_ask", False)
    assert gateway.find(text()) == Unknowable()


def test_find_that_reaches_nobody_says_so(peer):
    nobody = gateway_for("tencent", settings(peer, endpoint="http://127.0.0.1:9"))
    with pytest.raises(GatewayError):
        nobody.find(text())


def test_find_without_a_time_says_that_it_cannot_know(gateway):
    assert gateway.find(text(sent_at=None)) == Unknowable()


@pytest.mark.parametrize(("code", "is_bad"), [("MK:0001", True), ("MK:0013", False)])
def test_posted_receipt_names_the_text_by_tencents_number(gateway, peer, code, is_bad):
    gateway.send(text())
    gateway.send(text())
    first, second = peer.taken
    assert gateway.read_receipts([posted(first), posted(second, code)]) == [
        Receipt(provider_id=first["serial"], delivered=True, code="DELIVRD"),
        Receipt(provider_id=second["serial"], delivered=False, code=code, bad_number=is_bad),
    ]


@pytest.mark.parametrize("payload", [None, [], {}, "…", [1], [{"report_status": "SUCCESS"}]])
def test_receipts_that_make_no_sense_are_left_out(gateway, payload):
    assert gateway.read_receipts(payload) == []


def test_receipt_of_a_state_nobody_knows_says_nothing(gateway):
    (receipt,) = gateway.read_receipts({"sid": "8:1", "report_status": "…"})
    assert receipt.delivered is None


def test_poll_brings_receipts_with_our_key_and_forgets_them(gateway, peer):
    one, other = text(), text(22)
    gateway.send(one)
    gateway.send(other)
    first, second = peer.taken
    peer.give("reports", [pulled(first), pulled(second, "用户号码为空号")])
    assert gateway.poll() == Polled(
        receipts=[
            Receipt(key=str(one.key), provider_id=first["serial"], delivered=True, code="用户短信送达成功"),
            Receipt(
                key=str(other.key),
                provider_id=second["serial"],
                delivered=False,
                code="用户号码为空号",
                bad_number=True,
            ),
        ],
        replies=[],
    )
    assert gateway.poll() == Polled(receipts=[], replies=[])


@pytest.mark.parametrize(("words", "is_bad"), [("空号", True), ("空号、停机或关机", False), ("关机", False)])
def test_polled_receipt_takes_only_plain_words_for_a_number_that_does_not_exist(gateway, peer, words, is_bad):
    gateway.send(text())
    peer.give("reports", [pulled(peer.taken[0], words)])
    assert gateway.poll().receipts[0].bad_number is is_bad


def test_polled_reply_and_the_same_one_posted_have_one_number(gateway, peer):
    peer.give("replies", [REPLY])
    (reply,) = gateway.poll().replies
    assert gateway.read_replies(
        {"extend": "", "mobile": "13800000021", "nationcode": "86", "sign": "…", "text": "1", "time": 1457336869}
    ) == [reply]
    assert reply == IncomingText(number="+8613800000021", text="1", provider_id=reply.provider_id)


def test_poll_gives_the_receipts_it_has_when_the_replies_cannot_be_had(gateway, peer):
    gateway.send(text())
    peer.give("reports", [pulled(peer.taken[0])])
    peer.then({"do": "cut"})
    assert (len(gateway.poll().receipts), peer.actions()[1:]) == (1, ["PullSmsSendStatus", "PullSmsReplyStatus"])


def test_poll_that_has_nothing_says_what_failed(gateway, peer):
    peer.then({"do": "cut"})
    with pytest.raises(GatewayTimeout):
        gateway.poll()


def test_poll_asks_nothing_where_it_is_not_switched_on(peer):
    posting = gateway_for("tencent", settings(peer, poll=False))
    assert (posting.has_receipts, posting.poll(), peer.actions()) == (False, Polled(), [])


def test_receipts_and_replies_are_answered_as_tencent_wants(gateway):
    answers = {gateway.receipt_callback.answer, gateway.reply_callback.answer}
    assert answers == {'{"result": 0, "errmsg": "OK"}'}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret_id": ""}, "secret_id 没有写，照平台控制台里的填。"),
        ({"sdk_app_id": None}, "sdk_app_id 没有写，照平台控制台里的填。"),
        ({"poll": "yes"}, "poll 写 true 或 false。"),
        ({"region": "广州"}, "region 只能是英文字母、数字和符号，中间没有空格。"),
        ({"endpoint": "http://sms.example.cn"}, "endpoint：外网的地址要用 https，短信里有村民的姓名和号码。"),
    ],
)
def test_each_wrong_setting_is_named(changes, sentence):
    right = {"secret_id": ID, "secret_key": KEY, "sdk_app_id": 1400006666}
    with pytest.raises(ValidationError) as error:
        gateway_for("tencent", right | changes)
    assert error.value.messages == [sentence]


def test_missing_client_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setattr(tencent, "find_spec", lambda name: None)
    with pytest.raises(ValidationError) as error:
        gateway_for("tencent", {"secret_id": ID, "secret_key": KEY, "sdk_app_id": APP})
    assert error.value.messages == ["没有装腾讯云的客户端，请先执行 pip install tencentcloud-sdk-python-sms。"]


def test_every_code_has_words():
    assert [code for code, means in codes.ANSWERED.items() if not means.words] == []


def test_every_code_of_the_vendors_list_that_a_text_may_be_answered_with_is_written_down():
    listed = {value for name, value in vars(errorcodes).items() if name.isupper()}
    assert {code for code in listed if code not in codes.ANSWERED and not codes.is_unclear(code)} == ABOUT_OTHER_CALLS
