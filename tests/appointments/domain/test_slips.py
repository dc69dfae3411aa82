"""What the villager takes home."""

from datetime import time, timedelta

import pytest
from django.utils import translation

from appointments.domain import acknowledgements, bookings, records
from appointments.domain.slips import slip_for
from appointments.models import Appointment, BookingPolicy, Route
from auditorium import clock
from tests.appointments.factories import HospitalFactory, SlotFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(clock.today().replace(2026, 11, 18), 9))]


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def hall():
    return HallFactory(phone="057584000000")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def slot(hall):
    return SlotFactory(
        session__allotted_hall=hall,
        session__date=clock.today() + timedelta(days=6),
        session__room="203",
        session__department__name="心血管内科",
        session__department__place="门诊楼 2 楼",
        session__department__prepare="空腹，早上别吃饭喝水",
        session__department__hospital__pick_up_place="一楼大厅",
    )


def again(appointment):
    return Appointment.objects.with_names().with_policies().get(pk=appointment.pk)


def test_slip_says_all_that_is_needed_to_go(slot, hall, desk):
    appointment = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    slip = slip_for(again(appointment))
    assert (slip.title, slip.name, slip.number) == ("预约单", "张小明", "1")
    assert (slip.day, slip.time, slip.lunar) == ("11月24日 周二", "上午8:00", "农历十月十六")
    assert slip.clinic == "心血管内科 普通门诊"
    assert slip.fee == "10 元"
    assert slip.place == "门诊楼 2 楼 203"
    assert slip.arrive == "请早上7:45前到，先在一楼大厅取号"
    assert slip.prepare == "空腹，早上别吃饭喝水"
    assert slip.cancel_by == "去不了，请在11月23日 周一 下午3:00前打电话给礼堂"
    assert slip.hall_phone == "0575 8400 0000"


def test_slip_says_until_when_the_number_is_handed_out(slot, hall, desk):
    hospital = slot.session.department.hospital
    rules = BookingPolicy.objects.create(hospital=hospital, pick_up_morning=time(11, 20), prepare="填好健康表")
    appointment = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    slip = slip_for(again(appointment))
    assert slip.pick_up_by == "最晚上午11:20取号，过时不候"
    assert slip.prepare == "空腹，早上别吃饭喝水；填好健康表"
    rules.prepare = "空腹，早上别吃饭喝水"
    rules.save()
    assert slip_for(again(appointment)).prepare == "空腹，早上别吃饭喝水"
    slot.session.held_at = hall
    slot.session.save()
    slip = slip_for(again(appointment))
    assert (slip.pick_up_by, slip.arrive) == ("", "请早上7:45前到")


def test_slip_after_the_deadline_names_the_hospitals_phone(slot, hall, desk, time_machine):
    appointment = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    time_machine.move_to(at(slot.session.date - timedelta(days=1), 15, 1))
    assert slip_for(again(appointment)).cancel_by == "去不了，请打电话给医院 0575 8400 1234"


def test_slip_is_called_otherwise_until_the_hospital_confirms(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall, session__department__hospital=HospitalFactory(acknowledges=True))
    appointment = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    assert slip_for(again(appointment)).title == "预约登记单"
    acknowledgements.acknowledge(appointments=Appointment.objects.all(), by=desk)
    slip = slip_for(again(appointment))
    assert (slip.title, slip.unconfirmed) == ("预约单", "")


def test_slip_of_one_made_elsewhere_says_where_else_to_cancel(hall, desk):
    details = records.RecordDetails(
        hospital_text="市人民医院",
        date=clock.today() + timedelta(days=3),
        time=time(14, 30),
        hospital_number="A012",
        channel_text="浙里办",
    )
    appointment = records.record(details=details, villager=bookable_villager(hall), hall=hall, by=desk)
    slip = slip_for(again(appointment))
    assert (slip.hospital, slip.number, slip.time) == ("市人民医院", "A012", "下午2:30")
    assert slip.cancel_by == "去不了，请打电话给礼堂，也要在浙里办取消"


def test_slip_without_a_time_says_that_it_must_be_asked(hall, desk):
    details = records.RecordDetails(
        hospital_text="市人民医院", date=clock.today() + timedelta(days=3), period="morning"
    )
    appointment = records.record(details=details, villager=bookable_villager(hall), hall=hall, by=desk)
    slip = slip_for(again(appointment))
    assert (slip.time, slip.arrive) == ("上午，几点还要问", "")


def test_slip_says_how_to_get_there_and_how_to_call_somebody_who_does_not_hear(slot, hall, desk):
    Route.objects.create(
        hall=hall,
        hospital=slot.session.department.hospital,
        bus="在村口坐 803 路到中医院站下",
        first_bus=time(6, 10),
        last_bus=time(17, 40),
        minutes=35,
    )
    villager = bookable_villager(hall, hard_of_hearing=True)
    appointment = again(bookings.book(slot=slot, villager=villager, hall=hall, by=desk))
    slip = slip_for(appointment)
    assert slip.route == "在村口坐 803 路到中医院站下；头班 06:10，末班 17:40；约 35 分钟"
    with translation.override("en"):
        assert "；" not in slip_for(appointment).route
    assert slip.flags == ("听力不便，请当面或书面叫号",)


def test_slip_shows_no_identity_number_and_its_code_only_the_reference(slot, hall, desk):
    villager = bookable_villager(hall, id_number="330603195401010018")
    appointment = again(bookings.book(slot=slot, villager=villager, hall=hall, by=desk))
    slip = slip_for(appointment)
    assert "330603195401010018" not in str(slip)
    assert slip.reference.replace("-", "") == appointment.reference
    assert slip.code.startswith("<svg")
    assert "style=" not in slip.code


def test_slip_takes_one_query(slot, hall, desk, django_assert_num_queries):
    appointment = again(bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk))
    with django_assert_num_queries(1):
        slip_for(appointment)
