"""The words of texts about an activity, as an installation begins with them; the admin can change them.

As of bookings: the name first, one thing to do, no link, no answer asked for. A text to a phone that is not the
villager's own does not name a 义诊. With the longest usual values each fits one part (70 characters).
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from auditorium.enums import TOGETHER, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.ports import TextVariable

_OWN, _DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
_CHINESE, _ENGLISH = TextLanguage.CHINESE, TextLanguage.ENGLISH

_SAMPLES: dict[str, dict[str, tuple[str, str, str]]] = {
    _CHINESE: {
        "when": ("1月5日周二上午9:00", "11月24日周二上午9:00", "11月24日周二上午10:30"),
        "times": ("共4次", "共4次", "只这一次"),
        "ended": ("您的报名取消了", "这次取消，其余照常", "这次取消，其余照常"),
        "day": ("1月5日周二", "11月24日周二", "11月24日周二"),
    },
    _ENGLISH: {
        "when": ("Tue 5 Jan 9:00", "Tue 24 Nov 9:00", "Tue 24 Nov 10:30"),
        "times": ("once", "4 times", "12 times"),
        "ended": ("is cancelled", "is cancelled", "not held; the other dates stay"),
        "day": ("Tue 5 Jan", "Tue 24 Nov", "Tue 24 Nov"),
    },
}
"""How each value looks at its shortest, usually, and at its longest."""

_WHEN = TextVariable("when", _("哪天几点"), longest="", required=True)
_TIMES = TextVariable("times", _("一共几次"), longest="")
_ENDED = TextVariable("ended", _("取消了什么：这一次、全部，还是报名"), longest="")
_DAY = TextVariable("day", _("哪天"), longest="", required=True)
_WHAT = TextVariable(
    "what",
    _("活动的名称；别人手机上的义诊只写“活动”"),
    longest="预防电信诈骗专题讲座",
    shortest=6,
    usual="智能手机班",
    least="讲座",
)
_WHERE = TextVariable(
    "where",
    _("礼堂和场地"),
    longest="宝善桥村文化礼堂二楼教室",
    shortest=6,
    usual="后仓村文化礼堂大厅",
    least="村礼堂大厅",
)
_TOGETHER_WHERE = TextVariable(
    "where",
    _("场地和活动的名称"),
    longest="礼堂二楼教室参加预防电信诈骗专题讲座",
    shortest=8,
    usual="礼堂二楼教室参加智能手机班",
    least="礼堂大厅参加讲座",
)

BODIES: dict[tuple[str, str], str] = {
    (ReminderPurpose.CONFIRMATION, _OWN): "{name}，{what}报上名了：{when}到{where}，{times}。问{ask}",
    (ReminderPurpose.ONE_DAY, _OWN): "{name}，{when}到{where}参加{what}。问{ask}",
    (ReminderPurpose.TWO_HOURS, _OWN): "{name}，{when}到{where}参加{what}。问{ask}",
    (ReminderPurpose.CHANGED, _OWN): "{name}，{what}的时间有变：{when}到{where}。问{ask}",
    (ReminderPurpose.CANCELLED, _OWN): "{name}，{when}的{what}，{ended}。问{ask}",
    (ReminderPurpose.OFFERED, _OWN): "{name}，{what}轮到您了：{when}到{where}，{times}。问{ask}",
    (TOGETHER, _OWN): "{people}，{day}到{where}。问{ask}",
    (ReminderPurpose.CONFIRMATION, _DISCREET): "请转告{name}，{what}报上名了：{when}到{where}，{times}。问{ask}",
    (ReminderPurpose.ONE_DAY, _DISCREET): "请提醒{name}：{when}到{where}参加{what}。问{ask}",
    (ReminderPurpose.TWO_HOURS, _DISCREET): "请提醒{name}：{when}到{where}参加{what}。问{ask}",
    (ReminderPurpose.CHANGED, _DISCREET): "请转告{name}，{what}的时间有变：{when}到{where}。问{ask}",
    (ReminderPurpose.CANCELLED, _DISCREET): "请转告{name}：{when}的{what}，{ended}。问{ask}",
    (ReminderPurpose.OFFERED, _DISCREET): "请转告{name}，{what}轮到了：{when}到{where}，{times}。问{ask}",
    (TOGETHER, _DISCREET): "请提醒{people}，{day}到{where}。问{ask}",
}

ENGLISH: dict[tuple[str, str], str] = {
    (ReminderPurpose.CONFIRMATION, _OWN): "{name}, signed up: {what}, {when}, {where}, {times}. {ask}",
    (ReminderPurpose.ONE_DAY, _OWN): "{name}: {what}, {when}, {where}. {ask}",
    (ReminderPurpose.TWO_HOURS, _OWN): "{name}: {what}, {when}, {where}. {ask}",
    (ReminderPurpose.CHANGED, _OWN): "{name}, now: {what}, {when}, {where}. {ask}",
    (ReminderPurpose.CANCELLED, _OWN): "{name}: {what}, {when}: {ended}. {ask}",
    (ReminderPurpose.OFFERED, _OWN): "{name}, you have a place: {what}, {when}, {where}, {times}. {ask}",
    (TOGETHER, _OWN): "{people}, {day}, {where}. {ask}",
    (ReminderPurpose.CONFIRMATION, _DISCREET): "Tell {name}, signed up: {what}, {when}, {where}, {times}. {ask}",
    (ReminderPurpose.ONE_DAY, _DISCREET): "Remind {name}: {what}, {when}, {where}. {ask}",
    (ReminderPurpose.TWO_HOURS, _DISCREET): "Remind {name}: {what}, {when}, {where}. {ask}",
    (ReminderPurpose.CHANGED, _DISCREET): "Tell {name}, now: {what}, {when}, {where}. {ask}",
    (ReminderPurpose.CANCELLED, _DISCREET): "Tell {name}: {what}, {when}: {ended}. {ask}",
    (ReminderPurpose.OFFERED, _DISCREET): "Tell {name}, a place is free: {what}, {when}, {where}, {times}. {ask}",
    (TOGETHER, _DISCREET): "Remind {people}, {day}, {where}. {ask}",
}


def variables(*, purpose: str = "", language: str = _CHINESE) -> tuple[TextVariable, ...]:
    """What a text about an activity may say, with how it looks in this language."""
    found = (_DAY, _TOGETHER_WHERE) if purpose == TOGETHER else (_WHEN, _WHAT, _WHERE, _TIMES, _ENDED)
    return tuple(_sampled(variable, language) for variable in found)


def _sampled(variable: TextVariable, language: str) -> TextVariable:
    if variable.longest:
        return variable
    least, usual, longest = _SAMPLES[language][variable.name]
    return replace(variable, least=least, usual=usual, longest=longest)
