"""The words of a text: versions, variables, shortening, and what may be said to whom."""

import pytest
from django.core.exceptions import ValidationError

from auditorium import sms_length
from auditorium.domain import wording
from auditorium.enums import TOGETHER, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.models import MessageTemplate
from tests.errands import KIND
from tests.factories import HallFactory, VillagerFactory

pytestmark = pytest.mark.django_db
OWN, DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
VALUES = {"name": "张小明", "ask": "0575-84000000", "when": "11月27日周五上午8:30", "where": "社保窗口"}


@pytest.fixture(autouse=True)
def service(errands):
    return errands


def template(body="{name}，{when}到{where}。问{ask}", audience=OWN):
    return MessageTemplate(purpose=ReminderPurpose.ONE_DAY, audience=audience, about_kind=KIND, body=body)


def test_current_templates_are_written_from_what_the_service_comes_with():
    templates = wording.current_templates(KIND)
    assert len(templates) == 14
    assert templates[ReminderPurpose.CONFIRMATION, DISCREET].body == "请转告{name}，约好：{when}。问{ask}"
    assert MessageTemplate.objects.filter(is_current=True, version=1).count() == 14


def test_current_templates_take_one_query_once_they_are_there(django_assert_num_queries):
    wording.current_templates(KIND)
    with django_assert_num_queries(1):
        wording.current_templates(KIND)


@pytest.mark.parametrize(
    ("audience", "body"),
    [
        (DISCREET, "请转告{name}：{when}到{where}"),
        (OWN, "{name}，{when}到{where}看{doctor}"),
        (OWN, "{when}到{where}"),
        (OWN, "{name}，到{where}"),
        (OWN, "{name}{when}到{where}"),
        (OWN, "{name}，{when}看 www.example.cn"),
        (OWN, "{name}，{when}到，拒收请回复R"),
        (OWN, "{name}，{when}到，回T退订"),
        (OWN, "{name}，{when}到，问13800000021"),
        (OWN, "{name}，{when}到，问{ask"),
        (OWN, "【礼堂】{name}，{when}到"),
        (OWN, "{name}，{when}到，{name}"),
    ],
    ids=[
        "secret",
        "unknown",
        "no name",
        "no time",
        "side by side",
        "address",
        "promotion",
        "unsubscribe",
        "private number",
        "half a brace",
        "signature",
        "twice",
    ],
)
def test_check_refuses_words_that_cannot_be_sent_or_tell_too_much(audience, body):
    with pytest.raises(ValidationError):
        wording.check(about_kind=KIND, audience=audience, body=body)


def test_check_lets_a_text_ask_for_an_answer():
    wording.check(about_kind=KIND, audience=OWN, body="{name}，{when}到。收到请回1，问{ask}")


def test_check_of_words_for_several_asks_for_people_and_day():
    wording.check(about_kind=KIND, audience=DISCREET, purpose=TOGETHER, body="请提醒{people}，{day}到")
    with pytest.raises(ValidationError) as refusal:
        wording.check(about_kind=KIND, audience=DISCREET, purpose=TOGETHER, body="请提醒{people}来")
    assert refusal.value.messages == ["正文里少了变量 {day}。"]


def test_variables_in_stand_in_the_order_of_the_words():
    assert wording.variables_in("{when}，{name}到{where}") == ("when", "name", "where")


def test_current_templates_of_another_language_are_written_too():
    english = wording.current_templates(KIND, TextLanguage.ENGLISH)
    assert english[ReminderPurpose.ONE_DAY, OWN].body == "{name}: {when}, {where}. Call {ask}"
    assert {purpose for purpose, _audience in english} == {
        purpose for purpose, audience in english if audience == DISCREET
    }


def test_check_names_the_variables_there_are():
    with pytest.raises(ValidationError) as refusal:
        wording.check(about_kind=KIND, audience=DISCREET, body="请转告{name}：{when}到{where}")
    assert refusal.value.messages == ["这里不能用变量 {where}，可以用的有 {name}、{ask}、{when}。"]


def test_render_puts_the_signature_first():
    assert wording.render(template(), VALUES, "柯桥文化礼堂").body == (
        "【柯桥文化礼堂】张小明，11月27日周五上午8:30到社保窗口。问0575-84000000"
    )


@pytest.mark.parametrize("value", ["", None])
def test_render_refuses_a_missing_value(value):
    values = {**VALUES, "where": value} if value is not None else {k: v for k, v in VALUES.items() if k != "where"}
    with pytest.raises(wording.WordingError):
        wording.render(template(), values, "柯桥文化礼堂")


def test_render_shortens_in_the_middle_and_only_as_much_as_one_part_takes():
    where = "绍兴市柯桥区行政服务中心一楼东侧办事大厅社会保险窗口三号台"
    text = wording.render(template(), VALUES | {"where": where}, "柯桥文化礼堂").body
    assert "8:30到绍兴市柯桥区行政服务中心一楼…办事大厅社会保险窗口三号台。问" in text
    assert (len(text), sms_length.parts(text)) == (70, 1)


def test_render_leaves_whole_what_no_shortening_makes_fit():
    body = "{name}，{when}到{where}。" + "请带上身份证、户口本、社保卡和两张一寸照片，早一点来。" * 2 + "问{ask}"
    text = wording.render(template(body), VALUES | {"where": "行政服务中心一楼大厅"}, "柯桥文化礼堂").body
    assert "行政服务中心一楼大厅" in text
    assert sms_length.parts(text) == 2


def test_render_never_gives_a_value_more_than_35_characters():
    text = wording.render(template("{name}，{when}到{where}"), VALUES | {"where": "很" * 60}, "柯桥文化礼堂").body
    assert text.count("很") <= 34


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("057584000000", "0575-84000000"),
        ("01084000000", "010-84000000"),
        ("4008812345", "4008812345"),
        ("", "宝善桥村文化礼堂"),
    ],
)
def test_callback_is_the_halls_number_as_people_write_it(phone, expected):
    hall = HallFactory(name="宝善桥村文化礼堂", phone=phone)
    assert wording.values_of(villager=VillagerFactory(registered_at=hall), hall=hall) == {
        "name": "张小明",
        "ask": expected,
    }
