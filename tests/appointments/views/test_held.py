"""What is held at a hall, on the desk's pages. It is Monday 23 November 2026, nine o'clock."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.domain import bookings, slips, texts
from appointments.enums import QueueMode, SessionKind
from appointments.models import Appointment
from auditorium.enums import MessageAudience
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, DoctorFactory, SlotFactory, at
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
THURSDAY = MONDAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def department():
    return DepartmentFactory(name="全科", hospital__name="马鞍示例卫生院")


@pytest.fixture
def village_doctor(hall, department):
    """A numbered place with the village doctor at the hall."""
    session = ClinicSessionFactory(
        department=department,
        doctor=DoctorFactory(department=department, name="俞文斌"),
        date=THURSDAY,
        kind=SessionKind.VILLAGE_DOCTOR,
        held_at=hall,
        allotted_hall=hall,
        room="一楼",
    )
    return SlotFactory(session=session)


def walk_in(hall, department, day=THURSDAY, **more):
    said = {"kind": SessionKind.OUTREACH, "queue": QueueMode.WALK_IN, "starts": time(8, 30), "ends": time(11)}
    return ClinicSessionFactory(
        department=department, doctor=None, date=day, held_at=hall, allotted_hall=hall, **said | more
    )


def test_week_says_who_comes_to_the_hall_and_that_walk_in_needs_no_booking(at_desk, villager, hall, department):
    session = walk_in(hall, department)
    page = at_desk.get(reverse("appointments:week", args=[villager.pk, department.pk])).content.decode()
    assert f"在{hall.name}看" in page
    assert "8:30–11:00" in page
    assert "先到先看" in page
    assert f"session={session.pk}" not in page


def test_place_page_lists_what_is_held_here(at_desk, villager, hall, department, village_doctor):
    walk_in(hall, department)
    walk_in(HallFactory(), department)
    answer = at_desk.get(reverse("appointments:place", args=[villager.pk]))
    assert [session.kind for session in answer.context["held"]] == ["outreach", "village_doctor"]
    page = answer.content.decode()
    assert f"session={village_doctor.session_id}" in page
    assert "不用预约" in page


def test_texts_and_slip_say_the_hall(hall, desk, villager, village_doctor):
    booked = bookings.book(slot=village_doctor, villager=villager, hall=hall, by=desk)
    assert booked.place == f"{hall.name} 一楼"
    own = texts.values_of([booked.pk], MessageAudience.OWN)[booked.pk]
    discreet = texts.values_of([booked.pk], MessageAudience.DISCREET)[booked.pk]
    assert (own["where"], discreet["where"]) == (f"{hall.name}全科", hall.name)
    slip = slips.slip_for(Appointment.objects.with_names().with_policies().get(pk=booked.pk))
    assert (slip.hospital, slip.place, slip.route) == (hall.name, "一楼", "")
    assert slip.clinic == "马鞍示例卫生院 全科 俞文斌"


def test_head_count_is_written_on_the_hall_s_page(at_desk, hall, department):
    session = walk_in(hall, department, day=MONDAY - timedelta(days=1))
    page = at_desk.get(reverse("appointments:held"))
    assert [row for row, _form in page.context["forms"]] == [session]
    sent = {f"session-{session.pk}-count": "37"}
    assert at_desk.post(reverse("appointments:head_count", args=[session.pk]), sent).status_code == 302
    session.refresh_from_db()
    assert session.head_count == 37
    answer = at_desk.post(reverse("appointments:head_count", args=[session.pk]), {f"session-{session.pk}-count": "三"})
    assert "请写数字" in answer.content.decode()
    assert at_desk.get(reverse("appointments:head_count", args=[session.pk])).status_code == 302


def test_head_count_of_another_hall_is_404_and_of_tomorrow_refused(at_desk, hall, department):
    elsewhere = walk_in(HallFactory(), department, day=MONDAY - timedelta(days=1))
    url = reverse("appointments:head_count", args=[elsewhere.pk])
    assert at_desk.post(url, {f"session-{elsewhere.pk}-count": "3"}).status_code == 404
    coming = walk_in(hall, department)
    url = reverse("appointments:head_count", args=[coming.pk])
    answer = at_desk.post(url, {f"session-{coming.pk}-count": "3"}, follow=True)
    coming.refresh_from_db()
    assert "还没开始" in answer.content.decode()
    assert coming.head_count is None


def test_page_asks_the_same_whatever_its_length(at_desk, hall, department):
    counts = []
    for _round in range(2):
        walk_in(hall, DepartmentFactory(), day=MONDAY - timedelta(days=1))
        walk_in(hall, DepartmentFactory())
        with CaptureQueriesContext(connection) as asked:
            at_desk.get(reverse("appointments:held"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
