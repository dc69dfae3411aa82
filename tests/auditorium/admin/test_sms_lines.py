"""SMS lines are set up by kind and keep their secrets; their page says how they do; actions go through the domain."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from auditorium import clock
from auditorium.domain import connections, figures, lines
from auditorium.enums import GatewayKind
from auditorium.forms.sms_lines import HIDDEN, with_secrets, without_secrets
from auditorium.models import AuditEntry, LineConnection, LineTemplate, MessageTemplate, SmsLine
from tests import admin_rows
from tests.factories import HallFactory, MessageFactory, SmsLineFactory
from tests.outbox import at

pytestmark = pytest.mark.django_db
LINES = "/admin/auditorium/smsline/"
SECRET = "s3cret-of-the-provider"
CONFIG = {
    "url": "https://sms.example.gov.cn/send",
    "headers": {"X-Auth": SECRET, "Content-Type": "application/json"},
    "body": {"mobile": "{number}", "content": "{body}", "id": "{key}"},
    "success": {"path": "code", "values": ["0"]},
}
ADD = f"{LINES}add/?gateway=http"


@pytest.fixture
def at_admin(client):
    client.force_login(admin_rows.administrator())
    return client


def line_form(settings, **said):
    settings = settings if isinstance(settings, str) else json.dumps(settings)
    return {"name": "平台", "signature": "柯桥文化礼堂", "order": 1, "settings": settings} | said


def errors(answer):
    return answer.context["adminform"].errors.get("settings", [])


def test_line_is_stored_encrypted_and_shown_covered(at_admin):
    assert at_admin.post(ADD, line_form(CONFIG)).status_code == 302
    line = SmsLine.objects.get()
    assert line.config == CONFIG
    with connection.cursor() as cursor:
        cursor.execute("SELECT config FROM auditorium_smsline")
        assert SECRET not in str(cursor.fetchone()[0])
    page = at_admin.get(f"{LINES}{line.pk}/change/").content.decode()
    assert (SECRET in page, HIDDEN in page, "application/json" in page) == (False, True, True)


def test_covered_secrets_stay_when_other_settings_change(at_admin):
    line = SmsLineFactory(gateway="http", config=CONFIG)
    said = without_secrets(CONFIG) | {"url": "https://new.example.gov.cn/send"}
    assert at_admin.post(f"{LINES}{line.pk}/change/", line_form(said)).status_code == 302
    line.refresh_from_db()
    assert (line.config["url"], line.config["headers"]["X-Auth"]) == ("https://new.example.gov.cn/send", SECRET)
    assert AuditEntry.objects.of("smsline", line.pk).get().fields == ["is_active", "name", "settings"]


def test_cover_left_where_nothing_is_stored_is_refused(at_admin):
    line = SmsLineFactory(gateway="http", config=CONFIG)
    said = without_secrets(CONFIG) | {"body": CONFIG["body"] | {"app_key": HIDDEN}}
    assert errors(at_admin.post(f"{LINES}{line.pk}/change/", line_form(said))) == [
        "有圆点的地方原来没有存密钥，请写上密钥。"
    ]


def test_bad_json_is_named_by_its_line(at_admin):
    answer = at_admin.post(ADD, line_form('{"url": 1,\n oops}'))
    assert errors(answer) == ["第 2 行不是正确的 JSON。"]


def test_wrong_settings_are_said_in_sentences(at_admin):
    answer = at_admin.post(ADD, line_form(CONFIG | {"url": "http://sms.example.com/send"}))
    assert errors(answer) == ["发送：外网的地址要用 https，短信里有村民的姓名和号码。"]
    assert SmsLine.objects.count() == 0


@pytest.mark.parametrize("typed", ["[]", "3", '"x"', "null"])
def test_json_that_is_no_settings_is_refused(at_admin, typed):
    assert errors(at_admin.post(ADD, line_form(typed)))[0] == "接口设置要写成 {…} 的样子。"


def test_secrets_are_known_by_name_and_place():
    config = {
        "headers": {"X-Anything": "a", "Accept": "b"},
        "body": {"api_key": "c", "sign": "{signature}", "mix": "d", "token": "e{key}", "list": [{"secret": "f"}]},
        "receipts": {"secret": "g", "key": "out_id"},
    }
    covered = without_secrets(config)
    assert covered == {
        "headers": {"X-Anything": HIDDEN, "Accept": "b"},
        "body": {"api_key": HIDDEN, "sign": "{signature}", "mix": "d", "token": HIDDEN, "list": [{"secret": HIDDEN}]},
        "receipts": {"secret": HIDDEN, "key": "out_id"},
    }
    assert with_secrets(covered, config) == config


def test_lines_are_paused_and_resumed_through_the_domain(at_admin):
    running, resting = SmsLineFactory(), SmsLineFactory(paused_at="2026-01-01T00:00Z", paused_reason="欠费")
    chosen = {"_selected_action": [running.pk, resting.pk]}
    at_admin.post(LINES, chosen | {"action": "pause"})
    resting.refresh_from_db()
    assert (SmsLine.objects.usable().count(), resting.paused_reason) == (0, "欠费")
    at_admin.post(LINES, chosen | {"action": "resume"})
    assert SmsLine.objects.usable().count() == 2
    noted = AuditEntry.objects.filter(object_kind="smsline").order_by("pk").values_list("action", "object_id")
    assert list(noted) == [("paused", running.pk), ("resumed", running.pk), ("resumed", resting.pk)]


# By kind


def test_kind_is_chosen_first(at_admin):
    page = at_admin.get(f"{LINES}add/").content.decode()
    for address in ("?gateway=aliyun", "?gateway=modem", "?gateway=http&amp;preset=yunpian"):
        assert f'href="{address}"' in page


@pytest.mark.parametrize("kind", [kind for kind in GatewayKind if kind != GatewayKind.CONSOLE])
def test_example_of_each_kind_waits_to_be_filled_in(at_admin, kind):
    page = at_admin.get(f"{LINES}add/?gateway={kind}")
    assert page.status_code == 200
    settings = page.context["adminform"].form["settings"].initial
    answer = at_admin.post(f"{LINES}add/?gateway={kind}", line_form(settings, daily_cap=50))
    assert SmsLine.objects.count() == (1 if kind == GatewayKind.MODEM else 0), errors(answer)


def test_what_an_example_left_open_is_named(at_admin):
    preset = at_admin.get(f"{ADD}&preset=yunpian").context["adminform"].form["settings"].initial
    assert errors(at_admin.post(ADD, line_form(preset))) == ["还没有填：body.apikey。"]


def test_what_is_misspelt_is_named(at_admin):
    answer = at_admin.post(ADD, line_form(CONFIG | {"recepits": {"secret": "x" * 24}}))
    assert errors(answer)[0].startswith("不认识 recepits，可以写的有 bad_number_codes、body、")
    modem = {"database": "/var/lib/gammu/smsd.db", "phone": "1"}
    answer = at_admin.post(f"{LINES}add/?gateway=modem", line_form(modem, daily_cap=50))
    assert errors(answer) == ["不认识 phone，可以写的有 database、phone_id、reports。"]


@pytest.mark.parametrize(
    "url", ["https://sms.example.gov.cn/send?apikey=abc", "https://litang:abc@sms.example.gov.cn/send"]
)
def test_keys_that_could_not_be_covered_are_refused(at_admin, url):
    answer = at_admin.post(ADD, line_form(CONFIG | {"url": url}))
    assert errors(answer) == ["url：密钥不要写在网址里，写到 body 或 headers 里才能盖住。"]
    query = {"url": f"{url}&key={{key}}", "found": {"status": 200}, "missing": {"status": 404}}
    assert errors(at_admin.post(ADD, line_form(CONFIG | {"query": query})))[0].startswith("query.url：密钥不要")


def test_address_of_a_new_line_is_filled_in_and_its_secret_covered(at_admin):
    preset = at_admin.get(f"{ADD}&preset=kannel").context["adminform"].form["settings"].initial
    filled = preset.replace("⟨用户名⟩", "desk").replace("⟨密码⟩", "k" * 10)
    at_admin.post(f"{ADD}&preset=kannel", line_form(filled), follow=True)
    line = SmsLine.objects.get()
    secret = line.config["receipts"]["secret"]
    here = f"/sms/receipts/{line.uid}/{secret}/"
    assert line.config["body"]["dlr-url"] == f"http://127.0.0.1:8000{here}?key={{key}}&state=%d"
    assert secret not in at_admin.get(f"{LINES}{line.pk}/change/").content.decode()
    kept = json.dumps(without_secrets(line.config))
    assert at_admin.post(f"{LINES}{line.pk}/change/", line_form(kept)).status_code == 302
    assert SmsLine.objects.get().config == line.config


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("price", "-1", "价格不能是负数。"),
        ("daily_cap", "0", "至少 1 条。不想用这条线路，就取消“使用中”。"),
        ("signature", "【柯桥】", "签名要 2 到 12 个字，不带【】。"),
        ("sources", "1.2.3.4\nabc", "abc 不是网络地址，例如 203.0.113.0/24。"),
    ],
)
def test_each_wrong_field_has_its_sentence_and_keeps_what_was_typed(at_admin, field, value, said):
    answer = at_admin.post(ADD, line_form(CONFIG, **{field: value}))
    form = answer.context["adminform"].form
    assert (form.errors[field], form[field].value()) == ([said], value)
    assert json.loads(form["settings"].value()) == CONFIG


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [("http", []), ("aliyun", []), ("smpp", ["sources"]), ("modem", ["sources"]), ("console", ["settings", "sources"])],
)
def test_each_kind_asks_only_what_it_has_use_for(at_admin, kind, left_out):
    fields = at_admin.get(f"{LINES}add/?gateway={kind}").context["adminform"].form.fields
    assert [name for name in ("settings", "sources") if name not in fields] == left_out


def test_addresses_for_the_provider_are_shown_once(at_admin):
    preset = at_admin.get(f"{ADD}&preset=yunpian").context["adminform"].form["settings"].initial
    answer = at_admin.post(ADD, line_form(preset.replace("⟨apikey⟩", "k" * 20)), follow=True)
    line = SmsLine.objects.get()
    secret = line.config["receipts"]["secret"]
    said = [str(message) for message in answer.context["messages"]]
    assert any(f"/sms/receipts/{line.uid}/{secret}/" in message for message in said)
    assert any(f"/sms/replies/{line.uid}/{line.config['replies']['secret']}/" in message for message in said)
    kept = json.dumps(without_secrets(line.config))
    again = at_admin.post(f"{LINES}{line.pk}/change/", line_form(kept), follow=True)
    assert (secret in again.content.decode(), SmsLine.objects.get().config) == (False, line.config)


def test_line_keeps_its_kind(at_admin):
    line = SmsLineFactory(gateway="http", config=CONFIG)
    at_admin.post(f"{LINES}{line.pk}/change/?gateway=aliyun", line_form(without_secrets(CONFIG), gateway="aliyun"))
    assert SmsLine.objects.get().gateway == GatewayKind.HTTP


@pytest.mark.parametrize(("cap", "wrong"), [("", True), ("50", False), ("200", False), ("201", True)])
def test_modem_has_a_small_cap(at_admin, cap, wrong):
    settings = {"database": "/var/lib/gammu/smsd.db"}
    answer = at_admin.post(f"{LINES}add/?gateway=modem", line_form(settings, daily_cap=cap))
    assert (answer.status_code, SmsLine.objects.count()) == ((200, 0) if wrong else (302, 1))


# How a line does


def figures_of(line, query=""):
    return reverse("admin:auditorium_smsline_figures", args=[line.pk]) + query


def test_page_of_a_line_says_what_it_carried(at_admin):
    line = SmsLineFactory(price=Decimal("0.045"))
    hall = HallFactory(name="宝善桥村文化礼堂")
    MessageFactory(line=line, hall=hall, state="delivered", cost=Decimal("0.045"))
    MessageFactory(line=line, hall=hall, state="undelivered", error_code="MK:0001", cost=Decimal("0.045"))
    MessageFactory(line=line, hall=hall, state="pending")
    figures.count_day(clock.today())
    page = at_admin.get(figures_of(line))
    shown = page.context["page"]
    assert (page.context["waiting"].texts, shown.parts, shown.cost) == (1, 2, Decimal("0.09"))
    assert shown.causes == [("MK:0001", "空号：不存在的用户", 1)]
    assert page.context["halls"] == [("宝善桥村文化礼堂", 2, 1)]
    assert [(bar.tone, bar.height) for bar in shown.bars] == [("good", 60.0), ("stop", 60.0)]
    assert [mark.words for mark in shown.marks][-1:] == ["2"]
    assert "0.09 元" in page.content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (7, ["11-17", "3", "11-18", "11-19", "11-20", "11-21", "11-22", "11-23", "1"]),
        (30, ["10-29", "11-3", "11-8", "11-13", "3", "11-18", "11-23"]),
    ],
)
def test_chart_names_its_days_and_how_many(at_admin_on_monday, days, words):
    line = SmsLineFactory()
    for ago, texts in ((0, 1), (6, 3)):
        for _each in range(texts):
            MessageFactory(line=line, state="delivered", created_at=NOW - timedelta(days=ago))
        figures.count_day(clock.today() - timedelta(days=ago))
    page = at_admin_on_monday.get(figures_of(line, f"?days={days}")).context["page"]
    assert [mark.words for mark in page.marks] == words


def test_page_of_a_line_without_texts_says_so(at_admin):
    assert "这几天没有发过短信" in at_admin.get(figures_of(SmsLineFactory(), "?days=30")).content.decode()


def test_page_of_a_line_names_the_words_its_provider_lacks(at_admin):
    line = SmsLineFactory(gateway="aliyun")
    template = MessageTemplate.objects.create(purpose="one_day", audience="own", about_kind="errand", body="{name}您好")
    assert list(at_admin.get(figures_of(line)).context["without_code"]) == [template]
    LineTemplate.objects.create(line=line, template=template, code="SMS_1")
    assert list(at_admin.get(figures_of(line)).context["without_code"]) == []


NOW = at("11-23 10:00")
SMPP = {"host": "127.0.0.1", "port": 2775, "system_id": "litang", "password": "s3cret", "source": "10690000"}


def facts_of(at_admin, line):
    return dict(at_admin.get(figures_of(line)).context["facts"])


@pytest.fixture
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at_admin_on_monday(monday, client):
    client.force_login(admin_rows.administrator())
    return client


def test_page_of_an_smpp_line_says_who_keeps_it_and_since_when(at_admin_on_monday):
    line = SmsLineFactory(gateway="smpp", config=SMPP)
    said = facts_of(at_admin_on_monday, line)
    assert said == {"连接": "没有进程在保持连接，这条线路发不了。请在服务器上运行 manage.py smpp"}
    connections.hold(line=line, holder="pc1:42", at=NOW)
    said = facts_of(at_admin_on_monday, line)
    assert said == {"连接": "进程 pc1:42 正在连，还没有连上"}
    connections.note_connected(line=line, at=at("11-23 09:30"))
    said = facts_of(at_admin_on_monday, line)
    assert said == {"连接": "11月23日 周一 上午9:30 起连着，由进程 pc1:42 保持"}
    connections.note_broken(line=line, code="ESME_RTHROTTLED", at=NOW)
    said = facts_of(at_admin_on_monday, line)
    assert said["连接"] == "进程 pc1:42 正在连，还没有连上"
    assert said["最近一次出错"].startswith("ESME_RTHROTTLED ")
    assert said["从什么时候连不上"] == "11月23日 周一 上午10:00"
    LineConnection.objects.update(held_until=NOW)
    assert facts_of(at_admin_on_monday, line)["连接"].startswith("没有进程在保持连接")


def test_page_of_a_modem_says_when_it_was_asked_and_what_is_left_of_its_cap(at_admin_on_monday):
    line = SmsLineFactory(gateway="modem", config={"database": "/var/lib/gammu/smsd.db"}, daily_cap=3)
    MessageFactory(line=line, state="sent", sent_at=NOW, parts=2)
    MessageFactory(line=line, state="claimed")
    MessageFactory(line=line, state="sent", sent_at=at("11-22 10:00"))
    asked = "上次到平台取回执和回复"
    said = facts_of(at_admin_on_monday, line)
    full = "用了 3 条，一天最多 3 条。今天不再发，有别的线路就由它发，没有就等明天早上"
    assert said == {asked: "还没有取过", "今天的条数": full}
    SmsLine.objects.update(polled_at=at("11-23 09:59"), daily_cap=50)
    said = facts_of(at_admin_on_monday, line)
    assert said == {asked: "11月23日 周一 上午9:59", "今天的条数": "用了 3 条，一天最多 50 条"}


def test_page_of_a_line_says_what_is_wrong_with_its_settings(at_admin):
    said = facts_of(at_admin, SmsLineFactory(gateway="modem", config={"database": "smsd.db"}))
    assert said == {"接口设置": "database 写短信猫数据库的完整路径，例如 /var/lib/gammu/smsd.db。"}


def test_line_that_stopped_says_what_to_do_and_is_resumed_on_its_page(at_admin):
    line = SmsLineFactory(gateway="aliyun", config={})
    MessageFactory(line=line, state="pending")
    lines.stop(line=line, code="isv.AMOUNT_NOT_ENOUGH")
    page = at_admin.get(figures_of(line))
    assert page.context["standing"] == (
        "暂停：短信平台回的是 isv.AMOUNT_NOT_ENOUGH（账户余额不足），请检查余额、权限和设置"
    )
    assert page.context["to_do"].startswith("没发的短信都留着。处理好以后按“恢复”")
    resume = reverse("admin:auditorium_smsline_resume", args=[line.pk])
    assert (resume in page.content.decode(), at_admin.get(resume).status_code) == (True, 405)
    assert SmsLine.objects.usable().count() == 0
    after = at_admin.post(resume, follow=True)
    assert (SmsLine.objects.usable().get(), after.context["to_do"]) == (line, "")
    assert resume not in after.content.decode()


def test_line_is_resumed_by_administrators_only(client):
    line = SmsLineFactory(paused_at=clock.now())
    client.force_login(admin_rows.hall_manager(HallFactory()))
    resume = reverse("admin:auditorium_smsline_resume", args=[line.pk])
    assert (client.post(resume).status_code, SmsLine.objects.usable().count()) == (404, 0)


def test_line_that_is_down_says_that_it_is_tried_again(at_admin):
    line = SmsLineFactory(failing_since=clock.now() - timedelta(minutes=6))
    assert at_admin.get(figures_of(line)).context["to_do"].startswith("有别的线路就由下一条接着发。半小时后自动再试")


@pytest.mark.parametrize(("kind", "queries"), [("http", 10), ("smpp", 11), ("modem", 12)])
def test_page_of_a_line_asks_a_fixed_number_of_times(at_admin, kind, queries, django_assert_num_queries):
    cap = {"daily_cap": 50} if kind == "modem" else {}
    line = SmsLineFactory(gateway=kind, config=SMPP if kind == "smpp" else {}, **cap)
    LineConnection.objects.create(line=line)
    for _each in range(3):
        MessageFactory(line=line, state="pending")
    with django_assert_num_queries(queries):
        at_admin.get(figures_of(line))


def test_page_of_a_line_takes_as_many_queries_for_a_month_as_for_a_day(at_admin):
    line = SmsLineFactory()
    for ago in range(30):
        MessageFactory(line=line, hall=HallFactory(), created_at=clock.now() - timedelta(days=ago), state="delivered")
        figures.count_day(clock.today() - timedelta(days=ago))
    counted = []
    for days in (1, 30):
        with CaptureQueriesContext(connection) as queries:
            at_admin.get(figures_of(line, f"?days={days}"))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_page_of_a_line_is_for_administrators(client):
    line = SmsLineFactory()
    client.force_login(admin_rows.hall_manager(HallFactory()))
    assert client.get(figures_of(line)).status_code == 404
