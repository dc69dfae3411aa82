"""What SMPP carries: a text cut into parts on its way out, receipts and answers on their way in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auditorium.gateways.base import IncomingText, Receipt
from auditorium.gateways.codes import carriers
from auditorium.gateways.codes import smpp as codes
from auditorium.gateways.treatments import Treatment

UCS2 = 8
HAS_HEADER = 0x40
"""esm_class: a user data header stands before the words (5.2.12)."""

_ONE_PART = 140
_EACH_OF_SEVERAL = 134
_RECEIPT_KINDS = (0x04, 0x20)
_RECEIPTED_ID, _MESSAGE_STATE, _PAYLOAD = 0x001E, 0x0427, 0x0424
_INTERNATIONAL = 1
_ID = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
_STATE = re.compile(r"\bstat:\s*(\S+)", re.IGNORECASE)
_ERROR = re.compile(r"\berr:\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One submit_sm's share of a text."""

    words: bytes
    is_payload: bool = False
    has_header: bool = False


@dataclass(frozen=True)
class Delivery:
    """A deliver_sm as it came."""

    source: str
    source_ton: int
    esm_class: int
    data_coding: int
    words: bytes
    extras: Mapping[int, bytes] = field(default_factory=dict)


def parts_of(body: str, *, long: str, reference: int) -> list[Part]:
    """The body in UCS-2: whole where it fits, else in a payload, or in parts that the phone puts together again.

    Every text has its 【signature】, so none would fit the 7-bit alphabet. A character outside the basic plane is never
    cut in two. With the same reference a part that is sent again replaces the first one.
    """
    encoded = body.encode("utf-16-be")
    if len(encoded) <= _ONE_PART:
        return [Part(encoded)]
    if long == "payload":
        return [Part(encoded, is_payload=True)]
    pieces = list(_cut(encoded))
    header = bytes([5, 0, 3, reference & 0xFF, len(pieces)])
    return [Part(header + bytes([number]) + piece, has_header=True) for number, piece in enumerate(pieces, 1)]


def read(delivery: Delivery, *, treatments: Mapping[str, Treatment]) -> Receipt | IncomingText | None:
    """The receipt or the answer in what came; None when there is nothing in it that could be written down."""
    words = _decoded(delivery)
    is_receipt = delivery.esm_class & 0x3C in _RECEIPT_KINDS or _RECEIPTED_ID in delivery.extras
    if is_receipt or (_ID.search(words) and _STATE.search(words)):  # some carriers forget to mark theirs
        return _receipt(delivery, words, treatments)
    if not delivery.source:
        return None
    return IncomingText(number=_number(delivery), text=words)


def _cut(encoded: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(encoded):
        end = start + _EACH_OF_SEVERAL
        if end < len(encoded) and 0xD8 <= encoded[end - 2] <= 0xDB:  # the first half of a pair
            end -= 2
        yield encoded[start:end]
        start = end


def _receipt(delivery: Delivery, words: str, treatments: Mapping[str, Treatment]) -> Receipt | None:
    """What the parameters of their own say, else the words `id:… stat:DELIVRD err:…`, which every carrier varies."""
    found = {name: match[1] if (match := pattern.search(words)) else "" for name, pattern in _PATTERNS.items()}
    own_id = delivery.extras.get(_RECEIPTED_ID, b"").rstrip(b"\0").decode("ascii", "replace")
    provider_id = own_id or found["id"]
    state = found["stat"].upper()
    if own_state := delivery.extras.get(_MESSAGE_STATE):
        delivered = codes.STATES.get(own_state[-1])
    elif not state or state in codes.ON_ITS_WAY:
        delivered = None
    else:
        delivered = state in codes.DELIVERED
    if not provider_id:
        return None
    said = [code for code in (found["stat"], found["err"]) if code]
    meant = (treatments.get(code) or carriers.reported(code).treatment for code in said)
    is_bad = delivered is False and Treatment.BAD_NUMBER in meant
    return Receipt(
        provider_id=provider_id[:80],
        delivered=delivered,
        code=" ".join(said)[:60],
        bad_number=is_bad,
        spellings=_spellings(provider_id),
        number=_number(delivery),
    )


_PATTERNS = {"id": _ID, "stat": _STATE, "err": _ERROR}


def _spellings(provider_id: str) -> tuple[str, ...]:
    """The same number as the provider may have written it when it took the text: in hex or decimal, with zeros."""
    found = [provider_id.lstrip("0"), provider_id.upper(), provider_id.lower()]
    if re.fullmatch(r"\d{1,20}", provider_id):
        number = int(provider_id)
        found += [f"{number:x}", f"{number:X}", f"{number:08x}", f"{number:08X}", f"{number:010d}"]
    if re.fullmatch(r"[0-9A-Fa-f]{1,16}", provider_id):
        number = int(provider_id, 16)
        found += [f"{number:d}", f"{number:010d}"]
    return tuple(dict.fromkeys(spelling for spelling in found if spelling not in {"", provider_id}))


def _number(delivery: Delivery) -> str:
    """Whose phone it was, E.164 where that is certain."""
    digits = delivery.source.removeprefix("+")
    is_whole = delivery.source.startswith("+") or delivery.source_ton == _INTERNATIONAL
    return f"+{digits}" if is_whole or re.fullmatch(r"861\d{10}", digits) else digits


def _decoded(delivery: Delivery) -> str:
    """The words, without a header, in whatever alphabet they came."""
    words = delivery.words or delivery.extras.get(_PAYLOAD, b"")
    if delivery.esm_class & HAS_HEADER and words:
        words = words[1 + words[0] :]
    coding = delivery.data_coding
    if coding < 0x40 and coding & 0x0C == UCS2:
        text = words.decode("utf-16-be", "replace")
    elif coding == 15:  # GB 18030, as gateways to CMPP pass it on
        text = words.decode("gb18030", "replace")
    elif coding == 3:
        text = words.decode("latin-1")
    else:
        text = _unsaid(words)
    return text.strip("\0")


def _unsaid(words: bytes) -> str:
    """The provider's own alphabet: the 7-bit one of phones, else whatever the bytes can be."""
    if all(byte < 0x80 for byte in words):
        return words.translate(_SEVEN_BIT).decode("latin-1")
    for encoding in ("utf-8", "gb18030"):
        try:
            return words.decode(encoding)
        except UnicodeDecodeError:
            continue
    return words.decode("latin-1")


# What people write is the same in the 7-bit alphabet and in ASCII, but for these; letters with accents are left out.
_SEVEN_BIT = bytes.maketrans(b"\x00\x02\x11", b"@$_")
