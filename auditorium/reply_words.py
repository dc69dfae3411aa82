"""What a text from a villager means, when it says no more than one thing; anything else is for a person to read."""

from __future__ import annotations

import re
import unicodedata

from auditorium.enums import ReplyMeaning

_WORDS: dict[ReplyMeaning, tuple[str, ...]] = {
    ReplyMeaning.YES: (
        *("1", "一", "壹", "是", "是的", "好", "好的", "好的谢谢", "好谢谢", "收到", "收到谢谢", "谢谢", "确认"),
        *("知道", "知道了", "知道啦", "可以", "要", "要的", "去", "会去", "会来", "会到", "准时到", "嗯", "嗯嗯", "行"),
        *("行的", "没问题", "已转告", "转告了", "已告诉", "告诉他了", "告诉她了", "y", "yes", "ok", "okay"),
    ),
    ReplyMeaning.NO: (
        *("2", "二", "贰", "取消", "取消预约", "我要取消", "退号", "不去", "不去了", "去不了", "去不了了", "不来了"),
        *("来不了", "不要", "不要了", "不看了", "n", "no", "cancel"),
    ),
    ReplyMeaning.KEEP: ("3", "三", "叁", "不取消", "不取消了", "别取消", "不要取消", "误按", "按错了", "保留"),
    ReplyMeaning.STOP: (
        "t",
        "td",
        "退订",
        "不要再发",
        "不要再发了",
        "别发了",
        "不要发了",
        "拒收",
        "unsubscribe",
        "stop",
    ),
}
_SIGNATURE = re.compile(r"^【[^】]{1,20}】|【[^】]{1,20}】$")
_AROUND = re.compile(r"[\s\W_]+", re.UNICODE)
LARGEST_CHOICE = 9
_CHOICES = {**{str(n): n for n in range(1, LARGEST_CHOICE + 1)}, "一": 1, "二": 2, "三": 3}
_CHOICES |= {"第一个": 1, "第二个": 2, "第三个": 3}


def meaning_of(text: str) -> ReplyMeaning:
    """What the whole text says: full-width digits, capitals, spaces, punctuation and emoji do not matter.

    回复1 and 回1 say the same as 1. UNCLEAR for whatever says more than that.
    """
    said = plain(text)
    return next((meaning for meaning, words in _WORDS.items() if said in words), ReplyMeaning.UNCLEAR)


def choice_of(text: str) -> int | None:
    """The number from 1 to 9 that the whole text names; None when it names none."""
    return _CHOICES.get(plain(text))


def plain(text: str) -> str:
    """The text without what does not matter."""
    said = unicodedata.normalize("NFKC", text).strip()
    said = _SIGNATURE.sub("", said).lower()
    said = _AROUND.sub("", said)
    return re.sub(r"^(回复|回)(?=[0-9a-z])", "", said)
