"""The words of texts about a booking, as an installation begins with them; the admin can change them.

The name comes first, then the service, then one thing to do. A text to a phone that is not the villager's
own names neither department nor doctor, and of a sensitive hospital not even the hospital. No text asks for
an answer or carries a link. With a three-character name, a signature of six and a landline to call, each
fits one part (70 characters).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from auditorium.domain import wording
from auditorium.enums import MessageAudience, ReminderPurpose
from auditorium.ports import TextVariable

ABOUT = "appointment"

_OWN, _DISCREET = MessageAudience.OWN, MessageAudience.DISCREET

_WHEN = TextVariable("when", _("哪天几点"), longest="11月24日周二上午10:30", required=True)
_WHERE = TextVariable("where", _("医院和科室"), longest="柯桥区中医医院心血管内科", shortest=8)
_HOSPITAL = TextVariable("where", _("医院；敏感的医院只写“医院”"), longest="柯桥区中医医院", shortest=6)
_NUMBER = TextVariable("number", _("几号；还没有号时是“到医院取号”"), longest="到医院取号")
_STATE = TextVariable("state", _("“已约好”，或“待医院确认”"), longest="待医院确认")
_UNTIL = TextVariable("until", _("候补的号留到几点；不是候补时是“就诊前”"), longest="24日上午10:30")

VARIABLES: dict[str, tuple[TextVariable, ...]] = {
    _OWN: (_WHEN, _WHERE, _NUMBER, _STATE, _UNTIL),
    _DISCREET: (_WHEN, _HOSPITAL, _STATE, _UNTIL),
}

BODIES: dict[tuple[str, str], str] = {
    (ReminderPurpose.CONFIRMATION, _OWN): "{name}，{state}：{when}到{where}，{number}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.THREE_DAYS, _OWN): "{name}，{when}到{where}，{number}，{state}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.ONE_DAY, _OWN): "{name}，{when}到{where}，{number}，{state}。带身份证、社保卡。问{ask}",
    (ReminderPurpose.CHANGED, _OWN): "{name}，预约改成{when}到{where}，{number}，{state}。问{ask}",
    (ReminderPurpose.CANCELLED, _OWN): "{name}，{when}到{where}的号取消了，不用去了。问{ask}",
    (ReminderPurpose.CONFIRMATION, _DISCREET): "请转告{name}，{state}：{when}到{where}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.THREE_DAYS, _DISCREET): "请提醒{name}：{when}到{where}，{state}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.ONE_DAY, _DISCREET): "请提醒{name}：{when}到{where}，{state}，带身份证、社保卡。问{ask}",
    (ReminderPurpose.CHANGED, _DISCREET): "请转告{name}，预约改成{when}到{where}，{state}，带身份证。问{ask}",
    (ReminderPurpose.SUSPENDED, _OWN): "{name}，{when}到{where}停诊了，先不用去，礼堂会帮您改约。问{ask}",
    (ReminderPurpose.SUSPENDED, _DISCREET): "请转告{name}：{when}到{where}停诊了，先不用去，礼堂会帮着改约。问{ask}",
    (ReminderPurpose.OFFERED, _OWN): "{name}，候补有号：{when}到{where}，留到{until}，回{ask}",
    (
        ReminderPurpose.OFFERED,
        _DISCREET,
    ): "请转告{name}：候补有号，{when}到{where}，留到{until}。问{ask}",
    (ReminderPurpose.CANCELLED, _DISCREET): "请转告{name}：{when}到{where}的号取消了，不用去了。问{ask}",
}


def ensure_templates() -> None:
    """Put these words in force for every purpose that has none yet; what an administrator wrote stays."""
    wording.current_templates(ABOUT)
