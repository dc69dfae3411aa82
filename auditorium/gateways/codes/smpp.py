"""What follows from an SMPP command_status, and what it says (SMPP 3.4, 5.1.3)."""

from __future__ import annotations

from auditorium.gateways.codes import UNLISTED, Code, table
from auditorium.gateways.treatments import Treatment

NAMES = {
    0x01: "ESME_RINVMSGLEN",
    0x02: "ESME_RINVCMDLEN",
    0x03: "ESME_RINVCMDID",
    0x04: "ESME_RINVBNDSTS",
    0x05: "ESME_RALYBND",
    0x06: "ESME_RINVPRTFLG",
    0x07: "ESME_RINVREGDLVFLG",
    0x08: "ESME_RSYSERR",
    0x0A: "ESME_RINVSRCADR",
    0x0B: "ESME_RINVDSTADR",
    0x0C: "ESME_RINVMSGID",
    0x0D: "ESME_RBINDFAIL",
    0x0E: "ESME_RINVPASWD",
    0x0F: "ESME_RINVSYSID",
    0x14: "ESME_RMSGQFUL",
    0x15: "ESME_RINVSERTYP",
    0x43: "ESME_RINVESMCLASS",
    0x45: "ESME_RSUBMITFAIL",
    0x48: "ESME_RINVSRCTON",
    0x49: "ESME_RINVSRCNPI",
    0x50: "ESME_RINVDSTTON",
    0x51: "ESME_RINVDSTNPI",
    0x53: "ESME_RINVSYSTYP",
    0x58: "ESME_RTHROTTLED",
    0x61: "ESME_RINVSCHED",
    0x62: "ESME_RINVEXPIRY",
    0x64: "ESME_RX_T_APPN",
    0x65: "ESME_RX_P_APPN",
    0x66: "ESME_RX_R_APPN",
    0xC0: "ESME_RINVOPTPARSTREAM",
    0xC1: "ESME_ROPTPARNOTALLWD",
    0xC2: "ESME_RINVPARLEN",
    0xC3: "ESME_RMISSINGOPTPARAM",
    0xC4: "ESME_RINVOPTPARAMVAL",
    0xFE: "ESME_RDELIVERYFAILURE",
    0xFF: "ESME_RUNKNOWNERR",
}

REFUSED = table(
    {
        Treatment.NEVER: {
            "ESME_RINVMSGLEN": "短信长度不对",
            # no bad number: one wrong setting would make every phone of the hall look bad
            "ESME_RINVDSTADR": "平台不认这个号码",
            "ESME_RX_P_APPN": "平台不收这条短信",
            "ESME_RX_R_APPN": "平台退回了这条短信",
        },
        Treatment.BACK_OFF: {
            "ESME_RINVBNDSTS": "还没有登录，或者账号没有发送权限",
            # our own login of before the connection broke may still stand: only when it lasts is it the operators'
            "ESME_RALYBND": "这个账号已经登录了",
            "ESME_RBINDFAIL": "登录没有成功",
            "ESME_RSYSERR": "平台出了故障",
            "ESME_RINVMSGID": "短信编号不对",
            "ESME_RMSGQFUL": "平台的队列满了",
            "ESME_RSUBMITFAIL": "平台没有收下",
            "ESME_RTHROTTLED": "发得太快",
            "ESME_RX_T_APPN": "平台暂时不收",
            "ESME_RDELIVERYFAILURE": "平台没有送出去",
            "ESME_RUNKNOWNERR": "平台说不清的错误",
        },
        Treatment.OPERATOR: {
            "ESME_RINVCMDLEN": "指令长度不对，平台可能不是 SMPP 3.4",
            "ESME_RINVCMDID": "平台不认识这个指令，可能不是 SMPP 3.4",
            "ESME_RINVPRTFLG": "优先级不对",
            "ESME_RINVREGDLVFLG": "平台不给回执",
            "ESME_RINVSRCADR": "发送号码（source）不对",
            "ESME_RINVPASWD": "密码不对",
            "ESME_RINVSYSID": "账号（system_id）不对",
            "ESME_RINVSERTYP": "业务类型不对",
            "ESME_RINVESMCLASS": "平台不收分条的短信（改用 payload 试试）",
            "ESME_RINVSRCTON": "发送号码的类型（source_ton）不对",
            "ESME_RINVSRCNPI": "发送号码的编号方案（source_npi）不对",
            "ESME_RINVDSTTON": "对方号码的类型不对（检查 number）",
            "ESME_RINVDSTNPI": "对方号码的编号方案不对（检查 number）",
            "ESME_RINVSYSTYP": "系统类型（system_type）不对",
            "ESME_RINVSCHED": "定时发送的时间不对",
            "ESME_RINVEXPIRY": "有效期不对",
            "ESME_RINVOPTPARSTREAM": "附加参数不对（long 改用 udh 试试）",
            "ESME_ROPTPARNOTALLWD": "平台不收附加参数（long 改用 udh）",
            "ESME_RINVPARLEN": "参数长度不对",
            "ESME_RMISSINGOPTPARAM": "平台要的附加参数没有给",
            "ESME_RINVOPTPARAMVAL": "附加参数的值不对",
        },
    }
)

SLOW_DOWN = (0x14, 0x58)
"""Handed over again a moment later: the provider has certainly not taken the text."""

NOT_KNOWN_HERE = 0x03
TRY_AGAIN_LATER = 0x64
"""What we answer to a receipt that can't be written down yet."""

STATES = {2: True, 3: False, 4: False, 5: False, 8: False}
"""message_state of a receipt (5.2.28): DELIVERED; EXPIRED, DELETED, UNDELIVERABLE, REJECTED. Others: on its way."""

ON_ITS_WAY = ("ENROUTE", "ACCEPTD", "ACCEPTED", "BUFFRED", "BUFFERED", "UNKNOWN", "SCHEDULED")
DELIVERED = ("DELIVRD", "DELIVERED")


def name_of(status: int) -> str:
    """As the specification calls it; a provider's own as a number."""
    return NAMES.get(status) or f"0x{status:08X}"


def refused(name: str) -> Code:
    """What a status means; UNLISTED for one of the provider's own."""
    return REFUSED.get(name, UNLISTED)
