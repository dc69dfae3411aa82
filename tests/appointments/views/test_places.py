"""The page where a booking begins."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.domain import bookings
from appointments.models import EverydayWord, Specialty
from auditorium import clock
from auditorium.enums import ConsentPurpose, IdentityKind
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    SlotFactory,
    reachable_villager,
)
from tests.appointments.pages import read
from tests.factories import HallFactory, VillagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def department(hall):
    row = DepartmentFactory(name="心血管内科", initials="xxgnk", hospital__name="柯桥区示例医院")
    SlotFactory(session__department=row, session__allotted_hall=hall)
    return row


def place(villager, **query):
    return reverse("appointments:place", args=[villager.pk], query=query or None)


def week(villager, department, query=""):
    return reverse("appointments:week", args=[villager.pk, department.pk]) + query


def test_place_is_404_out_of_scope(at_desk):
    stranger = reachable_villager(HallFactory())
    assert at_desk.get(place(stranger)).status_code == 404


def test_place_says_when_to_call_120_and_offers_both_ways(at_desk, villager):
    page = read(at_desk.get(place(villager)))
    assert "胸口痛、喘不上气、说话不清、半边没力、出血不止：马上打 120。 不要挂号等号。" in page.words
    assert page.links[place(villager)] == "预约挂号"
    assert page.links[reverse("appointments:record", args=[villager.pk])] == "登记已约好的号"


def test_place_puts_the_focus_on_the_department_used_last(at_desk, hall, desk, villager, department):
    other = SlotFactory(session__allotted_hall=hall)
    bookings.book(slot=other, villager=reachable_villager(hall), hall=hall, by=desk)
    slot = department.sessions.get().slots.get()
    bookings.book(slot=slot, villager=villager, hall=hall, by=desk)
    page = read(at_desk.get(place(villager)))
    assert page.focus == week(villager, department)
    assert week(villager, other.session.department) in page.links


def test_place_lists_what_is_booked_already(at_desk, hall, desk, villager, department):
    made = bookings.book(slot=department.sessions.get().slots.get(), villager=villager, hall=hall, by=desk)
    line = read(at_desk.get(place(villager))).links[reverse("appointments:appointment", args=[made.reference])]
    assert line.endswith("上午8:00 柯桥区示例医院 心血管内科")


def test_place_finds_and_focuses_the_first(at_desk, villager, department):
    page = read(at_desk.post(place(villager), {"q": "xxgnk"}))
    assert (page.focus, page.links[page.focus]) == (week(villager, department), "心血管内科 柯桥区示例医院")


def test_place_answers_htmx_with_the_list_alone_and_leaves_the_focus(at_desk, villager, department):
    response = at_desk.post(place(villager), {"q": "心血管"}, headers={"HX-Request": "true"})
    page = read(response)
    assert (page.focus, "<main" in response.content.decode()) == ("", False)
    assert 'data-results-for="心血管"' in response.content.decode()
    assert week(villager, department) in page.links


def test_place_keeps_what_ails_somebody_out_of_the_address(at_desk, villager, department):
    page = read(at_desk.get(f"{place(villager)}?q=心血管"))
    assert "找到了" not in page.words
    searched = at_desk.post(place(villager), {"q": "心血管"}).content.decode()
    assert 'method="post"' in searched
    assert "?q=" not in searched


def test_place_suggests_what_people_say_and_gives_no_advice(at_desk, villager, department):
    specialty = Specialty.objects.create(code="03.04", name="心血管内科专业")
    department.specialties.add(specialty)
    EverydayWord.objects.create(word="心慌", specialty=specialty)
    page = read(at_desk.post(place(villager), {"q": "心慌"}))
    assert "心慌：大家常看心血管内科" in page.words
    assert "这是大家常去的科室，不是看病的意见。 拿不准，请到全科" in page.words
    assert week(villager, department) in page.links


def test_place_sends_to_general_practice_when_nothing_answers(at_desk, hall, villager):
    general = DepartmentFactory(name="全科门诊")
    page = read(at_desk.post(place(villager), {"q": "浑身不对劲"}))
    assert "没有找到。拿不准看哪科，请到全科。" in page.words
    assert page.links[week(villager, general)].endswith("没有本礼堂的号")


def test_place_leads_from_a_doctor_to_their_row(at_desk, hall, villager, department):
    doctor = DoctorFactory(department=department, name="章建国")
    ClinicSessionFactory(department=department, doctor=doctor, allotted_hall=hall)
    assert (
        week(villager, department, f"?doctor={doctor.pk}") in read(at_desk.post(place(villager), {"q": "章建国"})).links
    )


def test_place_lists_the_departments_of_a_hospital(at_desk, villager, department):
    other = DepartmentFactory(hospital=department.hospital, name="口腔科")
    page = read(at_desk.get(place(villager, hospital=department.hospital_id)))
    assert page.links[week(villager, department)] == "心血管内科"
    assert page.links[week(villager, other)] == "口腔科 没有本礼堂的号"


def test_place_passes_over_an_address_that_makes_no_sense(at_desk, villager, department):
    page = read(at_desk.get(place(villager, hospital="x")))
    assert f"?hospital={department.hospital_id}" in page.links


def test_place_says_what_else_can_be_done_without_any_number(at_desk, villager):
    assert "现在没有分给本礼堂的号" in read(at_desk.get(place(villager))).words


def test_place_of_somebody_without_a_number_offers_to_add_it_or_to_record(at_desk, hall, department):
    villager = VillagerFactory(registered_at=hall)
    page = read(at_desk.get(place(villager)))
    assert "医院要实名预约，请先补上身份证号；也可以登记在别处约好的号。" in page.words
    assert page.focus == reverse("auditorium:villager_edit", args=[villager.pk])
    assert (reverse("appointments:record", args=[villager.pk]) in page.links, "查找" in page.words) == (True, False)


def test_place_of_somebody_who_has_not_agreed_offers_to_write_it_down(at_desk, villager):
    villager.consents.filter(purpose=ConsentPurpose.HEALTH).update(withdrawn_at=clock.now())
    assert read(at_desk.get(place(villager))).focus == reverse("auditorium:consents_edit", args=[villager.pk])


def test_place_of_somebody_who_died_offers_nothing(at_desk, villager):
    villager.died_on = clock.today() - timedelta(days=1)
    villager.save()
    page = read(at_desk.get(place(villager)))
    assert ("这位村民的资料已经停用，不能预约。" in page.words, page.focus) == (True, "")


def test_place_of_somebody_who_moved_away_offers_to_say_that_they_are_back(at_desk, villager):
    villager.moved_away_on = clock.today() - timedelta(days=1)
    villager.save()
    page = read(at_desk.get(place(villager)))
    assert "这位村民已经搬走，不能预约；人又回来了，请先在村民页记下。" in page.words
    assert page.focus == reverse("auditorium:villager_move", args=[villager.pk])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (IdentityKind.RESIDENT_ID_TOLD, "身份证没有核对过：提醒看病那天一定要带上。"),
        (IdentityKind.OTHER, "没有大陆身份证：有的医院不收这种证件，约之前先打电话问医院。"),
    ],
)
def test_place_says_what_follows_from_the_identity(at_desk, villager, kind, words):
    villager.identity_kind = kind
    villager.save()
    assert words in read(at_desk.get(place(villager))).words


@pytest.mark.parametrize("many", [1, 6])
def test_place_asks_the_database_a_fixed_number_of_times(at_desk, hall, villager, many, django_assert_num_queries):
    for number in range(many):
        SlotFactory(session__allotted_hall=hall, session__department__hospital__name=f"医院{number}")
    with django_assert_num_queries(15):
        response = at_desk.get(place(villager), headers={"HX-Request": "true"})
    assert len(read(response).links) == many
