"""The metrics: for whoever knows the token, counts only, in a fixed number of queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from auditorium import clock
from auditorium.domain import figures
from auditorium.enums import MessageState
from tests.factories import HallFactory, MessageFactory, SmsLineFactory
from tests.outbox import at

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-the-monitor"


@pytest.fixture(autouse=True)
def monday(settings):
    settings.METRICS_TOKEN = TOKEN
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


def read(client):
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
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
