"""The metrics: for whoever knows the token, counts only, in a fixed number of queries."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families

from auditorium import clock
from auditorium.domain import figures
from auditorium.enums import MessageState, TextOutcome
from auditorium.models import Reply
from config.metrics import MOST_CODES, OTHER
from tests.factories import HallFactory, MessageFactory, PhoneFactory, SmsLineFactory
from tests.outbox import at, told_villager

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-the-monitor"


@pytest.fixture(autouse=True)
def monday(settings):
    settings.METRICS_TOKEN = TOKEN
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


def families(client):
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return list(text_string_to_metric_families(answer.text))


def by_line(client):
    """By line and name of the metric: what it says, by outcome or code."""
    lines = defaultdict(lambda: defaultdict(dict))
    for family in families(client):
        for sample in family.samples:
            of = sample.labels.get("outcome") or sample.labels.get("code", "")
            lines[sample.labels.get("line")][sample.name][of] = sample.value
    return lines


def read(client):
    samples = [sample for family in families(client) for sample in family.samples]
    return {(sample.name, sample.labels.get("outcome") or sample.labels.get("code", "")): sample for sample in samples}


def test_metrics_say_how_a_line_does(client):
    line = SmsLineFactory(failing_since=clock.now() - timedelta(minutes=4))
    hall = HallFactory()
    MessageFactory(line=line, hall=hall, state=MessageState.PENDING, not_before=clock.now() - timedelta(minutes=2))
    MessageFactory(line=line, hall=hall, state=MessageState.DELIVERED, parts=2, cost=Decimal("0.09"))
    MessageFactory(line=line, hall=hall, state=MessageState.UNDELIVERED, error_code="MK:0001")
    figures.count_day(clock.today())
    samples = read(client)
    assert {name: sample.value for name, sample in samples.items()} == {
        ("desk_sms_waiting", ""): 1,
        ("desk_sms_oldest_waiting_seconds", ""): 120,
        ("desk_sms_line_paused", ""): 0,
        ("desk_sms_line_failing_seconds", ""): 240,
        ("desk_sms_today", "pending"): 1,
        ("desk_sms_today", "delivered"): 1,
        ("desk_sms_today", "undelivered"): 1,
        ("desk_sms_failed_today", "MK:0001"): 1,
        ("desk_sms_parts_today", ""): 3,
        ("desk_sms_cost_yuan_today", ""): 0.09,
        ("desk_outbox_late_seconds", ""): 120,
    }
    assert samples["desk_sms_waiting", ""].labels == {"line": str(line.uid), "name": line.name}


def test_metrics_are_what_the_page_of_each_line_says(client, admin_client):
    hall = HallFactory(name="宝善桥村文化礼堂")
    lines = [SmsLineFactory(name=name, price=Decimal("0.045")) for name in ("第一条", "第二条")]
    for place, line in enumerate(lines):
        for many, state in enumerate(MessageState, 1):
            for each in range(many + place):
                lost = {"error_code": f"MK:{each % 2}"} if state in {"undelivered", "failed"} else {}
                MessageFactory(line=line, hall=hall, state=state, parts=1 + each % 2, cost=Decimal("0.045"), **lost)
        Reply.objects.create(line=line, phone=PhoneFactory(), hall=hall, received_at=clock.now(), text="好的")
    figures.count_day(clock.today())
    labels = dict(TextOutcome.choices)
    said = by_line(client)
    for line in lines:
        at_page = admin_client.get(reverse("admin:auditorium_smsline_figures", args=[line.pk]), {"days": 1}).context
        page, samples = at_page["page"], said[str(line.uid)]
        assert samples["desk_sms_waiting"] == {"": at_page["waiting"].texts}
        assert {labels[name]: texts for name, texts in samples["desk_sms_today"].items()} == dict(page.outcomes)
        assert samples["desk_sms_failed_today"] == {code: texts for code, _words, texts in page.causes}
        assert samples["desk_sms_parts_today"] == {"": page.parts}
        assert samples["desk_sms_cost_yuan_today"] == {"": float(page.cost)}


def test_metrics_name_no_person_and_a_bounded_number_of_codes(client):
    villager = told_villager(HallFactory(), name="赵铁柱")
    line, number = SmsLineFactory(), villager.contacts.get().phone.number
    wordy = ["赵铁柱的号码停机", f"bad:{number.as_e164}", f"bad:{number.national_number}", "330603195403123011", ""]
    for code in [*wordy, *wordy, *(f"E{n}" for n in range(50))]:
        MessageFactory(line=line, villager=villager, state=MessageState.FAILED, error_code=code)
    MessageFactory(line=line, villager=villager, state=MessageState.FAILED, error_code="E0")
    figures.count_day(clock.today())
    codes = by_line(client)[str(line.uid)]["desk_sms_failed_today"]
    assert (sum(codes.values()), codes["E0"], len(codes)) == (61, 2, MOST_CODES + 1)
    assert all(code == OTHER or code[0] == "E" for code in codes)
    labels = {name for family in families(client) for sample in family.samples for name in sample.labels}
    assert labels == {"line", "name", "outcome", "code"}


@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer another", TOKEN])
def test_metrics_are_for_whoever_knows_the_token(client, said):
    assert client.get("/metrics", headers={"authorization": said}).status_code == 404


def test_without_a_token_there_are_none(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_metrics_take_as_many_queries_for_one_line_as_for_ten(client):
    counted = []
    for more in (1, 9):
        for _each in range(more):
            SmsLineFactory()
        with CaptureQueriesContext(connection) as queries:
            read(client)
        counted.append(len(queries))
    assert counted[0] == counted[1]
