"""The HTTP gateway against a real server: what it sends, and what it makes of each answer."""

import json
import logging
import socket
import ssl
import threading
import uuid

import pytest

from auditorium.gateways import gateway_for
from auditorium.gateways.base import Found, GatewayError, GatewayTimeout, OutgoingText, Receipt, Sent, Unknowable
from auditorium.gateways.console import ConsoleGateway
from auditorium.gateways.treatments import Treatment
from tests.peers.certificates import self_signed
from tests.peers.sms_http_peer import Peer, Reply

TEXT = OutgoingText(
    key=uuid.UUID("11111111-2222-3333-4444-555555555555"),
    number="+8613800000021",
    body='【柯桥文化礼堂】张小明，"约好"了 & 早点来 100%\n{key}',
    signature="柯桥文化礼堂",
)


@pytest.fixture
def peer():
    with Peer().running() as peer:
        yield peer


def http(config):
    return gateway_for("http", config)


def refused(peer, **changes):
    with pytest.raises(GatewayError) as error:
        http(peer.config(**changes)).send(TEXT)
    return error.value.code, error.value.treatment == Treatment.NEVER


def test_send_posts_json_with_everything_escaped(peer):
    assert http(peer.config()).send(TEXT) == Sent(provider_id="p1")
    (request,) = peer.received
    assert json.loads(request.body) == {"to": "13800000021", "text": TEXT.body, "out_id": str(TEXT.key)}
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"


def test_send_posts_a_form_with_everything_escaped(peer):
    http(peer.config(format="form", headers={"X-Key": "{key}"})).send(TEXT)
    (request,) = peer.received
    assert request.fields == {"to": "13800000021", "text": TEXT.body, "out_id": str(TEXT.key)}
    assert (request.headers["Content-Type"], request.headers["X-Key"]) == (
        "application/x-www-form-urlencoded; charset=utf-8",
        str(TEXT.key),
    )


def test_send_by_get_escapes_the_address(peer):
    body = {"to": "{e164}", "text": "{text}", "sign": "{signature}"}
    http(peer.config(method="GET", format="query", url=f"{peer.url}/send?out_id={{key}}", body=body)).send(TEXT)
    assert peer.received[0].fields == {
        "to": "+8613800000021",
        "text": TEXT.body.removeprefix("【柯桥文化礼堂】"),
        "sign": "柯桥文化礼堂",
        "out_id": str(TEXT.key),
    }


def test_number_in_a_providers_code_is_not_kept(peer):
    peer.before_answering = lambda request: Reply(body=json.dumps({"code": "手机号13800000021格式错误"}))
    code, _is_final = refused(peer)
    assert code == "手机号…格式错误"


def test_send_understands_a_pattern(peer):
    peer.before_answering = lambda request: Reply(body="OK:77")
    assert http(peer.config(success={"pattern": r"^OK:\d+"})).send(TEXT) == Sent()


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(body='{"code": "bad-number"}'), ("bad-number", True)),
        (Reply(body='{"code": "bad-number"}', status=400), ("bad-number", True)),
        (Reply(body='{"code": "busy"}'), ("busy", False)),
        (Reply(body="no json at all"), ("http-200", False)),
        (Reply(status=500), ("http-500", False)),
        (Reply(status=401), ("http-401", False)),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"}), ("http-302", False)),
    ],
    ids=["permanent", "permanent with a status", "temporary", "nonsense", "broken", "not let in", "sent elsewhere"],
)
def test_send_says_why_it_was_refused(peer, reply, expected):
    peer.before_accepting = lambda request: reply
    assert refused(peer) == expected


def test_send_follows_no_redirect(peer):
    with Peer().running() as other:
        peer.before_accepting = lambda request: Reply(status=307, headers={"Location": f"{other.url}/send"})
        refused(peer)
        assert other.received == []


def test_send_to_nobody_was_certainly_not_sent(peer):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert refused(peer, url=f"http://127.0.0.1:{taken.getsockname()[1]}/send") == ("no-connection", False)


@pytest.mark.parametrize("status", [502, 504])
def test_answer_of_something_in_between_leaves_it_open(peer, status):
    peer.before_accepting = lambda request: Reply(status=status)
    with pytest.raises(GatewayTimeout):
        http(peer.config()).send(TEXT)


def test_answer_that_does_not_come_leaves_it_open(peer):
    release = threading.Event()
    peer.before_answering = lambda request: release.wait(20) and None
    with pytest.raises(GatewayTimeout):
        http(peer.config(timeout=1)).send(TEXT)
    release.set()
    assert peer.texts_per_key() == {str(TEXT.key): 1}


