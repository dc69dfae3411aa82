"""The settings of a generic HTTP gateway, read from JSON and checked with a sentence for each mistake."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium.gateways.base import ACCEPTED
from auditorium.gateways.treatments import Treatment
from auditorium.gateways.wrapped_words import WRAPPINGS

PLACEHOLDERS = ("number", "e164", "body", "text", "key", "signature")
"""number 13800000021 · e164 +8613800000021 · body with 【signature】 · text without it · key ours · signature bare."""

HEADER_PLACEHOLDERS = ("key",)

FORMATS = ("json", "form", "query")
METHODS = ("POST", "PUT", "GET")
SHORTEST_SECRET = 20
LONGEST_WAIT = 30
_CODES = {
    "permanent_codes": Treatment.NEVER,
    "bad_number_codes": Treatment.BAD_NUMBER,
    "later_codes": Treatment.LATER,
    "tomorrow_codes": Treatment.TOMORROW,
    "operator_codes": Treatment.OPERATOR,
}
_KNOWN = {"url", "method", "format", "headers", "body", "timeout", "success", "provider_id", "error_code", *_CODES} | {
    "query",
    "receipts",
    "replies",
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t -~]*")


@dataclass(frozen=True)
class Condition:
    """Something an answer must show: an HTTP status, a value at a path (`data.0.code`), or a pattern in its text."""

    path: str = ""
    values: tuple[str, ...] = ()
    pattern: str = ""
    status: int | None = None


@dataclass(frozen=True)
class Call:
    """One request: where, how, and a body whose strings may hold placeholders."""

    url: str
    method: str
    format: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Query:
    """How the provider is asked for a text by our key."""

    call: Call
    found: Condition
    missing: Condition
    provider_id: str
    delivered: Condition | None
    undelivered: Condition | None


@dataclass(frozen=True)
class ReceiptMap:
    """Where in what the provider posts the receipts are, and what its words mean."""

    secret: str
    list_path: str
    key: str
    provider_id: str
    state: str
    delivered: tuple[str, ...]
    undelivered: tuple[str, ...]
    code: str
    by_get: bool
    answer: str


@dataclass(frozen=True)
class ReplyMap:
    """Where in what the provider posts people's answers are, and what their words are wrapped in."""

    secret: str
    list_path: str
    number: str
    text: str
    provider_id: str
    encoding: str
    by_get: bool
    answer: str


@dataclass(frozen=True)
class HttpConfig:
    """All of it. `treatments` says what follows from the provider's codes; any other is a moment's trouble."""

    send: Call
    success: Condition
    provider_id: str
    error_code: str
    treatments: Mapping[str, Treatment]
    wait: int
    query: Query | None
    receipts: ReceiptMap | None
    replies: ReplyMap | None

    def treatment_of(self, code: str) -> Treatment:
        """What follows from an answer with this code."""
        return self.treatments.get(code, Treatment.BACK_OFF)


def parse(raw: Any) -> HttpConfig:
    """The settings in `raw`; ValidationError with one sentence for each thing that is wrong."""
    reader = _Reader()
    root = reader.mapping(raw, _("接口设置"))
    send = reader.call(root, _("发送"))
    used = set(_placeholders([send.url, send.body]))
    if not used & {"number", "e164"}:
        reader.errors.append(_("发送：没有写号码 {number} 放在哪里。"))
    if not used & {"body", "text"}:
        reader.errors.append(_("发送：没有写正文 {body} 放在哪里。"))
    for name in sorted(map(str, root.keys() - _KNOWN)):
        reader.errors.append(
            _("不认识 %(name)s，可以写的有 %(known)s。") % {"name": name, "known": "、".join(sorted(_KNOWN))}
        )
    success = reader.condition(root.get("success"), _("成功的标志"))
    config = HttpConfig(
        send=send,
        success=success or Condition(),
        provider_id=reader.text(root, "provider_id"),
        error_code=reader.text(root, "error_code"),
        treatments={code: treatment for name, treatment in _CODES.items() for code in reader.texts(root, name)},
        wait=reader.seconds(root.get("timeout", 10)),
        query=reader.query(root["query"]) if root.get("query") else None,
        receipts=reader.receipts(root["receipts"]) if root.get("receipts") else None,
        replies=reader.replies(root["replies"]) if root.get("replies") else None,
    )
    if reader.errors:
        raise ValidationError(reader.errors)
    return config


