"""The settings to begin with: each needs filling in only, and fits what its platform publishes, or a real Kannel."""

import json
import re
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from auditorium.gateways.base import (
    GatewayError,
    IncomingText,
    OutgoingText,
    Receipt,
    Sent,
    receipt_callback,
    reply_callback,
)
from auditorium.gateways.http import HttpGateway
from auditorium.gateways.presets import PRESETS
from auditorium.gateways.treatments import Treatment
from tests.peers import kannel
from tests.peers.sms_http_peer import Peer, Reply
from tests.waiting import wait_until

KEY = "11111111-2222-3333-4444-555555555555"
TEXT = OutgoingText(
    key=uuid.UUID(KEY),
    number="+8613800000021",
    body="【柯桥文化礼堂】张小明，11月24日周二上午8:30到柯桥区示例医院。",
    signature="柯桥文化礼堂",
)


def filled(name, **changes):
    """The preset as an operator fills it in."""
    text = re.sub("⟨[^⟩]*⟩", "filled-in-by-the-operator", json.dumps(dict(PRESETS[name].settings), ensure_ascii=False))
    return {**json.loads(text), **changes}


@pytest.fixture
def peer():
    with Peer().running() as peer:
        yield peer


@pytest.mark.parametrize("name", PRESETS)
def test_preset_needs_only_to_be_filled_in(name):
    assert HttpGateway(filled(name))


def test_yunpian_takes_a_form_and_names_its_codes(peer):
    gateway = HttpGateway(filled("yunpian", url=f"{peer.url}/send"))
    peer.before_accepting = lambda request: Reply(body='{"code":0,"msg":"发送成功","count":1,"sid":3310228064}')
    assert gateway.send(TEXT) == Sent(provider_id="3310228064")
    assert peer.received[0].fields == {
        "apikey": "filled-in-by-the-operator",
        "mobile": "13800000021",
        "text": TEXT.body,
        "uid": KEY,
    }
    peer.before_accepting = lambda request: Reply(400, '{"http_status_code":400,"code":3,"msg":"账户余额不足"}')
    with pytest.raises(GatewayError) as error:
        gateway.send(TEXT)
    assert (error.value.code, error.value.treatment) == ("3", Treatment.OPERATOR)


def test_yunpian_reports_json_in_a_field_of_a_form():
    gateway = HttpGateway(filled("yunpian"))
    reports = [
        {"sid": 9527, "uid": KEY, "mobile": "13800000021", "report_status": "SUCCESS", "error_msg": ""},
        {"sid": 9528, "uid": None, "mobile": "13800000022", "report_status": "FAIL", "error_msg": "DB:0103"},
    ]
    assert gateway.read_receipts({"sms_status": json.dumps(reports)}) == [
        Receipt(key=KEY, provider_id="9527", delivered=True),
        Receipt(provider_id="9528", delivered=False, code="DB:0103"),
    ]
    assert gateway.read_receipts({"sms_status": "[not json"}) == []
    said = {"id": "a1", "mobile": "13800000021", "text": "好", "reply_time": "2026-11-23 10:00:00"}
    assert gateway.read_replies({"sms_reply": json.dumps(said)}) == [IncomingText("13800000021", "好", "a1")]
    assert (receipt_callback(gateway).answer, reply_callback(gateway).answer) == ("SUCCESS", "SUCCESS")


def test_chuanglan_takes_json_and_reports_by_get(peer):
    gateway = HttpGateway(filled("chuanglan", url=f"{peer.url}/send"))
    peer.before_accepting = lambda request: Reply(body='{"code":"0","msgId":"2407311645330090","errorMsg":""}')
    assert gateway.send(TEXT) == Sent(provider_id="2407311645330090")
    assert (peer.received[0].fields["phone"], peer.received[0].fields["report"]) == ("13800000021", "true")
    peer.before_accepting = lambda request: Reply(body='{"code":"109","msgId":"","errorMsg":"无发送额度"}')
    with pytest.raises(GatewayError) as error:
        gateway.send(TEXT)
    assert error.value.treatment == Treatment.OPERATOR
    report = {"receiver": "", "msgid": "2407311645330090", "mobile": "13800000021", "status": "UNDELIV", "uid": KEY}
    assert gateway.read_receipts(report) == [
        Receipt(key=KEY, provider_id="2407311645330090", delivered=False, code="UNDELIV")
    ]
    callback = receipt_callback(gateway)
    assert (callback.by_get, json.loads(callback.answer)) == (True, {"clcode": "000000"})


@kannel.needed()
def test_kannel_sends_reports_and_brings_what_people_write(tmp_path):
    with listener() as (address, heard), kannel.running(tmp_path, address) as url:
        preset = filled("kannel", url=url)
        report_to = f"{address}/receipts?key={{key}}&state=%d"
        preset["body"] |= {"username": "desk", "password": kannel.PASSWORD, "dlr-url": report_to}
        gateway = HttpGateway(preset)
        assert gateway.send(TEXT) == Sent()
        wait_until(lambda: {"receipts", "replies"} <= set(heard))
        wrong = HttpGateway(preset | {"body": preset["body"] | {"password": "wrong"}})
        with pytest.raises(GatewayError):
            wrong.send(TEXT)
    assert gateway.read_receipts(heard["receipts"]) == [Receipt(key=KEY, code="8")]  # its network has it: on its way
    assert gateway.read_receipts(heard["receipts"] | {"state": "1"}) == [Receipt(key=KEY, delivered=True, code="1")]
    (said,) = gateway.read_replies(heard["replies"])
    assert (said.number, said.text) == ("13800000021", TEXT.body)
    assert uuid.UUID(said.provider_id)


@contextmanager
def listener():
    """Where Kannel reports to; what it said by the path it said it to."""
    heard = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            heard[parts.path.strip("/")] = dict(parse_qsl(parts.query))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