@pytest.mark.parametrize(
    "reply",
    [Reply(body="x" * 70_000), Reply(body="short", headers={"Content-Length": "500"})],
    ids=["too long", "cut off"],
)
def test_answer_that_cannot_be_read_leaves_it_open(peer, reply):
    peer.before_answering = lambda request: reply
    with pytest.raises(GatewayTimeout):
        http(peer.config(timeout=1)).send(TEXT)


def test_send_reads_a_chunked_answer(peer):
    chunks = "".join(f"{len(part):x}\r\n{part}\r\n" for part in ('{"code": ', '"0", "data"', ': {"id": "p9"}}'))
    reply = Reply(body=f"{chunks}0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})
    peer.before_answering = lambda request: reply
    assert http(peer.config()).send(TEXT) == Sent(provider_id="p9")


def test_send_refuses_a_certificate_nobody_vouches_for(tmp_path, peer):
    key, certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    peer._server.socket = context.wrap_socket(peer._server.socket, server_side=True)
    assert refused(peer, url=f"{peer.url.replace('http:', 'https:')}/send") == ("bad-certificate", False)


def test_send_logs_nothing_personal(peer, caplog):
    caplog.set_level(logging.DEBUG)
    http(peer.config()).send(TEXT)
    refused(peer, url="http://127.0.0.1:1/send?to={number}")
    assert "13800000021" not in caplog.text
    assert "张小明" not in caplog.text


def test_answer_with_broken_headers_logs_nothing_personal(peer, caplog):
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            link, _address = server.accept()
            with link:
                link.recv(65536)
                link.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\nno header at all\r\n\r\n{"code": "0"}')

        threading.Thread(target=answer, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/send"
        body = {"to": "{number}", "text": "{text}"}
        http(peer.config(method="GET", format="query", url=url, body=body)).send(TEXT)
    assert "13800000021" not in caplog.text


def test_find_asks_by_our_key(peer):
    gateway = http(peer.config())
    assert gateway.find(TEXT) is None
    gateway.send(TEXT)
    assert gateway.find(TEXT) == Found(provider_id="p1")
    assert [query.fields for query in peer.queries] == [{"key": str(TEXT.key)}] * 2


def test_find_is_unknowable_where_the_settings_do_not_say_how(peer):
    assert http(peer.config(query=None)).find(TEXT) == Unknowable()


def test_find_is_unknowable_where_the_answer_is_neither(peer):
    peer.remembers = False
    assert http(peer.config()).find(TEXT) == Unknowable()


@pytest.mark.parametrize(("values", "expected"), [(["p1"], True), (["other"], None)])
def test_find_reads_what_became_of_it(peer, values, expected):
    query = peer.config()["query"] | {"delivered": {"path": "data.id", "values": values}}
    gateway = http(peer.config(query=query))
    gateway.send(TEXT)
    assert gateway.find(TEXT) == Found(provider_id="p1", delivered=expected)


RECEIPTS = {
    "secret": "a-long-secret-nobody-guesses",
    "list": "reports",
    "key": "out_id",
    "provider_id": "biz.id",
    "state": "success",
    "delivered": ["true"],
    "undelivered": ["false"],
    "code": "err",
}


def test_read_receipts_by_the_names_in_the_settings(peer):
    payload = {
        "reports": [
            {"out_id": "k1", "biz": {"id": "p1"}, "success": True},
            {"out_id": "k2", "success": False, "err": "MK:0001"},
            {"out_id": "k3", "success": "queued"},
            {"success": True},
            "nonsense",
        ]
    }
    assert http(peer.config(receipts=RECEIPTS)).read_receipts(payload) == [
        Receipt(key="k1", provider_id="p1", delivered=True),
        Receipt(key="k2", delivered=False, code="MK:0001"),
        Receipt(key="k3"),
    ]


def test_read_receipts_takes_one_that_is_no_list(peer):
    receipts = RECEIPTS | {"list": "", "undelivered": []}
    gateway = http(peer.config(receipts=receipts))
    assert gateway.read_receipts({"out_id": "k1", "success": "false"}) == [Receipt(key="k1", delivered=False)]
    assert gateway.read_receipts(None) == []


def test_receipts_are_expected_only_where_the_settings_name_them(peer):
    assert http(peer.config(receipts=RECEIPTS)).receipt_secret == "a-long-secret-nobody-guesses"
    assert http(peer.config()).receipt_secret == ""


def test_console_logs_no_word_of_the_text(caplog):
    caplog.set_level(logging.INFO)
    gateway = gateway_for("console", {})
    assert isinstance(gateway, ConsoleGateway)
    assert gateway.send(TEXT).delivered is True
    assert gateway.find(TEXT) is None
    assert caplog.messages == [f"text {TEXT.key} delivered"]
