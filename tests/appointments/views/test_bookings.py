"""Checking, booking, refusing, cancelling: what the desk reads and what is written."""

import uuid
from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings, records
from appointments.enums import AppointmentState, ChannelKind, DoctorGrade
from appointments.models import Appointment, BookingChannel, BookingPolicy, Slot
from auditorium.enums import ConsentPurpose, FollowUpKind, MatterKind, Reach, Relation
from auditorium.models import AuditEntry, Consent, FollowUp, Reminder, Visit
from tests.appointments.factories import (
    DepartmentFactory,
    DoctorFactory,
    HospitalFactory,
    SlotFactory,
    at,
    bookable_villager,
    reachable_villager,
)
from tests.appointments.pages import read
from tests.factories import ContactFactory, HallFactory, VillagerFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def department():
    return DepartmentFactory(
        name="心血管内科",
        place="门诊楼 2 楼",
        prepare="空腹，早上别吃饭喝水",
        hospital__name="柯桥区示例医院",
        hospital__pick_up_place="一楼自助机",
    )


@pytest.fixture
def slot(hall, department):
    doctor = DoctorFactory(department=department, name="章建国", grade=DoctorGrade.CHIEF)
    return SlotFactory(
        session__allotted_hall=hall,
        session__department=department,
        session__doctor=doctor,
        session__date=FRIDAY,
        session__room="203",
        session__fee=50,
        session__clinic_class="expert",
    )


def check(villager, slot):
    return reverse("appointments:check", args=[villager.pk, slot.pk])


def page_of(appointment):
    return reverse("appointments:appointment", args=[appointment.reference])


def cancel(appointment):
    return reverse("appointments:cancel", args=[appointment.reference])


def press(client, villager, slot):
    """Open the check page and press its button."""
    return client.post(check(villager, slot), {"key": read(client.get(check(villager, slot))).hidden["key"]})


def test_check_says_everything_in_full(at_desk, villager, slot):
    page = read(at_desk.get(check(villager, slot)))
    for said in [
        "和张小明核对一遍",
        "11月27日 周五 上午8:00 柯桥区示例医院 · 心血管内科 · 章建国 主任医师",
        "费用 专家 50元",
        "几号 确认以后给号",
        "在哪里看 门诊楼 2 楼 203",
        "什么时候到 早上7:45以前到医院取号 · 一楼自助机",
        "要带什么 身份证、社保卡（或医保码）、病历",
        "要准备 空腹，早上别吃饭喝水",
        "要取消的话 11月26日 周四 下午3:00 以前告诉礼堂",
        f"短信发给谁 本人 {villager.contacts.get().phone}",
    ]:
        assert said in page.words, said
    assert page.focus == "button"


def test_check_says_until_when_the_number_is_handed_out_and_all_there_is_to_prepare(
    at_desk, villager, slot, department
):
    BookingPolicy.objects.create(
        hospital=department.hospital, pick_up_morning=time(11, 20), bring="社保卡", prepare="填好健康表"
    )
    page = read(at_desk.get(check(villager, slot)))
    said = (
        "什么时候到 早上7:45以前到医院取号 · 一楼自助机 最晚取号 上午11:20 ，过时不候 "
        "要带什么 社保卡 要准备 空腹，早上别吃饭喝水；填好健康表"
    )
    assert said in page.words
    made = press(at_desk, villager, slot)
    assert said in read(at_desk.get(made["Location"])).words


def test_refused_booking_says_what_the_hospital_still_has(at_desk, desk, villager, slot, department):
    BookingPolicy.objects.create(hospital=department.hospital, on_site="早上7点半一楼有 20 个号")
    Slot.objects.update(taken=3)
    words = read(at_desk.get(check(villager, slot))).words
    assert "现场号：早上7点半一楼有 20 个号 打电话问医院： 0575 8400 1234 每天 8:00–17:00" in words
    with time_machine.travel(at(FRIDAY - timedelta(days=1), 16), tick=False):
        at_desk.force_login(desk)
        words = read(at_desk.get(check(villager, slot))).words
    assert "或去现场取号：早上7点半一楼有 20 个号" in words
    assert words.count("早上7点半一楼有 20 个号") == 1


