"""加号 on its page."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.models import Appointment, Slot
from auditorium.enums import RoleKind
from tests.appointments.factories import SlotFactory, at
from tests.appointments.pages import read
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def full(hall):
    return SlotFactory(session__allotted_hall=hall, session__date=FRIDAY, taken=3)


@pytest.fixture
def as_manager(client, hall):
    user = UserFactory(current_hall=hall)
    user.roles.create(role=RoleKind.HALL_MANAGER, hall=hall)
    client.force_login(user)
    return client


def page(villager, slot):
    return reverse("appointments:extra_place", args=[villager.pk, slot.session_id])


def week(villager, slot):
    return reverse("appointments:week", args=[villager.pk, slot.session.department_id])


def test_the_desk_has_no_such_page_and_no_link_to_it(at_desk, villager, full):
    assert at_desk.get(page(villager, full)).status_code == 404
    assert at_desk.post(page(villager, full), {"why": "同意"}).status_code == 404
    assert page(villager, full) not in read(at_desk.get(week(villager, full))).links


def test_a_manager_adds_a_place_from_the_full_session(as_manager, villager, full):
    assert read(as_manager.get(week(villager, full))).links[page(villager, full)] == "加号"
    asked = read(as_manager.get(page(villager, full)))
    sent = {"key": asked.hidden["key"], "time": full.pk, "why": "章医生同意"}
    answer = as_manager.post(page(villager, full), sent)
    made = Appointment.objects.get()
    assert (answer.url, made.number, made.is_extra) == (
        reverse("appointments:appointment", args=[made.reference]),
        4,
        True,
    )
    shown = read(as_manager.get(answer.url)).words
    assert "4号 加号 预约号" in shown
    assert "加号 · 章医生同意" in shown
    slip = as_manager.get(reverse("appointments:slip", args=[made.reference])).content.decode()
    assert "（加号）" in slip
    assert "加号" in read(as_manager.get(reverse("appointments:appointment_list"))).words


def test_without_a_reason_the_form_comes_back_with_what_was_chosen(as_manager, villager, full):
    asked = read(as_manager.get(page(villager, full)))
    answer = as_manager.post(page(villager, full), {"key": asked.hidden["key"], "time": full.pk, "why": ""})
    assert answer.status_code == 200
    assert not Appointment.objects.exists()


def test_while_there_are_places_the_page_says_to_book(as_manager, villager, full):
    Slot.objects.update(taken=2)
    words = read(as_manager.get(page(villager, full))).words
    assert "这个班次还有号，直接约就行，不用加号。" in words
    assert "加一个号，约给这位村民" not in words
