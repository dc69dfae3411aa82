"""Words are rewritten as new versions, looked at before, and registered with providers that keep them."""

from decimal import Decimal

import pytest

from auditorium.domain import wording
from auditorium.enums import GatewayKind, MessageAudience, ReminderPurpose
from auditorium.models import AuditEntry, LineTemplate, MessageTemplate
from tests import admin_rows
from tests.factories import SmsLineFactory

pytestmark = pytest.mark.django_db
TEMPLATES = "/admin/auditorium/messagetemplate/"
BODY = "{name}，约好：{when}，{where}，{number}，{state}。问{ask}"
LONG = BODY + "请提前半小时到医院，先到一楼大厅取号，带好身份证和社保卡。"


@pytest.fixture
def at_admin(client):
    client.force_login(admin_rows.administrator())
    return client


@pytest.fixture
def template():
    return wording.current_templates("appointment")[ReminderPurpose.CONFIRMATION, MessageAudience.OWN]


def keeping_line(kind=GatewayKind.ALIYUN, **kwargs):
    return SmsLineFactory(gateway=kind, name="阿里云" if kind == GatewayKind.ALIYUN else "腾讯云", **kwargs)


def form(body, *codes):
    rows = {f"codes-{place}-{name}": value for place, row in enumerate(codes) for name, value in row.items()}
    return {"body": body, "codes-TOTAL_FORMS": len(codes), "codes-INITIAL_FORMS": 0} | rows


def page(at_admin, template):
    return at_admin.get(f"{TEMPLATES}{template.pk}/change/")


def save(at_admin, template, body, *codes, **more):
    return at_admin.post(f"{TEMPLATES}{template.pk}/change/", form(body, *codes) | more, follow=True)


def versions(template):
    found = MessageTemplate.objects.filter(
        purpose=template.purpose, audience=template.audience, language=template.language
    )
    return list(found.order_by("version").values_list("version", "is_current", "body"))


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_saved_words_are_a_new_version(at_admin, template):
    answer = save(at_admin, template, BODY)
    assert versions(template) == [(1, False, template.body), (2, True, BODY)]
    assert said(answer)[0] == "新的文字已经启用，已排好的短信还用原来的。"


def test_words_that_take_several_parts_at_their_usual_length_are_warned_of(at_admin, template):
    assert "平常长短就要分成几条发，请看看能不能写短些。" in said(save(at_admin, template, LONG))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{name}，{secret}", "这里不能用变量 {secret}"),
        ("{name}，{when}，拒收请回复R", "提醒不是营销短信，不能写“拒收请回复R”这类话。"),
        ("{name}{when}", "两个变量不能挨在一起，中间要有字。"),
        ("{name}，{when}，问13800000021", "短信里不能留个人手机号，请用 {ask}。"),
        ("{name}，{when}，问138 0000-0021", "短信里不能留个人手机号，请用 {ask}。"),
        ("{name}，{when}，问１３８００００００２１", "短信里不能留个人手机号，请用 {ask}。"),
        ("{name}，{when}，登录example.org查看", "短信里不能放网址。"),
        ("{name}，{when}，登录example.com查看", "短信里不能放网址。"),
        ("{name}，{when}，体检打折", "提醒不是营销短信，不能写“打折”这类话。"),
        ("｛name｝，{when}", "花括号里要写变量名，例如 {name}，前后括号都要有。"),
        ("您好", "正文里少了变量 {name}、{when}。"),
        ("{name}，{when}" + "好" * 480, "太长了：写了 493 个字，最多 300 个，70 个以内最省钱。"),
    ],
)
def test_words_that_cannot_be_sent_are_refused_in_one_sentence(at_admin, template, body, expected):
    answer = save(at_admin, template, body)
    assert answer.status_code == 200
    assert answer.context["adminform"].errors["body"][0].startswith(expected)
    assert f">\n{body}</textarea>" in answer.content.decode()
    assert len(versions(template)) == 1


def test_words_that_are_no_advertisement_are_taken(at_admin, template):
    words = "{name}，{when}到{where}，免费义诊，问0575-84000000或400-800-1234，St. Mary 3.5"
    save(at_admin, template, words)
    assert versions(template)[-1] == (2, True, words)


def test_words_of_old_versions_stay(at_admin, template):
    save(at_admin, template, BODY)
    assert page(at_admin, template).context["has_change_permission"] is False
    assert save(at_admin, template, "别的").status_code == 403


def test_each_variable_is_shown_with_its_meaning(at_admin, template):
    shown = page(at_admin, template).content.decode()
    assert "<li>{name} 村民的姓名</li>" in shown
    assert "<li>{ask} 礼堂电话；没有电话时是礼堂名称</li>" in shown


