"""The settings of an SMPP line, read from JSON and checked with a sentence for each mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from auditorium.gateways.http_config import is_inside
from auditorium.gateways.treatments import Treatment
from auditorium.gateways.vendor_config import VendorConfig

LONG = ("udh", "payload")
NUMBERS = ("international", "national")

_CODES = {
    "permanent_codes": Treatment.NEVER,
    "bad_number_codes": Treatment.BAD_NUMBER,
    "later_codes": Treatment.LATER,
    "tomorrow_codes": Treatment.TOMORROW,
    "operator_codes": Treatment.OPERATOR,
}


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
    """The settings in `raw`; ValidationError with one sentence for each thing that is wrong.

    The longest values are those of SMPP 3.4 (4.1): a longer password would be cut off, not refused.
    """
    read = _Settings(raw)
    tls = read.flag("tls")
    config = SmppConfig(
        host=read.host(tls=tls),
        port=read.whole("port", 1, 65535, usual=2775),
        system_id=read.short("system_id", 15),
        password=read.short("password", 8),
        system_type=read.short("system_type", 12, usual=""),
        source=read.short("source", 20),
        source_ton=read.whole("source_ton", 0, 6, usual=0),
        source_npi=read.whole("source_npi", 0, 18, usual=0),
        number=read.choice("number", NUMBERS),
        tls=tls,
        window=read.whole("window", 1, 100, usual=10),
        throttle=read.whole("throttle", 1, 1000, usual=20),
        enquire_link=read.whole("enquire_link", 5, 300, usual=30),
        long=read.choice("long", LONG),
        treatments={code: treatment for name, treatment in _CODES.items() for code in read.codes(name)},
    )
    read.finish()
    return config


class _Settings(VendorConfig):
    """With what only a connection of our own needs."""

    def host(self, *, tls: bool) -> str:
        """Where the provider is; names and numbers cross no public network in the open."""
        host = self.text("host")
        if host and not tls and not is_inside(host):
            self._errors.append(_("外网的地址要用 tls，短信里有村民的姓名和号码。"))
        return host

    def short(self, name: str, most: int, *, usual: str | None = None) -> str:
        """A piece of text that fits the protocol."""
        value = self.text(name, usual)
        if len(value) > most:
            self._errors.append(_("%(name)s 最多 %(most)d 个字符（SMPP 3.4 的规定）。") % {"name": name, "most": most})
        return value

    def whole(self, name: str, least: int, most: int, *, usual: int) -> int:
        """A whole number between these."""
        value = self._take(name)
        if value is None:
            return usual
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return int(value)
        self._errors.append(
            _("%(name)s 是 %(least)d 到 %(most)d 的整数。") % {"name": name, "least": least, "most": most}
        )
        return usual

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of these; the first when nothing is written."""
        value = self._take(name)
        if value is None or value in choices:
            return value or choices[0]
        self._errors.append(_("%(name)s 只能是 %(choices)s。") % {"name": name, "choices": "、".join(choices)})
        return choices[0]

    def codes(self, name: str) -> tuple[str, ...]:
        """A list of the provider's codes."""
        value = self._take(name)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(code, str) for code in value):
            return tuple(value)
        self._errors.append(_('%(name)s 要写成列表，例如 ["0x00000401"]。') % {"name": name})
        return ()
