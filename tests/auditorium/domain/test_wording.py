"""The words of a text: versions, variables, shortening, and what may be said to whom."""

import pytest
from django.core.exceptions import ValidationError

from auditorium import sms_length
from auditorium.domain import wording
from auditorium.enums import MessageAudience, ReminderPurpose
from auditorium.models import AuditEntry, MessageTemplate
from tests.errands import KIND
from tests.factories import HallFactory, UserFactory, VillagerFactory

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
    assert len(templates) == 10
    assert templates[ReminderPurpose.CONFIRMATION, DISCREET].body == "请转告{name}，约好：{when}。问{ask}"
    assert MessageTemplate.objects.filter(is_current=True, version=1).count() == 10


def test_current_templates_take_one_query_once_they_are_there(django_assert_num_queries):
    wording.current_templates(KIND)
    with django_assert_num_queries(1):
        wording.current_templates(KIND)


def test_rewrite_puts_the_next_version_in_force_and_keeps_the_old_one():
    old = wording.current_templates(KIND)[ReminderPurpose.ONE_DAY, OWN]
    user = UserFactory()
    new = wording.rewrite(template=old, body="{name}，明天{when}到{where}，别忘了。问{ask}", by=user)
    assert wording.current_templates(KIND)[ReminderPurpose.ONE_DAY, OWN] == new
    old.refresh_from_db()
    assert (old.is_current, new.version, old.body == new.body) == (False, 2, False)
    assert AuditEntry.objects.of("messagetemplate", new.pk).get().actor == user


@pytest.mark.parametrize(
    ("audience", "body"),
    [
        (DISCREET, "请转告{name}：{when}到{where}"),
        (OWN, "{name}，{when}到{where}看{doctor}"),
        (OWN, "{when}到{where}"),
        (OWN, "{name}，到{where}"),
        (OWN, "{name}{when}到{where}"),
        (OWN, "{name}，{when}看 www.example.cn"),
    ],
    ids=["secret", "unknown", "no name", "no time", "side by side", "address"],
)
def test_check_refuses_words_that_cannot_be_sent_or_tell_too_much(audience, body):
    with pytest.raises(ValidationError):
        wording.check(about_kind=KIND, audience=audience, body=body)


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


def test_parts_at_longest_counts_with_long_values():
    short, long = "{name}，{when}。问{ask}", "{name}，{when}到{where}，带身份证、社保卡、户口本。问{ask}"
    parts = [
        wording.parts_at_longest(about_kind=KIND, audience=OWN, body=body, signature="柯桥文化礼堂")
        for body in (short, long)
    ]
    assert parts == [1, 2]


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
