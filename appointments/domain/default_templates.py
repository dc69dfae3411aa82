"""The words of texts about a booking, as an installation begins with them; the admin can change them.

The name comes first, then the service, then one thing to do. A text to a phone that is not the villager's
own names neither department nor doctor, and of a sensitive hospital not even the hospital. No text asks for
an answer or carries a link. With a three-character name, a signature of six and a landline to call, each
fits one part (70 characters); of the English ones, which say the same with more letters, those that remind.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from auditorium.domain import wording
from auditorium.enums import TOGETHER, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.ports import TextVariable

ABOUT = "appointment"

_OWN, _DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
_CHINESE, _ENGLISH = TextLanguage.CHINESE, TextLanguage.ENGLISH

_SAMPLES: dict[str, dict[str, tuple[str, str, str]]] = {
    _CHINESE: {
        "when": ("1月5日周二上午", "11月24日周二上午8:30", "11月24日周二上午10:30"),
        "number": ("7号", "12号", "到医院取号"),
        "state": ("已约好", "已约好", "待医院确认"),
        "until": ("就诊前", "24日上午9:30", "24日上午10:30"),
        "day": ("1月5日周二", "11月24日周二", "11月24日周二"),
    },
    _ENGLISH: {
        "when": ("Tue 5 Jan", "Tue 24 Nov 8:30", "Tue 24 Nov 10:30"),
        "number": ("No. 7", "No. 12", "number at the hospital"),
        "state": ("booked", "booked", "unconfirmed"),
        "until": ("the visit", "24 Nov 9:30", "24 Nov 10:30"),
        "day": ("Tue 5 Jan", "Tue 24 Nov", "Tue 24 Nov"),
    },
}
"""How each value looks at its shortest, usually, and at its longest."""

_WHEN = TextVariable("when", _("哪天几点"), longest="", required=True)
_NUMBER = TextVariable("number", _("几号；还没有号时是“到医院取号”"), longest="")
_STATE = TextVariable("state", _("“已约好”，或“待医院确认”"), longest="")
_UNTIL = TextVariable("until", _("候补的号留到几点；不是候补时是“就诊前”"), longest="")
_DAY = TextVariable("day", _("哪天"), longest="", required=True)
_WHERE = TextVariable(
    "where",
    _("医院和科室"),
    longest="柯桥区中医医院心血管内科",
    shortest=8,
    usual="柯桥区示例医院骨科",
    least="中医院骨科",
)
_HOSPITAL = TextVariable(
    "where",
    _("医院；敏感的医院只写“医院”"),
    longest="柯桥区中医医院",
    shortest=6,
    usual="柯桥区示例医院",
    least="医院",
)

_VARIABLES: dict[str, tuple[TextVariable, ...]] = {
    _OWN: (_WHEN, _WHERE, _NUMBER, _STATE, _UNTIL),
    _DISCREET: (_WHEN, _HOSPITAL, _STATE, _UNTIL),
}
_SHARED = (_DAY, _HOSPITAL)

BODIES: dict[tuple[str, str], str] = {
    (ReminderPurpose.CONFIRMATION, _OWN): "{name}，{state}：{when}到{where}，{number}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.THREE_DAYS, _OWN): "{name}，{when}到{where}，{number}，{state}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.ONE_DAY, _OWN): "{name}，{when}到{where}，{number}，{state}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.TWO_HOURS, _OWN): "{name}，{when}到{where}，{number}，{state}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.CHANGED, _OWN): "{name}，预约改成{when}到{where}，{number}，{state}。问{ask}",
    (ReminderPurpose.CANCELLED, _OWN): "{name}，{when}到{where}的号取消了，不用去了。问{ask}",
    (ReminderPurpose.SUSPENDED, _OWN): "{name}，{when}到{where}停诊了，先不用去，礼堂会帮您改约。问{ask}",
    (ReminderPurpose.OFFERED, _OWN): "{name}，候补有号：{when}到{where}，留到{until}，回{ask}",
    (TOGETHER, _OWN): "{people}，{day}到{where}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.CONFIRMATION, _DISCREET): "请转告{name}，{state}：{when}到{where}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.THREE_DAYS, _DISCREET): "请提醒{name}：{when}到{where}，{state}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.ONE_DAY, _DISCREET): "请提醒{name}：{when}到{where}，{state}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.TWO_HOURS, _DISCREET): "请提醒{name}：{when}到{where}，{state}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.CHANGED, _DISCREET): "请转告{name}，预约改成{when}到{where}，{state}，带身份证。问{ask}",
    (ReminderPurpose.CANCELLED, _DISCREET): "请转告{name}：{when}到{where}的号取消了，不用去了。问{ask}",
    (ReminderPurpose.SUSPENDED, _DISCREET): "请转告{name}：{when}到{where}停诊了，先不用去，礼堂会帮着改约。问{ask}",
    (ReminderPurpose.OFFERED, _DISCREET): "请转告{name}：候补有号，{when}到{where}，留到{until}。问{ask}",
    (TOGETHER, _DISCREET): "请提醒{people}，{day}到{where}，带身份证、社保卡。问{ask}",
}

ENGLISH: dict[tuple[str, str], str] = {
    (ReminderPurpose.CONFIRMATION, _OWN): "{name}, {state}: {when}, {where}. {ask}",
    (ReminderPurpose.THREE_DAYS, _OWN): "{name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.ONE_DAY, _OWN): "{name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.TWO_HOURS, _OWN): "{name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.CHANGED, _OWN): "{name}, moved: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.CANCELLED, _OWN): "{name}: {when}, {where} cancelled. {ask}",
    (ReminderPurpose.SUSPENDED, _OWN): (
        "{name}: no clinic on {when}, {where}. Please do not go. We will find another time. Call {ask}"
    ),
    (ReminderPurpose.OFFERED, _OWN): "{name}: a place is free {when}, {where}. It is kept until {until}. Call {ask}",
    (TOGETHER, _OWN): "{people}, {day}, {where}. Bring ID. {ask}",
    (ReminderPurpose.CONFIRMATION, _DISCREET): "Tell {name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.THREE_DAYS, _DISCREET): "Remind {name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.ONE_DAY, _DISCREET): "Remind {name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.TWO_HOURS, _DISCREET): "Remind {name}: {when}, {where}, {state}. {ask}",
    (ReminderPurpose.CHANGED, _DISCREET): "Tell {name}: now {when}, {where}, {state}. {ask}",
    (ReminderPurpose.CANCELLED, _DISCREET): "Tell {name}: {when}, {where} cancelled. {ask}",
    (ReminderPurpose.SUSPENDED, _DISCREET): (
        "Please tell {name}: no clinic on {when}, {where}. Please do not go. We will find another time. Call {ask}"
    ),
    (ReminderPurpose.OFFERED, _DISCREET): (
        "Please tell {name}: a place is free {when}, {where}. It is kept until {until}. Call {ask}"
    ),
    (TOGETHER, _DISCREET): "Remind {people}, {day}, {where}. {ask}",
}


def variables(audience: str, *, purpose: str = "", language: str = _CHINESE) -> tuple[TextVariable, ...]:
    """What a text about a booking may say to these eyes, with how it looks in this language."""
    found = _SHARED if purpose == TOGETHER else _VARIABLES[audience]
    return tuple(_sampled(variable, language) for variable in found)


def ensure_templates() -> None:
    """Put these words in force for every purpose that has none yet; what an administrator wrote stays."""
    for language in TextLanguage:
        wording.current_templates(ABOUT, language)


def _sampled(variable: TextVariable, language: str) -> TextVariable:
    if variable.longest:
        return variable
    least, usual, longest = _SAMPLES[language][variable.name]
    return replace(variable, least=least, usual=usual, longest=longest)
