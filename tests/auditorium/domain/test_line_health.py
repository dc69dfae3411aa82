"""What follows from a provider's answer: a line that stops, one that is down, a number that is none."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from auditorium import clock
from auditorium.domain import alerts, delivery, lines
from auditorium.enums import FollowUpKind, MessageState
from auditorium.gateways.base import GatewayError
from auditorium.gateways.treatments import Treatment
from auditorium.models import FollowUp, Message, SmsLine
from tests.factories import ContactFactory, HallFactory, RegionFactory, SmsLineFactory, UserFactory, VillagerFactory
from tests.outbox import FakeGateway, at, owe, states, told_villager
from tests.peers.vendor_peer import running

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def gateways(monkeypatch):
    """One gateway for each signature, made when it is first asked for."""
    known: dict[str, FakeGateway] = {}

    def of(kind, config):
        return known.setdefault(config.get("name", ""), FakeGateway())

    monkeypatch.setattr("auditorium.domain.delivery.gateway_for", of)
    return known


@pytest.fixture
def woken(monkeypatch):
    woken = []
    monkeypatch.setattr("auditorium.domain.wake.now", lambda *task: woken.append(task))
    return woken


@pytest.fixture
def first(gateways):
    gateways["first"] = FakeGateway()
    return SmsLineFactory(gateway="http", config={"name": "first"}, order=1)


@pytest.fixture
def second(gateways):
    gateways["second"] = FakeGateway()
    return SmsLineFactory(gateway="http", config={"name": "second"}, order=2, signature="柯桥区文化礼堂")


@pytest.fixture
def hall():
    return HallFactory()


def refuse(treatment, code="E1"):
    return GatewayError(treatment=treatment, code=code)


def sent(gateways, name):
    return [text.body for text in gateways[name].sent]


def test_an_operators_error_stops_the_line_and_keeps_the_text(
    hall, first, gateways, woken, django_capture_on_commit_callbacks
):
    gateways["first"].answers = [refuse(Treatment.OPERATOR, "AMOUNT_NOT_ENOUGH")]
    for about in range(3):
        owe(told_villager(hall), about=about)
    with django_capture_on_commit_callbacks(execute=True):
        delivery.sweep()
    first.refresh_from_db()
    assert first.paused_at == clock.now()
    assert first.paused_reason == "短信平台回的是 AMOUNT_NOT_ENOUGH，请检查余额、权限和设置"
    assert (states(), len(gateways["first"].sent)) == ([MessageState.PENDING] * 3, 1)
    assert woken.count((lines.ALERT,)) == 1
    assert Message.objects.filter(attempts=0).count() == 3


def test_the_next_line_takes_over_what_waits_with_its_own_signature(hall, first, second, gateways):
    gateways["first"].answers = [refuse(Treatment.OPERATOR)]
    for about in range(3):
        owe(told_villager(hall), about=about)
    delivery.sweep()
    assert (len(gateways["first"].sent), sent(gateways, "second")) == (1, [])
    assert delivery.sweep()["sent"] == 3
    assert len(gateways["first"].sent) == 1
    assert [body[:9] for body in sent(gateways, "second")] == ["【柯桥区文化礼堂】"] * 3
    assert set(Message.objects.values_list("line", flat=True)) == {second.pk}


def test_a_text_that_may_have_been_sent_is_never_sent_on_another_line(hall, first, second, gateways):
    from auditorium.gateways.base import GatewayTimeout, Unknowable

    gateways["first"].answers = [GatewayTimeout()]
    gateways["first"].knows = Unknowable()
    owe(told_villager(hall))
    delivery.sweep()
    SmsLine.objects.filter(pk=first.pk).update(paused_at=clock.now())
    delivery.sweep()
    assert (states(), sent(gateways, "second")) == ([MessageState.UNKNOWN], [])


def test_a_line_that_is_down_is_passed_over_and_tried_again(hall, first, second, gateways, monday):
    down = refuse(Treatment.BACK_OFF, "no-connection")
    gateways["first"].answers = [down] * 3
    owe(told_villager(hall))
    delivery.sweep()
    monday.shift(timedelta(minutes=5))
    delivery.sweep()
    assert len(sent(gateways, "second")) == 1
    owe(told_villager(hall), about=2)
    delivery.sweep()
    assert (len(sent(gateways, "first")), len(sent(gateways, "second"))) == (1, 2)
    monday.shift(timedelta(minutes=25))
    gateways["first"].answers = []
    owe(told_villager(hall), about=3)
    delivery.sweep()
    first.refresh_from_db()
    assert (len(sent(gateways, "first")), first.failing_since) == (2, None)


def test_without_another_line_a_line_that_is_down_is_still_tried(hall, first, gateways, monday):
    gateways["first"].answers = [refuse(Treatment.BACK_OFF, "no-connection")]
    owe(told_villager(hall))
    delivery.sweep()
    monday.shift(timedelta(minutes=6))
    assert delivery.sweep() == {"sent": 1}


@pytest.mark.parametrize(
    ("treatment", "again"), [(Treatment.LATER, "11-23 11:00"), (Treatment.TOMORROW, "11-24 08:00")]
)
def test_a_full_window_is_waited_for(hall, first, gateways, treatment, again):
    gateways["first"].answers = [refuse(treatment)]
    owe(told_villager(hall))
    assert delivery.sweep() == {"written": 1, "retried": 1}
    assert Message.objects.get().not_before == at(again)


def test_a_number_that_is_none_is_flagged_for_everybody_reached_on_it(hall, first, gateways):
    villager = told_villager(hall)
    phone = villager.contacts.get().phone
    neighbour = VillagerFactory(registered_at=hall, name="李根生")
    ContactFactory(villager=neighbour, relation="neighbour", phone=phone)
    gateways["first"].answers = [refuse(Treatment.BAD_NUMBER, "MK:0001")]
    owe(villager)
    delivery.sweep()
    phone.refresh_from_db()
    assert (phone.bad_since, phone.bad_reason) == (clock.now(), "短信接口说是空号")
    asked = FollowUp.objects.filter(kind=FollowUpKind.REPLY, reason__startswith="号码打不通")
    assert sorted(asked.values_list("villager__name", flat=True)) == sorted([villager.name, "李根生"])
    assert states() == [MessageState.FAILED]


SECRET, TOKEN = "s3cret-of-the-provider", "t0ken-of-the-robot"


@pytest.fixture
def robot(settings):
    with running("tests.peers.robot") as peer:
        settings.ALERT_WEBHOOK_URL, settings.ALERT_EMAILS = f"{peer.url}/send?access_token={TOKEN}", ["ops@example.cn"]
        yield peer


def test_operators_are_told_by_robot_and_mail_what_to_do(hall, first, gateways, robot):
    SmsLine.objects.update(config={"name": "first", "headers": {"X-Auth": SECRET}})
    villager = told_villager(hall)
    owe(villager)
    assert (alerts.tell(), robot.taken, mail.outbox) == (0, [], [])
    gateways["first"].answers = [refuse(Treatment.OPERATOR, "AMOUNT_NOT_ENOUGH")]
    delivery.sweep()
    assert (alerts.tell(), alerts.tell()) == (1, 0)
    words = (
        f"短信线路“{first.name}”停了：短信平台回的是 AMOUNT_NOT_ENOUGH，请检查余额、权限和设置。"
        "没发的短信都留着。处理好后到管理后台，在它的“运行情况”里按“恢复”。"
    )
    assert robot.taken == [{"msgtype": "text", "text": {"content": words}}]
    assert [(letter.to, letter.subject, letter.body) for letter in mail.outbox] == [
        (["ops@example.cn"], "短信线路停了", words)
    ]
    number = villager.contacts.get().phone.number.as_e164
    everything = repr(robot.state()["calls"][0]["body"]) + words
    for secret in (SECRET, TOKEN, number[3:], villager.name):
        assert secret not in everything


@pytest.mark.parametrize(
    ("deed", "noted"),
    [
        ({"do": "answer", "body": '{"errcode": 310000, "errmsg": "keywords not in content"}'}, "answered 310000"),
        ({"do": "answer", "status": 500}, "answered 500"),
        ({"do": "answer", "body": "<html>"}, "what answered is no robot"),
        ({"do": "answer", "body": "[]"}, "what answered is no robot"),
        ({"do": "cut"}, "did not answer"),
    ],
)
def test_robot_that_refuses_is_noted_and_the_mail_goes_out(first, robot, caplog, deed, noted):
    robot.then(deed)
    lines.stop(line=first, code="AMOUNT_NOT_ENOUGH")
    assert (alerts.tell(), alerts.tell()) == (1, 0)
    assert (noted in caplog.text, TOKEN in caplog.text, len(mail.outbox)) == (True, False, 1)


def test_operators_nobody_could_tell_are_told_later(first, robot, monday, monkeypatch, caplog):
    def refuse_mail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(alerts, "send_mail", refuse_mail)
    robot.then({"do": "cut"})
    lines.stop(line=first, code="AMOUNT_NOT_ENOUGH")
    assert (alerts.tell(), robot.taken) == (0, [])
    assert "the mail was not taken (SMTPServerDisconnected)" in caplog.text
    monday.shift(alerts.TRY_AGAIN_AFTER - timedelta(seconds=1))
    assert alerts.tell() == 0
    monday.shift(timedelta(seconds=1))
    assert (alerts.tell(), len(robot.taken)) == (1, 1)


def test_operators_are_not_told_of_a_line_that_goes_on_again(first, robot):
    lines.stop(line=first, code="AMOUNT_NOT_ENOUGH")
    lines.resume(lines=SmsLine.objects.filter(pk=first.pk), by=UserFactory())
    assert (alerts.tell(), robot.taken) == (0, [])


def test_line_that_somebody_pauses_is_no_news_to_the_operators(first, robot):
    lines.pause(lines=SmsLine.objects.filter(pk=first.pk), by=UserFactory(), why="换卡")
    assert (alerts.tell(), robot.taken) == (0, [])


def test_line_that_cannot_be_opened_says_so_without_a_code(first):
    lines.stop(line=first, code=lines.BAD_SETTINGS)
    assert SmsLine.objects.get().paused_reason == "接口设置不对，请在线路的设置里改正"


def test_stopped_lines_are_those_in_use_that_cover_the_hall(hall, first, second):
    elsewhere = SmsLineFactory(region=RegionFactory(), paused_at=clock.now())
    SmsLineFactory(is_active=False, paused_at=clock.now())
    assert lines.stopped(hall) == []
    SmsLine.objects.filter(pk__in=(first.pk, second.pk)).update(paused_at=clock.now())
    assert lines.stopped(hall) == [first, second]
    assert elsewhere not in lines.stopped(hall)
