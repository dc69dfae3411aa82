"""Tencent Cloud's short message service (腾讯云短信), through the vendor's own client.

What it allows after a call that was cut off: nothing certain. It can be asked what became of the texts to a number,
but shows only those a carrier has reported on, and with our key (SessionContext) only where Tencent has switched that
on for the account. One it shows is found; of any other nobody knows, and a person is asked.

A call takes up to 200 numbers, but all get the same values and one SessionContext. Ours name a person each, and are
told apart by their key: so each goes in a call of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any, ClassVar

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
    Polled,
    Receipt,
    Sent,
    Unknowable,
)
from auditorium.gateways.codes import carriers, tencent
from auditorium.gateways.treatments import Treatment
from auditorium.gateways.vendor_config import VendorConfig

PACKAGE = "tencentcloud-sdk-python-sms"
CONNECT_SECONDS = 5
READ_SECONDS = 10
MOST_AT_ONCE = 100
"""Receipts, and answers, that one asking brings."""

_ACCEPTED = '{"result": 0, "errmsg": "OK"}'
_DELIVERED = {"SUCCESS": True, "FAIL": False}

# It writes whole requests, with names and numbers, to its log at DEBUG.
logging.getLogger("tencentcloud_sdk_common").setLevel(logging.WARNING)


class TencentGateway:
    """Sends one text a call; the words are those registered with Tencent, their variables numbered in our order."""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "secret_id": "AKID…",
        "secret_key": "…",
        "sdk_app_id": "1400006666",
        "region": "ap-guangzhou",
        "receipts": {"secret": "…"},
        "replies": {"secret": "…"},
        "poll": False,
    }

    def __init__(self, config: Mapping[str, Any]) -> None:
        read = VendorConfig(config)
        self._id = read.text("secret_id")
        self._secret = read.text("secret_key")
        self._app = read.text("sdk_app_id")
        self._region = read.text("region", usual="ap-guangzhou")
        self._endpoint = read.endpoint("sms.tencentcloudapi.com")
        self.receipt_secret = read.secret("receipts", _("回执"))
        self.reply_secret = read.secret("replies", _("回复"))
        self.receipt_callback = Callback(self.receipt_secret, answer=_ACCEPTED)
        self.reply_callback = Callback(self.reply_secret, answer=_ACCEPTED)
        self.has_receipts = read.flag("poll")
        read.finish()
        if find_spec("tencentcloud") is None:
            raise ValidationError(_("没有装腾讯云的客户端，请先执行 pip install %(package)s。") % {"package": PACKAGE})

    def send(self, text: OutgoingText) -> Sent:
        """Hand over one text, with our key as its SessionContext."""
        values = [text.values.get(name, "") for name in text.order]
        if not text.template_code or not all(values):
            raise GatewayError(treatment=Treatment.NEVER, code="no-template", detail=_("这段话还没有平台的模板编号"))
        answer = self._call(
            "SendSms",
            PhoneNumberSet=[text.number],
            SmsSdkAppId=self._app,
            SignName=text.signature,
            TemplateId=text.template_code,
            TemplateParamSet=values,
            SessionContext=str(text.key),
        )
        for status in answer.SendStatusSet or []:
            if status.Code == tencent.TAKEN:
                return Sent(provider_id=(status.SerialNo or "")[:80])
            raise _refusal(status.Code or "")
        raise GatewayTimeout

    def find(self, text: OutgoingText) -> Found | Unknowable:
        """Look for our key, or for Tencent's number where it is known, among what carriers have reported of the number
        since the call began.
        """
        if text.sent_at is None:
            return Unknowable()
        try:
            answer = self._call(
                "PullSmsSendStatusByPhoneNumber",
                PhoneNumber=text.number,
                SmsSdkAppId=self._app,
                BeginTime=int(text.sent_at.timestamp()),
                EndTime=int(clock.now().timestamp()),
                Offset=0,
                Limit=MOST_AT_ONCE,
            )
        except GatewayError as error:
            if error.treatment == Treatment.BACK_OFF:
                raise
            return Unknowable()  # this account may send, but not ask
        for row in answer.PullSmsSendStatusSet or []:
            if row.SessionContext == str(text.key) or (text.provider_id and row.SerialNo == text.provider_id):
                return Found(provider_id=(row.SerialNo or "")[:80], delivered=_DELIVERED.get(row.ReportStatus))
        return Unknowable()

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """What Tencent posts; it names a text by Tencent's own number (`sid`) alone."""
        return [
            _receipt(provider_id=sid, status=row.get("report_status"), code=_text(row, "errmsg"), words="")
            for row in _posted(payload)
            if (sid := _text(row, "sid"))
        ]

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """What people wrote. Tencent numbers nothing: the same words in the same second are the same text."""
        return [
            _incoming(_number(_text(row, "nationcode"), mobile), _text(row, "text"), row.get("time"))
            for row in _posted(payload)
            if (mobile := _text(row, "mobile"))
        ]

    def poll(self) -> Polled:
        """What waits for us there, up to a hundred of each, where Tencent has switched that on.

        It forgets what it gave at once. What was fetched before something failed is therefore given all the same.
        """
        if not self.has_receipts:
            return Polled()
        receipts = [
            _receipt(
                provider_id=row.SerialNo or "",
                status=row.ReportStatus,
                code="",
                words=row.Description or "",
                key=row.SessionContext or "",
            )
            for row in self._pull("PullSmsSendStatus").PullSmsSendStatusSet or []
        ]
        try:
            rows = self._pull("PullSmsReplyStatus").PullSmsReplyStatusSet or []
        except (GatewayError, GatewayTimeout):
            if not receipts:
                raise
            rows = []
        replies = [_incoming(row.PhoneNumber, row.ReplyContent or "", row.ReplyTime) for row in rows if row.PhoneNumber]
        return Polled(receipts=receipts, replies=replies)

    def done(self, polled: Polled) -> None:
        """It has forgotten them already."""

    def _pull(self, action: str) -> Any:
        return self._call(action, SmsSdkAppId=self._app, Limit=MOST_AT_ONCE)

    def _call(self, action: str, **fields: Any) -> Any:
        """The answer; raises GatewayError or GatewayTimeout, and keeps nothing of what the client says."""
        request = getattr(self._vendor.models, f"{action}Request")()
        for name, value in fields.items():
            setattr(request, name, value)
        call: Callable[[Any], Any] = getattr(self._client, action)
        try:
            return call(request)
        except Exception as error:  # noqa: BLE001 a broken answer ends in whatever the client trips over
            raise _meaning(error) from None

    @cached_property
    def _client(self) -> Any:
        vendor = self._vendor
        http = vendor.HttpProfile(
            protocol=self._endpoint.scheme,
            endpoint=self._endpoint.host,
            reqTimeout=(CONNECT_SECONDS, READ_SECONDS),  # handed on to requests, which takes the two apart
        )
        credential = vendor.Credential(self._id, self._secret)
        return vendor.SmsClient(credential, self._region, vendor.ClientProfile(httpProfile=http))

    @cached_property
    def _vendor(self) -> _Vendor:
        return _Vendor()


