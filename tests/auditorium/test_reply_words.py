"""What a text means."""

import pytest

from auditorium.enums import ReplyMeaning
from auditorium.reply_words import choice_of, meaning_of

YES, NO, KEEP, STOP, UNCLEAR = (
    ReplyMeaning.YES,
    ReplyMeaning.NO,
    ReplyMeaning.KEEP,
    ReplyMeaning.STOP,
    ReplyMeaning.UNCLEAR,
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", YES),
        ("１", YES),
        (" 1。", YES),
        ("①", YES),
        ("回1", YES),
        ("回复 1", YES),
        ("【张小明】1", YES),
        ("好的，谢谢！", YES),
        ("OK👌", YES),
        ("要", YES),
        ("已转告", YES),
        ("2", NO),
        ("取消", NO),
        ("不去了！", NO),
        ("３", KEEP),
        ("不取消", KEEP),
        ("TD", STOP),
        ("退订", STOP),
        ("ｔｄ", STOP),
        ("", UNCLEAR),
        ("4", UNCLEAR),
        ("12", UNCLEAR),
        ("不好", UNCLEAR),
        ("好像去不了", UNCLEAR),
        ("不要取消我的号行不行", UNCLEAR),
        ("明天换成下午可以吗", UNCLEAR),
        ("1点到可以吗", UNCLEAR),
    ],
)
def test_meaning(text, meaning):
    assert meaning_of(text) == meaning


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2), ("２。", 2), ("第一个", 1), ("二", 2), ("0", None), ("10", None), ("好", None)]
)
def test_choice(text, number):
    assert choice_of(text) == number
