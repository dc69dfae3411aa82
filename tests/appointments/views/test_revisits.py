"""复诊 on its pages: what the doctor said is written down where the visit is, and booked from there."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import revisits
from appointments.enums import AppointmentState, RevisitState
from appointments.models import Appointment, Revisit
from auditorium.models import FollowUp
from tests.appointments.factories import DepartmentFactory, DoctorFactory, at, reachable_villager
from tests.appointments.pages import read
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(at(MONDAY, 9), tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def visit(hall, villager):
    """A visit of this morning, recorded from elsewhere, of a known doctor."""
    department = DepartmentFactory(name="骨科")
    doctor = DoctorFactory(department=department, name="章建国")
    return Appointment.objects.create(
        reference="ABCD2345",
        source="elsewhere",
        state=AppointmentState.FULFILLED,
        villager=villager,
        hall=hall,
        hospital=department.hospital,
        department=department,
        doctor=doctor,
        date=MONDAY,
        booked_at=at(MONDAY, 8),
    )


def new(visit):
    return reverse("appointments:revisit_new", args=[visit.reference])


def said(**kwargs):
    return {"weeks": "4", "due_on": "", "who": "same", "how": "ask"} | kwargs


def test_the_visits_page_leads_to_the_form_and_shows_what_was_said(at_desk, visit):
    address = reverse("appointments:appointment", args=[visit.reference])
    assert read(at_desk.get(address)).links[new(visit)] == "医生说要复诊"
    response = at_desk.post(new(visit), said())
    made = Revisit.objects.get()
    assert response.url == reverse("appointments:revisit", args=[made.pk])
    page = read(at_desk.get(address))
    assert "12月21日 周一前后" in page.words
    assert page.links[response.url] == "骨科"


@pytest.mark.parametrize(
    ("typed", "due_on", "doctor", "automatic"),
    [
        ({}, MONDAY + timedelta(weeks=4), True, False),
        ({"weeks": "52", "how": "book"}, MONDAY + timedelta(weeks=52), True, True),
        ({"weeks": "", "due_on": "2026-12-24", "who": "any"}, date(2026, 12, 24), False, False),
    ],
)
def test_what_was_said_is_written_down(at_desk, desk, visit, typed, due_on, doctor, automatic):
    at_desk.post(new(visit), said(**typed))
    made = Revisit.objects.get()
    assert (made.due_on, made.doctor, made.automatic) == (due_on, visit.doctor if doctor else None, automatic)
    assert (made.after, made.made_by, made.state) == (visit, desk, RevisitState.WAITING)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"weeks": "0"}, "请填 1 到 52 周。"),
        ({"weeks": "500"}, "请填 1 到 52 周。"),
        ({"weeks": "-1"}, "请填 1 到 52 周。"),
        ({"weeks": "", "due_on": "2026-11-22"}, "复诊的日子要在今天以后，请再看看病历。"),
        ({"weeks": "", "due_on": "2026-11-23"}, "复诊的日子要在今天以后，请再看看病历。"),
        ({"weeks": "", "due_on": "2036-01-01"}, "复诊的日子太远了，最多记一年以内的，请再看看病历。"),
        ({"weeks": ""}, "请填几周以后，或者哪一天。"),
        ({"due_on": "2026-12-24"}, "周数和日期填一样就行。"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(at_desk, visit, typed, sentence):
    response = at_desk.post(new(visit), said(**typed))
    assert (response.status_code, Revisit.objects.count()) == (200, 0)
    assert sentence in read(response).words


@pytest.mark.parametrize("typed", [{"weeks": "四"}, {"weeks": "1.5"}, {"due_on": "x", "weeks": ""}, {"who": "x"}])
def test_what_is_no_number_or_date_is_refused(at_desk, visit, typed):
    response = at_desk.post(new(visit), said(**typed))
    assert (response.status_code, Revisit.objects.count()) == (200, 0)


def test_what_can_be_booked_already_leads_to_its_week(at_desk, villager, visit):
    response = at_desk.post(new(visit), said(weeks="1"))
    week = reverse("appointments:week", args=[villager.pk, visit.department_id])
    assert response.url == f"{week}?from=2026-11-30&doctor={visit.doctor_id}"
    task = FollowUp.objects.get(about_kind="revisit")
    page = reverse("appointments:revisit", args=[Revisit.objects.get().pk])
    assert page in read(at_desk.get(reverse("auditorium:follow_up", args=[task.pk]))).links
    assert read(at_desk.get(page)).focus == response.url


@pytest.mark.parametrize(
    "changed",
    [
        {"state": AppointmentState.CANCELLED_BY_CLINIC},
        {"state": AppointmentState.NO_SHOW},
        {"date": MONDAY + timedelta(days=1), "state": AppointmentState.BOOKED},
        {"department": None, "department_text": "骨科"},
    ],
)
def test_nothing_follows_a_visit_that_was_not(at_desk, visit, changed):
    Appointment.objects.update(**changed)
    address = reverse("appointments:appointment", args=[visit.reference])
    assert new(visit) not in read(at_desk.get(address)).links
    assert (at_desk.post(new(visit), said()).url, Revisit.objects.count()) == (address, 0)


def test_saying_no_ends_it(at_desk, hall, desk, villager, visit):
    made = revisits.note(
        villager=villager, hall=hall, department=visit.department, due_on=MONDAY + timedelta(weeks=4), by=desk
    )
    page = read(at_desk.post(reverse("appointments:revisit_cancel", args=[made.pk]), follow=True))
    assert Revisit.objects.get().state == RevisitState.CANCELLED
    assert "记下了，不用复诊，到时候不提醒。" in page.words
    again = read(at_desk.post(reverse("appointments:revisit_cancel", args=[made.pk]), follow=True))
    assert "这次复诊已经有结果了，不用再取消。" in again.words


def test_revisits_are_404_out_of_scope(at_desk, visit):
    stranger = reachable_villager(HallFactory())
    made = Revisit.objects.create(
        villager=stranger,
        hall=stranger.registered_at,
        department=visit.department,
        due_on=MONDAY + timedelta(weeks=4),
        made_at=at(MONDAY, 9),
    )
    Appointment.objects.update(villager=stranger, hall=stranger.registered_at)
    for name, key in [("revisit", made.pk), ("revisit_new", visit.reference)]:
        assert at_desk.get(reverse(f"appointments:{name}", args=[key])).status_code == 404
    assert at_desk.post(reverse("appointments:revisit_cancel", args=[made.pk])).status_code == 404
