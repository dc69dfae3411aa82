"""Settings to begin with for platforms that speak plain HTTP; what stands between ⟨ ⟩ is the operator's to write.

Addresses, fields and codes are those the platforms publish: 云片 (yunpian.com, v2), 创蓝云智 (chuanglan.com, v1) and
Kannel's user guide, chapters "SMS Push" and "Delivery Reports".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RECEIPTS_HERE = "⟨这条线路的回执地址⟩"
"""Filled in when the line is saved: only then it has an address."""

_SECRET = "⟨20 个以上别人猜不到的字母或数字⟩"  # noqa: S105


@dataclass(frozen=True)
class Preset:
    """A platform's name and the settings of a line through it."""

    label: StrOrPromise
    settings: Mapping[str, Any]


PRESETS: Mapping[str, Preset] = {
    "plain": Preset(
        _("其他平台"),
        {
            "url": "https://⟨平台的地址⟩/send",
            "method": "POST",
            "format": "json",
            "headers": {"Authorization": "Bearer ⟨密钥⟩"},
            "body": {"mobile": "{number}", "content": "{body}", "id": "{key}"},
            "success": {"path": "code", "values": ["0"]},
            "provider_id": "data.id",
            "error_code": "code",
        },
    ),
    "yunpian": Preset(
        _("云片"),
        {
            "url": "https://sms.yunpian.com/v2/sms/single_send.json",
            "method": "POST",
            "format": "form",
            "headers": {"Accept": "application/json;charset=utf-8"},
            "body": {"apikey": "⟨apikey⟩", "mobile": "{number}", "text": "{body}", "uid": "{key}"},
            "success": {"path": "code", "values": ["0"]},
            "provider_id": "sid",
            "error_code": "code",
            "permanent_codes": ["4", "5", "7", "10", "20"],
            "later_codes": ["9", "22", "53"],
            "tomorrow_codes": ["17"],
            "operator_codes": ["3", "15", "-1", "-2", "-3"],
            "receipts": {
                "secret": _SECRET,
                "list": "sms_status",
                "key": "uid",
                "provider_id": "sid",
                "state": "report_status",
                "delivered": ["SUCCESS"],
                "undelivered": ["FAIL"],
                "code": "error_msg",
                "answer": "SUCCESS",
            },
            "replies": {
                "secret": _SECRET,
                "list": "sms_reply",
                "number": "mobile",
                "text": "text",
                "id": "id",
                "answer": "SUCCESS",
            },
        },
    ),
    "chuanglan": Preset(
        _("创蓝云智（253）"),
        {
            "url": "https://smssh.253.com/msg/v1/send/json",
            "method": "POST",
            "format": "json",
            "body": {
                "account": "⟨API 账号⟩",
                "password": "⟨API 密码⟩",
                "phone": "{number}",
                "msg": "{body}",
                "report": "true",
                "uid": "{key}",
            },
            "success": {"path": "code", "values": ["0"]},
            "provider_id": "msgId",
            "error_code": "code",
            "permanent_codes": ["105", "106", "107", "124", "125"],
            "tomorrow_codes": ["110"],
            "later_codes": ["120"],
            "operator_codes": ["101", "102", "109", "116", "117", "118", "119"],
            "receipts": {
                "secret": _SECRET,
                "method": "GET",
                "key": "uid",
                "provider_id": "msgid",
                "state": "status",
                "delivered": ["DELIVRD"],
                "code": "status",
                "answer": '{"clcode":"000000"}',
            },
            "replies": {
                "secret": _SECRET,
                "method": "GET",
                "number": "mobile",
                "text": "msg",
                "id": "",
                "answer": '{"clcode":"000000"}',
            },
        },
    ),
    "kannel": Preset(
        _("自己的 Kannel 网关"),
        {
            "url": "http://127.0.0.1:13013/cgi-bin/sendsms",
            "method": "GET",
            "format": "query",
            "body": {
                "username": "⟨用户名⟩",
                "password": "⟨密码⟩",
                "to": "{e164}",
                "text": "{body}",
                "charset": "UTF-8",
                "coding": "2",
                "dlr-mask": "31",
                "dlr-url": f"http://127.0.0.1:8000{RECEIPTS_HERE}?key={{key}}&state=%d",
            },
            "success": {"pattern": "^(0: Accepted|3: Queued)"},
            "receipts": {
                "secret": _SECRET,
                "method": "GET",
                "key": "key",
                "state": "state",
                "delivered": ["1"],
                "undelivered": ["2", "16"],
                "code": "state",
            },
            "replies": {"secret": _SECRET, "method": "GET", "number": "from", "text": "text", "id": "id"},
        },
    ),
}
