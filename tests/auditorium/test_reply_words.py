"""What a text means: one thing, however it is written; whatever could be two things is nobody's order."""

import pytest

from auditorium.enums import ReplyMeaning
from auditorium.reply_words import LONGEST, choice_of, meaning_of, only_heard

MEANT = {
    ReplyMeaning.YES: """
        1|１|①|❶|⑴|1️⃣| 1 |\u3000１\u3000|1.|1。|1、|１．|“1”|1！|回1|回复1|回复：1|请回复 1|一|壹|1\u200b
        1\x00
        【张小明】1|1【张小明】|【柯桥文化礼堂】1|1 发自我的iPhone
        是|是的|是的。|对|对的|好|好的|好 的|好滴|好吧|好啊|好呀|好嘞|行|可以|嗯|嗯嗯|哦|可以可以
        收到|收到了|收到，谢谢！|好的谢谢|好的，谢谢你|好的收到|收到知道了|好的，收到，谢谢|谢谢|知道了|知道啦
        晓得了|我知道了
        確認|收到，謝謝|知道了，謝謝您|沒問題|會去|會來的|明白了|１，好的|1 好的|好的1
        要|去|我去|会去|会来的|我会来|能来|能去|准时到|要去|您好，收到|已转告|轉告了
        y|Y|yes|YES|Yes!|yes please|yeah|ok|OK|ＯＫ|O.K.|okay|sure|confirm|Got it|Thank you|thanks!|I will come
        I'll come
        OK👌|👍|👌🏻|👍👍|好的👍|好的🙏|1 👌
    """,
    ReplyMeaning.NO: """
        2|２|②|2.|2。|回2|回复2|二|贰|2️⃣|2取消|2 取消|2，不去了
        取消|取 消|取　消|取\u200b消|【张小明】取消|取消【张小明】|取消。|取消吧|取消了|取消，谢谢
        您好，我要取消|我想取消|请取消
        帮我取消|麻烦取消一下|取消预约|取消掛號|取消預約|要取消|退号|退號
        不去|不去了|我不去了|不去了！|不去啦|不来了|不來了|去不了|去不了了|来不了|來不了了|不能来|不能來了
        不能去|不看了|不要|不要了
        那就不去了|不去了，取消
        no|NO|No.|no thanks|cancel|Cancel!|CANCEL|please cancel|cancel please|Cancel it|can't come|cannot come
        I can’t come
    """,
    ReplyMeaning.KEEP: """
        3|３|③|3。|回3|三|叁|不取消|不取消了|不 取消|别取消|別取消|不要取消|请不要取消|我不取消|先别取消
        不用取消|误按|誤按|按错了|保留|3不取消
        keep|KEEP|keep it|don't cancel|Don’t cancel|do not cancel|please don't cancel
    """,
    ReplyMeaning.STOP: """
        t|T|td|TD|Td|ｔｄ|ＴＤ|T D|T.D.|td。|回TD|回复TD|回T|R|退订|退訂|退 订|TD退订|退订，谢谢|取消订阅
        取消訂閱|不要再发|不要再發了
        别发了|別發了|别再发短信了|拒收
        stop|STOP|Stop.|stop all|unsubscribe|please stop
    """,
    ReplyMeaning.UNCLEAR: """
        4|0|11|12|22|1，2|1 2|1或2|0032|00310031|53D66D88|1号|2号|2号下午|24日取消|1点到可以吗
        不是|不|不好|不行|否|不用|不用了|不可以|不是不去|不要不去|不去行吗|不去不行|要不要去|去不去|好不好
        是不是|好像去不了|能不能来|不知道|没收到|还没收到
        取消？|取消吗|取消?|不去？|1？|好？|要取消吗|可以取消吗|为什么取消|谁取消的|没取消|没有取消|已经取消了吗
        取消提醒|取消短信|取消不了|不能取消
        不，取消|不要，取消|别，取消|【不】取消|【不要】取消|[不]取消|❌取消|🚫取消|取消❌|是，取消|好的，取消
        1取消|1，取消|2不取消|2好的|取消，不取消
        不要取消我的号行不行|明天换成下午可以吗|改天去|改到下午|取消明天的，后天的不取消|取消李根生的|都取消
        n|N|y/n|yes no|no yes|not ok|stop cancel|do not stop|don't come|cancel?|cancel or keep|maybe
        你好|您好|回复|请回复|…|。|？|😀|🙅|❤️
    """,
}
SPELLINGS = [
    ("OK\nSent from my iPhone", ReplyMeaning.YES),
    ("不去了\n发自我的手机", ReplyMeaning.NO),
    ("不要\n取消", ReplyMeaning.UNCLEAR),
    *(
        (text, meaning)
        for meaning, lines in MEANT.items()
        for line in lines.strip().splitlines()
        for text in line.removeprefix(" " * 8).split("|")
    ),
]


@pytest.mark.parametrize(("text", "meaning"), SPELLINGS)
def test_meaning(text, meaning):
    assert meaning_of(text) == meaning


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00", "取消" * LONGEST, "好的" * LONGEST, "取消 " + "，" * 10_000, "嗯" * 50 + "x"]
)
def test_nothing_and_too_much_are_for_a_person(text):
    assert meaning_of(text) == ReplyMeaning.UNCLEAR


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("2", 2), ("２。", 2), ("②", 2), ("2️⃣", 2), (" 2 ", 2), ("回2", 2), ("回复：2", 2), ("选2", 2), ("二", 2)],
        *[("2号", 2), ("第2个", 2), ("第二个", 2), ("第一个", 1), ("第一位", 1), ("No. 3", 3), ("9", 9)],
        *[("0", None), ("10", None), ("1和2", None), ("1,2", None), ("24日", None), ("好", None), ("", None)],
        *[("不是1", None), ("2点", None), ("1？", None)],
    ],
)
def test_choice(text, number):
    assert choice_of(text) == number


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        *[("好的", True), ("收到，谢谢", True), ("知道了", True), ("OK", True), ("👌", True)],
        *[("1", False), ("会去", False), ("好的，会去", False), ("要", False), ("yes", False)],
        *[("取消", False), ("", False), ("好的会去", False), ("收到知道了", True)],
    ],
)
def test_hearing_is_not_yet_agreeing(text, heard):
    assert only_heard(text) == heard
