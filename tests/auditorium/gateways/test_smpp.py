"""An SMPP line against an SMS centre in a process of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError

from auditorium.gateways.base import (
    ConnectedGateway,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    OutgoingText,
    Receipt,
    Sent,
    Unknowable,
    brings_receipts,
)
from auditorium.gateways.smpp import SmppGateway
from auditorium.gateways.treatments import Treatment
from tests.peers import smsc as peers
from tests.peers.smsc import NUMBER, Smsc
from tests.waiting import wait_until

LONG = "【柯桥文化礼堂】" + "请" * 100


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with peers.running() as smsc:
        smsc.tell(set={"receipts": "none"})
        yield smsc


@pytest.fixture
def gateway(smsc: Smsc) -> Iterator[SmppGateway]:
    gateway = SmppGateway(smsc.config())
    gateway.connect()
    yield gateway
    gateway.close()


def text(body: str = "【柯桥文化礼堂】阿根，明天看病。", key: int = 1) -> OutgoingText:
    return OutgoingText(key=UUID(int=key), number=NUMBER, body=body, signature="柯桥文化礼堂")


def heard(gateway: SmppGateway, *, taken: bool = True) -> list[Receipt | IncomingText]:
    """What comes next; it is written down."""
    arrived = wait_until(lambda: gateway.listen(1))
    for one in arrived:
        gateway.answer(one, taken=taken)
    return [one.content for one in arrived]


def refused(gateway: SmppGateway) -> tuple[Treatment, str, str]:
    with pytest.raises(GatewayError) as caught:
        gateway.send(text())
    return caught.value.treatment, caught.value.code, caught.value.detail


# Logging in


def test_gateway_keeps_what_is_promised_of_connections():
    gateway = SmppGateway(SmppGateway.EXAMPLE | {"password": "geheim"})
    assert isinstance(gateway, ConnectedGateway)
    assert (brings_receipts(gateway), gateway.is_connected, gateway.most) == (True, False, 10)


def test_connection_logs_in_and_out(smsc, gateway):
    gateway.close()
    wait_until(lambda: smsc.said("unbind"))
    assert not gateway.is_connected
    assert smsc.said("bind") == [
        {"event": "bind", "system_id": "litang", "password": "geheim", "system_type": "", "status": 0}
    ]


@pytest.mark.parametrize(
    ("status", "treatment", "code", "words"),
    [
        (0x0E, Treatment.OPERATOR, "ESME_RINVPASWD", "密码不对"),
        (0x0D, Treatment.BACK_OFF, "ESME_RBINDFAIL", "登录没有成功"),
        (0x05, Treatment.BACK_OFF, "ESME_RALYBND", "这个账号已经登录了"),
        (0x0401, Treatment.BACK_OFF, "0x00000401", ""),
    ],
)
def test_refused_login_says_why(smsc, status, treatment, code, words):
    smsc.tell(set={"bind": status})
    gateway = SmppGateway(smsc.config())
    with pytest.raises(GatewayError) as caught:
        gateway.connect()
    assert (caught.value.treatment, caught.value.code, caught.value.detail) == (treatment, code, words)
    assert not gateway.is_connected


def test_nobody_there_is_no_connection(smsc):
    gateway = SmppGateway(smsc.config())
    smsc.end()
    with pytest.raises(GatewayError, match="no-connection"):
        gateway.connect()
    assert refused(gateway) == (Treatment.BACK_OFF, "no-connection", "")


def test_provider_without_certificate_is_not_talked_to(smsc):
    gateway = SmppGateway(smsc.config(tls=True))
    with pytest.raises(GatewayError, match="bad-certificate"):
        gateway.connect()
    assert smsc.said("bind") == []


@pytest.fixture
def certificate(tmp_path) -> tuple[Path, Path]:
    """A key and a certificate that 127.0.0.1 made for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "key.pem", tmp_path / "certificate.pem"
    files[0].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return files


