"""One booking's page, and the hall's bookings by day."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings, records
from appointments.domain import desk as at_the_desk
from appointments.domain.hall_days import Days, Which
from appointments.enums import AppointmentState, HospitalKnows
from appointments.models import Appointment, Hospital
from auditorium.enums import MessageAudience, MessageState, ReminderState, RoleKind
from auditorium.models import Message, Reminder, Role, SmsLine
from tests.appointments.factories import HospitalFactory, SlotFactory, at, reachable_villager
from tests.appointments.pages import read
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


def book(hall, desk, villager=None, day=FRIDAY, **kwargs):
    slot = SlotFactory(
        session__allotted_hall=hall,
        session__date=day,
        session__department__name="心血管内科",
        session__department__hospital__name=kwargs.pop("hospital", "柯桥区示例医院"),
        **kwargs,
    )
    return bookings.book(slot=slot, villager=villager or reachable_villager(hall), hall=hall, by=desk)


def record(hall, desk, villager):
    hospital = HospitalFactory(name="绍兴市示例人民医院")
    details = records.RecordDetails(date=FRIDAY, hospital=hospital, department_text="骨科", channel_text="浙里办")
    return records.record(details=details, villager=villager, hall=hall, by=desk)


@pytest.fixture
def made(hall, desk, villager):
    return book(hall, desk, villager)


def page_of(appointment):
    return reverse("appointments:appointment", args=[appointment.reference])


def links_to(appointment, *names):
    return [reverse(f"appointments:{name}", args=[appointment.reference]) for name in names]


def test_page_is_404_out_of_scope_and_for_no_reference(client, at_desk, made):
    assert at_desk.get(reverse("appointments:appointment", args=["22222222"])).status_code == 404
    client.force_login(desk_user(HallFactory()))
    assert client.get(page_of(made)).status_code == 404


def test_page_is_found_however_the_reference_is_typed(at_desk, made):
    typed = f"{made.reference[:4]}-{made.reference[4:]}".lower()
    assert at_desk.get(reverse("appointments:appointment", args=[typed])).status_code == 200


def test_page_says_number_reference_and_until_when_it_can_be_cancelled(at_desk, made):
    page = read(at_desk.get(page_of(made)))
    for said in [
        "约好了 张",
        "11月27日 周五 上午8:00 柯桥区示例医院 · 心血管内科 1号",
        f"预约号 {made.reference[:4]}-{made.reference[4:]}",
        "要改、要取消的话 11月26日 周四 下午3:00 以前告诉礼堂",
    ]:
        assert said in page.words, said
    assert page.focus == links_to(made, "slip")[0]
    assert set(links_to(made, "slip", "card", "cancel")) <= page.links.keys()
    assert links_to(made, "record_change")[0] not in page.links


def test_page_says_that_the_hospital_has_yet_to_confirm(at_desk, made):
    Appointment.objects.update(hospital_knows=HospitalKnows.UNSENT)
    page = read(at_desk.get(page_of(made)))
    assert "号留好了，待医院确认" in page.words
    assert page.links[links_to(made, "slip")[0]] == "打印预约登记单"


def test_page_after_the_deadline_says_whom_to_phone(client, desk, made):
    with time_machine.travel(at(FRIDAY - timedelta(days=1), 15), tick=False):
        client.force_login(desk)
        page = read(client.get(page_of(made)))
    assert "11月26日 周四 下午3:00已经过了，要改、要取消请打电话给医院： 0575 8400 1234 每天 8:00–17:00" in page.words
    assert links_to(made, "cancel")[0] not in page.links


def test_page_of_a_visit_that_was_asks_nobody_to_phone_the_hospital(client, desk, made):
    with time_machine.travel(at(FRIDAY, 18), tick=False):
        client.force_login(desk)
        words = read(client.get(page_of(made))).words
    assert "要取消请打电话给医院" not in words


def test_page_of_a_cancelled_booking_says_so_and_offers_to_book_again(at_desk, desk, made):
    bookings.cancel(appointment=made, by=desk, why="有事去不了")
    page = read(at_desk.get(page_of(made)))
    assert "11月23日 周一 上午9:00 已取消 · 有事去不了" in page.words
    assert not set(links_to(made, "slip", "cancel")) & page.links.keys()
    week = reverse("appointments:week", args=[made.villager_id, made.department_id])
    assert page.links[week] == "再约一次"


def test_page_of_a_booking_made_elsewhere_can_be_changed_and_names_its_platform(at_desk, hall, desk, villager):
    made = record(hall, desk, villager)
    page = read(at_desk.get(page_of(made)))
    assert "登记好了" in page.words
    assert "在哪里约的 浙里办" in page.words
    assert set(links_to(made, "slip", "record_change", "cancel")) <= page.links.keys()


def test_page_says_what_will_be_sent_to_whom_and_when(at_desk, made):
    words = read(at_desk.get(page_of(made))).words
    phone = made.villager.contacts.get().phone
    assert f"约好了 11月23日 周一 上午9:00发给 本人 {phone} 等发送" in words
    assert "提前一天 11月26日 周四 下午4:" in words


def test_page_says_when_nobody_can_be_written_to(at_desk, made):
    made.villager.contacts.all().delete()
    words = read(at_desk.get(page_of(made))).words
    assert "约好了 11月23日 周一 上午9:00 · 没有能收短信的手机，到时候请人打电话或上门告诉 等发送" in words


def test_page_says_what_was_sent_to_whom_and_when(at_desk, made):
    line = SmsLine.objects.create(name="演示", gateway="console", signature="柯桥礼堂")
    reminder = Reminder.objects.get(purpose="confirmation")
    contact = made.villager.contacts.get()
    text = Message.objects.create(
        hall=made.hall,
        villager=made.villager,
        phone=contact.phone,
        contact=contact,
        line=line,
        audience=MessageAudience.OWN,
        body="…",
        parts=1,
        state=MessageState.DELIVERED,
        created_at=at(MONDAY, 9),
        not_before=at(MONDAY, 9),
        sent_at=at(MONDAY, 9, 1),
        expires_at=at(FRIDAY, 8),
    )
    text.reminders.add(reminder)
    Reminder.objects.filter(pk=reminder.pk).update(state=ReminderState.TOLD)
    words = read(at_desk.get(page_of(made))).words
    assert f"约好了 本人 {contact.phone} 11月23日 周一 上午9:01 已送达 短信送到了本人手机 已告知" in words


def test_page_lists_what_a_person_has_to_do(at_desk, hall, desk, villager):
    made = record(hall, desk, villager)
    at_the_desk.cancel(appointment=made, by=desk, platform_told=False)
    page = read(at_desk.get(page_of(made)))
    assert "到原平台取消 · 这个号是别处约的，到浙里办也取消一下" in page.words


def test_page_tells_its_history_with_who_and_why(at_desk, desk, made):
    with time_machine.travel(at(MONDAY, 10), tick=False):
        bookings.cancel(appointment=made, by=desk, why="有事去不了")
        words = read(at_desk.get(page_of(made))).words
    by = f"何晓燕 · {made.hall.name}"
    assert f"经过 取消预约 · 有事去不了 11月23日 周一 上午10:00 · {by} 约号 11月23日 周一 上午9:00 · {by}" in words


def test_page_of_a_past_booking_offers_neither_paper_focus_nor_cancelling(client, desk, made):
    with time_machine.travel(at(FRIDAY, 9), tick=False):
        client.force_login(desk)
        page = read(client.get(page_of(made)))
    assert (page.focus, links_to(made, "cancel")[0] in page.links) == ("", False)
    assert "再约一次" in page.links.values()


def days(**query):
    return reverse("appointments:appointment_list", query=query or None)


def test_list_groups_the_halls_bookings_by_day(at_desk, hall, desk):
    book(hall, desk, reachable_villager(hall, name="王月珍"), hospital="甲医院")
    book(hall, desk, reachable_villager(hall, name="李根生"), day=FRIDAY + timedelta(days=1), hospital="乙医院")
    other = HallFactory()
    book(other, desk_user(other), reachable_villager(other, name="陈国良"), hospital="丙医院")
    words = read(at_desk.get(days())).words
    assert "11月27日 周五 上午8:00 王月珍 甲医院 心血管内科 · 1号 已约好 11月28日 周六 上午8:00 李根生" in words
    assert "陈国良" not in words


def test_list_is_of_the_hall_whose_desk_it_is(at_desk, desk):
    other = HallFactory()
    Role.objects.create(user=desk, role=RoleKind.DESK, hall=other)
    made = book(other, desk_user(other))
    assert at_desk.get(page_of(made)).status_code == 200
    assert page_of(made) not in read(at_desk.get(days())).links


def test_list_leaves_out_villagers_out_of_scope(at_desk, hall, desk):
    made = book(hall, desk)
    made.villager.hall_links.all().delete()
    assert "没有预约" in read(at_desk.get(days())).words


@pytest.mark.parametrize(
    ("which", "names"),
    [
        (Which.GOING, {"王月珍", "李根生"}),
        (Which.WAITING, {"李根生"}),
        (Which.ENDED, {"陈国良"}),
        (Which.ALL, {"王月珍", "李根生", "陈国良"}),
    ],
)
def test_list_by_state(at_desk, hall, desk, which, names):
    people = {name: reachable_villager(hall, name=name) for name in ("王月珍", "李根生", "陈国良")}
    made = {name: book(hall, desk, person, hospital=name) for name, person in people.items()}
    Appointment.objects.filter(pk=made["李根生"].pk).update(hospital_knows=HospitalKnows.SENT)
    bookings.cancel(appointment=made["陈国良"], by=desk)
    words = read(at_desk.get(days(state=which))).words
    assert {name for name in people if f"{name} {name}" in words} == names


@pytest.mark.parametrize(
    ("chosen", "offsets"),
    [
        (Days.COMING, [0, 1, 6, 7]),
        (Days.TODAY, [0]),
        (Days.TOMORROW, [1]),
        (Days.WEEK, [0, 1, 6]),
        (Days.PAST, [-1, -2]),
    ],
)
def test_list_by_days(at_desk, hall, desk, villager, chosen, offsets):
    for offset in (-2, -1, 0, 1, 6, 7):
        made = book(hall, desk, reachable_villager(hall), hospital=f"医院{offset}")
        Appointment.objects.filter(pk=made.pk).update(date=MONDAY + timedelta(days=offset))
    response = at_desk.get(days(days=chosen))
    assert [(row.date - MONDAY).days for row in response.context["page_obj"]] == offsets


def test_list_passes_over_an_address_that_makes_no_sense(at_desk, hall, desk):
    made = book(hall, desk)
    assert page_of(made) in read(at_desk.get(days(days="x", state="y", page="z"))).links


def test_list_has_pages_that_keep_the_choice(at_desk, hall, desk, monkeypatch):
    monkeypatch.setattr("appointments.views.appointments.A_PAGE", 1)
    for name in ("王月珍", "李根生"):
        book(hall, desk, reachable_villager(hall, name=name), hospital=name)
    page = read(at_desk.get(days(days="week", state="all")))
    assert page.links["?days=week&state=all&page=2"] == "下一页"


@pytest.mark.parametrize("many", [1, 5])
def test_pages_ask_the_database_a_fixed_number_of_times(at_desk, hall, desk, many, django_assert_num_queries):
    villager = reachable_villager(hall)
    for number in range(many):
        made = book(hall, desk, villager, day=FRIDAY + timedelta(days=number), hospital=f"医院{number}")
    assert Hospital.objects.count() == many
    at_desk.get(days())
    with django_assert_num_queries(11):
        at_desk.get(days())
    with django_assert_num_queries(20):
        at_desk.get(page_of(made))


def test_state_of_a_booking_whose_time_is_over_is_said(client, hall, desk, made):
    with time_machine.travel(at(FRIDAY, 9), tick=False):
        client.force_login(desk)
        assert "时间已过" in read(client.get(days())).words
    assert made.state == AppointmentState.BOOKED
