"""Opening sessions ahead from the weekly templates. The clock stands on Monday 23 November 2026, nine o'clock."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import schedules, sessions
from appointments.domain.session_details import SessionDetails
from appointments.enums import Period, QueueMode, SessionKind
from appointments.models import BookingPolicy, ClinicSession, ScheduleException, Slot, Suspension
from auditorium import clock
from auditorium.models import AuditEntry
from tests.appointments.factories import DoctorFactory, LeaveFactory, ScheduleTemplateFactory, at
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


def opened():
    return list(ClinicSession.objects.order_by("date", "period", "pk").values_list("date", flat=True))


def test_open_reaches_the_window_and_one_week_more():
    template = ScheduleTemplateFactory()
    assert schedules.open_ahead(by=None) == 3
    assert opened() == [MONDAY + WEEK, MONDAY + 2 * WEEK, MONDAY + 3 * WEEK]  # this morning's has begun
    session = ClinicSession.objects.first()
    assert (session.template, session.doctor, session.kind) == (template, template.doctor, SessionKind.CLINIC)
    slots = Slot.objects.filter(session=session).order_by("starts_at")
    assert [(slot.capacity, slot.numbers) for slot in slots] == [(2, [[n, n + 1]]) for n in (1, 3, 5, 7)]


def test_open_twice_changes_nothing_and_locks_nothing():
    ScheduleTemplateFactory()
    schedules.open_ahead(by=None)
    audited = AuditEntry.objects.count()
    with CaptureQueriesContext(connection) as asked:
        assert schedules.open_ahead(by=None) == 0
    assert len(asked) == 6  # templates, exceptions, leaves, 停诊, holidays, sessions
    assert (len(opened()), AuditEntry.objects.count()) == (3, audited)


def test_open_keeps_what_this_afternoon_brings():
    ScheduleTemplateFactory(period=Period.AFTERNOON, starts=time(13, 30), ends=time(16))
    schedules.open_ahead(by=None)
    assert opened()[0] == MONDAY


def test_what_begins_this_minute_is_not_opened_any_more():
    ScheduleTemplateFactory()
    with time_machine.travel(at(MONDAY, 8), tick=False):
        schedules.open_ahead(by=None)
    assert opened()[0] == MONDAY + WEEK
    ClinicSession.objects.all().delete()
    with time_machine.travel(at(MONDAY, 7, 59), tick=False):
        schedules.open_ahead(by=None)
    assert opened()[0] == MONDAY


def test_the_department_s_own_window_counts():
    template = ScheduleTemplateFactory()
    BookingPolicy.objects.create(hospital=template.department.hospital, window_days=7)
    schedules.open_ahead(by=None)
    assert opened() == [MONDAY + WEEK, MONDAY + 2 * WEEK]
    BookingPolicy.objects.create(department=template.department, window_days=28)
    assert schedules.open_ahead(by=None) == 3


def test_only_while_it_is_valid_and_in_use():
    ScheduleTemplateFactory(valid_from=MONDAY + 2 * WEEK, valid_until=MONDAY + 2 * WEEK)
    ScheduleTemplateFactory(is_active=False)
    ScheduleTemplateFactory(doctor__is_active=False)
    ScheduleTemplateFactory(department__is_active=False)
    schedules.open_ahead(by=None)
    assert opened() == [MONDAY + 2 * WEEK]


def test_an_exception_closes_a_day_or_gives_it_other_places():
    template = ScheduleTemplateFactory()
    ScheduleException.objects.create(template=template, date=MONDAY + WEEK, capacity=0)
    ScheduleException.objects.create(template=template, date=MONDAY + 2 * WEEK, capacity=3)
    schedules.open_ahead(by=None)
    assert {session.date: session.last_number for session in ClinicSession.objects.all()} == {
        MONDAY + 2 * WEEK: 3,
        MONDAY + 3 * WEEK: 8,
    }


@pytest.mark.parametrize("who", ["hospital", "department", "doctor"])
@pytest.mark.parametrize(("period", "left"), [("", 2), (Period.MORNING, 2), (Period.AFTERNOON, 3)])
def test_nothing_is_opened_in_a_leave(who, period, left):
    template = ScheduleTemplateFactory()
    away = {"doctor": template.doctor, "department": template.department, "hospital": template.department.hospital}
    for finer in {"hospital": ("department", "doctor"), "department": ("doctor",), "doctor": ()}[who]:
        away[finer] = None
    LeaveFactory(**away, period=period)
    LeaveFactory(doctor=DoctorFactory(department=template.department), first_date=MONDAY + 2 * WEEK)
    assert schedules.open_ahead(by=None) == left


def test_nothing_is_opened_where_the_whole_range_was_suspended():
    template = ScheduleTemplateFactory()
    said = {
        "hospital": template.department.hospital,
        "first_date": MONDAY,
        "last_date": MONDAY + WEEK,
        "reason": "停电",
        "created_at": clock.now(),
    }
    suspension = Suspension.objects.create(**said)
    Suspension.objects.create(**said | {"last_date": MONDAY + 3 * WEEK, "picked": True})
    assert schedules.open_ahead(by=None) == 2
    Suspension.objects.filter(pk=suspension.pk).update(state="resumed")
    assert schedules.open_ahead(by=None) == 1


def test_public_holidays_are_left_out_unless_it_says_so():
    with time_machine.travel(at(date(2026, 9, 21), 9), tick=False):
        thursday = ScheduleTemplateFactory(weekday=4)
        ScheduleTemplateFactory(weekday=4, on_holidays=True)
        schedules.open_ahead(by=None)
    held = ClinicSession.objects.filter(template=thursday)
    assert [session.date.day for session in held.order_by("date")] == [24, 8]  # not on 1 October
    assert ClinicSession.objects.filter(date=date(2026, 10, 1)).count() == 1


def test_an_exception_says_a_holiday_is_worked():
    with time_machine.travel(at(date(2026, 9, 21), 9), tick=False):
        template = ScheduleTemplateFactory(weekday=4)
        ScheduleException.objects.create(template=template, date=date(2026, 10, 1), capacity=2)
        assert schedules.open_ahead(by=None) == 3


def test_a_session_from_a_sheet_counts_as_there():
    template = ScheduleTemplateFactory()
    sheet = sessions.open_session(
        details=SessionDetails(
            department=template.department,
            doctor=template.doctor,
            date=MONDAY + WEEK,
            period=Period.MORNING,
            starts=time(8, 30),
            ends=time(11),
            slot_minutes=30,
            capacity=20,
            hall=template.allotted_hall,
        ),
        by=None,
    )
    assert schedules.open_ahead(by=None) == 2
    assert list(ClinicSession.objects.filter(date=MONDAY + WEEK)) == [sheet]


def test_an_ordinary_clinic_is_known_by_its_department():
    template = ScheduleTemplateFactory(doctor=None)
    schedules.open_ahead(by=None)
    ClinicSession.objects.update(template=None)
    assert schedules.open_ahead(by=None) == 0
    assert ClinicSession.objects.filter(department=template.department).count() == 3


def test_a_walk_in_session_at_a_hall_has_times_and_no_slots():
    hall = HallFactory()
    ScheduleTemplateFactory(
        kind=SessionKind.OUTREACH,
        queue=QueueMode.WALK_IN,
        capacity=0,
        held_at=hall,
        allotted_hall=hall,
        valid_until=MONDAY + WEEK,
    )
    schedules.open_ahead(by=None)
    session = ClinicSession.objects.get()
    assert (session.kind, session.queue, session.held_at) == (SessionKind.OUTREACH, QueueMode.WALK_IN, hall)
    assert (session.starts, session.ends, session.slots.count()) == (time(8), time(10), 0)


def test_statements_do_not_depend_on_how_many():
    desk = desk_user(HallFactory())
    ScheduleTemplateFactory()
    with CaptureQueriesContext(connection) as one:
        schedules.open_ahead(by=desk)
    ClinicSession.objects.all().delete()
    for weekday in range(1, 8):
        ScheduleTemplateFactory(weekday=weekday)
    with CaptureQueriesContext(connection) as many:
        assert schedules.open_ahead(by=desk) > 20
    assert len(many) == len(one)


def test_opening_is_audited():
    ScheduleTemplateFactory()
    schedules.open_ahead(by=None)
    assert AuditEntry.objects.filter(action="opened", object_kind="clinicsession").count() == 3
