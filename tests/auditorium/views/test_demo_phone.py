"""The demo's phones and its clock."""

import pytest
import time_machine
from django.urls import reverse

from auditorium import clock
from auditorium.domain import delivery
from auditorium.enums import ReminderPurpose
from auditorium.models import Reminder
from tests.factories import HallFactory, SmsLineFactory, desk_user
from tests.outbox import at, owe, told_villager

pytestmark = pytest.mark.django_db
PHONE, CLOCK = "/demo/phone/", "/demo/clock/"


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.VAR_DIR = tmp_path


@pytest.fixture
def hall():
    return HallFactory(pk=540)  # whose own minutes are 9:00 and 16:00


@pytest.fixture
def woken(monkeypatch):
    woken = []
    monkeypatch.setattr("auditorium.domain.wake.now", woken.append)
    return woken


@pytest.fixture
def desk(client, hall):
    client.force_login(desk_user(hall))
    return client


def test_page_and_clock_are_there_in_a_demo_only(desk):
    assert [reverse(f"auditorium:{name}") for name in ("demo_phone", "demo_clock")] == [PHONE, CLOCK]
    assert (desk.get(PHONE).status_code, desk.post(CLOCK).status_code) == (404, 404)


def test_page_needs_a_login(demo, client):
    assert client.get(PHONE).status_code == 302


def test_page_shows_each_phone_with_its_texts(demo, desk, hall):
    SmsLineFactory()
    first, second = told_villager(hall), told_villager(hall, name="俞阿根")
    for about, villager in enumerate([first, second, first]):
        owe(villager, about=about)
    delivery.sweep()
    handsets = desk.get(PHONE).context["phones"].handsets
    assert [([holder.villager.name for holder in handset.holders], len(handset.texts)) for handset in handsets] == [
        (["张小明"], 2),
        (["俞阿根"], 1),
    ]
    assert "13800" not in desk.get(PHONE).content.decode()


def test_page_shows_nothing_of_another_hall(demo, desk):
    SmsLineFactory()
    owe(told_villager(HallFactory()))
    delivery.sweep()
    phones = desk.get(PHONE).context["phones"]
    assert (phones.handsets, phones.scheduled, phones.next_due) == ([], [], None)


def test_page_asks_again_while_something_is_on_its_way(demo, desk, hall):
    SmsLineFactory()
    owe(told_villager(hall))
    assert 'hx-trigger="every 2s"' in desk.get(PHONE).content.decode()
    delivery.sweep()
    assert "hx-trigger" not in desk.get(PHONE).content.decode()


def test_page_answers_htmx_with_the_part_that_changes(demo, desk):
    assert desk.get(PHONE, headers={"HX-Request": "true"}).content.decode().lstrip().startswith('<div id="demo-phones"')


def test_page_says_what_is_to_come_and_what_time_it_is(demo, desk, hall):
    owe(told_villager(hall))
    page = desk.get(PHONE)
    assert [reminder.purpose for reminder in page.context["phones"].scheduled] == ["three_days", "one_day"]
    assert "11月23日 周一 上午10:00" in page.content.decode()


def test_clock_moves_to_the_next_reminder_and_wakes_the_worker(demo, desk, hall, woken):
    owe(told_villager(hall))
    assert desk.post(CLOCK).url == PHONE
    assert (clock.now(), woken) == (at("11-27 09:00"), ["auditorium.sweep_outbox"])
    desk.post(CLOCK)
    assert clock.now() == Reminder.objects.get(purpose=ReminderPurpose.ONE_DAY).due_at == at("11-29 16:00")
    assert "后面没有安排提醒了。" in desk.post(CLOCK, follow=True).content.decode()


def test_clock_is_not_moved_by_a_link(demo, desk):
    assert desk.get(CLOCK).status_code == 405


@pytest.mark.parametrize("villagers", [1, 4])
def test_page_takes_a_fixed_number_of_queries(demo, desk, hall, django_assert_num_queries, villagers):
    SmsLineFactory()
    for about in range(villagers):
        owe(told_villager(hall), about=about)
    delivery.sweep()
    desk.get(PHONE)
    with django_assert_num_queries(16):
        desk.get(PHONE)


def test_a_phone_answers_the_line_that_wrote_to_it(demo, desk, hall, errands):
    SmsLineFactory()
    villager = told_villager(hall)
    owe(villager)
    delivery.sweep()
    phone = villager.contacts.get().phone
    assert desk.post(f"{PHONE}{phone.pk}/reply", {"text": "1"}).url == PHONE
    assert errands.answered == [(1, True, True, False)]
    assert "handset-mine" in desk.get(PHONE).content.decode()
    assert "请先写上要回的内容" in desk.post(f"{PHONE}{phone.pk}/reply", {"text": " "}, follow=True).content.decode()


def test_nobody_answers_from_another_halls_phone(demo, desk, errands):
    SmsLineFactory()
    villager = told_villager(HallFactory())
    owe(villager)
    delivery.sweep()
    desk.post(f"{PHONE}{villager.contacts.get().phone_id}/reply", {"text": "1"})
    assert errands.answered == []