def test_whom_a_department_does_not_take_is_sent_to_another_and_not_to_another_time(at_desk, hall, slot, department):
    BookingPolicy.objects.create(department=department, minimum_age=14)
    child = reachable_villager(hall, birth_date=date(2013, 11, 28))
    page = read(at_desk.get(check(child, slot)))
    assert "这里满 14 周岁才能网上预约" in page.words
    place = reverse("appointments:place", args=[child.pk])
    assert (page.focus, page.links[place]) == (place, "选别的科室或医院")


def test_refusal_that_the_hall_can_remedy_sends_nobody_to_the_hospital(at_desk, hall, slot):
    page = read(at_desk.get(check(VillagerFactory(registered_at=hall), slot)))
    assert "打电话问医院" not in page.words


def test_check_of_a_session_at_a_hall_sends_nobody_to_the_hospital(at_desk, hall, villager, slot, department):
    BookingPolicy.objects.create(hospital=department.hospital, pick_up_morning=time(11, 20))
    slot.session.held_at = hall
    slot.session.save()
    words = read(at_desk.get(check(villager, slot))).words
    assert f"在哪里看 {hall.name} 203 什么时候到 早上7:45以前到 要带什么" in words


def test_check_says_that_the_hospital_must_confirm(at_desk, villager, slot, department):
    department.hospital.acknowledges = True
    department.hospital.save()
    assert "几号 确认以后给号 · 还要等医院确认" in read(at_desk.get(check(villager, slot))).words


def test_check_says_when_only_the_hospital_can_cancel(client, desk, villager, slot):
    with time_machine.travel(at(FRIDAY - timedelta(days=1), 15), tick=False):
        client.force_login(desk)
        words = read(client.get(check(villager, slot))).words
    assert "约好以后就不能在礼堂取消了，要取消只能打电话给医院。" in words


def test_check_says_who_is_told_when_nobody_can_be_written_to(at_desk, hall, slot):
    villager = bookable_villager(hall)
    Consent.objects.create(villager=villager, purpose=ConsentPurpose.REMINDERS, hall=hall, given_at=at(MONDAY, 8))
    ContactFactory(villager=villager, relation=Relation.NEIGHBOUR, reach=Reach.CALL)
    words = read(at_desk.get(check(villager, slot))).words
    assert "短信发给谁 没有能收短信的手机，到时候请人打电话或上门告诉" in words


def test_check_warns_of_another_booking_that_day(at_desk, hall, desk, villager, slot):
    other = SlotFactory(session__allotted_hall=hall, session__date=FRIDAY, session__department__name="骨科")
    bookings.book(slot=other, villager=villager, hall=hall, by=desk)
    page = read(at_desk.get(check(villager, slot)))
    assert f"同一天已经约了{other.session.department.hospital} 骨科，看看时间来不来得及。" in page.words
    assert page.focus == "button"


def test_check_is_404_out_of_scope_and_for_places_of_other_halls(at_desk, villager, slot):
    stranger = reachable_villager(HallFactory())
    assert at_desk.get(check(stranger, slot)).status_code == 404
    assert at_desk.post(check(stranger, slot), {"key": uuid.uuid4()}).status_code == 404
    elsewhere = SlotFactory(session__date=FRIDAY)
    assert at_desk.get(check(villager, elsewhere)).status_code == 404
    assert at_desk.post(check(villager, elsewhere), {"key": uuid.uuid4()}).status_code == 404
    assert Appointment.objects.count() == 0


def test_pressing_books_and_leads_to_the_bookings_page(at_desk, hall, desk, villager, slot):
    response = press(at_desk, villager, slot)
    made = Appointment.objects.get()
    assert (response.status_code, response.url) == (302, page_of(made))
    assert (made.villager, made.slot, made.hall, made.booked_by) == (villager, slot, hall, desk)


def test_pressing_twice_books_once_and_ticks_the_visit_once(at_desk, hall, desk, villager, slot):
    key = {"key": str(uuid.uuid4())}
    first, second = at_desk.post(check(villager, slot), key), at_desk.post(check(villager, slot), key)
    assert (first.url, Appointment.objects.count()) == (second.url, 1)
    visit = Visit.objects.get()
    (matter,) = visit.matters.all()
    made = Appointment.objects.get()
    assert (visit.villager, made.visit) == (villager, visit)
    assert (matter.kind, matter.about_kind, matter.about_id) == (MatterKind.BOOKING, "appointment", made.pk)


