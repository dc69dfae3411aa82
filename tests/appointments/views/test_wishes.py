"""放号就约 on its pages: from the week to the row of who waits, and out of it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import revisits, wishes
from appointments.enums import SessionState, WishState
from appointments.models import Appointment, ClinicSession, Wish
from auditorium.models import FollowUp
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, at, reachable_villager, released
from tests.appointments.pages import read
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
DAY = MONDAY + timedelta(days=15)


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(at(MONDAY, 9), tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def session(hall):
    session = ClinicSessionFactory(allotted_hall=hall, date=DAY, department__name="骨科")
    SlotFactory(session=session, capacity=1)
    SlotFactory(session=session, capacity=1, starts_at=at(DAY, 9), numbers=[[2, 2]])
    return session


@pytest.fixture
def release(session):
    return released(session)


def new(villager, session):
    return reverse("appointments:wish_new", args=[villager.pk, session.pk])


def wish_of(villager, session, hall, desk):
    return wishes.make(session=session, villager=villager, hall=hall, by=desk)


def test_the_week_leads_from_a_session_to_be_released_to_the_wish(at_desk, villager, session, release):
    week = reverse("appointments:week", args=[villager.pk, session.department_id], query={"from": "2026-12-07"})
    page = read(at_desk.get(week))
    assert page.links[new(villager, session)] == "上午 11月24日 7:00放号 放号就约".replace("上午", "周二 12月8日 上午")


@pytest.mark.parametrize("hour", [0, 7])
def test_a_hand_made_post_books_nothing_before_the_release(at_desk, desk, villager, session, travel, hour):
    moment = released(session, at_hour=hour)
    address = reverse("appointments:check", args=[villager.pk, session.slots.first().pk])
    form = {"key": "00000000-0000-0000-0000-000000000001"}
    travel(moment - timedelta(seconds=1))
    at_desk.force_login(desk)  # a night has passed
    assert (at_desk.post(address, form).status_code, Appointment.objects.count()) == (409, 0)
    travel(moment)
    assert (at_desk.post(address, form).status_code, Appointment.objects.count()) == (302, 1)


def test_no_desk_is_stuck_behind_a_wish_while_the_worker_is_down(
    at_desk, hall, desk, villager, session, release, travel
):
    made = wish_of(reachable_villager(hall), session, hall, desk)
    travel(release)
    at_desk.force_login(desk)
    address = reverse("appointments:check", args=[villager.pk, session.slots.last().pk])
    page = read(at_desk.get(address))
    assert "确认预约" in page.words
    assert at_desk.post(address, {"key": page.hidden["key"]}).status_code == 302
    made.refresh_from_db()
    assert (made.state, Appointment.objects.count()) == (WishState.BOOKED, 2)


def test_the_page_says_when_and_that_it_is_no_booking(at_desk, villager, session, release):
    page = read(at_desk.get(new(villager, session)))
    for said in [
        "张小明：放号就约",
        "12月8日 周二 上午",
        "11月24日 周二 早上7:00",
        "现在还不是预约。 11月24日 周二 早上7:00一放号，就按登记的先后自动约，不一定约得上。",
        "几点都行",
        "上午9:00以后",
        "登记，放号就约",
    ]:
        assert said in page.words, said


def test_pressing_the_button_puts_the_villager_in_the_row(at_desk, desk, villager, session, release):
    response = at_desk.post(new(villager, session), {"not_before": "09:00"}, follow=True)
    made = Wish.objects.get()
    assert (made.villager, made.session, made.made_by, f"{made.not_before:%H:%M}") == (villager, session, desk, "09:00")
    assert response.redirect_chain == [(reverse("appointments:wish", args=[made.pk]), 302)]
    words = read(response).words
    assert "登记好了，放号就约。现在还不算约上。" in words
    assert "等放号，还没约上" in words
    assert "只约上午9:00以后的号。" in words
    assert "登记这一班的，排在第 1 位。" in words


@pytest.mark.parametrize("typed", ["12:00", "abc", "25:00"])
def test_a_time_the_session_does_not_have_is_refused(at_desk, villager, session, release, typed):
    response = at_desk.post(new(villager, session), {"not_before": typed})
    assert (response.status_code, Wish.objects.count()) == (200, 0)
    assert "is-invalid" in response.content.decode()


def test_a_session_that_never_opens_says_so_and_offers_no_button(at_desk, villager, session, release):
    ClinicSession.objects.update(state=SessionState.SUSPENDED)
    page = read(at_desk.get(new(villager, session)))
    assert "这个班次停诊了，请选别的时间。" in page.words
    assert "登记，放号就约" not in page.words
    response = at_desk.post(new(villager, session))
    assert (response.status_code, Wish.objects.count()) == (409, 0)


def test_a_second_wish_for_the_same_session_says_so(at_desk, hall, desk, villager, session, release):
    wish_of(villager, session, hall, desk)
    response = at_desk.post(new(villager, session))
    assert (response.status_code, Wish.objects.count()) == (409, 1)
    assert "张小明已经登记过这一班了，放号就约，不用再登记。" in read(response).words


def test_cancelling_takes_the_villager_out_of_the_row(at_desk, hall, desk, villager, session, release):
    made = wish_of(villager, session, hall, desk)
    page = at_desk.post(reverse("appointments:wish_cancel", args=[made.pk]), follow=True)
    assert Wish.objects.get().state == WishState.CANCELLED
    assert "取消了，放号的时候不约。" in read(page).words
    page = at_desk.post(reverse("appointments:wish_cancel", args=[made.pk]), follow=True)
    assert "这次登记已经有结果了，不用再取消。" in read(page).words


def test_a_missed_wish_and_its_task_lead_to_another_time(at_desk, hall, desk, villager, session, release):
    made = wish_of(villager, session, hall, desk)
    ClinicSession.objects.update(state=SessionState.SUSPENDED)
    wishes.serve_due()
    address = reverse("appointments:wish", args=[made.pk])
    task = reverse("auditorium:follow_up", args=[FollowUp.objects.get(about_kind="wish").pk])
    assert address in read(at_desk.get(task)).links
    page = read(at_desk.get(address))
    assert page.focus == f"{reverse('appointments:week', args=[villager.pk, session.department_id])}?from=2026-12-08"
    assert "没约上 · 这个班次停诊了，请选别的时间。" in page.words


def test_wishes_are_404_out_of_scope(at_desk, session, hall, desk, villager, release):
    stranger = reachable_villager(HallFactory())
    made = Wish.objects.create(villager=stranger, hall=stranger.registered_at, session=session, made_at=at(MONDAY, 9))
    assert at_desk.get(new(stranger, session)).status_code == 404
    assert at_desk.get(reverse("appointments:wish", args=[made.pk])).status_code == 404
    assert at_desk.post(reverse("appointments:wish_cancel", args=[made.pk])).status_code == 404
    other = SlotFactory(session__allotted_hall=HallFactory(), session__date=DAY).session
    assert at_desk.get(new(villager, other)).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_hall_lists_who_waits_in_a_fixed_number_of_queries(
    at_desk, hall, desk, session, release, many, django_assert_num_queries
):
    for _ in range(many):
        person = reachable_villager(hall)
        wish_of(person, session, hall, desk)
        revisits.note(
            villager=person, hall=hall, department=session.department, due_on=DAY + timedelta(days=30), by=desk
        )
    with django_assert_num_queries(13):
        page = read(at_desk.get(reverse("appointments:waiting")))
    assert page.words.count("12月8日 周二 上午") == many
    assert page.words.count("1月7日 周四前后") == many
