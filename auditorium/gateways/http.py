"""Any provider with an HTTP interface, described by settings instead of code."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationParseError, NewConnectionError, SSLError

from auditorium.gateways import http_config
from auditorium.gateways.base import (
    Callback,
    Found,
    GatewayError,
    GatewayTimeout,
    IncomingText,
    OutgoingText,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.gateways.treatments import Treatment
from auditorium.gateways.wrapped_words import unwrapped

if TYPE_CHECKING:
    from auditorium.gateways.http_config import Call, Condition, ReceiptMap, ReplyMap

LARGEST_ANSWER = 64 * 1024
CONNECT_SECONDS = 5
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# 502 and 504 come from something between us and the provider, which may have had the text.
_BETWEEN = (502, 504)


@dataclass(frozen=True)
class _Answer:
    """What came back: the status, the text, and the JSON in it if it is any."""

    status: int
    text: str
    data: Any

    def at(self, path: str) -> str:
        """The value at a dotted path, as settings write it; empty where there is none."""
        return http_config.as_text(_at(self.data, path)) if path else ""

    def shows(self, condition: Condition) -> bool:
        """Whether all that the condition names holds."""
        if condition.status is not None and condition.status != self.status:
            return False
        if condition.path and self.at(condition.path) not in condition.values:
            return False
        return not condition.pattern or re.search(condition.pattern, self.text) is not None


class HttpGateway:
    """Sends by one request a text. Certificates are checked, redirects are not followed, connections not kept.

    A connection kept from the last text can break in a way that leaves open whether this one was read; a new
    one for each text makes that rare.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = http_config.parse(config)
        self.receipt_callback = _callback(self._config.receipts)
        self.reply_callback = _callback(self._config.replies)
        self.receipt_secret = self.receipt_callback.secret
        self.reply_secret = self.reply_callback.secret

    def send(self, text: OutgoingText) -> Sent:
        """One request; what its answer means is in the settings."""
        config = self._config
        answer = self._ask(config.send, text)
        if 200 <= answer.status < 300 and answer.shows(config.success):
            return Sent(provider_id=answer.at(config.provider_id)[:80])
        if answer.status in _BETWEEN:
            raise GatewayTimeout
        code = answer.at(config.error_code) or f"http-{answer.status}"
        raise GatewayError(treatment=config.treatment_of(code), code=_kept(code))

    def find(self, text: OutgoingText) -> Found | Unknowable | None:
        """Ask the provider by our key, where the settings say how."""
        query = self._config.query
        if query is None:
            return Unknowable()
        answer = self._ask(query.call, text)
        if answer.shows(query.missing):
            return None
        if not answer.shows(query.found):
            return Unknowable()
        delivered = None
        if query.delivered and answer.shows(query.delivered):
            delivered = True
        elif query.undelivered and answer.shows(query.undelivered):
            delivered = False
        return Found(provider_id=answer.at(query.provider_id)[:80], delivered=delivered)

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """One receipt or a list of them, by the settings' names."""
        names = self._config.receipts
        if names is None:
            return []
        found = []
        for row in _rows(payload, names.list_path):
            key, provider_id, state, code = (
                http_config.as_text(_at(row, path)) if path else ""
                for path in (names.key, names.provider_id, names.state, names.code)
            )
            delivered = None
            if state in names.delivered:
                delivered = True
            elif state in names.undelivered or not names.undelivered:
                delivered = False
            if key or provider_id:
                is_bad = delivered is False and self._config.treatment_of(code) == Treatment.BAD_NUMBER
                found.append(
                    Receipt(key=key, provider_id=provider_id, delivered=delivered, code=_kept(code), bad_number=is_bad)
                )
        return found

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """One answer or a list of them, by the settings' names."""
        names = self._config.replies
        if names is None:
            return []
        found = []
        for row in _rows(payload, names.list_path):
            number, text, provider_id = (
                http_config.as_text(_at(row, path)) if path else ""
                for path in (names.number, names.text, names.provider_id)
            )
            if number:
                said = unwrapped(text, names.encoding)
                found.append(IncomingText(number=number, text=said, provider_id=provider_id[:80]))
        return found

    def _ask(self, call: Call, text: OutgoingText) -> _Answer:
        values = {
            "number": re.sub(r"^\+86", "", text.number),
            "e164": text.number,
            "body": text.body,
            "text": text.body.removeprefix(f"【{text.signature}】"),
            "key": str(text.key),
            "signature": text.signature,
        }
        url = _fill(call.url, {name: quote(value, safe="") for name, value in values.items()})
        headers = {name: _fill(value, {"key": values["key"]}) for name, value in call.headers.items()}
        body = None
        if call.format == "json":
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
            body = json.dumps(_fill(call.body, values), ensure_ascii=False).encode()
        elif call.format == "form":
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            body = urlencode(_fill(call.body, values)).encode()
        elif call.body:
            url += ("&" if "?" in url else "?") + urlencode(_fill(call.body, values))
        return self._request(call.method, url, headers, body)

    def _request(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> _Answer:
        """The answer; raises without naming the address, which may hold the number."""
        wait = self._config.wait
        deadline = time.monotonic() + wait
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, wait), read=wait)
        try:
            with urllib3.PoolManager(ssl_context=_trusted()) as pool:
                response = pool.request(
                    method,
                    url,
                    headers={"Connection": "close", **headers},
                    body=body,
                    timeout=timeout,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                return _read(response, deadline)
        except (NewConnectionError, ConnectTimeoutError):
            raise GatewayError(treatment=Treatment.BACK_OFF, code="no-connection") from None
        except LocationParseError:
            raise GatewayError(treatment=Treatment.BACK_OFF, code="bad-address") from None
        except SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise GatewayError(treatment=Treatment.BACK_OFF, code="bad-certificate") from None
            raise GatewayTimeout from None
        except HTTPError:
            raise GatewayTimeout from None


def _kept(code: str) -> str:
    """A provider's code as it is stored and logged: some put the number into it."""
    return re.sub(r"\d{11,}", "…", code)[:60]


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> _Answer:
    """The answer's text, as far as it is needed, as long as there is time."""
    content = b""
    while chunk := response.read1(4096):
        content += chunk
        if time.monotonic() > deadline or len(content) > LARGEST_ANSWER:
            raise GatewayTimeout
    text = content.decode("utf-8", errors="replace")
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    return _Answer(status=response.status, text=text, data=data)


def _fill(value: Any, values: Mapping[str, str]) -> Any:
    """The same structure with the placeholders in its strings filled in; what is written around them escapes it."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), value)
    if isinstance(value, Mapping):
        return {name: _fill(item, values) for name, item in value.items()}
    return [_fill(item, values) for item in value] if isinstance(value, list) else value


def _callback(names: ReceiptMap | ReplyMap | None) -> Callback:
    """How the provider posts, by the settings."""
    return Callback(names.secret, by_get=names.by_get, answer=names.answer) if names else Callback()


def _rows(payload: Any, path: str) -> list[Any]:
    """The list at a path of what was posted, also where it is only one row, or JSON inside a field of a form."""
    rows = _at(payload, path) if path else payload
    if isinstance(rows, str):
        try:
            rows = json.loads(rows)
        except (ValueError, RecursionError):
            rows = []
    return rows if isinstance(rows, list) else [rows]


def _at(data: Any, path: str) -> Any:
    """What lies at a dotted path of names and places; None where there is nothing."""
    for step in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


@cache
def _trusted() -> ssl.SSLContext:
    """The machine's own certificate authorities, read once."""
    return ssl.create_default_context()
