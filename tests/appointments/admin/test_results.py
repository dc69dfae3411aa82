"""Results in the admin: looked at first, confirmed once, by a hospital's clerk or a supervisor, of their own only."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from appointments.models import Appointment, HospitalClerk
from tests.appointments.domain.test_results import MONDAY, book, csv
from tests.appointments.factories import HospitalFactory, at
from tests.appointments.pages import Page
from tests.factories import HallFactory, UserFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db

ADDRESS = reverse("admin:appointments_appointment_results")
CONFIRM = reverse("admin:appointments_appointment_results_confirm")
GOOD = ("张小明", "2026-11-23", "骨科", "", "已就诊")
BAD = ("李根生", "2026-11-23", "骨科", "", "未到")


@pytest.fixture(autouse=True)
def tuesday_at_nine():
    with time_machine.travel(at(MONDAY + timedelta(days=1), 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def hospital():
    return HospitalFactory(name="柯桥区示例医院")


@pytest.fixture
def made(hall, hospital):
    return book(hall, hospital)


@pytest.fixture
def clerk(hospital):
    user = UserFactory(full_name="陈静", is_staff=True)
    HospitalClerk.objects.create(user=user, hospital=hospital)
    return user


def send(client, user, hospital, *rows):
    client.force_login(user)
    return client.post(ADDRESS, {"file": SimpleUploadedFile("结果.csv", csv(*rows)), "hospital": hospital.pk})


def read(answer):
    return Page(answer.content.decode())


def test_preview_changes_nothing_and_confirming_twice_marks_once(client, clerk, hospital, made):
    page = read(send(client, clerk, hospital, GOOD, BAD))
    assert "要登记 1 已就诊 1 已到院 0 没去就诊 0 已经登记过 0 不能进的行 1" in page.words
    assert "没有找到这个人这一天的预约" in page.words
    assert Appointment.objects.get().state == "booked"
    for said in ("登记好了 1 个。 还有 1 行没有登记", "登记好了 0 个。"):
        answer = client.post(CONFIRM, {"token": page.hidden["token"]}, follow=True)
        assert said in read(answer).words
    assert Appointment.objects.get().state == "fulfilled"


def test_preview_is_for_whoever_saw_it_and_for_an_hour(client, clerk, hospital, made):
    token = read(send(client, clerk, hospital, GOOD)).hidden["token"]
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert "请把文件再传一次" in read(client.post(CONFIRM, {"token": token}, follow=True)).words
    client.force_login(clerk)
    with time_machine.travel(at(MONDAY + timedelta(days=1), 10, 1), tick=False):
        client.force_login(clerk)
        assert "请把文件再传一次" in read(client.post(CONFIRM, {"token": token}, follow=True)).words
    assert "请把文件再传一次" in read(client.post(CONFIRM, {"token": token[:-2]}, follow=True)).words
    assert Appointment.objects.get().state == "booked"


def test_what_changed_since_the_preview_is_refused_whole(client, clerk, hospital, made):
    token = read(send(client, clerk, hospital, GOOD)).hidden["token"]
    Appointment.objects.update(state="cancelled_by_clinic")
    assert "一个也没有登记" in read(client.post(CONFIRM, {"token": token}, follow=True)).words
    assert Appointment.objects.get().state == "cancelled_by_clinic"


def test_clerk_can_choose_only_their_own_hospital(client, clerk, hospital, made):
    other = HospitalFactory(name="绍兴市示例医院")
    answer = send(client, clerk, other, GOOD)
    assert "绍兴市示例医院" not in answer.content.decode()
    assert "token" not in read(answer).hidden


def test_supervisor_marks_the_people_of_their_region(client, hall, hospital, made):
    assert "要登记 1 " in read(send(client, supervisor(hall.region, is_staff=True), hospital, GOOD)).words
    stranger = supervisor(HallFactory().region, is_staff=True)
    assert "要登记 0 " in read(send(client, stranger, hospital, GOOD)).words


def test_desk_and_manager_send_no_results(client, hall, hospital, made):
    assert send(client, desk_user(hall, is_staff=True), hospital, GOOD).status_code == 403


def test_file_that_is_none_is_refused_beside_its_field(client, clerk, hospital):
    client.force_login(clerk)
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2"), "hospital": hospital.pk})
    assert "没有找到表头" in read(answer).words


def test_list_leads_there(client, clerk):
    client.force_login(clerk)
    assert ADDRESS in read(client.get(reverse("admin:appointments_appointment_changelist"))).links