class _Vendor:
    """The vendor's modules, loaded when something is to be sent and not before."""

    def __init__(self) -> None:
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111 import models
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        self.Credential, self.ClientProfile, self.HttpProfile = Credential, ClientProfile, HttpProfile
        self.models, self.SmsClient = models, SmsClient


def _meaning(error: Exception) -> GatewayError | GatewayTimeout:
    """What an exception of the client says about the text; an answer that is not Tencent's own says nothing."""
    if broken := broken_calls.verdict(error):
        return broken
    # Tencent says which request it refused; what the client made up itself belongs to none.
    if getattr(error, "requestId", None):
        return _refusal(str(getattr(error, "code", "")))
    return GatewayTimeout()


def _refusal(code: str) -> GatewayError | GatewayTimeout:
    if tencent.is_unclear(code):
        return GatewayTimeout()
    means = tencent.answered(code)
    return GatewayError(treatment=means.treatment, code=code[:60], detail=means.words)


def _receipt(*, provider_id: str, status: object, code: str, words: str, key: str = "") -> Receipt:
    """A receipt; one that is pulled has no code, only words for it."""
    delivered = _DELIVERED.get(str(status))
    says_bad = carriers.reported(code).treatment == Treatment.BAD_NUMBER or carriers.says_no_such_number(words)
    return Receipt(
        key=key,
        provider_id=provider_id[:80],
        delivered=delivered,
        code=(code or words)[:60],
        bad_number=delivered is False and says_bad,
    )


def _incoming(number: str, text: str, at: object) -> IncomingText:
    name = json.dumps([number, text, str(at)])
    return IncomingText(number=number, text=text, provider_id=hashlib.sha256(name.encode()).hexdigest()[:40])


def _number(country: str, mobile: str) -> str:
    return f"+{country or '86'}{mobile}" if not mobile.startswith("+") else mobile


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _posted(payload: Any) -> Iterator[Mapping[str, Any]]:
    """One report, or a list of them; what is no report is left out."""
    rows: Sequence[Any] = payload if isinstance(payload, list) else [payload]
    yield from (row for row in rows if isinstance(row, Mapping))
