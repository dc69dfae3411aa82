"""When somebody is away. It is Monday 23 November 2026, nine o'clock."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction

from appointments.domain import bookings, leaves, schedules, suspensions
from appointments.enums import AppointmentState, Period, SessionState
from appointments.models import Appointment, ClinicSession, Leave, Suspension
from auditorium.domain import wake
from auditorium.models import FollowUp
from tests.admin_rows import administrator, clerk_of, supervisor_of
from tests.appointments.factories import LeaveFactory, ScheduleTemplateFactory, at, bookable_villager
from tests.factories import desk_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
FIRST, SECOND, THIRD = (MONDAY + timedelta(weeks=n) for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def template():
    made = ScheduleTemplateFactory()
    schedules.open_ahead(by=None)
    return made


@pytest.fixture
def boss():
    return administrator()


def book(template, day):
    session = ClinicSession.objects.get(template=template, date=day)
    hall = session.allotted_hall
    return bookings.book(slot=session.slots.first(), villager=bookable_villager(hall), hall=hall, by=desk_user(hall))


def go(template, boss, first, last, **more):
    with transaction.atomic():
        leave = LeaveFactory(**{"doctor": template.doctor, "first_date": first, "last_date": last, **more})
        leaves.carry_out(leave=leave, by=boss)
    suspensions.settle_all()
    return leave


def states():
    return [session.state for session in ClinicSession.objects.order_by("date")]


OPEN, CLOSED = SessionState.OPEN, SessionState.SUSPENDED


def test_a_leave_suspends_and_tells_and_nothing_opens_in_it(template, boss):
    booked = book(template, FIRST)
    leave = LeaveFactory.build(
        doctor=template.doctor,
        department=template.department,
        hospital=template.department.hospital,
        first_date=FIRST,
        last_date=SECOND,
    )
    shown = leaves.preview(leave, by=boss)
    assert ([session.booked for session in shown.sessions], shown.booked, shown.others) == ([1, 0], 1, 0)
    assert states() == [OPEN] * 3
    go(template, boss, FIRST, SECOND)
    assert states() == [CLOSED, CLOSED, OPEN]
    booked.refresh_from_db()
    assert booked.state == AppointmentState.CANCELLED_BY_CLINIC
    ClinicSession.objects.filter(date=SECOND).delete()
    assert schedules.open_ahead(by=None) == 0


def test_the_preview_counts_whoever_is_booked_in_what_it_closes_and_nobody_else(template, boss):
    for day in (FIRST, SECOND):
        book(template, day)
    leave = LeaveFactory.build(
        doctor=template.doctor,
        department=template.department,
        hospital=template.department.hospital,
        first_date=SECOND,
        last_date=THIRD,
    )
    shown = leaves.preview(leave, by=boss)
    assert ([session.date for session in shown.sessions], shown.booked) == ([SECOND, THIRD], 1)


def test_a_leave_where_nothing_is_open_suspends_nothing(template, boss):
    go(template, boss, THIRD + timedelta(days=30), THIRD + timedelta(days=40))
    assert not Suspension.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_date": FIRST, "last_date": FIRST}, None),
        ({"first_date": MONDAY, "last_date": MONDAY}, None),
        ({"first_date": FIRST, "last_date": MONDAY}, "last_date"),
        ({"first_date": date(2026, 11, 20), "last_date": date(2026, 11, 22)}, "last_date"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_leave_in_the_past_or_without_reason_is_refused(template, changes, field):
    said = {"doctor": template.doctor, "department": template.department, "hospital": template.department.hospital}
    leave = LeaveFactory.build(**said | changes)
    if field is None:
        leaves.check(leave)
        return
    with pytest.raises(ValidationError) as refused:
        leaves.check(leave)
    assert list(refused.value.message_dict) == [field]


def test_who_is_away_must_fit_together(template):
    other = ScheduleTemplateFactory()
    said = {"hospital": template.department.hospital, "department": template.department, "first_date": FIRST}
    for wrong in ({"department": other.department, "doctor": None}, {"doctor": other.doctor}):
        with pytest.raises(ValidationError):
            leaves.check(LeaveFactory.build(**{**said, "doctor": template.doctor, **wrong}))


def test_a_leave_that_began_may_end_yesterday(template):
    before = LeaveFactory(doctor=template.doctor, first_date=date(2026, 11, 16), last_date=SECOND)
    after = Leave.objects.get(pk=before.pk)
    after.last_date = MONDAY - timedelta(days=1)
    leaves.check(after, before=before)
    after.last_date = MONDAY - timedelta(days=2)
    with pytest.raises(ValidationError):
        leaves.check(after, before=before)


def test_a_shortened_leave_gives_back_the_days_it_lost_and_no_others(template, boss):
    book(template, SECOND)
    leave = go(template, boss, FIRST, THIRD)
    leave.last_date = FIRST
    leave.save()
    assert [session.date for session in leaves.to_resume(leave)] == [SECOND, THIRD]
    with time_machine.travel(at(MONDAY, 10), tick=False):
        assert leaves.resume(leave=leave, by=boss) == 2
    assert states() == [CLOSED, OPEN, OPEN]
    assert FollowUp.objects.filter(reason__contains="恢复门诊").count() == 1
    assert Appointment.objects.get().state == AppointmentState.CANCELLED_BY_CLINIC
    assert leaves.to_resume(leave) == []
    leaves.remove(leave=leave, by=boss)
    assert [session.date for session in leaves.to_resume(leave)] == [FIRST]
    assert leaves.resume(leave=leave, by=boss) == 1
    assert states() == [OPEN] * 3


@pytest.mark.parametrize("lift", [leaves.resume, leaves.remove])
def test_whoever_opens_sessions_is_woken_when_days_come_free(
    template, boss, lift, monkeypatch, django_capture_on_commit_callbacks
):
    leave = go(template, boss, FIRST, FIRST)
    woken = []
    monkeypatch.setattr(wake, "now", lambda name, *ids: woken.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        lift(leave=leave, by=boss)
    assert schedules.OPEN in woken


def test_what_another_leave_covers_stays_closed(template, boss):
    doctor = go(template, boss, FIRST, SECOND)
    house = go(template, boss, SECOND, THIRD, department=None, doctor=None, hospital=template.department.hospital)
    leaves.remove(leave=doctor, by=boss)
    assert [session.date for session in leaves.to_resume(doctor)] == [FIRST]
    leaves.resume(leave=doctor, by=boss)
    assert states() == [OPEN, CLOSED, CLOSED]
    leaves.remove(leave=house, by=boss)
    leaves.resume(leave=house, by=boss)
    assert states() == [OPEN] * 3


def test_a_suspension_of_somebody_else_s_is_not_lifted(template, boss):
    other = ScheduleTemplateFactory(department=template.department)
    schedules.open_ahead(by=None)
    scope = suspensions.Scope(
        hospital=template.department.hospital, first_date=FIRST, last_date=FIRST, doctor=other.doctor
    )
    suspensions.suspend(scope=scope, why="停电", by=boss)
    leave = go(template, boss, FIRST, FIRST)
    leaves.remove(leave=leave, by=boss)
    assert [session.doctor for session in leaves.to_resume(leave)] == [template.doctor]


def test_the_period_of_a_leave_counts(template, boss):
    go(template, boss, FIRST, THIRD, period=Period.AFTERNOON)
    assert states() == [OPEN] * 3


def test_leaves_are_kept_by_clerks_and_supervisors(template):
    leave = LeaveFactory(doctor=template.doctor)
    clerk, other = clerk_of(leave.hospital), clerk_of(ScheduleTemplateFactory().department.hospital)
    assert [Leave.objects.for_user(user).count() for user in (clerk, other, supervisor_of())] == [1, 0, 1]
    assert Leave.objects.for_user(supervisor_of("330203000000")).count() == 0


def test_what_is_not_the_user_s_to_suspend_is_counted(template):
    clerk = clerk_of(ScheduleTemplateFactory().department.hospital)
    leave = LeaveFactory(doctor=template.doctor)
    shown = leaves.preview(leave, by=clerk)
    assert (list(shown.sessions), shown.others) == ([], 1)
