"""What a text from a villager means, when it says no more than one thing; anything else is for a person to read.

Nothing is guessed: a question, two things at once, a word nobody listed or a sign that forbids make it a person's.
"""

from __future__ import annotations

import re
import unicodedata

from auditorium.enums import ReplyMeaning


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_WORDS: dict[ReplyMeaning, frozenset[str]] = {
    meaning: _words(listed)
    for meaning, listed in {
        ReplyMeaning.YES: """
            1 一 壹 是 是的 对 对的 好 好的 好滴 好吧 行 行的 可以 可以的 嗯 嗯嗯 哦 噢 同意 没问题
            收到 收到了 已收到 看到了 确认 已确认 知道 知道了 晓得 晓得了 晓得的 明白 明白了 了解 记住了
            谢谢 谢谢你 谢谢您 要 要的 去 去的 会去 会去的 会来 会来的 会到 会到的 能来 能去 能到 一定去 一定来
            准时到 准时来 准时去 按时到 按时来 按时去 已转告 转告了 已告诉 告诉了 告诉他了 告诉她了
            y yes ok okay okok k yep yeah sure confirm confirmed gotit received noted thanks thankyou
            coming willcome iwillcome illcome iwillbethere illbethere
        """,
        ReplyMeaning.NO: """
            2 二 贰 取消 取消了 取消吧 取消掉 取消一下 取消预约 取消挂号 取消这个号 要取消 想取消 退号 退掉 退了
            不去 不去了 不去看了 不来 不来了 不看了 不要 不要了 不约了 不挂了 不想去了 去不了 去不了了 来不了 来不了了
            不能去 不能去了 不能来 不能来了 去不成了 来不成了
            no cancel cancelit cantcome cannotcome icantcome icannotcome notcoming imnotcoming
        """,
        ReplyMeaning.KEEP: """
            3 三 叁 不取消 不取消了 别取消 别取消了 不要取消 不要取消了 先别取消 先不取消 不用取消 不用取消了
            误按 按错 按错了 误操作 保留 留着
            keep keepit dontcancel donotcancel dontcancelit donotcancelit
        """,
        ReplyMeaning.STOP: """
            t td r 退订 退订短信 td退订 t退订 取消订阅 不要再发 不要再发了 不要再发短信 不要再发短信了 不要发了
            不要发短信 不要发短信了 别发了 别发短信 别发短信了 别再发 别再发了 别再发短信了 拒收
            stop stopall unsubscribe optout
        """,
    }.items()
}

_AGREES = _words(
    """
    1 一 壹 是 是的 对 对的 同意 确认 已确认 没问题 要 要的 去 去的 会去 会去的 会来 会来的 会到 会到的 能来 能去
    能到 一定去 一定来
    准时到 准时来 准时去 按时到 按时来 按时去 y yes yep yeah sure confirm confirmed coming willcome
    iwillcome illcome iwillbethere illbethere
    """
)
"""Words of `YES` that say more than that the last text was read."""

_HEARD = _WORDS[ReplyMeaning.YES] - _AGREES


def _in_one_breath(words: frozenset[str]) -> re.Pattern[str]:
    """收到知道了: several of these Chinese words, one after the other."""
    longest_first = sorted((word for word in words if not word.isascii()), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(longest_first)})++")


# Assent may be said more than once in one breath. A refusal may not: 不要不去 is not for us to read.
_YES_AND_YES, _HEARD_AND_HEARD = _in_one_breath(_WORDS[ReplyMeaning.YES]), _in_one_breath(_HEARD)

_TRADITIONAL = str.maketrans(
    "確認會來準時沒問題轉訴預約號別發訂閱謝對曉嗎誤錯壹貳參這個掛簡訊買請復覆麻煩幫",
    "确认会来准时没问题转诉预约号别发订阅谢对晓吗误错壹贰叁这个挂简讯买请复复麻烦帮",
)
_SIGNS_FOR_YES = str.maketrans(dict.fromkeys("👍👌🆗", "，好，"))
_SIGNS_THAT_FORBID = re.compile(r"[?❌✖✗✘❎🚫⛔🙅]")
_DENIES = re.compile(r"[不别勿没未莫非]|not?\b|don", re.IGNORECASE)
_SIGNATURE = re.compile(r"^【([^】]{1,20})】|【([^】]{1,20})】$")
_SENT_FROM = re.compile(r"\s+(发自我的|来自我的|sent from my)[^\n]*$", re.IGNORECASE)
_INSIDE_A_WORD = re.compile(r"(?<=[a-z])[.'’`\-/](?=[a-z])")
_BETWEEN = re.compile(r"(?:[^\w\s]|_)+|(?<=\d)\s*(?=[^\W\d_])|(?<=[^\W\d_])\s*(?=\d)|\n+")
_BEFORE = re.compile(r"^(?:您好|你好|请|回复|回|我想|我|那就|那|就|麻烦您|麻烦你|麻烦|帮我|please)+")
_AFTER = re.compile(r"(?:谢谢您|谢谢你|谢谢|多谢|谢了|感谢|辛苦了|麻烦了|please|thankyou|thanks)+$")
_PARTICLES = re.compile(r"[啊呀哦噢喔嘞咯喽哈嘛哟啦]+$")
_THANKS = frozenset(["谢谢", "谢谢你", "谢谢您", "多谢", "谢了", "感谢", "thanks", "thankyou", "please"])
_NOT_FOR_US = "?"
_SAYS_NOTHING = frozenset(["", "回", "回复", "答复", "请回", "请回复", "我回", "你好", "您好", "reply"])

