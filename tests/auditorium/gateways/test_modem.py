"""The modem's gateway against a real gammu-smsd; where only its tables matter, without the daemon."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from auditorium.gateways.base import Found, GatewayError, OutgoingText, Polled, Receipt, brings_receipts
from auditorium.gateways.modem import ModemGateway
from auditorium.gateways.treatments import Treatment
from tests.peers import gammu
from tests.waiting import wait_until

pytestmark = gammu.needed()

KEY = uuid.UUID("11111111-2222-3333-4444-555555555555")
SHORT = "【柯桥文化礼堂】张小明，11月24日周二上午8:30到柯桥区示例医院，带身份证。"
LONG = SHORT + "到了先去一楼大厅的自助机取号，找不到就问穿红马甲的志愿者，𠮷先生。" * 2


def text(body=SHORT, key=KEY):
    return OutgoingText(key=key, number="+8613800000021", body=body, signature="柯桥文化礼堂")


@pytest.fixture
def modem(tmp_path):
    return gammu.Modem(tmp_path)


@pytest.fixture
def alive(modem):
    """As if a daemon had written down a moment ago how its modem is."""
    modem.rows("INSERT INTO phones (ID, IMEI, IMSI, Client) VALUES ('', '1', '1', 'test')")
    return modem


def gateway(modem, **changes):
    return ModemGateway({"database": str(modem.database), **changes})


def sent(modem):
    return modem.rows("SELECT CreatorID, DestinationNumber, TextDecoded FROM sentitems ORDER BY ID, SequencePosition")


def test_daemon_sends_what_was_laid_in_its_outbox(modem):
    with modem.running():
        taken = gateway(modem).send(text())
        wait_until(lambda: sent(modem))
    assert sent(modem) == [(str(KEY), "+8613800000021", SHORT)]
    assert modem.rows("SELECT ID FROM outbox") == []
    assert gateway(modem).find(text()) == Found(provider_id=taken.provider_id)


def test_daemon_sends_a_long_text_in_parts_that_belong_together(modem):
    with modem.running():
        gateway(modem).send(text(LONG))
        wait_until(lambda: len(sent(modem)) == 2)
    parts = modem.rows("SELECT TextDecoded, UDH FROM sentitems ORDER BY SequencePosition")
    assert "".join(words for words, _header in parts) == LONG
    assert [len(words.encode("utf-16-le")) // 2 for words, _header in parts] == [67, len(LONG) + 2 - 67]
    first, second = (header for _words, header in parts)
    assert (first[:6], first[6:8], first[8:]) == ("050003", second[6:8], "0201")
    assert second[8:] == "0202"


def test_what_somebody_writes_is_heard_once(modem):
    modem.receive("13800000021", "好的，谢谢")
    with modem.running():
        wait_until(lambda: modem.rows("SELECT 1 FROM inbox"))
    polled = gateway(modem).poll()
    assert [(reply.number, reply.text) for reply in polled.replies] == [("13800000021", "好的，谢谢")]
    assert gateway(modem).poll() == polled  # until it is written down here
    gateway(modem).done(polled)
    assert (gateway(modem).poll(), modem.rows("SELECT 1 FROM inbox")) == (Polled(receipts=[], replies=[]), [])


def test_long_answer_is_heard_when_its_last_part_is_there(alive):
    insert = (
        "INSERT INTO inbox (Text, TextDecoded, SenderNumber, UDH, RecipientID) VALUES ('', ?, '+8613800000021', ?, '')"
    )
    alive.rows(insert, "后半", "0500032A0202")
    assert gateway(alive).poll().replies == []
    alive.rows(insert, "前半", "0500032A0201")
    assert [reply.text for reply in gateway(alive).poll().replies] == ["前半后半"]


def test_text_is_not_laid_before_a_daemon_that_does_not_run(modem):
    with pytest.raises(GatewayError) as error:
        gateway(modem).send(text())
    assert (error.value.treatment, error.value.code) == (Treatment.BACK_OFF, "no-connection")
    assert modem.rows("SELECT 1 FROM outbox") == []


def test_database_that_is_not_there_is_the_operators(tmp_path):
    with pytest.raises(GatewayError) as error:
        ModemGateway({"database": str(tmp_path / "none.db")}).send(text())
    assert (error.value.treatment, error.value.code) == (Treatment.OPERATOR, "no-database")


def test_text_that_was_never_laid_is_not_found(alive):
    assert gateway(alive).find(text()) is None


def test_text_in_the_outbox_is_found(alive):
    taken = gateway(alive).send(text())
    assert gateway(alive).find(text()) == Found(provider_id=taken.provider_id)


@pytest.mark.parametrize(
    ("status", "reports", "expected"),
    [
        ("DeliveryOK", True, [Receipt(key=str(KEY), delivered=True)]),
        ("DeliveryFailed", True, [Receipt(key=str(KEY), delivered=False, code="DeliveryFailed")]),
        ("SendingError", True, [Receipt(key=str(KEY), delivered=False, code="SendingError")]),
        ("SendingOK", True, []),
        ("DeliveryPending", True, []),
        ("SendingOK", False, [Receipt(key=str(KEY), delivered=True)]),
        ("SendingOKNoReport", False, [Receipt(key=str(KEY), delivered=True)]),
    ],
)
def test_poll_says_what_the_network_reported(alive, status, reports, expected):
    one = gateway(alive, reports=reports)
    _sent_parts(alive, str(KEY), status)
    polled = one.poll()
    assert polled.receipts == expected
    one.done(polled)
    assert len(sent(alive)) == (0 if expected else 1)


def test_text_is_delivered_when_all_its_parts_are(alive):
    _sent_parts(alive, str(KEY), "DeliveryOK", "SendingOK")
    assert gateway(alive).poll().receipts == []
    alive.rows("UPDATE sentitems SET Status = 'DeliveryOK'")
    assert gateway(alive).poll().receipts == [Receipt(key=str(KEY), delivered=True)]


def test_rows_of_others_are_left_alone(alive):
    _sent_parts(alive, "Gammu 1.42.0", "DeliveryOK")
    alive.rows("UPDATE sentitems SET InsertIntoDB = datetime('now', '-9 days')")
    gateway(alive).done(gateway(alive).poll())
    assert len(sent(alive)) == 1


def test_what_nobody_reported_on_for_two_days_is_forgotten(alive):
    _sent_parts(alive, str(KEY), "SendingOK")
    alive.rows("UPDATE sentitems SET InsertIntoDB = datetime('now', '-3 days')")
    assert gateway(alive).poll().receipts == []
    assert sent(alive) == []


def test_text_the_daemon_never_began_is_taken_back(alive):
    gateway(alive).send(text(LONG))
    alive.rows("UPDATE outbox SET InsertIntoDB = datetime('now', '-61 minutes')")
    alive.rows("UPDATE outbox SET SendingTimeOut = datetime('now', 'localtime', '+1 minutes')")
    assert gateway(alive).poll().receipts == []  # the daemon is at it
    alive.rows("UPDATE outbox SET SendingTimeOut = datetime('now', 'localtime', '-1 minutes')")
    assert gateway(alive).poll().receipts == [Receipt(key=str(KEY), delivered=False, code="not-sent")]
    assert alive.rows("SELECT 1 FROM outbox UNION SELECT 1 FROM outbox_multipart") == []


def test_modem_brings_receipts_without_an_address(alive):
    assert brings_receipts(gateway(alive)) is True


@pytest.mark.parametrize(
    ("config", "sentences"),
    [
        ({}, 0),
        ({"database": "smsd.db"}, 1),
        ({"database": 3, "phone_id": 3, "reports": "yes"}, 3),
    ],
)
def test_settings_say_what_is_wrong(config, sentences):
    if not sentences:
        assert ModemGateway({**ModemGateway.EXAMPLE, **config})
        return
    with pytest.raises(ValidationError) as error:
        ModemGateway(config)
    assert len(error.value.messages) == sentences


def _sent_parts(modem: gammu.Modem, key: str, *statuses: str) -> None:
    for place, status in enumerate(statuses, start=1):
        modem.rows(
            "INSERT INTO sentitems (Text, UDH, SenderID, CreatorID, ID, SequencePosition, Status)"
            " VALUES ('', '', '', ?, 1, ?, ?)",
            key,
            place,
            status,
        )
