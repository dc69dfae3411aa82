"""The settings of an SMPP line, read from JSON and checked with a sentence for each mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium.gateways.http_config import is_inside
from auditorium.gateways.treatments import Treatment

LONG = ("udh", "payload")
NUMBERS = ("international", "national")

# Longest values of SMPP 3.4 (4.1), without their final NUL; a longer password would be cut off, not refused.
_LENGTHS = {"system_id": 15, "password": 8, "system_type": 12, "source": 20}
_NEEDED = ("host", "system_id", "password", "source")
_WHOLE = {  # name: smallest, largest, default
    "port": (1, 65535, 2775),
    "source_ton": (0, 6, 0),
    "source_npi": (0, 18, 0),
    "window": (1, 100, 10),
    "throttle": (1, 1000, 20),
    "enquire_link": (5, 300, 30),
}
_CODES = {
    "permanent_codes": Treatment.NEVER,
    "bad_number_codes": Treatment.BAD_NUMBER,
    "later_codes": Treatment.LATER,
    "tomorrow_codes": Treatment.TOMORROW,
    "operator_codes": Treatment.OPERATOR,
}
_KNOWN = {*_LENGTHS, *_NEEDED, *_WHOLE, *_CODES, "tls", "long", "number"}


@dataclass(frozen=True)
class SmppConfig:
    """All of it. `treatments` are those of the provider's own codes: ESME_…, 0x00000401, or as receipts write them."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str
    source: str
    source_ton: int
    source_npi: int
    number: str
    tls: bool
    window: int
    throttle: int
    enquire_link: int
    long: str
    treatments: Mapping[str, Treatment]


def parse(raw: Any) -> SmppConfig:
    """The settings in `raw`; ValidationError with one sentence for each thing that is wrong."""
    errors: list[str] = []
    if not isinstance(raw, Mapping):
        raise ValidationError(_("接口设置要写成 {…} 的样子。"))
    errors += [_("不认识的设置 %(name)s。") % {"name": name} for name in sorted(map(str, raw.keys() - _KNOWN))]
    config = SmppConfig(
        host=_text(raw, "host", errors),
        port=_whole(raw, "port", errors),
        system_id=_text(raw, "system_id", errors),
        password=_text(raw, "password", errors),
        system_type=_text(raw, "system_type", errors),
        source=_text(raw, "source", errors),
        source_ton=_whole(raw, "source_ton", errors),
        source_npi=_whole(raw, "source_npi", errors),
        window=_whole(raw, "window", errors),
        throttle=_whole(raw, "throttle", errors),
        enquire_link=_whole(raw, "enquire_link", errors),
        number=_choice(raw, "number", NUMBERS, errors),
        long=_choice(raw, "long", LONG, errors),
        tls=_switch(raw, "tls", errors),
        treatments={code: treatment for name, treatment in _CODES.items() for code in _codes(raw, name, errors)},
    )
    if config.host and not config.tls and not is_inside(config.host):
        errors.append(_("外网的地址要用 tls，短信里有村民的姓名和号码。"))
    if errors:
        raise ValidationError(errors)
    return config


def _text(raw: Mapping[str, Any], name: str, errors: list[str]) -> str:
    value: object = raw.get(name, "")
    if not isinstance(value, str):
        errors.append(_("%(name)s 要写成文字。") % {"name": name})
        return ""
    most = _LENGTHS.get(name)
    if name in _NEEDED and not value:
        errors.append(_("%(name)s 没有写。") % {"name": name})
    elif not re.fullmatch(r"[!-~]*", value):
        errors.append(_("%(name)s 只能用英文字母、数字和符号，不带空格。") % {"name": name})
    elif most and len(value) > most:
        errors.append(_("%(name)s 最多 %(most)d 个字符（SMPP 3.4 的规定）。") % {"name": name, "most": most})
    return value


def _whole(raw: Mapping[str, Any], name: str, errors: list[str]) -> int:
    least, most, default = _WHOLE[name]
    value: object = raw.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    errors.append(_("%(name)s 是 %(least)d 到 %(most)d 的整数。") % {"name": name, "least": least, "most": most})
    return default


def _choice(raw: Mapping[str, Any], name: str, choices: tuple[str, ...], errors: list[str]) -> str:
    value: object = raw.get(name, choices[0])
    if isinstance(value, str) and value in choices:
        return value
    errors.append(_("%(name)s 只能是 %(choices)s。") % {"name": name, "choices": "、".join(choices)})
    return choices[0]


def _switch(raw: Mapping[str, Any], name: str, errors: list[str]) -> bool:
    value: object = raw.get(name, False)
    if not isinstance(value, bool):
        errors.append(_("%(name)s 写 true 或 false。") % {"name": name})
    return value is True


def _codes(raw: Mapping[str, Any], name: str, errors: list[str]) -> tuple[str, ...]:
    value: object = raw.get(name, [])
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        return tuple(value)
    errors.append(_('%(name)s 要写成列表，例如 ["0x00000401"]。') % {"name": name})
    return ()