def _placeholders(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _placeholders(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _placeholders(item)


class _Reader:
    """Reads parts of the settings, and gathers what is wrong with them instead of stopping at the first."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def mapping(self, raw: Any, what: str) -> Mapping[str, Any]:
        if isinstance(raw, Mapping):
            return raw
        self.errors.append(_("%(what)s要写成 {…} 的样子。") % {"what": what})
        return {}

    def text(self, raw: Mapping[str, Any], name: str) -> str:
        value = raw.get(name, "")
        if not isinstance(value, str):
            self.errors.append(_("%(name)s 要写成文字。") % {"name": name})
            return ""
        return value

    def texts(self, raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
        value = raw.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
            return tuple(as_text(item) for item in value)
        self.errors.append(_('%(name)s 要写成列表，例如 ["0"]。') % {"name": name})
        return ()

    def seconds(self, value: Any) -> int:
        if isinstance(value, int) and 1 <= value <= LONGEST_WAIT:
            return value
        self.errors.append(_("timeout 是 1 到 %(most)s 秒的整数。") % {"most": LONGEST_WAIT})
        return LONGEST_WAIT

    def call(self, raw: Mapping[str, Any], what: str) -> Call:
        url = self.text(raw, "url")
        method = (self.text(raw, "method") or "POST").upper()
        kind = self.text(raw, "format") or "json"
        headers = self.mapping(raw.get("headers", {}), _("%(what)s的请求头") % {"what": what})
        body = raw.get("body", {})
        self._check_address(url, what)
        if method not in METHODS:
            self.errors.append(
                _("%(what)s：method 只能是 %(choices)s。") % {"what": what, "choices": "、".join(METHODS)}
            )
        if kind not in FORMATS:
            self.errors.append(
                _("%(what)s：format 只能是 %(choices)s。") % {"what": what, "choices": "、".join(FORMATS)}
            )
        elif (method == "GET") != (kind == "query"):
            self.errors.append(_("%(what)s：GET 只能配 query，POST、PUT 配 json 或 form。") % {"what": what})
        if kind != "json":
            body = self._flat(body, _("%(what)s的 body") % {"what": what})
        self._check_placeholders([url, body], what, PLACEHOLDERS)
        return Call(url=url, method=method, format=kind, headers=self._headers(headers), body=body)

    def condition(self, raw: Any, what: str) -> Condition | None:
        if not raw:
            self.errors.append(_("%(what)s没有写：用 path 和 values，或者 pattern，或者 status。") % {"what": what})
            return None
        parts = self.mapping(raw, what)
        status = parts.get("status")
        if status is not None and not isinstance(status, int):
            self.errors.append(_("%(what)s：status 是数字，例如 404。") % {"what": what})
            status = None
        found = Condition(
            path=self.text(parts, "path"),
            values=self.texts(parts, "values"),
            pattern=self.text(parts, "pattern"),
            status=status,
        )
        try:
            re.compile(found.pattern)
        except re.error:
            self.errors.append(_("%(what)s：pattern 不是正确的正则表达式。") % {"what": what})
        if bool(found.path) != bool(found.values) or not (found.path or found.pattern or found.status):
            self.errors.append(_("%(what)s：path 和 values 要一起写，或者写 pattern、status。") % {"what": what})
        return found

    def query(self, raw: Any) -> Query:
        what = _("查询")
        parts = self.mapping(raw, what)
        call = self.call(parts, what)
        if not set(_placeholders([call.url, call.body])) & {"key"}:
            self.errors.append(_("查询：没有写我们的编号 {key} 放在哪里。"))
        return Query(
            call=call,
            found=self.condition(parts.get("found"), _("查到的标志")) or Condition(),
            missing=self.condition(parts.get("missing"), _("查不到的标志")) or Condition(),
            provider_id=self.text(parts, "provider_id"),
            delivered=self.condition(parts["delivered"], _("已送达的标志")) if parts.get("delivered") else None,
            undelivered=self.condition(parts["undelivered"], _("没送到的标志")) if parts.get("undelivered") else None,
        )

    def receipts(self, raw: Any) -> ReceiptMap:
        parts = self.mapping(raw, _("回执"))
        found = ReceiptMap(
            secret=self.text(parts, "secret"),
            list_path=self.text(parts, "list"),
            key=self.text(parts, "key"),
            provider_id=self.text(parts, "provider_id"),
            state=self.text(parts, "state"),
            delivered=self.texts(parts, "delivered"),
            undelivered=self.texts(parts, "undelivered"),
            code=self.text(parts, "code"),
            by_get=self._by_get(parts, _("回执")),
            answer=self.text(parts, "answer") or ACCEPTED,
        )
        self._check_secret(found.secret, _("回执"))
        if not (found.key or found.provider_id):
            self.errors.append(_("回执：key 和 provider_id 至少写一个，不然对不上是哪条短信。"))
        if not (found.state and found.delivered):
            self.errors.append(_("回执：state 写在哪一项看结果，delivered 写哪些值算送达。"))
        return found

    def replies(self, raw: Any) -> ReplyMap:
        parts = self.mapping(raw, _("回复"))
        found = ReplyMap(
            secret=self.text(parts, "secret"),
            list_path=self.text(parts, "list"),
            number=self.text(parts, "number"),
            text=self.text(parts, "text"),
            provider_id=self.text(parts, "id"),
            encoding=self.text(parts, "encoding"),
            by_get=self._by_get(parts, _("回复")),
            answer=self.text(parts, "answer") or ACCEPTED,
        )
        self._check_secret(found.secret, _("回复"))
        if not (found.number and found.text):
            self.errors.append(_("回复：number 写号码在哪一项，text 写内容在哪一项。"))
        if found.encoding not in WRAPPINGS:
            self.errors.append(_("回复：encoding 只能是 hex、base64，平台原样推送内容的不用写。"))
        return found

    def _by_get(self, parts: Mapping[str, Any], what: str) -> bool:
        method = (self.text(parts, "method") or "POST").upper()
        if method not in {"POST", "GET"}:
            self.errors.append(_("%(what)s：method 只能是 POST 或 GET，看平台怎么推送。") % {"what": what})
        return method == "GET"

    def _check_secret(self, secret: str, what: str) -> None:
        if not is_secret(secret):
            self.errors.append(
                _("%(what)s：secret 至少 %(least)s 个字母或数字，别人猜不到。")
                % {"what": what, "least": SHORTEST_SECRET}
            )

    def _check_address(self, url: str, what: str) -> None:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            host = ""
        if not host or parts.scheme not in {"http", "https"}:
            self.errors.append(_("%(what)s：url 要写完整的地址，例如 https://sms.example.cn/send。") % {"what": what})
        elif parts.scheme == "http" and not is_inside(host):
            self.errors.append(_("%(what)s：外网的地址要用 https，短信里有村民的姓名和号码。") % {"what": what})

    def _check_placeholders(self, value: Any, what: str, known: tuple[str, ...]) -> None:
        for name in sorted(set(_placeholders(value)) - set(known)):
            self.errors.append(
                _("%(what)s：不认识 {%(name)s}，可以用的有 %(choices)s。")
                % {"what": what, "name": name, "choices": "、".join(f"{{{p}}}" for p in known)}
            )

    def _headers(self, raw: Mapping[str, Any]) -> dict[str, str]:
        """Only what HTTP can carry, or the request could not even be written."""
        headers = self._flat(raw, _("请求头"))
        self._check_placeholders(headers, _("请求头"), HEADER_PLACEHOLDERS)
        for name, value in headers.items():
            if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
                self.errors.append(_("请求头只能用英文字母、数字和符号，%(name)s 里有别的。") % {"name": name})
        return headers

    def _flat(self, raw: Any, what: str) -> dict[str, str]:
        parts = self.mapping(raw, what)
        if not all(isinstance(value, str | int) for value in parts.values()):
            self.errors.append(_("%(what)s里每一项都要是文字或数字。") % {"what": what})
        return {str(name): as_text(value) for name, value in parts.items()}


def as_text(value: Any) -> str:
    """A JSON value as settings write it: true, 0, DELIVRD; nothing for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_secret(secret: str) -> bool:
    """Whether nobody guesses it, and it can stand in an address."""
    return len(secret) >= SHORTEST_SECRET and re.fullmatch(r"[A-Za-z0-9_-]+", secret) is not None


def is_inside(host: str) -> bool:
    """Whether the address lies in the office's own network, where a platform without TLS is usual."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host
