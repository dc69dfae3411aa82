"""Finding where to go."""

from datetime import timedelta

import pytest

from appointments.domain import places
from appointments.models import Department, Doctor, EverydayWord, Hospital, Specialty
from auditorium import clock, names
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    HospitalFactory,
)
from tests.factories import HallFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory(region=RegionFactory(code="330603011258"))


def hospital(name, **kwargs):
    return HospitalFactory(name=name, initials=names.initials_of(name), **kwargs)


def department(where, name, **kwargs):
    return DepartmentFactory(hospital=where, name=name, initials=names.initials_of(name), **kwargs)


def offered(row, hall, **kwargs):
    """The department, with a session this hall may book."""
    ClinicSessionFactory(department=row, allotted_hall=hall, **kwargs)
    return row


@pytest.fixture
def example(hall):
    return hospital("柯桥区示例医院", short_name="示例医院")


@pytest.fixture
def cardiology(example, hall):
    return offered(department(example, "心血管内科"), hall)


@pytest.fixture
def orthopaedics(example, hall):
    return offered(department(example, "骨科"), hall)


def names_of(hits):
    return [hit.department.name for hit in hits]


@pytest.mark.parametrize("query", ["心血管", "xxgnk", "XXGNK", "xxg", "血管", "ｘｘｇｎｋ"])
def test_find_takes_part_of_a_name_or_its_initials(hall, cardiology, orthopaedics, query):
    assert names_of(places.find(query=query, hall=hall).departments) == ["心血管内科"]


def test_find_narrows_by_several_words_or_both_names_in_one(hall, example, orthopaedics):
    offered(department(hospital("绍兴第二示例医院"), "骨科"), hall)
    for query in ["柯桥 骨科", "示例医院·骨科 柯桥", "柯桥区示例医院骨科"]:
        found = places.find(query=query, hall=hall)
        assert [hit.department.hospital.name for hit in found.departments] == ["柯桥区示例医院"], query


def test_find_by_a_hospitals_name_gives_the_hospital_and_not_all_it_has(hall, example, cardiology):
    found = places.find(query="slyy", hall=hall)
    assert (found.departments, found.hospitals) == ((), (example,))
    assert places.find(query="示例医院", hall=hall).hospitals == (example,)


def test_find_gives_doctors_with_their_department(hall, cardiology):
    doctor = DoctorFactory(department=cardiology, name="章建国", initials="zjg")
    ClinicSessionFactory(department=cardiology, doctor=doctor, allotted_hall=hall)
    for query in ["章建国", "zjg", "心血管 章"]:
        found = places.find(query=query, hall=hall)
        assert [(hit.doctor, hit.is_bookable) for hit in found.doctors] == [(doctor, True)], query


def test_find_puts_first_what_this_hall_can_book(hall, example, orthopaedics):
    other = department(hospital("阿安示例医院"), "骨科")
    ClinicSessionFactory(department=other, allotted_hall=HallFactory())
    hits = places.find(query="骨科", hall=hall).departments
    assert [(hit.department, hit.is_bookable) for hit in hits] == [(orthopaedics, True), (other, False)]


def test_find_puts_the_name_itself_before_longer_ones(hall, example, orthopaedics):
    offered(department(example, "小儿骨科"), hall)
    assert names_of(places.find(query="gk", hall=hall).departments) == ["骨科", "小儿骨科"]


def test_find_leaves_out_what_is_no_longer_in_use(hall, example, cardiology, orthopaedics):
    Department.objects.filter(pk=orthopaedics.pk).update(is_active=False)
    assert places.find(query="骨科", hall=hall).departments == ()
    Hospital.objects.filter(pk=example.pk).update(is_active=False)
    found = places.find(query="心血管", hall=hall)
    assert (found.departments, found.hospitals) == ((), ())


def test_find_leaves_out_doctors_who_left(hall, cardiology):
    doctor = DoctorFactory(department=cardiology, name="章建国")
    Doctor.objects.filter(pk=doctor.pk).update(is_active=False)
    assert places.find(query="章建国", hall=hall).doctors == ()


@pytest.fixture
def knee(orthopaedics):
    specialty = Specialty.objects.create(code="04.03", name="骨科专业")
    orthopaedics.specialties.add(specialty)
    EverydayWord.objects.create(word="膝盖痛", specialty=specialty)
    return specialty


@pytest.mark.parametrize("query", ["膝盖痛", "膝盖疼", "我膝盖痛得厉害", "膝盖"])
def test_find_suggests_where_people_go_who_say_so(hall, knee, query):
    (suggestion,) = places.find(query=query, hall=hall).suggestions
    assert (suggestion.specialty, names_of(suggestion.departments)) == ("骨科", ["骨科"])


def test_find_suggests_nothing_for_a_single_character(hall, knee):
    assert places.find(query="痛", hall=hall).suggestions == ()


def test_find_names_the_closest_word_first(hall, knee, cardiology):
    heart = Specialty.objects.create(code="03.04", name="心血管内科专业")
    EverydayWord.objects.create(word="膝盖痛心慌", specialty=heart)
    found = places.find(query="膝盖痛", hall=hall)
    assert [suggestion.specialty for suggestion in found.suggestions] == ["骨科", "心血管内科"]


def test_find_offers_general_practice_when_nothing_answers(hall, example):
    general = offered(department(example, "全科门诊"), hall)
    coded = department(hospital("安昌示例卫生院"), "家庭医生")
    coded.specialties.add(Specialty.objects.create(code=places.GENERAL_PRACTICE, name="全科医疗科"))
    found = places.find(query="浑身不舒服", hall=hall)
    assert (found.is_empty, [hit.department for hit in found.general]) == (True, [general, coded])


def test_find_of_nothing_asks_nothing(hall, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert places.find(query=" · ", hall=hall).query == ""


@pytest.mark.parametrize("copies", [1, 5])
def test_find_asks_the_database_a_fixed_number_of_times(hall, knee, copies, django_assert_num_queries):
    for n in range(copies):
        where = hospital(f"膝盖痛医院{n}")
        row = offered(department(where, "膝盖痛科"), hall)
        DoctorFactory(department=row, name="膝盖痛医生")
    with django_assert_num_queries(5):
        found = places.find(query="膝盖痛", hall=hall)
    assert (len(found.departments), len(found.doctors), len(found.hospitals)) == (copies, copies, copies)


def test_bookable_needs_a_session_from_today_on(hall, cardiology, orthopaedics):
    cardiology.sessions.update(date=clock.today() - timedelta(days=1))
    assert list(places.bookable(hall)) == [orthopaedics]


def test_hospitals_are_those_with_places_for_the_hall(hall, example, cardiology):
    hospital("别处示例医院")
    assert list(places.hospitals(hall)) == [example]


def test_departments_of_a_hospital_put_first_what_can_be_booked(hall, example, cardiology):
    department(example, "口腔科")
    hits = places.departments_of(hospital=example, hall=hall)
    assert [(hit.department.name, hit.is_bookable) for hit in hits] == [("心血管内科", True), ("口腔科", False)]
