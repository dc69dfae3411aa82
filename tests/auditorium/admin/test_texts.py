"""SMS lines keep their secrets, and actions go through the domain."""

import json

import pytest
from django.db import connection

from auditorium.admin.texts import EXAMPLE, HIDDEN, with_secrets, without_secrets
from auditorium.models import AuditEntry, SmsLine
from tests import admin_rows
from tests.factories import SmsLineFactory

pytestmark = pytest.mark.django_db
LINES = "/admin/auditorium/smsline/"
SECRET = "s3cret-of-the-provider"
CONFIG = EXAMPLE | {"headers": {"X-Auth": SECRET, "Content-Type": "application/json"}}


@pytest.fixture
def at_admin(client):
    client.force_login(admin_rows.administrator())
    return client


def line_form(settings, **said):
    settings = settings if isinstance(settings, str) else json.dumps(settings)
    return {"name": "平台", "gateway": "http", "signature": "柯桥文化礼堂", "order": 1, "settings": settings} | said


def errors(answer):
    return answer.context["adminform"].errors.get("settings", [])


def test_line_is_stored_encrypted_and_shown_covered(at_admin):
    assert at_admin.post(f"{LINES}add/", line_form(CONFIG)).status_code == 302
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
    answer = at_admin.post(f"{LINES}add/", line_form('{"url": 1,\n oops}'))
    assert errors(answer) == ["第 2 行不是正确的 JSON。"]


def test_wrong_settings_are_said_in_sentences(at_admin):
    answer = at_admin.post(f"{LINES}add/", line_form(CONFIG | {"url": "http://sms.example.com/send"}))
    assert errors(answer) == ["发送：外网的地址要用 https，短信里有村民的姓名和号码。"]
    assert SmsLine.objects.count() == 0


@pytest.mark.parametrize("typed", ["[]", "3", '"x"', "null"])
def test_json_that_is_no_settings_is_refused(at_admin, typed):
    assert errors(at_admin.post(f"{LINES}add/", line_form(typed)))[0] == "接口设置要写成 {…} 的样子。"


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