def test_booking_belongs_to_the_visit_being_served(at_desk, hall, desk, villager, slot):
    visit = VisitFactory(hall=hall, villager=villager, state="serving", served_by=desk, serving_since=at(MONDAY, 8, 55))
    press(at_desk, villager, slot)
    assert (Appointment.objects.get().visit, Visit.objects.count()) == (visit, 1)


@pytest.mark.parametrize("sent", [{}, {"key": "x"}])
def test_pressing_without_a_key_asks_again(at_desk, villager, slot, sent):
    page = read(at_desk.post(check(villager, slot), sent))
    assert (page.focus, Appointment.objects.count()) == ("button", 0)


def test_two_tabs_of_one_person_get_one_booking_and_one_sentence(at_desk, villager, slot):
    keys = [read(at_desk.get(check(villager, slot))).hidden["key"] for _ in range(2)]
    at_desk.post(check(villager, slot), {"key": keys[0]})
    made = Appointment.objects.get()
    refused = at_desk.post(check(villager, slot), {"key": keys[1]})
    assert refused.status_code == 409
    assert (
        f"张小明 11月27日 周五在心血管内科已经约了一个号（{made.reference}），同一天同一科室只能约一个。"
        in read(refused).words
    )
    assert Appointment.objects.count() == 1


def test_a_key_for_another_place_is_refused(at_desk, hall, villager, slot):
    key = {"key": str(uuid.uuid4())}
    at_desk.post(check(villager, slot), key)
    other = SlotFactory(session__allotted_hall=hall, session__date=FRIDAY)
    refused = at_desk.post(check(villager, other), key)
    assert (refused.status_code, Appointment.objects.count()) == (409, 1)
    assert "这一页已经用过了，请回到上一步重新核对。" in read(refused).words


def test_a_place_taken_meanwhile_offers_the_other_times(at_desk, villager, slot):
    page = read(at_desk.get(check(villager, slot)))
    other = SlotFactory(session=slot.session, starts_at=at(FRIDAY, 9), numbers=[[4, 6]])
    Slot.objects.filter(pk=slot.pk).update(taken=3)
    refused = at_desk.post(check(villager, slot), {"key": page.hidden["key"]})
    shown = read(refused)
    assert (refused.status_code, Appointment.objects.count()) == (409, 0)
    assert "这个时间的号刚刚约满，请选别的时间。" in shown.words
    assert shown.links[check(villager, other)] == "9:00–9:30 余 3"
    week = reverse("appointments:week", args=[villager.pk, slot.session.department_id])
    assert shown.focus == f"{week}?from=2026-11-27&session={slot.session_id}"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda slot: Slot.objects.update(is_open=False), "这个时段不接受预约了，请选别的时间。"),
        (lambda slot: type(slot.session).objects.update(state="suspended"), "这个班次停诊了，请选别的时间。"),
        (
            lambda slot: type(slot.session).objects.update(date=MONDAY),
            "已经过了约号的时间，请选别的日子，或打电话问医院。",
        ),
    ],
)
def test_a_place_no_longer_offered_cannot_be_pressed(at_desk, villager, slot, change, sentence):
    change(slot)
    page = read(at_desk.get(check(villager, slot)))
    assert (sentence in page.words, "确认预约" in page.words) == (True, False)


def test_somebody_without_a_number_is_sent_to_add_it(at_desk, hall, slot):
    villager = VillagerFactory(registered_at=hall)
    refused = at_desk.post(check(villager, slot), {"key": uuid.uuid4()})
    page = read(refused)
    assert (refused.status_code, Appointment.objects.count()) == (409, 0)
    assert "医院要实名预约，请先补上身份证号；也可以登记在别处约好的号。" in page.words
    assert page.links[reverse("auditorium:villager_edit", args=[villager.pk])] == "补上身份证号"


@pytest.fixture
def made(hall, desk, villager, slot):
    return bookings.book(slot=slot, villager=villager, hall=hall, by=desk)