def test_provider_with_a_certificate_we_trust_is_talked_to(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    with peers.running(0, *certificate) as smsc:
        gateway = SmppGateway(smsc.config(tls=True))
        gateway.connect()
        assert gateway.send(text()).provider_id
        assert [type(one) for one in heard(gateway)] == [Receipt]
        gateway.close()


def test_provider_with_a_certificate_of_its_own_is_not_talked_to(certificate):
    with peers.running(0, *certificate) as smsc:
        with pytest.raises(GatewayError, match="bad-certificate"):
            SmppGateway(smsc.config(tls=True)).connect()
        assert smsc.said("bind") == []


def test_client_that_is_not_installed_is_one_sentence(monkeypatch):
    monkeypatch.setattr("auditorium.gateways.smpp.find_spec", lambda name: None)
    with pytest.raises(ValidationError) as caught:
        SmppGateway(SmppGateway.EXAMPLE | {"password": "geheim"})
    assert caught.value.messages == ["没有装 SMPP 的客户端，请先执行 pip install smpplib。"]


# Sending


def test_text_goes_out_as_it_is(smsc, gateway):
    sent = gateway.send(text())
    assert smsc.said("submit") == [
        {
            "event": "submit",
            "id": sent.provider_id,
            "number": "8613800000021",
            "source": "10690000",
            "text": "【柯桥文化礼堂】阿根，明天看病。",
            "udh": [],
            "payload": False,
            "coding": 8,
            "registered": 1,
        }
    ]


def test_provider_that_wants_national_numbers_gets_them(smsc):
    gateway = SmppGateway(smsc.config(number="national"))
    gateway.connect()
    gateway.send(text())
    assert smsc.said("submit")[0]["number"] == "13800000021"
    gateway.close()


def test_long_text_goes_out_in_parts_with_a_number_each(smsc, gateway):
    sent = gateway.send(text(LONG, key=0x1234))
    parts = smsc.said("submit")
    assert "".join(smsc.texts) == LONG
    assert [part["udh"] for part in parts] == [["0003340201"], ["0003340202"]]
    assert sent == Sent(parts=tuple(part["id"] for part in parts))


def test_long_text_goes_out_as_a_payload_where_that_is_set(smsc):
    gateway = SmppGateway(smsc.config(long="payload"))
    gateway.connect()
    sent = gateway.send(text(LONG))
    assert [(part["text"], part["payload"], part["id"]) for part in smsc.said("submit")] == [
        (LONG, True, sent.provider_id)
    ]
    gateway.close()


def test_many_texts_go_out_in_order_and_each_gets_its_own_answer(smsc, gateway):
    smsc.tell(set={"submit": [{}, {"status": 0x0B}, {}]})
    one, two, three = gateway.send_many([text(f"【柯桥文化礼堂】{n}", key=n) for n in range(3)])
    assert [one, three] == [Sent(provider_id=said["id"]) for said in smsc.said("submit")]
    assert (two.treatment, two.code, two.detail) == (Treatment.NEVER, "ESME_RINVDSTADR", "平台不认这个号码")
    assert smsc.texts == ["【柯桥文化礼堂】0", "【柯桥文化礼堂】2"]


@pytest.mark.parametrize("status", [0x58, 0x14])
def test_provider_that_is_too_busy_gets_the_same_a_moment_later(smsc, gateway, status):
    gateway._pause = 0.05
    smsc.tell(set={"submit": [{"status": status}]})
    assert gateway.send(text()) == Sent(provider_id=smsc.said("submit")[0]["id"])
    assert (len(smsc.said("refused")), len(smsc.texts)) == (1, 1)


def test_provider_that_counts_by_the_second_gets_everything_once(smsc, gateway):
    smsc.tell(set={"perSecond": 5})
    sent = gateway.send_many([text(f"【柯桥文化礼堂】{n}", key=n) for n in range(6)])
    assert (len(smsc.said("throttled")) > 0, len({one.provider_id for one in sent})) == (True, 6)
    assert sorted(smsc.texts) == [f"【柯桥文化礼堂】{n}" for n in range(6)]


def test_provider_that_stays_too_busy_is_left_for_later(smsc, gateway, monkeypatch):
    monkeypatch.setattr("auditorium.gateways.smpp.SUBMIT_SECONDS", 0.2)
    smsc.tell(set={"submit": [{"status": 0x58}]})
    assert refused(gateway) == (Treatment.BACK_OFF, "ESME_RTHROTTLED", "发得太快")
    assert gateway.is_connected


def test_refusal_for_money_is_the_operators_where_the_settings_say_so(smsc):
    gateway = SmppGateway(smsc.config(operator_codes=["0x00000401"]))
    gateway.connect()
    smsc.tell(set={"submit": [{"status": 0x0401}]})
    assert refused(gateway) == (Treatment.OPERATOR, "0x00000401", "")
    gateway.close()


def test_long_text_with_a_part_refused_is_refused(smsc, gateway):
    smsc.tell(set={"submit": [{}, {"status": 0x08}]})
    (error,) = gateway.send_many([text(LONG)])
    assert (error.treatment, error.code) == (Treatment.BACK_OFF, "ESME_RSYSERR")


# Cut off


@pytest.mark.parametrize("drop", ["before", "after"])
def test_connection_lost_before_the_answer_leaves_it_unclear(smsc, gateway, drop):
    smsc.tell(set={"submit": [{"drop": drop}]})
    with pytest.raises(GatewayTimeout):
        gateway.send(text())
    assert not gateway.is_connected
    assert gateway.find(text()) == Unknowable()


def test_connection_lost_in_between_tells_apart_what_was_answered(smsc):
    gateway = SmppGateway(smsc.config(window=1))
    gateway.connect()
    smsc.tell(set={"submit": [{}, {"drop": "after"}]})
    one, two, three = gateway.send_many([text(f"【柯桥文化礼堂】{n}", key=n) for n in range(3)])
    assert one == Sent(provider_id=smsc.said("submit")[0]["id"])
    assert isinstance(two, GatewayTimeout)
    assert (three.treatment, three.code) == (Treatment.BACK_OFF, "no-connection")


def test_provider_that_never_answers_leaves_it_unclear(smsc, gateway, monkeypatch):
    monkeypatch.setattr("auditorium.gateways.smpp.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("auditorium.gateways.smpp.SUBMIT_SECONDS", 0.2)
    smsc.tell(set={"submit": [{"hold": True}]})
    with pytest.raises(GatewayTimeout):
        gateway.send(text())
    assert not gateway.is_connected


# Keeping the connection


def test_idle_connection_is_asked_whether_it_is_alive(smsc, gateway):
    gateway._heard_at -= 31
    assert gateway.listen(0.5) == []
    assert (len(smsc.said("enquire")), gateway.is_connected) == (1, True)


def test_connection_that_does_not_answer_is_given_up(smsc, gateway, monkeypatch):
    monkeypatch.setattr("auditorium.gateways.smpp.ANSWER_SECONDS", 0.1)
    smsc.tell(set={"silent": True})
    gateway._heard_at -= 31
    with pytest.raises(GatewayError, match="no-connection"):
        gateway.listen(30)
    assert not gateway.is_connected


def test_provider_that_asks_is_answered(smsc, gateway):
    smsc.tell(ask=True)
    gateway.listen(0.2)
    wait_until(lambda: smsc.said("alive"))


@pytest.mark.parametrize(
    "order", [{"unbind": True}, {"drop": True}, {"garbage": "00000001" * 4}, {"garbage": "ff" * 16}], ids=str
)
def test_connection_the_provider_ends_is_noticed(smsc, gateway, order):
    smsc.tell(**order)
    with pytest.raises(GatewayError, match="no-connection"):
        gateway.listen(30)
    gateway.connect()
    assert gateway.send(text()).provider_id


def test_unknown_unit_is_refused_and_the_connection_stays(smsc, gateway):
    smsc.tell(garbage="00000010" + "00009999" + "00000000" + "00000001")
    gateway.listen(0.2)
    assert gateway.send(text()).provider_id


# Receipts and answers


def test_receipt_that_comes_before_the_answer_waits_for_it(smsc, gateway):
    smsc.tell(set={"receipts": "twice", "submit": [{"early": True}]})
    sent = gateway.send(text())
    receipts = heard(gateway)
    assert [(one.provider_id, one.delivered, one.number) for one in receipts] == [(sent.provider_id, True, NUMBER)] * 2
    wait_until(lambda: [said["status"] for said in smsc.said("answered")] == [0, 0])


def test_receipt_not_written_down_comes_again(smsc, gateway):
    smsc.tell(set={"receipts": "once"})
    gateway.send(text())
    assert heard(gateway, taken=False) == heard(gateway)
    wait_until(lambda: [said["status"] for said in smsc.said("answered")] == [0x64, 0])


def test_receipt_not_answered_comes_again_on_the_next_connection(smsc, gateway):
    smsc.tell(set={"receipts": "once"})
    sent = gateway.send(text())
    (arrived,) = wait_until(lambda: gateway.listen(1))
    gateway.connect()
    gateway.answer(arrived, taken=True)  # to nobody: that connection is gone
    assert [one.provider_id for one in heard(gateway)] == [sent.provider_id]


def test_receipt_in_decimal_fits_a_number_in_hex(smsc, gateway):
    smsc.tell(set={"receipts": "once", "ids": "hex"})
    sent = gateway.send(text())
    (receipt,) = heard(gateway)
    assert receipt.provider_id == str(int(sent.provider_id, 16))
    assert sent.provider_id in receipt.spellings


def test_answer_is_heard_and_acknowledged(smsc, gateway):
    smsc.bring("不去了".encode("utf-16-be"), data_coding=8, destination_addr="10690000")
    assert heard(gateway) == [IncomingText(number=NUMBER, text="不去了")]
    wait_until(lambda: [said["status"] for said in smsc.said("answered")] == [0])


def test_what_makes_no_sense_is_acknowledged_and_left(smsc, gateway):
    smsc.bring(b"", esm_class=4)
    assert gateway.listen(0.3) == []
    wait_until(lambda: [said["status"] for said in smsc.said("answered")] == [0])


def test_log_names_nobody(smsc, gateway, caplog):
    caplog.set_level("DEBUG")
    gateway.send(text())
    smsc.tell(drop=True)
    with pytest.raises(GatewayError):
        gateway.listen(30)
    assert "13800000021" not in caplog.text
    assert "阿根".encode("utf-16-be").hex() not in caplog.text
