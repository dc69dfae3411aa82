"""The settings of an SMPP line: each mistake is a sentence."""

import pytest
from django.core.exceptions import ValidationError

from auditorium.gateways import smpp_config
from auditorium.gateways.treatments import Treatment

GOOD = {"host": "10.1.2.3", "system_id": "litang", "password": "geheim", "source": "10690000"}


def mistakes(**changes: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        smpp_config.parse(GOOD | changes)
    return caught.value.messages


def test_what_is_left_out_has_usual_values():
    config = smpp_config.parse(GOOD)
    assert (config.port, config.window, config.throttle, config.enquire_link) == (2775, 10, 20, 30)
    assert (config.long, config.number, config.tls, config.source_ton) == ("udh", "international", False, 0)


def test_codes_of_the_provider_are_treated_as_said():
    config = smpp_config.parse(GOOD | {"operator_codes": ["0x00000401"], "bad_number_codes": ["101"]})
    assert config.treatments == {"0x00000401": Treatment.OPERATOR, "101": Treatment.BAD_NUMBER}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": ""}, "host 没有写，照平台控制台里的填。"),
        ({"system_id": None}, "system_id 没有写，照平台控制台里的填。"),
        ({"source": "礼堂"}, "source 只能是英文字母、数字和符号，中间没有空格。"),
        ({"password": "123456789"}, "password 最多 8 个字符（SMPP 3.4 的规定）。"),
        ({"port": 0}, "port 是 1 到 65535 的整数。"),
        ({"window": "10"}, "window 是 1 到 100 的整数。"),
        ({"throttle": True}, "throttle 是 1 到 1000 的整数。"),
        ({"enquire_link": 1}, "enquire_link 是 5 到 300 的整数。"),
        ({"long": "sar"}, "long 只能是 udh、payload。"),
        ({"number": ["e164"]}, "number 只能是 international、national。"),
        ({"tls": "yes"}, "tls 写 true 或 false。"),
        ({"operator_codes": "0x401"}, 'operator_codes 要写成列表，例如 ["0x00000401"]。'),
        ({"host": "smpp.example.cn"}, "外网的地址要用 tls，短信里有村民的姓名和号码。"),
    ],
)
def test_mistake_is_named(changes, sentence):
    assert mistakes(**changes) == [sentence]


def test_all_mistakes_are_named_at_once():
    assert len(mistakes(host="", port=0, long="x")) == 3


def test_setting_nobody_knows_is_named():
    (sentence,) = mistakes(user="litang")
    assert sentence.startswith("不认识 user，可以写的有 bad_number_codes、enquire_link、host")


def test_settings_that_are_no_settings_are_one_sentence():
    with pytest.raises(ValidationError, match="接口设置要写成"):
        smpp_config.parse([])
