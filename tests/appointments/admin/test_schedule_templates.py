"""Weekly schedules and leaves in the admin. It is Monday 23 November 2026, nine o'clock."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings, schedules, suspensions
from appointments.enums import QueueMode, SessionKind, SessionState
from appointments.models import ClinicSession, HospitalClerk, Leave, ScheduleTemplate
from tests.admin_rows import administrator, another_hall, clerk_of, hall_manager, supervisor_of
from tests.appointments.factories import (
    ClinicSessionFactory,
    DoctorFactory,
    HospitalFactory,
    LeaveFactory,
    ScheduleTemplateFactory,
    at,
    bookable_villager,
)
from tests.appointments.pages import read
from tests.factories import HallFactory, RegionFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
FIRST, SECOND, THIRD = (MONDAY + timedelta(weeks=n) for n in (1, 2, 3))
OPEN, CLOSED = SessionState.OPEN, SessionState.SUSPENDED
SAME = [
    "weekday",
    "period",
    "starts",
    "ends",
    "slot_minutes",
    "capacity",
    "clinic_class",
    "fee",
    "room",
    "kind",
    "queue",
]
NO_EXCEPTIONS = {"exceptions-TOTAL_FORMS": "0", "exceptions-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def template():
    made = ScheduleTemplateFactory()
    schedules.open_ahead(by=None)
    return made


def url(model, page, *args):
    return reverse(f"admin:appointments_{model._meta.model_name}_{page}", args=args)


def sent(template, **changes):
    """The form of a template as the browser sends it."""
    said = {name: getattr(template, name) for name in [*SAME, "valid_from", "valid_until"]}
    said |= {"department": template.department_id, "doctor": template.doctor_id, "held_at": template.held_at_id}
    said |= {"allotted_hall": template.allotted_hall_id, "is_active": "on", **NO_EXCEPTIONS, **changes}
    return {name: value for name, value in said.items() if value not in {None, ""}}


def errors(answer):
    return answer.context["adminform"].form.errors


def confirm(client, address, shown, data):
    return client.post(address, data | {"_seen": shown.context["fingerprint"]})


def states():
    return [session.state for session in ClinicSession.objects.order_by("date")]


def test_changing_a_template_shows_first_and_saves_what_was_seen(client, template):
    client.force_login(administrator())
    address, data = url(ScheduleTemplate, "change", template.pk), sent(template, capacity=12)
    shown = client.post(address, data)
    template.refresh_from_db()
    assert (shown.status_code, template.capacity, template.history.count()) == (200, 8, 1)
    assert [line.words for line in shown.context["plan"].changed] == ["号数 8→12"] * 3
    assert confirm(client, address, shown, data).status_code == 302
    template.refresh_from_db()
    assert (template.capacity, {session.last_number for session in ClinicSession.objects.all()}) == (12, {12})


def test_what_changed_since_is_shown_again(client, template):
    client.force_login(administrator())
    address, data = url(ScheduleTemplate, "change", template.pk), sent(template, is_active="")
    shown = client.post(address, data)
    session = ClinicSession.objects.get(date=FIRST)
    hall = session.allotted_hall
    bookings.book(slot=session.slots.first(), villager=bookable_villager(hall), hall=hall, by=desk_user(hall))
    again = confirm(client, address, shown, data)
    assert (again.status_code, len(again.context["plan"].kept), ClinicSession.objects.count()) == (200, 1, 3)
    assert confirm(client, address, again, data).status_code == 302
    assert list(ClinicSession.objects.all()) == [session]


def test_going_back_keeps_what_was_typed(client, template):
    client.force_login(administrator())
    answer = client.post(url(ScheduleTemplate, "change", template.pk), sent(template, capacity=12, _edit="1"))
    template.refresh_from_db()
    assert (answer.context["adminform"].form["capacity"].value(), template.capacity) == ("12", 8)


def test_a_new_template_opens_its_sessions_at_once(client, template):
    client.force_login(administrator())
    assert client.post(url(ScheduleTemplate, "add"), sent(template, weekday=2)).status_code == 302
    assert ClinicSession.objects.filter(template__weekday=2).count() == 3


def test_overlaps_and_nonsense_are_refused_on_the_form(client, template):
    client.force_login(administrator())
    answer = client.post(url(ScheduleTemplate, "add"), sent(template, starts=time(9), ends=time(11)))
    assert "已经有排班" in errors(answer)["__all__"][0]
    answer = client.post(url(ScheduleTemplate, "add"), sent(template, weekday=2, capacity=400))
    assert list(errors(answer)) == ["capacity"]


def test_a_hall_manager_keeps_what_is_held_at_the_own_hall(client, template):
    mine, other = HallFactory(), another_hall()
    add = url(ScheduleTemplate, "add")

    def post(**changes):
        here = {"kind": SessionKind.VILLAGE_DOCTOR, "held_at": mine.pk, "allotted_hall": mine.pk, "weekday": 3}
        return client.post(add, sent(template, **here | changes))

    client.force_login(hall_manager(mine))
    assert client.get(url(ScheduleTemplate, "change", template.pk)).status_code == 302
    assert list(errors(post(kind=SessionKind.CLINIC, held_at=None))) == ["held_at"]
    assert list(errors(post(held_at=other.pk))) == ["held_at"]
    assert list(errors(post(allotted_hall=other.pk))) == ["allotted_hall"]
    assert post().status_code == 302
    made = ScheduleTemplate.objects.get(held_at=mine)
    assert client.get(url(ScheduleTemplate, "change", made.pk)).status_code == 200
    client.force_login(hall_manager(other))
    assert client.get(url(ScheduleTemplate, "change", made.pk)).status_code == 302


def test_a_clerk_keeps_the_own_hospital_s_for_any_hall(client, template):
    client.force_login(clerk_of(template.department.hospital))
    other, far, add = ScheduleTemplateFactory(), another_hall(), url(ScheduleTemplate, "add")
    assert client.get(url(ScheduleTemplate, "change", template.pk)).status_code == 200
    assert client.get(url(ScheduleTemplate, "change", other.pk)).status_code == 302
    assert list(client.get(add).context["adminform"].form.fields["department"].queryset) == [template.department]
    assert client.post(add, sent(template, weekday=2, allotted_hall=far.pk)).status_code == 302
    assert "department" in errors(client.post(add, sent(other, weekday=2)))


def test_places_go_to_the_counties_and_towns_of_the_hospitals_by_one_query_however_many_there_are(
    client, template, django_assert_num_queries
):
    hospitals = [
        template.department.hospital,
        *(HospitalFactory(region=RegionFactory(code=f"3302{n:08}")) for n in range(60)),
    ]
    clerk = clerk_of(hospitals[0])
    HospitalClerk.objects.bulk_create([HospitalClerk(user=clerk, hospital=hospital) for hospital in hospitals[1:]])
    town = RegionFactory(code="330603001000", name="柯桥街道", level="town")
    county = RegionFactory(code="330603000000", name="柯桥区", level="county")
    RegionFactory(code="330604001000", name="百官街道", level="town")
    client.force_login(clerk)
    choice = client.get(url(ScheduleTemplate, "add")).context["adminform"].form.fields["allotted_region"].queryset
    assert len(choice.query.sql_with_params()[1]) < 10
    with django_assert_num_queries(1):
        assert list(choice) == [county, town]


def test_a_supervisor_keeps_the_region_s_hospitals(client, template):
    client.force_login(supervisor_of("330203000000"))
    assert client.get(url(ScheduleTemplate, "change", template.pk)).status_code == 302
    client.force_login(supervisor_of())
    assert client.get(url(ScheduleTemplate, "change", template.pk)).status_code == 200
    answer = client.post(url(ScheduleTemplate, "add"), sent(template, weekday=2, allotted_hall=another_hall().pk))
    assert list(errors(answer)) == ["allotted_hall"]


def leave_of(template, **changes):
    said = {"hospital": template.department.hospital_id, "department": template.department_id}
    said |= {"doctor": template.doctor_id, "first_date": FIRST, "last_date": SECOND, "reason": "医生休假"}
    return said | changes


def given_leave(client, template):
    shown = client.post(url(Leave, "add"), leave_of(template))
    confirm(client, url(Leave, "add"), shown, leave_of(template))
    suspensions.settle_all()
    return Leave.objects.get()


def test_a_leave_shows_what_it_suspends_and_then_suspends(client, template):
    client.force_login(clerk_of(template.department.hospital))
    shown = client.post(url(Leave, "add"), leave_of(template))
    assert (shown.status_code, Leave.objects.count(), states()) == (200, 0, [OPEN] * 3)
    assert len(shown.context["sessions"]) == 2
    assert f"{template.doctor.name}休诊：先看看" in read(shown).words
    assert confirm(client, url(Leave, "add"), shown, leave_of(template)).status_code == 302
    assert (Leave.objects.count(), states()) == (1, [CLOSED, CLOSED, OPEN])


def test_a_leave_in_the_past_is_refused(client, template):
    client.force_login(clerk_of(template.department.hospital))
    days = {"first_date": MONDAY - timedelta(days=3), "last_date": MONDAY - timedelta(days=1)}
    assert list(errors(client.post(url(Leave, "add"), leave_of(template, **days)))) == ["last_date"]


def test_another_hospital_s_leave_is_nobody_else_s(client, template):
    leave = LeaveFactory(doctor=template.doctor)
    client.force_login(clerk_of(DoctorFactory().department.hospital))
    assert client.get(url(Leave, "change", leave.pk)).status_code == 302
    assert client.get(url(Leave, "delete", leave.pk)).status_code == 404
    assert client.get(url(Leave, "resume", leave.pk)).status_code == 404
    client.force_login(hall_manager(HallFactory()))
    assert client.get(url(Leave, "changelist")).status_code == 403


def test_a_shortened_leave_offers_to_resume_the_rest(client, template):
    client.force_login(administrator())
    leave = given_leave(client, template)
    answer = client.post(url(Leave, "change", leave.pk), {"first_date": FIRST, "last_date": FIRST})
    assert answer.url == url(Leave, "resume", leave.pk)
    assert [session.date for session in client.get(answer.url).context["sessions"]] == [SECOND]
    assert states() == [CLOSED, CLOSED, OPEN]
    client.post(answer.url)
    assert states() == [CLOSED, OPEN, OPEN]


@pytest.mark.parametrize(("data", "after"), [({}, [CLOSED, CLOSED, OPEN]), ({"resume": "1"}, [OPEN, OPEN, OPEN])])
def test_deleting_a_leave_resumes_where_that_is_wished_for(client, template, data, after):
    client.force_login(administrator())
    leave = given_leave(client, template)
    assert len(client.get(url(Leave, "delete", leave.pk)).context["sessions"]) == 2
    assert client.post(url(Leave, "delete", leave.pk), data).status_code == 302
    assert (Leave.objects.count(), states()) == (0, after)


def test_head_count_is_written_where_it_is_held(client):
    hall = HallFactory()
    said = {"queue": QueueMode.WALK_IN, "kind": SessionKind.OUTREACH, "starts": time(8), "ends": time(11)}
    session = ClinicSessionFactory(date=MONDAY, held_at=hall, allotted_hall=hall, **said)
    slots = {"slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    client.force_login(hall_manager(hall))
    address = url(ClinicSession, "change", session.pk)
    assert client.post(address, {"head_count": "31", **slots}).status_code == 302
    session.refresh_from_db()
    assert session.head_count == 31
    ClinicSession.objects.update(held_at=None)
    assert client.post(address, {"head_count": "5", **slots}).status_code == 403