def test_text_is_shown_as_it_will_look_with_what_it_costs(at_admin, template):
    SmsLineFactory(name="移动", price=Decimal("0.0450"), signature="柯桥文化礼堂")
    shown = page(at_admin, template).content.decode()
    assert "【柯桥文化礼堂】张小明，已约好：11月24日周二上午8:30到柯桥区示例医院骨科，12号。" in shown
    assert "移动 0.045 元" in shown


def test_a_look_saves_nothing_and_keeps_what_was_typed(at_admin, template):
    answer = save(at_admin, template, BODY, _preview="1")
    shown = answer.content.decode()
    assert f">\n{BODY}</textarea>" in shown
    assert "【柯桥文化礼堂】张小明，约好：11月24日周二上午8:30，柯桥区示例医院骨科，12号，已约好。" in shown
    assert len(versions(template)) == 1


def test_a_look_at_what_cannot_be_sent_says_why(at_admin, template):
    shown = save(at_admin, template, "{name}，{secret}", _preview="1").content.decode()
    assert "这里不能用变量 {secret}" in shown
    assert len(versions(template)) == 1


def test_versions_can_be_read(at_admin, template):
    save(at_admin, template, BODY)
    new = MessageTemplate.objects.get(version=2)
    shown = page(at_admin, new).content.decode()
    assert f"{TEMPLATES}{template.pk}/change/" in shown
    assert ("以前用过" in shown, template.body in shown) == (True, True)


# Providers that keep the words


def test_a_look_keeps_the_codes_that_were_typed(at_admin, template):
    line = keeping_line()
    shown = save(at_admin, template, BODY, {"line": line.pk, "code": "SMS_77"}, _preview="1")
    assert 'value="SMS_77"' in shown.content.decode()
    assert LineTemplate.objects.count() == 0
    save(at_admin, template, template.body, {"line": line.pk, "code": "SMS_77"})
    assert LineTemplate.objects.get().code == "SMS_77"


def test_words_are_shown_as_each_provider_has_them_typed(at_admin, template):
    keeping_line()
    keeping_line(GatewayKind.TENCENT)
    shown = page(at_admin, template).content.decode()
    assert "${name}，${state}：${when}到${where}，${number}。带身份证、社保卡。问${ask}" in shown
    assert "{1}，{2}：{3}到{4}，{5}。带身份证、社保卡。问{6}" in shown


def test_new_words_wait_for_their_codes_and_come_into_force_with_the_last(at_admin, template):
    first, second = keeping_line(), keeping_line(GatewayKind.TENCENT)
    answer = save(at_admin, template, BODY)
    waiting = MessageTemplate.objects.get(version=2)
    assert answer.redirect_chain[-1][0] == f"{TEMPLATES}{waiting.pk}/change/"
    assert "等平台审核" in answer.content.decode()
    assert versions(template) == [(1, True, template.body), (2, False, BODY)]
    rows = ({"line": first.pk, "code": "SMS_1"}, {"line": second.pk, "code": "10001"})
    assert "编号齐了，新的文字已经启用。" in said(save(at_admin, waiting, BODY, *rows))
    assert versions(template) == [(1, False, template.body), (2, True, BODY)]
    assert set(LineTemplate.objects.values_list("line", "template", "code")) == {
        (first.pk, waiting.pk, "SMS_1"),
        (second.pk, waiting.pk, "10001"),
    }
    actions = AuditEntry.objects.of("messagetemplate", waiting.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["rewritten", "registered", "in_force"]


def test_half_of_the_codes_is_not_enough(at_admin, template):
    first, second = keeping_line(), keeping_line(GatewayKind.TENCENT)
    save(at_admin, template, BODY)
    waiting = MessageTemplate.objects.get(version=2)
    rows = ({"line": first.pk, "code": "SMS_1"}, {"line": second.pk, "code": ""})
    save(at_admin, waiting, BODY, *rows)
    assert versions(template)[1] == (2, False, BODY)


def test_a_waiting_text_cannot_be_changed_under_the_providers_hands(at_admin, template):
    keeping_line()
    save(at_admin, template, BODY)
    waiting = MessageTemplate.objects.get(version=2)
    save(at_admin, waiting, "{name}，别的：{when}")
    assert versions(template) == [(1, True, template.body), (2, False, BODY)]


def test_only_lines_that_keep_words_are_offered(at_admin, template):
    line = keeping_line()
    SmsLineFactory(name="不登记的线路")
    shown = page(at_admin, template).context["inline_admin_formsets"][0].formset
    assert [form.initial["line"] for form in shown.extra_forms] == [line]
    assert list(shown.empty_form.fields["line"].queryset) == [line]


def test_list_says_which_words_no_provider_has_yet(at_admin, template):
    line = keeping_line()
    everything = MessageTemplate.objects.count()
    LineTemplate.objects.create(line=line, template=template, code="SMS_1")
    assert at_admin.get(TEMPLATES).content.decode().count("现用，有线路还没登记") == everything - 1
