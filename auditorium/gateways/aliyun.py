"""Aliyun's short message service (阿里云短信服务), through the vendor's own client.

What it allows after a call that was cut off: a text sent alone carries our key as its OutId, and can be asked for
by number and day; so can each text of a batch, whose one OutId is made of the beginnings of all its keys. Nothing
is sent again before it was asked, and not until what was sent must have become visible there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from importlib.util import find_spec
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.gateways import broken_calls
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
from auditorium.gateways.codes import UNLISTED, aliyun, carriers
from auditorium.gateways.treatments import Treatment
from auditorium.gateways.vendor_config import VendorConfig

PACKAGE = "alibabacloud-dysmsapi20170525"
CONNECT_SECONDS = 5
READ_SECONDS = 10
ALONE_SECONDS = 15
"""How long the texts of a refused batch are handed over one by one; what is left then waits for the next time."""

SETTLED = timedelta(minutes=3)
"""What Aliyun took is among its records after this long; before, a text it does not show may still come."""

_ACCEPTED = '{"code": 0, "msg": "接收成功"}'
_BEGINNING = 5
_BATCH = "b."
_PAGE = 50
_MOST_PAGES = 4
_OF_ONE_TEXT = (Treatment.NEVER, Treatment.BAD_NUMBER, Treatment.LATER)
_ARRIVED = {2: False, 3: True}

Answer = Sent | GatewayError | GatewayTimeout


class AliyunGateway:
    """Sends one text, or up to fifty of one template in a call; the words are those registered with Aliyun.

    Fifty, not the hundred that Aliyun takes: an OutId holds so many beginnings of keys (30 bits each, and only texts
    to the same number on the same day can be taken for one another).
    """

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "access_key_id": "LTAI…",
        "access_key_secret": "…",
        "receipts": {"secret": "…"},
        "replies": {"secret": "…"},
    }
    most = 50

    def __init__(self, config: Mapping[str, Any]) -> None:
        read = VendorConfig(config)
        self._id = read.text("access_key_id")
        self._secret = read.text("access_key_secret")
        self._endpoint = read.endpoint("dysmsapi.aliyuncs.com")
        self.receipt_secret = read.secret("receipts", _("回执"))
        self.reply_secret = read.secret("replies", _("回复"))
        self.receipt_callback = Callback(self.receipt_secret, answer=_ACCEPTED)
        self.reply_callback = Callback(self.reply_secret, answer=_ACCEPTED)
        read.finish()
        if find_spec("alibabacloud_dysmsapi20170525") is None:
            raise ValidationError(_("没有装阿里云的客户端，请先执行 pip install %(package)s。") % {"package": PACKAGE})

    def send(self, text: OutgoingText) -> Sent:
        """Hand over one text under our key."""
        request = self._vendor.models.SendSmsRequest(
            phone_numbers=_number(text.number),
            sign_name=text.signature,
            template_code=_code(text),
            template_param=_json(dict(text.values)),
            out_id=str(text.key),
        )
        body = self._call(lambda client, options: client.send_sms_with_options(request, options))
        return Sent(provider_id=str(body.biz_id or "")[:80])

    def send_many(self, texts: Sequence[OutgoingText]) -> list[Answer]:
        """Hand over texts in one call. What Aliyun refuses for one of them it refuses for all: then one by one.

        A second text to a number goes alone as well: a receipt names a text of a batch by its number only.
        """
        until = time.monotonic() + ALONE_SECONDS
        together = list({text.number: text for text in reversed(texts)}.values())[::-1]
        answers: dict[UUID, Answer] = {}
        if len(together) > 1:
            try:
                answers = {text.key: sent for text, sent in zip(together, self._send_batch(together), strict=True)}
            except GatewayError as error:
                if error.treatment not in _OF_ONE_TEXT:
                    raise
        for text in texts:
            if text.key not in answers:
                answers[text.key] = self._alone(text, until)
        return [answers[text.key] for text in texts]

    def find(self, text: OutgoingText) -> Found | Unknowable | None:
        """Look for our key among what went to the number on that day.

        One it does not show was never taken, once enough time has passed for it to be shown; unless it shows one of the
        same words without anybody's key.
        """
        if text.sent_at is None:
            return Unknowable()
        try:
            rows = list(self._rows(text.number, text.sent_at))
        except GatewayError as error:
            if error.treatment == Treatment.BACK_OFF:
                raise
            return Unknowable()  # this key may send, but not ask
        for row in rows:
            out_id = row.out_id or ""
            if out_id == str(text.key) or _beginning(text) in _beginnings(out_id):
                provider_id = _id_in_batch(out_id, text.number) if _beginnings(out_id) else ""
                return Found(provider_id=provider_id, delivered=_ARRIVED.get(row.send_status))
        nameless = any(not row.out_id and row.template_code == text.template_code for row in rows)
        return Unknowable() if nameless or clock.now() - text.sent_at < SETTLED else None

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """What Aliyun posts (SmsReport): by our key, or in a batch by the batch and the number."""
        found = []
        for row in _posted(payload):
            out_id, number, code = (str(row.get(name) or "") for name in ("out_id", "phone_number", "err_code"))
            delivered = {"true": True, "false": False}.get(str(row.get("success")).lower())
            if delivered is None or not out_id:
                continue
            is_batch = bool(_beginnings(out_id))
            biz_id = str(row.get("biz_id") or "")[:80]
            found.append(
                Receipt(
                    key="" if is_batch else out_id,
                    provider_id=_id_in_batch(out_id, number) if is_batch else biz_id,
                    delivered=delivered,
                    code=code[:60],
                    bad_number=delivered is False and carriers.reported(code).treatment == Treatment.BAD_NUMBER,
                )
            )
        return found

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """What people wrote (SmsUp); Aliyun numbers each."""
        found = []
        for row in _posted(payload):
            number, text, provider_id = (
                str(row.get(name) or "") for name in ("phone_number", "content", "sequence_id")
            )
            if number:
                found.append(IncomingText(number=number, text=text, provider_id=provider_id[:80]))
        return found

    def _send_batch(self, texts: Sequence[OutgoingText]) -> list[Sent]:
        out_id = _BATCH + "".join(_beginning(text) for text in texts)
        request = self._vendor.models.SendBatchSmsRequest(
            phone_number_json=_json([_number(text.number) for text in texts]),
            sign_name_json=_json([text.signature for text in texts]),
            template_code=_code(texts[0]),
            template_param_json=_json([dict(text.values) for text in texts]),
            out_id=out_id,
        )
        self._call(lambda client, options: client.send_batch_sms_with_options(request, options))
        return [Sent(provider_id=_id_in_batch(out_id, text.number)) for text in texts]

    def _alone(self, text: OutgoingText, until: float) -> Answer:
        """Send one text of several, if there is time; what became of it."""
        if time.monotonic() > until:
            return GatewayError(treatment=Treatment.BACK_OFF, code="no-time-left")
        try:
            return self.send(text)
        except (GatewayError, GatewayTimeout) as answer:
            return answer

    def _rows(self, number: str, sent_at: datetime) -> Iterator[Any]:
        """What went to a number on the day of a call, by their calendar, or began the next."""
        for day in sorted({clock.local(sent_at).date(), clock.local(sent_at + SETTLED).date()}):
            for page in range(1, _MOST_PAGES + 1):
                request = self._vendor.models.QuerySendDetailsRequest(
                    phone_number=_number(number), send_date=f"{day:%Y%m%d}", page_size=_PAGE, current_page=page
                )
                body = self._call(
                    lambda client, options, request=request: client.query_send_details_with_options(request, options)
                )
                rows = (body.sms_send_detail_dtos.sms_send_detail_dto or []) if body.sms_send_detail_dtos else []
                yield from rows
                if len(rows) < _PAGE:
                    break

    def _call(self, call: Callable[..., Any]) -> Any:
        """The body of the answer; raises GatewayError or GatewayTimeout, and keeps nothing of what the client says."""
        options = self._vendor.runtime.RuntimeOptions(
            autoretry=False,
            max_attempts=1,
            connect_timeout=CONNECT_SECONDS * 1000,
            read_timeout=READ_SECONDS * 1000,
        )
        try:
            body = call(self._client, options).body
        except Exception as error:  # noqa: BLE001 the client's exceptions share no base
            raise _meaning(error) from None
        if body is None or not isinstance(body.code, str):
            raise GatewayTimeout
        if body.code != aliyun.TAKEN:
            raise _refusal(body.code)
        return body

    @cached_property
    def _client(self) -> Any:
        config = self._vendor.config.Config(
            access_key_id=self._id,
            access_key_secret=self._secret,
            endpoint=self._endpoint.host,
            protocol=self._endpoint.scheme.upper(),
        )
        return self._vendor.client.Client(config)

    @cached_property
    def _vendor(self) -> _Vendor:
        return _Vendor()


class _Vendor:
    """The vendor's modules, loaded when something is to be sent and not before: they are many."""

    def __init__(self) -> None:
        from alibabacloud_dysmsapi20170525 import client, models
        from alibabacloud_tea_openapi import utils_models as config
        from darabonba import runtime

        self.client, self.models, self.config, self.runtime = client, models, config, runtime


