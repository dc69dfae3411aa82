"""How a text will look, and what it will cost, before anybody gets it."""

from decimal import Decimal

import pytest

from auditorium.domain import samples
from auditorium.enums import GatewayKind, MessageAudience, ReminderPurpose
from auditorium.models import MessageTemplate, SmsLine
from tests.errands import KIND

BODY = "{name}，{when}到{where}，带身份证、社保卡、户口本。问{ask}"


@pytest.fixture(autouse=True)
def service(errands):
    return errands


def template(body=BODY):
    return MessageTemplate(purpose=ReminderPurpose.ONE_DAY, audience=MessageAudience.OWN, about_kind=KIND, body=body)


def test_samples_are_whole_texts_from_the_shortest_to_the_longest():
    shortest, usual, longest = samples.of(template(), "柯桥文化礼堂")
    assert usual.body == (
        "【柯桥文化礼堂】张小明，11月24日周二上午10:30到柯桥区行政服务中心社保窗口，带身份证、社保卡、户口本。问0575-84000000"
    )
    assert (shortest.characters, usual.characters, longest.characters) == (68, 69, 70)
    assert [sample.parts for sample in (shortest, usual, longest)] == [1, 1, 1]


def test_longest_sample_is_shortened_like_a_text_that_is_sent():
    longest = samples.of(template(), "柯桥文化礼堂")[-1]
    assert "…" in longest.body


def test_samples_say_how_many_parts_are_charged():
    long = template(BODY + "请提前半小时到，先到一楼取号。")
    assert [sample.parts for sample in samples.of(long, "柯桥文化礼堂")] == [2, 2, 2]


def test_cost_is_the_parts_at_the_lines_price():
    sample = samples.of(template(BODY + "请提前半小时到，先到一楼取号。"), "柯桥文化礼堂")[1]
    assert sample.cost(SmsLine(price=Decimal("0.045"))) == Decimal("0.090")
    assert sample.cost(SmsLine()) is None


def test_words_are_shown_as_each_provider_has_them_typed():
    assert samples.in_notation("{when}，{name}到", GatewayKind.ALIYUN) == "${when}，${name}到"
    assert samples.in_notation("{when}，{name}到", GatewayKind.TENCENT) == "{1}，{2}到"
