"""SMS lines are set up by kind and keep their secrets; their page says how they do; actions go through the domain."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from auditorium import clock
from auditorium.domain import figures
from auditorium.enums import GatewayKind
from auditorium.forms.sms_lines import HIDDEN, with_secrets, without_secrets
from auditorium.models import AuditEntry, LineTemplate, MessageTemplate, SmsLine
from tests import admin_rows
from tests.factories import HallFactory, MessageFactory, SmsLineFactory

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
    assert "0.09 元" in page.content.decode()


def test_page_of_a_line_without_texts_says_so(at_admin):
    assert "这几天没有发过短信" in at_admin.get(figures_of(SmsLineFactory(), "?days=30")).content.decode()


def test_page_of_a_line_names_the_words_its_provider_lacks(at_admin):
    line = SmsLineFactory(gateway="aliyun")
    template = MessageTemplate.objects.create(purpose="one_day", audience="own", about_kind="errand", body="{name}您好")
    assert list(at_admin.get(figures_of(line)).context["without_code"]) == [template]
    LineTemplate.objects.create(line=line, template=template, code="SMS_1")
    assert list(at_admin.get(figures_of(line)).context["without_code"]) == []


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