def _meaning(error: Exception) -> GatewayError | GatewayTimeout:
    """What an exception of the client says about the text.

    Aliyun's own words are believed; an answer that is not its own may come from between us, and says nothing.
    """
    code = getattr(error, "code", None)
    if isinstance(code, str) and code not in ("", "None"):
        status = getattr(error, "status_code", None) or 0
        if status < 500 or aliyun.answered(code) is not UNLISTED:
            return _refusal(code)
    return broken_calls.verdict(error) or GatewayTimeout()


def _refusal(code: str) -> GatewayError:
    means = aliyun.answered(code)
    return GatewayError(treatment=means.treatment, code=code[:60], detail=means.words)


def _code(text: OutgoingText) -> str:
    if not text.template_code:
        raise GatewayError(treatment=Treatment.NEVER, code="no-template", detail=_("这段话还没有平台的模板编号"))
    return text.template_code


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _number(number: str) -> str:
    """As Aliyun writes it: eleven digits on the mainland, else with the country in front."""
    return re.sub(r"^(?:\+|00)?(?:86(?=1\d{10}$))?", "", number)


def _beginning(text: OutgoingText) -> str:
    return base64.urlsafe_b64encode(text.key.bytes).decode()[:_BEGINNING]


def _beginnings(out_id: str) -> set[str]:
    """Of the OutId of a batch, the beginnings of its texts' keys; none of any other."""
    if not out_id.startswith(_BATCH):
        return set()
    joined = out_id.removeprefix(_BATCH)
    return {joined[place : place + _BEGINNING] for place in range(0, len(joined), _BEGINNING)}


def _id_in_batch(out_id: str, number: str) -> str:
    """A name for one text of a batch that sending, asking and a receipt come to alike; shows no number."""
    return f"b-{hashlib.sha256(f'{out_id} {_number(number)}'.encode()).hexdigest()[:40]}"


def _posted(payload: Any) -> Iterator[Mapping[str, Any]]:
    """One report, or a list of them; what is no report is left out."""
    yield from (row for row in (payload if isinstance(payload, list) else [payload]) if isinstance(row, Mapping))
