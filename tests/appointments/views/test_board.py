"""今天和明天 on the screen, and the marks pressed there, in the list and on a booking's page."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings
from appointments.models import Appointment, HospitalClerk, NoShowLift, Route
from auditorium.enums import RoleKind
from auditorium.models import Role
from tests.appointments.domain.test_no_show_lifts import miss
from tests.appointments.factories import HospitalFactory, SlotFactory, at, reachable_villager
from tests.appointments.pages import read
from tests.factories import FollowUpFactory, HallFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 27)
BOARD = "/appointments/board/"


@pytest.fixture(autouse=True)
def friday_at_nine():
    with time_machine.travel(at(FRIDAY, 9), tick=False):
        yield


def book(hall, desk, villager=None, day=FRIDAY, hour=8, **kwargs):
    slot = SlotFactory(session__allotted_hall=hall, session__date=day, starts_at=at(day, hour), **kwargs)
    with time_machine.travel(at(FRIDAY - timedelta(days=4), 9), tick=False):
        return bookings.book(slot=slot, villager=villager or reachable_villager(hall), hall=hall, by=desk)


@pytest.fixture
def made(hall, desk, villager):
    return book(hall, desk, villager)


def press(client, appointment, to, back="board", why=""):
    address = reverse("appointments:mark", args=[appointment.reference])
    return client.post(address, {"to": to, "back": back, "why": why})


def test_board_says_who_goes_when_and_how(at_desk, hall, made):
    made.villager.hard_of_hearing = True
    made.villager.save()
    Route.objects.create(hall=hall, hospital=made.hospital, bus="在村口坐 803 路", minutes=40)
    page = read(at_desk.get(BOARD))
    for said in (
        "今天 11月27日 周五",
        "明天 11月28日 周六",
        "上午8:00 张小明",
        "听不见",
        "在村口坐 803 路",
        "约 40 分钟",
    ):
        assert said in page.words, said
    for label in ("到了", "看好了", "没去"):
        assert label in page.words, label
    assert "撤销" not in page.words


def test_board_puts_who_must_be_told_on_top_with_the_way_to_do_it(at_desk, hall, made):
    task = FollowUpFactory(hall=hall, villager=made.villager, about_kind="appointment", about_id=made.pk)
    page = read(at_desk.get(BOARD))
    assert page.words.index("还要告诉的人") < page.words.index("今天 11月27日")
    assert reverse("auditorium:follow_up", args=[task.pk]) in page.links
    assert "本人 137****" in page.words


@pytest.mark.parametrize(("to", "state"), [("arrived", "已到院"), ("fulfilled", "已就诊"), ("no_show", "没去就诊")])
def test_mark_comes_back_to_its_row_and_can_be_taken_back(at_desk, made, to, state):
    answer = press(at_desk, made, to)
    assert (answer.status_code, answer.url) == (302, f"{BOARD}#{made.reference}")
    page = read(at_desk.get(BOARD))
    assert f"张小明：{state}。" in page.words
    assert "撤销" in page.words
    press(at_desk, made, "take_back")
    assert Appointment.objects.get().state == "booked"


def test_mark_from_the_list_and_the_page_comes_back_there(at_desk, made):
    assert press(at_desk, made, "arrived", back="list").url == f"/appointments/#{made.reference}"
    assert press(at_desk, made, "fulfilled", back="appointment").url == f"/appointments/{made.reference}/"
    assert press(at_desk, made, "fulfilled", back="https://example.org/").status_code == 200


def test_list_offers_marks_only_where_they_are_due(at_desk, hall, desk, made):
    later = book(hall, desk, day=FRIDAY + timedelta(days=3))
    answer = at_desk.get("/appointments/").content.decode()
    assert reverse("appointments:mark", args=[made.reference]) in answer
    assert reverse("appointments:mark", args=[later.reference]) not in answer


def test_mark_that_contradicts_asks_why_and_keeps_what_was_pressed(at_desk, made):
    press(at_desk, made, "no_show")
    answer = press(at_desk, made, "fulfilled")
    assert answer.status_code == 200
    assert "已经登记过“没去就诊”，要改请写明原因。" in read(answer).words
    assert 'value="fulfilled"' in answer.content.decode()
    assert press(at_desk, made, "fulfilled", why="认错人了").url == f"{BOARD}#{made.reference}"
    assert Appointment.objects.get().state == "fulfilled"


def test_mark_too_early_is_refused_in_words(at_desk, hall, desk):
    later = book(hall, desk, day=FRIDAY + timedelta(days=1))
    press(at_desk, later, "fulfilled")
    assert "还没到日子，11月28日 周六那天起才能登记。" in read(at_desk.get(BOARD)).words
    assert Appointment.objects.get().state == "booked"


def test_mark_is_404_out_of_scope(client, made):
    client.force_login(desk_user(HallFactory()))
    assert press(client, made, "fulfilled").status_code == 404


def test_page_of_an_unmarked_booking_asks_and_shames_nobody(at_desk, made):
    Appointment.objects.update(state="unmarked")
    words = read(at_desk.get(reverse("appointments:appointment", args=[made.reference]))).words
    assert "不知道就空着，不算没去" in words


@pytest.mark.parametrize("people", [1, 200])
def test_board_asks_the_database_a_fixed_number_of_times(at_desk, hall, desk, people, django_assert_num_queries):
    one = book(hall, desk)
    rows = Appointment.objects.filter(pk=one.pk)
    copies = []
    for each in range(1, people):
        copy = rows.get()
        copy.pk, copy.uid, copy.reference = None, f"00000000-0000-0000-0000-{each:012}", f"Q{each:07}"
        copy.source, copy.slot, copy.session, copy.state = "elsewhere", None, None, "booked"
        copies.append(copy)
    Appointment.objects.bulk_create(copies)
    with django_assert_num_queries(16):
        page = read(at_desk.get(BOARD))
    assert page.words.count("张小明") >= people


def test_blocked_villager_is_sent_to_whoever_may_lift_it(at_desk, client, hall, villager):
    hospital = HospitalFactory(name="柯桥区示例医院")
    miss(villager, hospital, 40, 20, 10)
    slot = SlotFactory(session__allotted_hall=hall, session__department__hospital=hospital)
    lift = reverse("appointments:no_show_lift", args=[villager.pk, hospital.pk])
    check = reverse("appointments:check", args=[villager.pk, slot.pk])
    page = read(at_desk.get(check))
    assert page.links[lift] == "解除限制"
    assert page.links[page.focus] == "选别的科室或医院"
    assert page.words.count("柯桥区示例医院到") == 1
    assert "什么时候到" not in page.words
    manager = UserFactory(full_name="沈建芬", current_hall=hall)
    Role.objects.create(user=manager, role=RoleKind.HALL_MANAGER, hall=hall)
    told = read(at_desk.get(lift))
    assert told.words.index("沈建芬") < told.words.index("约了没去就诊的")
    missed = Appointment.objects.filter(villager=villager, state="no_show")
    assert {reverse("appointments:appointment", args=[row.reference]) for row in missed} <= told.links.keys()
    assert at_desk.post(lift, {"why": "住院"}).status_code == 403
    client.force_login(manager)
    assert "请写明为什么解除" in read(client.post(lift, {"why": " "})).words
    assert not NoShowLift.objects.exists()
    assert client.post(lift, {"why": "那几天住院"}).status_code == 302
    assert read(client.get(check)).focus == "button"


@pytest.mark.parametrize("name", ["place", "week", "check"])
def test_booking_pages_warn_kindly_before_the_last_chance(at_desk, hall, villager, name):
    hospital = HospitalFactory(name="柯桥区示例医院")
    miss(villager, hospital, 40, 20)
    slot = SlotFactory(session__allotted_hall=hall, session__department__hospital=hospital)
    further = {"place": [], "week": [slot.session.department_id], "check": [slot.pk]}[name]
    words = read(at_desk.get(reverse(f"appointments:{name}", args=[villager.pk, *further]))).words
    assert "约了没去就诊 2 次，再有一次，90 天不能约" in words
    assert "爽约" not in words


def test_clerk_marks_nothing_at_the_desk_of_a_hall_that_is_not_theirs(client, made):
    clerk = UserFactory()
    HospitalClerk.objects.create(user=clerk, hospital=SlotFactory().session.department.hospital)
    client.force_login(clerk)
    assert press(client, made, "fulfilled").status_code in (302, 403, 404)
    assert Appointment.objects.get().state == "booked"


def test_desk_and_list_lead_to_the_board(at_desk):
    for address in ("/", "/appointments/"):
        assert read(at_desk.get(address)).links[BOARD] == "今天和明天"
