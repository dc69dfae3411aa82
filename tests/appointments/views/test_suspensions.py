"""停诊 at the desk and in the admin: look first, then close; lift it; and one press finds another place."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.domain import alternatives, bookings, moves, suspensions
from appointments.enums import AppointmentState, SessionState
from appointments.errors import NotLive
from appointments.models import Appointment, ClinicSession, HospitalClerk, Suspension
from auditorium import clock
from auditorium.enums import FollowUpKind, FollowUpState, RoleKind
from auditorium.models import FollowUp, Matter
from tests.appointments.factories import ClinicSessionFactory, DoctorFactory, SlotFactory, at
from tests.appointments.pages import read
from tests.factories import HallFactory, UserFactory, supervisor

pytestmark = pytest.mark.django_db
NEW = reverse("appointments:suspension_new")
ADD = reverse("admin:appointments_suspension_add")


@pytest.fixture
def manager(hall):
    user = UserFactory(is_staff=True)
    user.roles.create(role=RoleKind.HALL_MANAGER, hall=hall)
    return user


@pytest.fixture
def doctor():
    return DoctorFactory(name="章一", grade="chief")


@pytest.fixture
def slot(hall, doctor):
    return SlotFactory(session__department=doctor.department, session__doctor=doctor, session__allotted_hall=hall)


@pytest.fixture
def booked(slot, hall, desk, villager):
    return bookings.book(slot=slot, villager=villager, hall=hall, by=desk)


def other_slot(hall, doctor, days, **kwargs):
    """A time of another session, so many days from the usual one."""
    date = clock.today() + timedelta(days=5 + days)
    session = ClinicSessionFactory(department=doctor.department, doctor=doctor, allotted_hall=hall, date=date)
    return SlotFactory(session=session, starts_at=at(session.date, 9), **kwargs)


def suspended(session):
    made = suspensions.suspend(scope=suspensions.scope_of([session]), why="外出开会", by=None)
    suspensions.settle(made)
    return made


def page(client, url, **data):
    return read(client.get(url, data))


def test_the_desk_alone_may_not_suspend(at_desk, slot):
    assert at_desk.get(NEW, {"session": slot.session_id}).status_code == 403
    assert at_desk.post(f"{NEW}?session={slot.session_id}", {"why": "停电"}).status_code == 403
    assert ClinicSession.objects.get().state == SessionState.OPEN


def test_looking_first_names_the_people_and_closes_nothing(client, manager, slot, booked):
    client.force_login(manager)
    words = page(client, NEW, session=slot.session_id).words
    assert booked.villager.name in words
    assert "停诊这 1 个班次" in words
    assert ClinicSession.objects.get().state == SessionState.OPEN


def test_a_reason_is_asked_for(client, manager, slot):
    client.force_login(manager)
    response = client.post(f"{NEW}?session={slot.session_id}", {"why": " "})
    assert "请写明停诊的原因，村民会问。" in read(response).words
    assert ClinicSession.objects.get().state == SessionState.OPEN


def test_suspending_closes_and_leads_to_how_far_it_is(client, manager, slot, booked, hall):
    client.force_login(manager)
    response = client.post(f"{NEW}?session={slot.session_id}", {"why": "外出开会"})
    made = Suspension.objects.get()
    assert response.url == reverse("appointments:suspension", args=[made.pk])
    assert (made.hall, made.picked, made.created_by) == (hall, True, manager)
    assert "正在处理：1 位里已经办了 0 位。" in page(client, response.url).words
    suspensions.settle(made)
    shown = page(client, response.url)
    assert "1 位都已经取消并安排通知。" in shown.words
    assert reverse("appointments:appointment", args=[booked.reference]) in shown.links


def test_a_supervisor_of_many_halls_needs_to_sit_at_none(client, slot, hall):
    HallFactory(region=hall.region)
    client.force_login(supervisor(hall.region, is_staff=True))
    response = client.post(f"{NEW}?session={slot.session_id}", {"why": "医院停电"})
    made = Suspension.objects.get()
    assert (response.url, made.hall) == (reverse("appointments:suspension", args=[made.pk]), None)


def test_a_range_is_chosen_by_hospital_doctor_and_days(client, manager, slot, doctor):
    client.force_login(manager)
    asked = {"hospital": doctor.department.hospital_id, "doctor": doctor.pk, "period": ""}
    asked |= {"first_date": slot.session.date.isoformat(), "last_date": slot.session.date.isoformat()}
    assert "停诊这 1 个班次" in page(client, NEW, **asked).words
    asked["last_date"] = (slot.session.date - timedelta(days=1)).isoformat()
    assert "最后一天不能早于第一天。" in page(client, NEW, **asked).words


def test_what_is_not_ones_own_is_not_offered(client, manager, doctor):
    other = SlotFactory(session__allotted_hall=HallFactory())
    client.force_login(manager)
    response = client.post(f"{NEW}?session={other.session_id}", {"why": "停电"})
    assert response.status_code == 200
    assert ClinicSession.objects.get(pk=other.session_id).state == SessionState.OPEN


def test_lifting_asks_once_then_reopens(client, manager, slot, booked):
    made = suspended(slot.session)
    client.force_login(manager)
    url = reverse("appointments:suspension_resume", args=[made.pk])
    assert url in page(client, reverse("appointments:suspension", args=[made.pk])).links
    assert "恢复门诊吗？" in page(client, url).words
    client.post(url)
    assert ClinicSession.objects.get().state == SessionState.OPEN
    assert "已经恢复门诊" in page(client, reverse("appointments:suspension", args=[made.pk])).words


def test_another_halls_suspension_does_not_exist(client, manager):
    made = suspended(SlotFactory(session__allotted_hall=HallFactory()).session)
    client.force_login(manager)
    for name in ("suspension", "suspension_resume"):
        assert client.get(reverse(f"appointments:{name}", args=[made.pk])).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(client, manager, hall, django_assert_max_num_queries):
    client.force_login(manager)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            suspended(SlotFactory(session__allotted_hall=hall).session)
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse("appointments:suspension_list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_clerk_suspends_and_lifts_in_the_admin(client, slot, booked, doctor):
    clerk = UserFactory(is_staff=True)
    HospitalClerk.objects.create(user=clerk, hospital=doctor.department.hospital)
    client.force_login(clerk)
    day = slot.session.date.isoformat()
    asked = {"hospital": doctor.department.hospital_id, "first_date": day, "last_date": day, "period": ""}
    shown = client.get(ADD, asked).content.decode()
    assert booked.villager.name in shown
    response = client.post(f"{ADD}?{'&'.join(f'{k}={v}' for k, v in asked.items())}", {"why": "停电"})
    made = Suspension.objects.get()
    assert response.url == reverse("admin:appointments_suspension_change", args=[made.pk])
    assert client.get(response.url).status_code == 200
    assert client.get(reverse("admin:appointments_suspension_changelist")).status_code == 200
    client.post(reverse("admin:appointments_suspension_resume", args=[made.pk]))
    assert ClinicSession.objects.get().state == SessionState.OPEN


def test_another_hospitals_suspension_does_not_exist_for_a_clerk(client, slot, doctor):
    made = suspended(slot.session)
    clerk = UserFactory(is_staff=True)
    HospitalClerk.objects.create(user=clerk, hospital=DoctorFactory().department.hospital)
    client.force_login(clerk)
    assert client.get(reverse("admin:appointments_suspension_change", args=[made.pk])).status_code == 404
    assert client.post(reverse("admin:appointments_suspension_resume", args=[made.pk])).status_code == 404


def test_the_admin_action_leads_to_the_preview(client, manager, slot):
    client.force_login(manager)
    url = reverse("admin:appointments_clinicsession_changelist")
    response = client.post(url, {"action": "suspend_picked", "_selected_action": [slot.session_id]})
    assert response.url == f"{ADD}?session={slot.session_id}"
    assert "停诊这 1 个班次" in client.get(response.url).content.decode()


def test_the_doctors_next_session_comes_first_then_equals_nearby(hall, doctor, slot, booked, villager):
    equal = DoctorFactory(department=doctor.department, grade="chief")
    junior = DoctorFactory(department=doctor.department, grade="resident")
    own = other_slot(hall, doctor, 6)
    near, nearer = other_slot(hall, equal, 3), other_slot(hall, equal, -1)
    for left_out in (other_slot(hall, equal, 4), other_slot(hall, junior, 1), other_slot(HallFactory(), equal, 1)):
        assert left_out.free
    other_slot(hall, equal, 2, taken=3)
    suspended(slot.session)
    found = offered(booked, hall)
    assert [one.slot.pk for one in found] == [own.pk, nearer.pk, near.pk]
    assert [one.is_own_doctor for one in found] == [True, False, False]


def offered(appointment, hall):
    shown = Appointment.objects.with_names().with_policies().get(pk=appointment.pk)
    return alternatives.find(appointment=shown, villager=shown.villager, hall=hall)


def test_what_the_limits_forbid_is_not_offered(hall, desk, doctor, slot, booked, villager):
    equal = DoctorFactory(department=doctor.department, grade="chief")
    taken, free = other_slot(hall, equal, 1), other_slot(hall, equal, 2)
    suspended(slot.session)
    bookings.book(slot=taken, villager=villager, hall=hall, by=desk)
    assert [one.slot.pk for one in offered(booked, hall)] == [free.pk]


def test_alternatives_cost_the_same_for_one_and_for_four(hall, doctor, slot, booked, django_assert_num_queries):
    suspended(slot.session)
    shown = Appointment.objects.with_names().with_policies().get(pk=booked.pk)
    list(shown.villager.consents.all())
    for days in (1, 2, 3, -1):
        other_slot(hall, doctor, days)
        with django_assert_num_queries(5):
            alternatives.find(appointment=shown, villager=shown.villager, hall=hall)


def test_one_press_books_the_other_time_and_closes_the_task(at_desk, hall, doctor, slot, booked):
    instead = other_slot(hall, doctor, 1)
    suspended(slot.session)
    url = reverse("appointments:appointment", args=[booked.reference])
    response = at_desk.get(url)
    assert "改到这个时间" in read(response).words
    forms = re.findall(r'action="([^"]+/rebook)".*?</form>', response.content.decode(), re.DOTALL)
    key = re.search(r'name="key" value="([^"]+)"', response.content.decode().partition("/rebook")[2]).group(1)
    pressed = [at_desk.post(forms[0], {"slot": instead.pk, "key": key}) for _ in range(2)]
    new = Appointment.objects.get(state=AppointmentState.BOOKED)
    assert {one.url for one in pressed} == {reverse("appointments:appointment", args=[new.reference])}
    booked.refresh_from_db()
    assert (booked.successor, new.slot) == (new, instead)
    task = FollowUp.objects.get(about_id=booked.pk, kind=FollowUpKind.REBOOK)
    assert task.state == FollowUpState.DONE
    assert Matter.objects.filter(about_id=new.pk).count() == 1
    assert "改到这个时间" not in read(at_desk.get(url)).words


def test_a_time_that_is_gone_is_refused_and_nothing_changes(at_desk, hall, doctor, slot, booked):
    instead = other_slot(hall, doctor, 1, taken=3)
    suspended(slot.session)
    url = reverse("appointments:rebook", args=[booked.reference])
    response = at_desk.post(url, {"slot": instead.pk, "key": "0b5d4dd4-8f0c-4dc8-9f5c-3f66f2f0c001"}, follow=True)
    assert "这个时间的号刚刚约满，请选别的时间。" in response.content.decode()
    assert FollowUp.objects.open().filter(about_id=booked.pk).count() == 1


def test_nobody_is_rebooked_twice(hall, desk, doctor, slot, booked):
    first, second = other_slot(hall, doctor, 1), other_slot(hall, doctor, 2)
    with pytest.raises(NotLive):
        moves.rebook(appointment=booked, slot=first, by=desk)
    suspended(slot.session)
    moves.rebook(appointment=booked, slot=first, by=desk)
    with pytest.raises(NotLive):
        moves.rebook(appointment=booked, slot=second, by=desk)
    assert Appointment.objects.live().count() == 1