LARGEST_CHOICE = 9
LONGEST = 60
"""What is longer says more than one thing."""

_CHOICES = {**{str(n): n for n in range(1, LARGEST_CHOICE + 1)}, "一": 1, "二": 2, "三": 3, "四": 4}
_ORDINAL = re.compile(r"^(?:第|选|no)?([1-9一二三四])(?:号|个|项|位)?$")


def meaning_of(text: str) -> ReplyMeaning:
    """What the whole text says, in whatever width, case and punctuation, in simplified or traditional characters.

    回复1 and 回1 say the same as 1, and courtesies add nothing. UNCLEAR for whatever says more than one thing.
    """
    clauses = _clauses(text)
    said = {_meaning(clause) for clause in clauses if clause not in _THANKS} or {_meaning(clause) for clause in clauses}
    as_one = _meaning("".join(clauses))
    if len(said) != 1 or as_one not in {*said, ReplyMeaning.UNCLEAR}:  # 不要，取消
        return ReplyMeaning.UNCLEAR
    return said.pop()


def only_heard(text: str) -> bool:
    """Whether a yes says no more than that the last text was read: 好的, 收到, 谢谢."""
    clauses = _clauses(text)
    return bool(clauses) and all(_listed(clause, _HEARD) or _HEARD_AND_HEARD.fullmatch(clause) for clause in clauses)


def choice_of(text: str) -> int | None:
    """The number from 1 to 9 that the whole text names, 2 or 第二个 or 2号; None when it names none."""
    said = _folded(text)
    if _SIGNS_THAT_FORBID.search(said):
        return None
    plain = "".join(_BETWEEN.split(re.sub(r"\s+", "", said)))
    named = _ORDINAL.match(re.sub(r"^(?:请回复?|回复|回)", "", plain))
    return _CHOICES.get(named[1]) if named else None


def _meaning(clause: str) -> ReplyMeaning:
    if _YES_AND_YES.fullmatch(clause):
        return ReplyMeaning.YES
    return next((meaning for meaning, words in _WORDS.items() if _listed(clause, words)), ReplyMeaning.UNCLEAR)


def _listed(clause: str, words: frozenset[str]) -> bool:
    """Whether it is one of the words, as it stands or without what people put around them."""
    bare = _PARTICLES.sub("", _AFTER.sub("", _BEFORE.sub("", clause)))
    return clause in words or bare in words or _PARTICLES.sub("", clause) in words


def _clauses(text: str) -> list[str]:
    """What is said between marks, without courtesies; what forbids or asks stands there as it came."""
    said = _folded(text)
    if len(said) > LONGEST or _SIGNS_THAT_FORBID.search(said):
        return [_NOT_FOR_US]
    pieces = (re.sub(r"\s+", "", piece) for piece in _BETWEEN.split(said))
    return [piece for piece in pieces if piece not in _SAYS_NOTHING]


def _folded(text: str) -> str:
    """One width, one case, simplified, without a signature; joiners and other things nobody sees are gone."""
    said = unicodedata.normalize("NFKC", text.translate(_SIGNS_FOR_YES))
    said = "".join(_visible(character) for character in said).strip()
    said = _SENT_FROM.sub("", said)
    signature = _SIGNATURE.search(said)
    if signature and not _DENIES.search(signature[0]):
        said = (said[: signature.start()] + said[signature.end() :]).strip()
    return _INSIDE_A_WORD.sub("", said.translate(_TRADITIONAL).lower())


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in {"Cf", "Mn", "Me"} or 0x1F3FB <= ord(character) <= 0x1F3FF:  # joiners, keycaps, colours of skin
        return ""
    if kind == "No" and (number := unicodedata.digit(character, None)) is not None:  # ❶
        return str(number)
    return character
