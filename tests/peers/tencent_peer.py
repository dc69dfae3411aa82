"""Tencent Cloud's short message service, as far as our gateway needs it: `python -m tests.peers.tencent_peer`.

Checks TC3-HMAC-SHA256 by the published algorithm, with none of the vendor's code. What carriers report is told to it
(`reports`, `replies`); it gives each once, as Tencent does.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.peers.vendor_peer import Call, Provider, Refused, serve

ID, KEY, APP = "AKID-peer", "peer-key", "1400006666"
_SIGNED = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/(\w+)/tc3_request, SignedHeaders=([a-z;-]+), "
    r"Signature=([0-9a-f]{64})"
)


@dataclass
class Tencent(Provider):
    """Takes texts to up to 200 numbers in a call, and forgets none."""

    takes: tuple[str, ...] = ("SendSms", "PullSmsReplyStatus")
    reports: list[dict[str, Any]] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    may_ask: bool = True

    def action(self, call: Call) -> str:
        return call.headers.get("x-tc-action", "")

    def check(self, call: Call) -> None:
        signed = _SIGNED.fullmatch(call.headers.get("authorization", ""))
        if signed is None or call.headers.get("x-tc-version") != "2021-01-11":
            raise Refused(200, "AuthFailure.InvalidAuthorization")
        secret_id, day, service, names, signature = signed.groups()
        if secret_id != ID:
            raise Refused(200, "AuthFailure.SecretIdNotFound")
        moment = call.headers["x-tc-timestamp"]
        if f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d}" != day or not {"content-type", "host"} <= set(
            names.split(";")
        ):
            raise Refused(200, "AuthFailure.SignatureExpire")
        canonical = "\n".join(
            [
                call.method,
                call.path,
                "",
                *(f"{name}:{call.headers[name].strip().lower()}" for name in names.split(";")),
                "",
                names,
                hashlib.sha256(call.body).hexdigest(),
            ]
        )
        scope = f"{day}/{service}/tc3_request"
        to_sign = f"TC3-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        secret = f"TC3{KEY}".encode()
        for step in (day, service, "tc3_request"):
            secret = hmac.new(secret, step.encode(), hashlib.sha256).digest()
        expected = hmac.new(secret, to_sign.encode(), hashlib.sha256).hexdigest()
        if service != "sms" or not hmac.compare_digest(expected, signature):
            raise Refused(200, "AuthFailure.SignatureFailure")

    def answer(self, action: str, call: Call) -> dict[str, Any]:
        fields = json.loads(call.body)
        if fields["SmsSdkAppId"] != APP:
            raise Refused(200, "UnauthorizedOperation.SmsSdkAppIdVerifyFail")
        if action == "SendSms":
            at = int(call.headers["x-tc-timestamp"])
            return _said(SendStatusSet=[self._take(number, fields, at) for number in fields["PhoneNumberSet"]])
        if not self.may_ask:
            raise Refused(200, "UnauthorizedOperation.RequestPermissionDeny")
        if action == "PullSmsSendStatus":
            return _said(PullSmsSendStatusSet=_pulled(self.reports, fields))
        if action == "PullSmsReplyStatus":
            return _said(PullSmsReplyStatusSet=_pulled(self.replies, fields))
        if action == "PullSmsSendStatusByPhoneNumber":
            span = range(fields["BeginTime"], fields["EndTime"] + 1)
            shown = [row for row in self.reports if row["PhoneNumber"] == fields["PhoneNumber"] and row["at"] in span]
            return _said(PullSmsSendStatusSet=[{k: v for k, v in row.items() if k != "at"} for row in shown])
        raise Refused(200, "InvalidAction")

    def error(self, refused: Refused) -> dict[str, Any]:
        return _said(Error={"Code": refused.code, "Message": "…"})

    def _take(self, number: str, fields: dict[str, Any], at: int) -> dict[str, Any]:
        code = self.code_for(number) or "Ok"
        serial = ""
        if code == "Ok":
            serial = f"8:{len(self.taken)}"
            self.taken.append(
                {
                    "number": number,
                    "signature": fields["SignName"],
                    "template": fields["TemplateId"],
                    "values": fields["TemplateParamSet"],
                    "session": fields["SessionContext"],
                    "serial": serial,
                    "at": at,
                }
            )
        return {
            "SerialNo": serial,
            "PhoneNumber": number,
            "Fee": int(code == "Ok"),
            "SessionContext": fields["SessionContext"],
            "Code": code,
            "Message": "…",
            "IsoCode": "CN",
        }


def pulled(text: dict[str, Any], words: str = "", *, session: bool = True) -> dict[str, Any]:
    """What is pulled of a text it took; `words` say why it failed."""
    return {
        "UserReceiveTime": text["at"],
        "CountryCode": "86",
        "SubscriberNumber": text["number"][3:],
        "PhoneNumber": text["number"],
        "SerialNo": text["serial"],
        "ReportStatus": "FAIL" if words else "SUCCESS",
        "Description": words or "用户短信送达成功",
        "SessionContext": text["session"] if session else "",
        "at": text["at"],
    }


def posted(text: dict[str, Any], code: str = "DELIVRD") -> dict[str, Any]:
    """What Tencent posts of a text it took."""
    return {
        "user_receive_time": "2026-11-23 10:00:04",
        "nationcode": "86",
        "mobile": text["number"][3:],
        "report_status": "SUCCESS" if code == "DELIVRD" else "FAIL",
        "errmsg": code,
        "description": "…",
        "sid": text["serial"],
    }


def _pulled(rows: list[dict[str, Any]], fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The first of them, gone from the queue."""
    first = rows[: fields["Limit"]]
    del rows[: fields["Limit"]]
    return [{name: value for name, value in row.items() if name != "at"} for row in first]


def _said(**answer: Any) -> dict[str, Any]:
    return {"Response": {**answer, "RequestId": "r"}}


if __name__ == "__main__":
    serve(Tencent())
