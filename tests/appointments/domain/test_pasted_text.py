"""Texts worded as booking platforms word them."""

from datetime import date, time

import pytest

from appointments.domain.pasted_text import Pasted, read

TODAY = date(2026, 11, 23)

TEXTS = [
    (
        (
            "【浙里办】张小明您好，您已成功预约绍兴市人民医院心血管内科章建国医生2026-11-24 上午08:30-09:00的号，"
            "就诊序号9，取号密码123456，请于就诊当日8:15前到门诊大厅取号。"
        ),
        Pasted(
            hospital="绍兴市人民医院",
            department="心血管内科",
            doctor="章建国",
            day=date(2026, 11, 24),
            time=time(8, 30),
            period="morning",
            number="9",
            pick_up_code="123456",
            channel="浙里办",
            patient="张小明",
        ),
    ),
    (
        (
            "【114预约挂号】您已预约成功。就诊人：王月珍；医院：柯桥区中医院；科室：骨科；医生：李强；"
            "就诊时间：2026年12月1日 下午14:00；号码：A012；预约码：88776655"
        ),
        Pasted(
            hospital="柯桥区中医院",
            department="骨科",
            doctor="李强",
            day=date(2026, 12, 1),
            time=time(14, 0),
            period="afternoon",
            number="A012",
            pick_up_code="88776655",
            channel="114预约挂号",
            patient="王月珍",
        ),
    ),
    (
        (
            "[宁波云医院]预约成功提醒:尊敬的李阿根先生您好，您预约的宁波市第二医院眼科门诊 "
            "就诊日期11月30日（周一）下午2点半 3号，识别码 87654321，请带好身份证。"
        ),
        Pasted(
            hospital="宁波市第二医院",
            department="眼科",
            day=date(2026, 11, 30),
            time=time(14, 30),
            period="afternoon",
            number="3",
            pick_up_code="87654321",
            channel="宁波云医院",
            patient="李阿根",
        ),
    ),
    (
        "您好，您在鉴湖镇卫生院预约的全科门诊，时间1月5日上午，请准时就诊。",
        Pasted(hospital="鉴湖镇卫生院", department="全科", day=date(2027, 1, 5), period="morning"),
    ),
    ("今天天气不错", Pasted()),
    ("就诊日期2月30日 上午", Pasted(period="morning")),
]


@pytest.mark.parametrize(("text", "found"), TEXTS, ids=range(len(TEXTS)))
def test_read_finds_what_the_text_says(text, found):
    assert read(text, today=TODAY) == found


def test_read_prefers_hospitals_and_departments_it_knows():
    found = read(
        "您已约好市人民医院高血压门诊 11月25日 8:00",
        today=TODAY,
        hospitals=["市人民医院", "人民医院"],
        departments=["高血压门诊"],
    )
    assert (found.hospital, found.department, found.time) == ("市人民医院", "高血压门诊", time(8, 0))


def test_read_takes_full_width_digits():
    assert read("就诊时间：１１月２４日　上午８：３０", today=TODAY).time == time(8, 30)


def test_read_survives_anything():
    assert read("【】99月99日 25:99 号号号", today=TODAY) == Pasted()


@pytest.mark.parametrize(
    "text", ["登录密码：abc12345，请勿告诉他人", "验证码 483921，您正在登录", "账号密码：8899aa", "短信验证码：483921"]
)
def test_read_never_takes_a_password_or_log_in_code_for_a_pick_up_code(text):
    assert read(text, today=TODAY).pick_up_code == ""


@pytest.mark.parametrize("label", ["取号密码", "取号验证码", "预约验证码", "取号码", "识别码", "订单号"])
def test_read_finds_the_pick_up_code_by_its_name(label):
    assert read(f"{label}：4488", today=TODAY).pick_up_code == "4488"


@pytest.mark.parametrize(
    ("text", "moment"),
    [("11月25日中午1点", time(13, 0)), ("11月25日中午12:30", time(12, 30)), ("11月25日中午11点半", time(11, 30))],
)
def test_read_takes_noon_for_the_middle_of_the_day(text, moment):
    assert read(text, today=TODAY).time == moment


def test_read_takes_hours_for_hours_and_not_for_a_date():
    found = read("上午9-10点，11月25日，骨科", today=TODAY)
    assert (found.day, found.time) == (date(2026, 11, 25), time(9, 0))
