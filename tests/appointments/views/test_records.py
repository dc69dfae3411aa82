"""Writing down a booking made elsewhere, at the desk, without JavaScript."""

import uuid
from datetime import time, timedelta

import pytest
from django.urls import reverse

from appointments.domain import records
from appointments.domain.records import RecordDetails
from appointments.models import Appointment, BookingChannel
from auditorium import clock
from auditorium.models import Visit
from tests.appointments.factories import HospitalFactory
from tests.factories import HallFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall, client):
    user = desk_user(hall)
    client.force_login(user)
    return user


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


@pytest.fixture
def day():
    return clock.today() + timedelta(days=5)


def address(villager):
    return reverse("appointments:record", args=[villager.pk])


def typed(day, **more):
    return {"hospital": "市人民医院", "date": str(day), "key": str(uuid.uuid4()), **more}


def test_record_with_hospital_and_date_leads_to_its_page(client, desk, villager, day):
    answer = client.post(address(villager), typed(day))
    made = Appointment.objects.get()
    assert answer.headers["Location"] == reverse("appointments:appointment", args=[made.reference])
    assert (made.hospital_text, made.date, made.villager) == ("市人民医院", day, villager)


def test_record_is_ticked_in_a_visit(client, desk, villager, day):
    client.post(address(villager), typed(day))
    assert Visit.objects.get().matters.get().about_id == Appointment.objects.get().pk


def test_record_sent_twice_writes_once(client, desk, villager, day):
    form = typed(day, another="on")
    answers = [client.post(address(villager), form) for _ in range(2)]
    assert Appointment.objects.count() == 1
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_record_pressed_twice_leads_to_its_page_and_not_to_a_question(client, desk, villager, day):
    form = typed(day)
    answers = [client.post(address(villager), form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hospital": ""}, "哪家医院"),
        ({"date": "2020-01-01"}, "这一天已经过了"),
        ({"date": "2099-01-01"}, "日期太远了"),
    ],
)
def test_record_says_what_is_wrong_and_keeps_what_was_typed(client, desk, villager, day, wrong, sentence):
    page = client.post(address(villager), typed(day, doctor="李强", **wrong)).content.decode()
    assert sentence in page
    assert 'value="李强"' in page
    assert Appointment.objects.count() == 0


def test_record_shows_a_live_booking_of_the_day_first(client, desk, villager, hall, day):
    details = RecordDetails(hospital_text="中医院", date=day)
    first = records.record(details=details, villager=villager, hall=hall, by=desk)
    form = typed(day)
    page = client.post(address(villager), form)
    assert first.reference in page.content.decode()
    assert Appointment.objects.count() == 1
    client.post(address(villager), {**form, "another": "on"})
    assert Appointment.objects.count() == 2


def test_reading_a_pasted_text_fills_the_fields_and_writes_nothing(client, desk, villager):
    day = clock.today() + timedelta(days=3)
    text = f"【浙里办】王月珍您好，您已成功预约绍兴市人民医院骨科{day:%Y-%m-%d} 上午08:30的号，序号9"
    page = client.post(address(villager), {"read": "1", "text": text, "doctor": "李强"}).content.decode()
    for value in ("绍兴市人民医院", "骨科", str(day), "08:30", "浙里办", "李强"):
        assert f'value="{value}"' in page
    assert "短信里写的是王月珍" in page
    assert Appointment.objects.count() == 0


def test_reading_a_text_that_says_nothing_says_so(client, desk, villager):
    page = client.post(address(villager), {"read": "1", "text": "今天天气不错"}).content.decode()
    assert "没读出医院和日期" in page


def test_channels_of_a_known_hospital_stand_beside_it(client, desk, villager, day):
    hospital = HospitalFactory(name="柯桥区示例医院")
    BookingChannel.objects.create(hospital=hospital, name="浙里办", steps="首页 → 看病就诊")
    page = client.post(address(villager), typed("", hospital="柯桥区示例医院")).content.decode()
    assert "首页 → 看病就诊" in page


def test_change_moves_the_booking(client, desk, villager, hall, day):
    details = RecordDetails(hospital_text="中医院", date=day, time=time(8, 30))
    made = records.record(details=details, villager=villager, hall=hall, by=desk)
    page = reverse("appointments:record_change", args=[made.reference])
    assert 'value="08:30"' in client.get(page).content.decode()
    client.post(page, typed(day + timedelta(days=1), hospital="中医院"))
    made.refresh_from_db()
    assert (made.date, made.starts_at) == (day + timedelta(days=1), None)


def test_pages_of_other_halls_people_are_not_found(client, villager, hall, day):
    stranger = desk_user(HallFactory())
    made = records.record(
        details=RecordDetails(hospital_text="中医院", date=day), villager=villager, hall=hall, by=stranger
    )
    client.force_login(stranger)
    assert client.get(address(villager)).status_code == 404
    assert client.get(reverse("appointments:record_change", args=[made.reference])).status_code == 404
