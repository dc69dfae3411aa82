"""When a provider that refuses a text is tried again: a little later each time, while it is still of use."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import delivery
from auditorium.enums import MessageState
from auditorium.gateways.base import GatewayError
from auditorium.gateways.treatments import Treatment
from auditorium.models import FollowUp, Message
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture(autouse=True)
def busy(monkeypatch):
    SmsLineFactory()
    gateway = FakeGateway(answers=[GatewayError(treatment=Treatment.BACK_OFF, code="busy")] * 10)
    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", lambda kind, config: gateway)


def test_it_is_tried_again_after_1_2_5_10_and_20_minutes_then_a_person_is_asked(monday):
    owe(told_villager(HallFactory()))
    waits = []
    for _try in range(5):
        delivery.sweep()
        again = Message.objects.get().not_before
        waits.append((again - clock.now()) // timedelta(minutes=1))
        monday.move_to(again)
    assert (waits, FollowUp.objects.count()) == ([1, 2, 5, 10, 20], 0)
    delivery.sweep()
    assert (states(), FollowUp.objects.get().reason) == ([MessageState.FAILED], "短信发不出去")


@pytest.mark.parametrize(("seconds", "state"), [(60, MessageState.FAILED), (61, MessageState.PENDING)])
def test_it_is_not_tried_again_once_it_is_of_no_use(seconds, state):
    owe(told_villager(HallFactory()), days=seconds / 86_400)
    delivery.sweep()
    assert (states(), FollowUp.objects.count()) == ([state], 1 if state == MessageState.FAILED else 0)
