"""What the mainland carriers report of a text that did not arrive; the providers pass their codes on as they come.

The same code means different things in different provinces. Only what everybody takes for a number that does not
exist is treated so: one that is switched off, out of money or out of reach today may be there tomorrow.
"""

from __future__ import annotations

from auditorium.gateways.codes import UNLISTED, Code, table
from auditorium.gateways.treatments import Treatment

REPORTED = table(
    {
        Treatment.BAD_NUMBER: {
            "MK:0001": "空号：不存在的用户",
            "MK:0075": "账号不存在",
            "MI:0073": "空号",
            "MI:0210": "空号",
            "CB:0001": "号码无效或者空号",
            "CB:0053": "号码无效或者空号",
            "DB:0101": "手机号码错误",
            "MA:0005": "目的号码格式错误",
            "MA:0021": "号码格式错误",
            "MOBILE_NOT_EXIST": "空号",
            "MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
            "isv.MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
        },
        Treatment.NEVER: {
            "MK:0000": "空号或被运营商屏蔽",
            "MK:0005": "停机",
            "MK:0010": "关机或不在服务区，超过最长保存时间",
            "MK:0012": "停机、关机或不在服务区",
            "MK:0013": "停机",
            "MK:0023": "关机",
            "MK:0115": "内容被当作垃圾短信拦截",
            "MI:0024": "关机",
            "MI:0042": "关机",
            "MI:0054": "空号、停机或关机",
            "MI:0059": "空号、停机或关机",
            "MI:0072": "关机或停机",
            "MI:0082": "关机",
            "MI:0099": "手机终端问题，例如存储已满",
            "MN:0001": "被运营商屏蔽",
            "DB:0102": "停机",
            "DB:0144": "网关黑名单",
            "ID:0076": "运营商关键字拦截",
            "MA:0001": "黑名单",
            "MA:0023": "黑名单",
            "UNDELIV": "关机、停机或不在服务区",
            "EXPIRED": "关机或不在服务区，超过最长保存时间",
            "REJECTD": "被运营商拒绝",
            "REJECT": "被运营商拒绝",
            "NOROUTE": "没有可用的通道",
            "MBBLACK": "黑名单",
            "DBBLACK": "网关黑名单",
        },
    }
)


def reported(code: str) -> Code:
    """What a receipt's code means; UNLISTED says nothing of the number."""
    return REPORTED.get(code.strip(), UNLISTED)


def says_no_such_number(words: str) -> bool:
    """Whether a receipt that has no code says in words that the number does not exist, and nothing milder."""
    return "空号" in words and not any(milder in words for milder in ("停机", "关机", "不在服务区"))
