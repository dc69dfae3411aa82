"""Texts cut into parts, and whatever carriers write into receipts and answers."""

import pytest

from auditorium.gateways.base import IncomingText, Receipt
from auditorium.gateways.smpp_words import Delivery, Part, parts_of, read
from auditorium.gateways.treatments import Treatment

RECEIPT = "id:700000002 sub:001 dlvrd:001 submit date:2611231000 done date:2611231001 stat:{} err:{} text:"
NUMBER = "+8613800000021"


def delivery(words: bytes = b"", *, source: str = "8613800000021", **fields: object) -> Delivery:
    return Delivery(**{"source": source, "source_ton": 1, "esm_class": 0, "data_coding": 0, "words": words} | fields)


def receipt(words: str, treatments: dict[str, Treatment] | None = None, **fields: object) -> Receipt:
    found = read(delivery(words.encode("ascii"), esm_class=4, **fields), treatments=treatments or {})
    assert isinstance(found, Receipt)
    return found


def answer(words: bytes, **fields: object) -> str:
    found = read(delivery(words, **fields), treatments={})
    assert isinstance(found, IncomingText)
    return found.text


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (500, 8)])
def test_text_is_cut_as_it_is_charged(length, parts):
    assert len(parts_of("字" * length, long="udh", reference=7)) == parts


def test_parts_say_which_they_are():
    one, two = parts_of("字" * 71, long="udh", reference=0x1FE)
    assert (one.words[:6].hex(), two.words[:6].hex()) == ("050003fe0201", "050003fe0202")
    assert one.words[6:] + two.words[6:] == ("字" * 71).encode("utf-16-be")


def test_rare_character_is_never_cut_in_two():
    one, two = parts_of("字" * 66 + "𠮷" + "字" * 10, long="udh", reference=7)
    assert (one.words[6:].decode("utf-16-be"), two.words[6:].decode("utf-16-be")) == ("字" * 66, "𠮷" + "字" * 10)


def test_payload_is_never_cut():
    assert parts_of("字" * 71, long="payload", reference=7) == [Part(("字" * 71).encode("utf-16-be"), is_payload=True)]


@pytest.mark.parametrize(
    ("stat", "delivered"),
    [
        ("DELIVRD", True),
        ("delivrd", True),
        ("UNDELIV", False),
        ("EXPIRED", False),
        ("REJECTD", False),
        ("DELETED", False),
        ("MK:0001", False),
        ("ENROUTE", None),
        ("ACCEPTD", None),
        ("UNKNOWN", None),
    ],
)
def test_receipt_says_what_became_of_it(stat, delivered):
    found = receipt(RECEIPT.format(stat, "000"))
    assert (found.provider_id, found.delivered, found.number) == ("700000002", delivered, NUMBER)


@pytest.mark.parametrize(
    "words",
    [
        "id:700000002 stat:DELIVRD",
        "ID: 700000002 Stat: DELIVRD Err: 0",
        "id:700000002 sub:1 dlvrd:1 submit date:26-11-23 done date:26-11-23 stat:DELIVRD err:000 Text:x",
    ],
)
def test_receipt_is_read_however_it_is_written(words):
    found = receipt(words)
    assert (found.provider_id, found.delivered) == ("700000002", True)


def test_receipt_that_is_not_marked_as_one_is_one():
    found = read(delivery(RECEIPT.format("DELIVRD", "000").encode()), treatments={})
    assert isinstance(found, Receipt)


def test_parameters_of_a_receipt_go_before_its_words():
    extras = {0x001E: b"A1B2\0", 0x0427: b"\x05"}
    found = receipt(RECEIPT.format("DELIVRD", "000"), extras=extras)
    assert (found.provider_id, found.delivered) == ("A1B2", False)


def test_receipt_of_parameters_alone_is_read():
    extras = {0x001E: b"A1B2\0", 0x0427: b"\x02"}
    found = read(delivery(extras=extras, data_coding=8), treatments={})
    assert found == Receipt(
        provider_id="A1B2", delivered=True, spellings=("a1b2", "41394", "0000041394"), number=NUMBER
    )


def test_receipt_without_a_number_is_nothing():
    assert read(delivery(b"stat:DELIVRD", esm_class=4), treatments={}) is None


@pytest.mark.parametrize(
    ("stat", "err", "treatments"),
    [("MK:0001", "", {}), ("UNDELIV", "001", {"001": Treatment.BAD_NUMBER})],
)
def test_empty_number_is_told_by_the_carrier_or_the_settings(stat, err, treatments):
    assert receipt(RECEIPT.format(stat, err), treatments).bad_number
    assert not receipt(RECEIPT.format("UNDELIV", "000"), treatments).bad_number


@pytest.mark.parametrize(("given", "other"), [("26", "1A"), ("1A", "26"), ("0000000026", "0000001A"), ("1a", "1A")])
def test_number_is_known_in_its_other_spellings(given, other):
    assert other in receipt(f"id:{given} stat:DELIVRD").spellings


@pytest.mark.parametrize(
    ("words", "coding", "text"),
    [
        ("不去了".encode("utf-16-be"), 8, "不去了"),
        ("不去了".encode("utf-16-be"), 0x18, "不去了"),
        ("不去了".encode("gb18030"), 15, "不去了"),
        ("不去了".encode("gb18030"), 0, "不去了"),
        ("不去了".encode(), 4, "不去了"),
        (b"1", 0, "1"),
        (b"TD", 1, "TD"),
        (b"a\x00b\x11c", 0, "a@b_c"),
        (b"caf\xe9", 3, "café"),
        (b"\xff\xff\xff", 0, "ÿÿÿ"),
        (b"\x4e", 8, "�"),
    ],
)
def test_answer_is_read_in_whatever_alphabet_it_comes(words, coding, text):
    assert answer(words, data_coding=coding) == text


def test_answer_in_a_payload_or_with_a_header_is_read():
    assert answer(b"", extras={0x0424: b"1"}) == "1"
    assert answer(bytes.fromhex("0500031a0201") + "好".encode("utf-16-be"), esm_class=0x40, data_coding=8) == "好"


@pytest.mark.parametrize(
    ("source", "ton", "number"),
    [
        ("8613800000021", 1, NUMBER),
        ("+8613800000021", 0, NUMBER),
        ("8613800000021", 0, NUMBER),
        ("13800000021", 2, "13800000021"),
        ("10086", 0, "10086"),
    ],
)
def test_sender_is_known_however_it_is_written(source, ton, number):
    found = read(delivery(b"1", source=source, source_ton=ton), treatments={})
    assert found == IncomingText(number=number, text="1")


def test_words_of_nobody_are_nothing():
    assert read(delivery(b"1", source=""), treatments={}) is None


@pytest.mark.parametrize("empty", [delivery(b""), delivery(b"\x05", esm_class=0x40)])
def test_empty_text_is_an_answer_too(empty):
    assert read(empty, treatments={}).text == ""
