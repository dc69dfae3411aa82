"""The words of texts about books to be brought back, as an installation begins with them; the admin can change them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from auditorium.domain.library.lending.owed import PURPOSE
from auditorium.enums import MessageAudience, TextLanguage
from auditorium.ports import TextVariable

_OWN, _DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
_CHINESE, _ENGLISH = TextLanguage.CHINESE, TextLanguage.ENGLISH

BODIES: dict[tuple[str, str], str] = {
    (PURPOSE, _OWN): "{name}，您借的{what}最晚{when}还到{where}，没看完可以续借。问{ask}",
    (PURPOSE, _DISCREET): "请提醒{name}：借的{what}最晚{when}还到{where}，没看完可以续借。问{ask}",
}

ENGLISH: dict[tuple[str, str], str] = {
    (PURPOSE, _OWN): "{name}: bring {what} back by {when} or renew, {where}. {ask}",
    (PURPOSE, _DISCREET): "Remind {name}: bring {what} back by {when} or renew, {where}. {ask}",
}

_WHEN: dict[str, TextVariable] = {
    _CHINESE: TextVariable(
        "when", _("最晚哪天还"), longest="11月24日周二", required=True, usual="11月24日周二", least="1月5日周二"
    ),
    _ENGLISH: TextVariable(
        "when", _("最晚哪天还"), longest="Tue 24 Nov 2027", required=True, usual="Tue 24 Nov", least="Tue 5 Jan"
    ),
}
_WHERE = TextVariable(
    "where",
    _("礼堂的名称"),
    longest="宝善桥村文化礼堂",
    shortest=6,
    usual="后仓村文化礼堂",
    least="村文化礼堂",
)
_WHAT = TextVariable(
    "what", _("书名，几本"), longest="《老年人智能手机使用一本通》等3本书", shortest=6, usual="《活着》", least="《家》"
)
_HOW_MANY = TextVariable("what", _("几本书；别人手机上不写书名"), longest="12本书", usual="1本书", least="1本书")


def variables(audience: str, language: str = _CHINESE) -> tuple[TextVariable, ...]:
    """What a text about books may say to these eyes, with how it looks in this language."""
    return (_WHEN[language], _WHAT if audience == _OWN else _HOW_MANY, _WHERE)
