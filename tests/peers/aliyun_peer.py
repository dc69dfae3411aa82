"""Aliyun's short message service, as far as our gateway needs it: `python -m tests.peers.aliyun_peer`.

Checks ACS3-HMAC-SHA256 by the published algorithm, with none of the vendor's code; keeps what it took by number and
day, and shows it when asked, unless it is told to be blind (`is_blind`).
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote

from tests.peers.vendor_peer import Call, Provider, Refused, serve

ID, SECRET = "LTAI-peer", "peer-secret"
_SIGNED = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")


@dataclass
class Aliyun(Provider):
    """Takes texts, one or many in a call, and forgets none."""

    takes: tuple[str, ...] = ("SendSms", "SendBatchSms")
    is_blind: bool = False  # does not show yet what it took
    is_nameless: bool = False  # shows it without the OutId
    day: str = ""  # by its clock, where the tests' clock is another than the requests'
    statuses: dict[str, int] = field(default_factory=dict)  # by number: 1 waiting, 2 failed, 3 arrived
    nonces: set[str] = field(default_factory=set)

    def action(self, call: Call) -> str:
        return call.headers.get("x-acs-action", "")

    def check(self, call: Call) -> None:
        signed = _SIGNED.fullmatch(call.headers.get("authorization", ""))
        if signed is None or call.headers.get("x-acs-version") != "2017-05-25":
            raise Refused(400, "IncompleteSignature")
        access_key, names, signature = signed.groups()
        if access_key != ID:
            raise Refused(404, "InvalidAccessKeyId.NotFound")
        must = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
        if not must <= set(names.split(";")):
            raise Refused(400, "IncompleteSignature")
        digest = hashlib.sha256(call.body).hexdigest()
        canonical = "\n".join(
            [
                call.method,
                call.path,
                "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in sorted(call.query.items())),
                *(f"{name}:{call.headers[name].strip()}" for name in sorted(names.split(";"))),
                "",
                names,
                digest,
            ]
        )
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        expected = hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        if digest != call.headers["x-acs-content-sha256"] or not hmac.compare_digest(expected, signature):
            raise Refused(400, "SignatureDoesNotMatch")
        nonce = call.headers["x-acs-signature-nonce"]
        if nonce in self.nonces:
            raise Refused(400, "SignatureNonceUsed")
        self.nonces.add(nonce)

    def answer(self, action: str, call: Call) -> dict[str, Any]:
        fields = call.query | dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        at = datetime.strptime(call.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)
        if action == "SendSms":
            texts = [(fields["PhoneNumbers"], fields["SignName"], json.loads(fields["TemplateParam"]))]
            return self._take(texts, fields, at)
        if action == "SendBatchSms":
            lists = [json.loads(fields[name]) for name in ("PhoneNumberJson", "SignNameJson", "TemplateParamJson")]
            if len({len(each) for each in lists}) > 1 or len(lists[0]) > 100:
                return _said("isv.INVALID_PARAMETERS")
            return self._take(list(zip(*lists, strict=True)), fields, at)
        if action == "QuerySendDetails":
            return self._details(fields)
        raise Refused(404, "InvalidAction.NotFound")

    def error(self, refused: Refused) -> dict[str, Any]:
        return {"Code": refused.code, "Message": "…", "RequestId": "r", "HostId": "dysmsapi.aliyuncs.com"}

    def _take(self, texts: list[tuple[str, str, dict[str, str]]], fields: dict[str, str], at: datetime) -> Any:
        out_id = fields.get("OutId", "")
        if len(out_id) >= 256:
            return _said("isv.INVALID_PARAMETERS")
        for number, _signature, values in texts:
            if code := self.code_for(number):
                return _said(code)
            if not re.fullmatch(r"1\d{10}", number):
                return _said("isv.MOBILE_NUMBER_ILLEGAL")
            if not all(isinstance(value, str) for value in values.values()):
                return _said("isv.INVALID_JSON_PARAM")
        biz_id = f"9{len(self.calls):08d}^0"
        for number, signature, values in texts:
            self.taken.append(
                {
                    "number": number,
                    "signature": signature,
                    "template": fields["TemplateCode"],
                    "values": values,
                    "out_id": out_id,
                    "biz_id": biz_id,
                    "at": f"{self.day or at.date()} {at:%H:%M:%S}",
                }
            )
        return _said("OK", BizId=biz_id)

    def _details(self, fields: dict[str, str]) -> Any:
        day = f"{datetime.strptime(fields['SendDate'], '%Y%m%d'):%Y-%m-%d}"
        known = [] if self.is_blind else self.taken
        rows = [
            {
                "PhoneNum": text["number"],
                "OutId": "" if self.is_nameless else text["out_id"],
                "TemplateCode": text["template"],
                "SendDate": text["at"],
                "SendStatus": self.statuses.get(text["number"], 1),
                "Content": "…",
            }
            for text in reversed(known)
            if text["number"] == fields["PhoneNumber"] and text["at"].startswith(day) and not self.is_blind
        ]
        size, page = int(fields["PageSize"]), int(fields["CurrentPage"])
        shown = rows[(page - 1) * size : page * size]
        return _said("OK", SmsSendDetailDTOs={"SmsSendDetailDTO": shown}, TotalCount=str(len(rows)))


def report(text: dict[str, Any], code: str = "DELIVERED") -> dict[str, Any]:
    """What Aliyun posts of a text it took."""
    return {
        "phone_number": text["number"],
        "send_time": text["at"],
        "report_time": text["at"],
        "success": code == "DELIVERED",
        "err_code": code,
        "err_msg": "…",
        "sms_size": "1",
        "biz_id": text["biz_id"],
        "out_id": text["out_id"],
    }


def _said(code: str, **more: Any) -> dict[str, Any]:
    return {"Code": code, "Message": code, "RequestId": "r"} | more


def _escaped(text: str) -> str:
    return quote(text, safe="~")


if __name__ == "__main__":
    serve(Aliyun())
