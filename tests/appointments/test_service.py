"""What bookings put on a villager's timeline, on the hall's day, and on the desk's buttons."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings, records, revisits, wishes
from appointments.enums import HospitalKnows
from appointments.models import Appointment
from auditorium import ports
from auditorium.ports import Link
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    HospitalFactory,
    SlotFactory,
    at,
)
from tests.appointments.factories import reachable_villager as villager_of
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return villager_of(hall)


@pytest.fixture
def service():
    return ports.service_for("appointment")


@pytest.fixture
def department():
    return DepartmentFactory(name="心血管内科", place="门诊楼 2 楼", hospital__name="柯桥区示例医院")


@pytest.fixture
def made(hall, desk, villager, department):
    doctor = DoctorFactory(department=department, name="章建国")
    slot = SlotFactory(
        session__allotted_hall=hall, session__date=FRIDAY, session__department=department, session__doctor=doctor
    )
    return bookings.book(slot=slot, villager=villager, hall=hall, by=desk)


def week(made, query=""):
    return reverse("appointments:week", args=[made.villager_id, made.department_id]) + query


def test_timeline_says_where_when_and_how_it_stands(service, villager, desk, made):
    (entry,) = service.timeline(villager, desk)
    assert (entry.at, entry.has_time, entry.title) == (at(FRIDAY, 8), True, "看病：柯桥区示例医院 心血管内科")
    assert (entry.detail, entry.state, entry.tone) == ("章建国 · 1号 · 门诊楼 2 楼", "已约好", "good")
    assert entry.url == service.url(made.pk) == reverse("appointments:appointment", args=[made.reference])
    assert entry.actions == ()


def test_timeline_says_what_the_hospital_has_yet_to_confirm(service, villager, desk, made):
    Appointment.objects.update(hospital_knows=HospitalKnows.UNSENT)
    (entry,) = service.timeline(villager, desk)
    assert (entry.state, entry.tone) == ("待医院确认", "warn")


def test_timeline_offers_the_same_again_once_it_is_over(service, villager, desk, made):
    with time_machine.travel(at(FRIDAY, 9), tick=False):
        (entry,) = service.timeline(villager, desk)
    assert (entry.state, entry.actions) == ("时间已过", (Link("再约一次", week(made, f"?doctor={made.doctor_id}")),))


def test_timeline_shows_a_cancelled_booking_where_it_was_cancelled(service, villager, desk, made):
    with time_machine.travel(at(MONDAY, 10), tick=False):
        bookings.cancel(appointment=made, by=desk)
        (entry,) = service.timeline(villager, desk)
    assert (entry.at, entry.state) == (at(MONDAY, 10), "已取消")
    assert entry.detail == "11月27日 周五 · 章建国 · 1号 · 门诊楼 2 楼"


@pytest.mark.parametrize(("known", "query"), [(True, True), (False, False)])
def test_timeline_leads_again_as_near_as_is_known(service, hall, desk, villager, known, query):
    hospital = HospitalFactory()
    details = records.RecordDetails(
        date=FRIDAY, hospital=hospital if known else None, hospital_text="" if known else "上海某医院"
    )
    recorded = records.record(details=details, villager=villager, hall=hall, by=desk)
    bookings.cancel(appointment=recorded, by=desk)
    (entry,) = service.timeline(villager, desk)
    where = reverse("appointments:place", args=[villager.pk])
    assert entry.actions[0].url == (f"{where}?hospital={hospital.pk}" if query else where)


def test_timeline_of_a_booking_without_a_clock_time_belongs_to_its_day(service, hall, desk, villager):
    details = records.RecordDetails(date=FRIDAY, hospital_text="上海某医院", period="afternoon")
    records.record(details=details, villager=villager, hall=hall, by=desk)
    (entry,) = service.timeline(villager, desk)
    assert (entry.has_time, entry.at.date(), entry.title) == (False, FRIDAY, "看病：上海某医院")


def test_timeline_shows_nothing_out_of_scope(service, villager, made):
    assert service.timeline(villager, desk_user(HallFactory())) == []


@pytest.mark.parametrize("many", [1, 4])
def test_timeline_asks_four_queries_and_today_one(service, hall, desk, villager, many, django_assert_num_queries):
    for number in range(many):
        slot = SlotFactory(session__allotted_hall=hall, session__date=FRIDAY + timedelta(days=number))
        bookings.book(slot=slot, villager=villager, hall=hall, by=desk)
        session = ClinicSessionFactory(allotted_hall=hall, date=FRIDAY + timedelta(days=20 + number))
        wishes.make(session=SlotFactory(session=session).session, villager=villager, hall=hall, by=desk)
        due_on = FRIDAY + timedelta(days=20 + number)
        revisits.note(villager=villager, hall=hall, department=session.department, due_on=due_on, by=desk)
    assert desk.role_list
    with django_assert_num_queries(4):
        assert len(service.timeline(villager, desk)) == 3 * many
    with time_machine.travel(at(FRIDAY, 7), tick=False), django_assert_num_queries(1):
        assert [entry.villager for entry in service.today(hall, desk)] == ["张小明"]


def test_timeline_says_what_waits_for_its_release(service, hall, villager, desk, department):
    session = ClinicSessionFactory(allotted_hall=hall, department=department, date=FRIDAY + timedelta(days=20))
    made = wishes.make(session=SlotFactory(session=session).session, villager=villager, hall=hall, by=desk)
    (entry,) = service.timeline(villager, desk)
    assert (entry.at, entry.title) == (at(FRIDAY + timedelta(days=6), 0), "放号就约：柯桥区示例医院 心血管内科")
    assert (entry.detail, entry.state, entry.tone) == ("12月17日 周四 上午 · 普通门诊", "等放号", "warn")
    assert entry.url == ports.page_of("wish", made.pk) == reverse("appointments:wish", args=[made.pk])
    wishes.cancel(wish=made, by=desk, why="不用了")
    (entry,) = service.timeline(villager, desk)
    assert (entry.at, entry.detail) == (at(MONDAY, 9), "12月17日 周四 上午 · 普通门诊 · 不用了")


def test_timeline_says_when_to_come_back_and_books_it_once_it_can(service, hall, villager, desk, department):
    doctor = DoctorFactory(department=department, name="章建国")
    said = {"villager": villager, "hall": hall, "department": department, "doctor": doctor, "by": desk}
    made = revisits.note(due_on=MONDAY + timedelta(weeks=4), automatic=True, **said)
    (entry,) = service.timeline(villager, desk)
    assert (entry.at, entry.has_time, entry.title) == (
        at(MONDAY + timedelta(weeks=4), 0),
        False,
        "复诊：柯桥区示例医院 心血管内科",
    )
    assert (entry.detail, entry.state, entry.actions) == ("章建国 · 到时候直接约", "还没到时候", ())
    assert entry.url == ports.page_of("revisit", made.pk) == reverse("appointments:revisit", args=[made.pk])
    with time_machine.travel(at(MONDAY + timedelta(weeks=2), 9), tick=False):
        revisits.come_due()
        (entry,) = service.timeline(villager, desk)
    week = reverse("appointments:week", args=[villager.pk, department.pk])
    assert entry.actions == (Link("约复诊", f"{week}?from=2026-12-21&doctor={doctor.pk}"),)
    assert (entry.state, entry.tone) == ("可以约了", "warn")


def test_today_leaves_out_who_does_not_go(service, hall, desk, made):
    bookings.cancel(appointment=made, by=desk)
    with time_machine.travel(at(FRIDAY, 7), tick=False):
        assert service.today(hall, desk) == []


def test_choices_are_the_two_equal_ways(service, villager):
    assert service.choices(villager) == [
        Link("预约挂号", reverse("appointments:place", args=[villager.pk])),
        Link("登记已约好的号", reverse("appointments:record", args=[villager.pk])),
    ]