@pytest.fixture
def recorded(hall, desk, villager):
    hospital = HospitalFactory(name="绍兴市示例人民医院")
    channel = BookingChannel.objects.create(
        hospital=hospital, name="114 电话预约", kind=ChannelKind.PHONE, phone="057184000000", hours="8:00–20:00"
    )
    details = records.RecordDetails(date=FRIDAY, hospital=hospital, department_text="骨科", channel=channel)
    return records.record(details=details, villager=villager, hall=hall, by=desk)


def test_cancel_asks_and_then_frees_the_place(at_desk, made, slot):
    page = read(at_desk.get(cancel(made)))
    assert "取消张小明的预约吗？ 11月27日 周五 上午8:00 柯桥区示例医院 心血管内科 章建国 · 1号" in page.words
    response = at_desk.post(cancel(made), {"why": "time"}, follow=True)
    made.refresh_from_db()
    slot.refresh_from_db()
    assert (made.state, made.ended_reason, slot.taken) == (AppointmentState.CANCELLED_BY_VILLAGER, "有事去不了", 0)
    assert "已经取消，没发出的短信不会再发。" in read(response).words
    assert not Reminder.objects.live().exists()


def test_cancel_needs_no_reason(at_desk, made):
    at_desk.post(cancel(made))
    made.refresh_from_db()
    assert (made.state, made.ended_reason) == (AppointmentState.CANCELLED_BY_VILLAGER, "")


def test_cancel_writes_its_reason_in_chinese_whatever_the_desk_reads(client, hall, made):
    client.force_login(desk_user(hall, language="en"))
    client.post(cancel(made), {"why": "better"})
    made.refresh_from_db()
    assert made.ended_reason == "身体好了"


def test_cancel_is_404_out_of_scope(client, made):
    client.force_login(desk_user(HallFactory()))
    assert (client.get(cancel(made)).status_code, client.post(cancel(made)).status_code) == (404, 404)


def test_cancel_after_the_deadline_leads_back_with_whom_to_phone(client, desk, made):
    with time_machine.travel(at(FRIDAY - timedelta(days=1), 15), tick=False):
        client.force_login(desk)
        assert client.get(cancel(made)).url == page_of(made)
        page = read(client.post(cancel(made), follow=True))
    sentence = "11月26日 周四下午3:00以后要改、要取消，都得打电话给医院：柯桥区示例医院 0575 8400 1234 每天 8:00–17:00"
    assert sentence in page.words
    made.refresh_from_db()
    assert made.state == AppointmentState.BOOKED


def test_cancel_twice_says_that_it_is_over(at_desk, made):
    at_desk.post(cancel(made))
    assert "这个预约已经结束了，不用再取消。" in read(at_desk.post(cancel(made), follow=True)).words


def test_cancel_of_a_booking_made_elsewhere_names_its_platform(at_desk, recorded):
    words = read(at_desk.get(cancel(recorded))).words
    assert "这个号是别处约的，这里取消只是不再提醒。原来的平台也要取消，不然会算没去就诊。" in words
    assert "114 电话预约 电话 0571 8400 0000 8:00–20:00" in words


def test_cancel_of_a_booking_made_elsewhere_asks_whether_the_platform_knows(at_desk, recorded):
    assert "原来约号的平台取消了吗：请填写这一项。" in read(at_desk.post(cancel(recorded))).words
    recorded.refresh_from_db()
    assert recorded.state == AppointmentState.BOOKED


@pytest.mark.parametrize(("platform", "tasks"), [("told", 0), ("later", 1)])
def test_cancel_leaves_a_task_while_the_platform_is_not_told(at_desk, hall, recorded, platform, tasks):
    at_desk.post(cancel(recorded), {"platform": platform})
    open_tasks = FollowUp.objects.open().filter(kind=FollowUpKind.TELL_PLATFORM, about_id=recorded.pk)
    assert open_tasks.count() == tasks
    for task in open_tasks:
        assert task.reason == "这个号是别处约的，到114 电话预约也取消一下"
        # the hall, without hours of its own, counts as open until 17:00
        assert task.due_at == at(FRIDAY - timedelta(days=1), 17)


def test_every_act_is_in_the_audit_log(at_desk, desk, made):
    at_desk.post(cancel(made), {"why": "time"})
    entries = AuditEntry.objects.of("appointment", made.pk)
    assert [(entry.action, entry.actor, entry.why) for entry in entries] == [
        ("cancelled_by_villager", desk, "有事去不了"),
        ("booked", desk, ""),
    ]
