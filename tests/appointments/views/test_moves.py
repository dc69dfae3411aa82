"""Moving a booking on its pages, and what remains to be read of it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings
from appointments.enums import AppointmentState
from appointments.models import Appointment, Slot
from auditorium.models import Visit
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, SlotFactory, at
from tests.appointments.pages import read
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
THURSDAY, FRIDAY = MONDAY + timedelta(days=3), MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as traveller:
        yield traveller


@pytest.fixture
def department():
    return DepartmentFactory(name="心血管内科", hospital__name="柯桥区示例医院")


@pytest.fixture
def slot(hall, department):
    def build(day=THURSDAY, hour=8, **kwargs):
        session = ClinicSessionFactory(department=department, date=day, allotted_hall=hall)
        return SlotFactory(session=session, starts_at=at(day, hour), **kwargs)

    return build


@pytest.fixture
def made(hall, desk, villager, slot):
    return bookings.book(slot=slot(FRIDAY), villager=villager, hall=hall, by=desk)


def page_of(appointment):
    return reverse("appointments:appointment", args=[appointment.reference])


def week(appointment):
    return reverse("appointments:move", args=[appointment.reference])


def check(appointment, slot):
    return reverse("appointments:move_check", args=[appointment.reference, slot.pk])


def press(client, appointment, slot):
    return client.post(check(appointment, slot), {"key": read(client.get(check(appointment, slot))).hidden["key"]})


def test_pages_are_404_out_of_scope(client, made, slot):
    there = slot()
    client.force_login(desk_user(HallFactory()))
    assert [client.get(url).status_code for url in (week(made), check(made, there))] == [404, 404]


def test_the_way_there_leads_from_the_booking_through_its_week(at_desk, made, slot):
    there = slot()
    assert read(at_desk.get(page_of(made))).links[week(made)] == "改约"
    page = read(at_desk.get(week(made)))
    for said in ["给张小明改约", "现在约的 11月27日 周五 上午8:00 1号", "上午 余 2 现在约的"]:
        assert said in page.words, said
    shown = read(at_desk.get(week(made), {"from": f"{MONDAY}", "session": there.session_id}))
    assert shown.links[check(made, there)] == "8:00–8:30 余 3"


def test_the_present_time_is_marked_and_no_link(at_desk, made):
    page = read(at_desk.get(week(made), {"from": f"{MONDAY}", "session": made.session_id}))
    assert "8:00–8:30 现在约的" in page.words
    assert check(made, made.slot) not in page.links


def test_check_shows_old_and_new_and_its_button_moves(at_desk, made, slot):
    there = slot()
    page = read(at_desk.get(check(made, there)))
    assert "原来的 11月27日 周五 上午8:00 柯桥区示例医院 · 心血管内科 · 普通门诊 1号" in page.words
    assert "改到 11月26日 周四 上午8:00 柯桥区示例医院 · 心血管内科 · 普通门诊 确认以后给号" in page.words
    assert "改到这个时间" in page.words
    assert "什么时候到 早上7:45以前到医院取号" in page.words
    answer = press(at_desk, made, there)
    new = Appointment.objects.get(slot=there)
    assert answer.url == page_of(new)
    assert Visit.objects.get().matters.filter(about_id=new.pk).count() == 1
    old, now = (read(at_desk.get(page_of(row))) for row in (made, new))
    assert "已改约" in old.words
    assert old.links[page_of(new)] == "11月26日 周四 上午8:00"
    assert now.links[page_of(made)] == "11月27日 周五 上午8:00"
    assert f"从原来的时间改到这个号 11月23日 周一 上午9:00 · 何晓燕 · {new.hall.name}" in now.words
    assert week(made) not in old.links


def test_button_pressed_twice_moves_once(at_desk, made, slot):
    there = slot()
    key = read(at_desk.get(check(made, there))).hidden["key"]
    first, second = (at_desk.post(check(made, there), {"key": key}) for _ in range(2))
    assert first.url == second.url
    assert Appointment.objects.count() == 2


def test_a_place_gone_meanwhile_says_so_and_leaves_the_old(at_desk, made, slot):
    there = slot()
    key = read(at_desk.get(check(made, there))).hidden["key"]
    Slot.objects.filter(pk=there.pk).update(taken=3)
    answer = at_desk.post(check(made, there), {"key": key})
    page = read(answer)
    assert (answer.status_code, page.links[page.focus]) == (409, "选别的时间")
    assert "这个时间的号刚刚约满，请选别的时间。" in page.words
    assert "要带什么" not in page.words
    made.refresh_from_db()
    assert made.state == AppointmentState.BOOKED


def test_after_the_deadline_the_week_leads_back_and_says_whom_to_phone(monday_at_nine, client, desk, made, slot):
    there = slot(FRIDAY + timedelta(days=3))
    monday_at_nine.move_to(at(THURSDAY, 15))
    client.force_login(desk)
    assert client.get(week(made)).url == page_of(made)
    page = read(client.get(page_of(made)))
    assert "以后要改、要取消，都得打电话给医院：柯桥区示例医院 0575 8400 1234" in page.words
    assert week(made) not in page.links
    refused = read(client.get(check(made, there)))
    assert refused.links[refused.focus] == "回到这个预约"


def test_moved_too_often_is_said_on_the_page_instead_of_a_button(at_desk, made):
    Appointment.objects.update(moves=2)
    page = read(at_desk.get(page_of(made)))
    assert "这个号已经改过 2 次，医院不让再改；去不了请先取消，再重新约。" in page.words
    assert week(made) not in page.links


def test_slip_says_that_it_replaces_the_old_one(at_desk, made, slot):
    there = slot()
    press(at_desk, made, there)
    new = Appointment.objects.get(slot=there)
    slip = at_desk.get(reverse("appointments:slip", args=[new.reference])).content.decode()
    assert "改过约：原来11月27日 周五 上午8:00的预约单作废" in slip
    old = at_desk.get(reverse("appointments:slip", args=[made.reference]))
    assert old.url == page_of(made)


@pytest.mark.parametrize("many", [1, 6])
def test_pages_ask_the_database_a_fixed_number_of_times(at_desk, hall, made, slot, many, django_assert_num_queries):
    there = slot()
    for number in range(1, many):
        SlotFactory(session=there.session, starts_at=at(THURSDAY, 8 + number))
    at_desk.get(week(made))
    with django_assert_num_queries(17):
        at_desk.get(week(made))
    with django_assert_num_queries(19):
        at_desk.get(check(made, there))
