"""停诊: what it ends and what it leaves, what people are owed, and what lifting it gives back."""

from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from appointments.domain import bookings, default_templates, suspension_preview, suspension_progress, suspensions, texts
from appointments.domain.suspensions import Scope
from appointments.enums import AppointmentState, SessionState, SuspensionState
from appointments.errors import NotAllowed, NothingToSuspend, ReasonMissing
from appointments.models import Appointment, HospitalClerk, Slot, Suspension
from auditorium import clock, sms_length
from auditorium.enums import FollowUpKind, FollowUpState, MessageAudience, ReminderPurpose, ReminderState, RoleKind
from auditorium.models import AuditEntry, FollowUp, Reminder
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    HospitalFactory,
    SlotFactory,
    at,
    bookable_villager,
    reachable_villager,
)
from tests.factories import FollowUpFactory, HallClosureFactory, HallFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    """A Tuesday at nine: the hall is open, nothing is at an edge."""
    with time_machine.travel(at(clock.today().replace(year=2027, month=3, day=2), 9), tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def admin():
    return UserFactory(is_superuser=True, is_staff=True)


@pytest.fixture
def slot(hall):
    return SlotFactory(session__allotted_hall=hall, session__department__name="骨科")


def booked(slot, hall, desk, **kwargs):
    return bookings.book(slot=slot, villager=reachable_villager(hall, **kwargs), hall=hall, by=desk)


def picked(*sessions):
    return suspensions.scope_of(sessions)


def days(hospital, first, last=None, **kwargs):
    return Scope(hospital=hospital, first_date=first, last_date=last or first, **kwargs)


def suspended(scope, why="医生临时有事", by=None):
    made = suspensions.suspend(scope=scope, why=why, by=by)
    suspensions.settle(made)
    made.refresh_from_db()
    return made


def state_of(row):
    return type(row).objects.values_list("state", flat=True).get(pk=row.pk)


def open_tasks(appointment):
    return list(FollowUp.objects.open().filter(about_id=appointment.pk).values_list("kind", flat=True))


def owed(appointment):
    return list(Reminder.objects.filter(about_id=appointment.pk).live().values_list("purpose", flat=True))


def test_suspending_ends_the_bookings_and_owes_the_news_and_another_place(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    suspension = suspended(picked(slot.session), by=None)
    slot.refresh_from_db()
    appointment.refresh_from_db()
    assert (slot.is_open, slot.taken, slot.closed_by) == (False, 0, suspension)
    assert (appointment.state, appointment.ended_reason) == (AppointmentState.CANCELLED_BY_CLINIC, "医生临时有事")
    assert (owed(appointment), open_tasks(appointment)) == ([ReminderPurpose.SUSPENDED], [FollowUpKind.REBOOK])
    assert (suspension.state, suspension.appointments_found) == (SuspensionState.SETTLED, 1)
    assert state_of(slot.session) == SessionState.SUSPENDED


def test_the_task_says_what_to_say_and_is_due_within_a_day_while_the_hall_is_open(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    suspended(picked(slot.session))
    task = FollowUp.objects.get(about_id=appointment.pk)
    assert task.reason == "骨科停诊（医生临时有事），请帮村民改约"
    assert "停诊了，先不用去，我们帮您改约" in task.words
    assert task.due_at == clock.now() + timedelta(days=1)


def test_in_the_evening_the_task_waits_for_two_open_hours(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    tomorrow_ten = at(clock.today() + timedelta(days=1), 10)
    with time_machine.travel(at(slot.session.date - timedelta(days=1), 20), tick=False):
        suspended(picked(slot.session))
    assert FollowUp.objects.get(about_id=appointment.pk).due_at == at(slot.session.date, 10) != tomorrow_ten


def test_a_hall_that_is_shut_past_the_visit_has_the_task_by_its_day(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    today = clock.today()
    HallClosureFactory(hall=hall, first_day=today, last_day=slot.session.date + timedelta(days=200))
    suspended(picked(slot.session))
    assert FollowUp.objects.get(about_id=appointment.pk).due_at == at(slot.session.date + timedelta(days=1), 0)


def test_a_hall_that_is_shut_for_over_a_year_is_given_the_task_all_the_same(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    today = clock.today()
    HallClosureFactory(hall=hall, first_day=today - timedelta(days=500), last_day=today + timedelta(days=500))
    suspended(picked(slot.session))
    assert FollowUp.objects.get(about_id=appointment.pk).due_at == clock.now() + timedelta(hours=2)


def test_stored_reasons_are_chinese_whatever_the_user_reads(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    with translation.override("en"):
        suspended(picked(slot.session), why="停电")
    assert FollowUp.objects.get(about_id=appointment.pk).reason == "骨科停诊（停电），请帮村民改约"
    assert set(AuditEntry.objects.filter(object_kind="reminder").values_list("why", flat=True)) == {"停诊"}


def test_the_longest_reason_and_name_fit(hall, desk):
    doctor = DoctorFactory(name="阿" * 40)
    slot = SlotFactory(session__allotted_hall=hall, session__doctor=doctor, session__department=doctor.department)
    appointment = booked(slot, hall, desk)
    suspension = suspended(picked(slot.session), why="由" * 300)
    assert (len(suspension.reason), open_tasks(appointment)) == (80, [FollowUpKind.REBOOK])


def test_who_has_arrived_stays(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    Appointment.objects.update(state=AppointmentState.ARRIVED)
    suspension = suspended(picked(slot.session))
    slot.refresh_from_db()
    assert (state_of(appointment), slot.taken, suspension.state) == (AppointmentState.ARRIVED, 1, "settled")
    assert suspension.appointments_found == 0


def test_only_whoever_is_booked_in_it_is_counted_and_told(slot, hall, desk):
    elsewhere = booked(SlotFactory(session__allotted_hall=hall), hall, desk)
    booked(slot, hall, desk)
    suspension = suspended(picked(slot.session))
    assert (suspension.appointments_found, state_of(elsewhere)) == (1, AppointmentState.BOOKED)


def test_picked_sessions_of_several_doctors_days_and_periods_are_all_suspended(hall):
    hospital = HospitalFactory()
    sessions = [
        ClinicSessionFactory(
            department__hospital=hospital, date=clock.today() + timedelta(days=days), period=period, allotted_hall=hall
        )
        for days, period in [(4, "morning"), (5, "afternoon")]
    ]
    left = ClinicSessionFactory(department__hospital=hospital, date=sessions[0].date, allotted_hall=hall)
    suspended(picked(*sessions))
    assert [state_of(session) for session in (*sessions, left)] == ["suspended", "suspended", "open"]
    alone = picked(left)
    assert (alone.period, alone.department, alone.doctor) == (left.period, left.department, left.doctor)


def test_who_waits_for_the_hospitals_answer_is_told_too(slot, hall, desk):
    appointment = booked(slot, hall, desk)
    Appointment.objects.update(state=AppointmentState.PENDING_EXTERNAL)
    suspended(picked(slot.session))
    assert (state_of(appointment), open_tasks(appointment)) == ("cancelled_by_clinic", [FollowUpKind.REBOOK])


def test_a_suspension_needs_a_reason(slot):
    with pytest.raises(ReasonMissing):
        suspensions.suspend(scope=picked(slot.session), why="  ", by=None)


def test_days_gone_by_cannot_be_suspended(slot):
    past = days(slot.session.department.hospital, clock.today() - timedelta(days=3), clock.today() - timedelta(days=1))
    with pytest.raises(NothingToSuspend) as refused:
        suspensions.suspend(scope=past, why="停电", by=None)
    assert refused.value.sentence == "这些日子已经过去了，不能再停诊。"
    assert Suspension.objects.count() == 0


def test_of_today_only_what_is_not_over_is_suspended(hall):
    department = DepartmentFactory()
    over = SlotFactory(session__date=clock.today(), session__department=department, session__allotted_hall=hall)
    running = SlotFactory(
        session__date=clock.today(),
        session__department=department,
        session__allotted_hall=hall,
        session__period="afternoon",
    )
    SlotFactory(session=running.session, starts_at=at(clock.today(), 14))
    suspended(days(department.hospital, clock.today()))
    assert (state_of(over.session), state_of(running.session)) == (SessionState.OPEN, SessionState.SUSPENDED)


def test_a_walk_in_session_is_over_at_its_end_and_not_on_the_days_before(hall):
    department = DepartmentFactory()
    over, running, tomorrow = (
        ClinicSessionFactory(
            department=department,
            date=clock.today() + timedelta(days=days),
            period=period,
            queue="walk_in",
            starts=time(8),
            ends=time(hour),
            allotted_hall=hall,
        )
        for days, period, hour in [(0, "morning", 9), (0, "afternoon", 10), (1, "morning", 9)]
    )
    suspended(days(department.hospital, clock.today(), clock.today() + timedelta(days=1)))
    assert [state_of(one) for one in (over, running, tomorrow)] == ["open", "suspended", "suspended"]


def test_a_doctors_range_leaves_colleagues_and_other_days(hall):
    department = DepartmentFactory()
    doctor, colleague = DoctorFactory(department=department), DoctorFactory(department=department)
    day = clock.today() + timedelta(days=4)
    sessions = {
        name: ClinicSessionFactory(department=department, doctor=who, date=when, allotted_hall=hall)
        for name, who, when in [
            ("first", doctor, day),
            ("last", doctor, day + timedelta(days=2)),
            ("after", doctor, day + timedelta(days=3)),
            ("colleague", colleague, day),
        ]
    }
    suspended(days(department.hospital, day, day + timedelta(days=2), doctor=doctor))
    states = {name: state_of(session) for name, session in sessions.items()}
    assert states == {"first": "suspended", "last": "suspended", "after": "open", "colleague": "open"}


def test_only_what_is_ones_own_is_suspended(slot, hall, desk):
    hospital = slot.session.department.hospital
    other = ClinicSessionFactory(department=slot.session.department, period="afternoon")
    manager = UserFactory(is_staff=True)
    manager.roles.create(role=RoleKind.HALL_MANAGER, hall=hall)
    whole_day = days(hospital, slot.session.date)
    with pytest.raises(NothingToSuspend):
        suspensions.suspend(scope=whole_day, why="停电", by=desk)
    suspended(whole_day, by=manager)
    assert (state_of(slot.session), state_of(other)) == (SessionState.SUSPENDED, SessionState.OPEN)
    clerk = UserFactory(is_staff=True)
    HospitalClerk.objects.create(user=clerk, hospital=hospital)
    suspended(whole_day, by=clerk)
    assert state_of(other) == SessionState.SUSPENDED


def test_the_preview_writes_nothing_and_names_who_gets_no_text(slot, hall, desk, admin):
    reachable = booked(slot, hall, desk)
    nobody = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    shown = suspension_preview.preview(picked(slot.session), by=admin)
    assert [one.appointment.pk for one in shown.people] == [reachable.pk, nobody.pk]
    assert (shown.concerned, shown.unreachable, shown.free_places, shown.arrived) == (2, 1, 1, 0)
    assert [one.receivers.main is None for one in shown.people] == [False, True]
    assert (Suspension.objects.count(), state_of(slot.session)) == (0, SessionState.OPEN)


def test_the_preview_costs_the_same_for_one_and_for_three(slot, hall, desk, admin, django_assert_num_queries):
    booked(slot, hall, desk)
    with django_assert_num_queries(8):
        suspension_preview.preview(picked(slot.session), by=admin)
    for _ in range(2):
        booked(slot, hall, desk)
    with django_assert_num_queries(8):
        suspension_preview.preview(picked(slot.session), by=admin)


def test_settling_costs_the_same_for_one_and_for_three(slot, hall, desk):
    counts = []
    for people in (1, 3):
        fresh = SlotFactory(session__allotted_hall=hall)
        for _ in range(people):
            booked(fresh, hall, desk)
        made = suspensions.suspend(scope=picked(fresh.session), why="停电", by=None)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            suspensions.settle(made)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_resuming_reopens_what_it_closed_and_asks_each_who_was_told(slot, hall, desk, admin, morning):
    appointment = booked(slot, hall, desk)
    shut = SlotFactory(session=slot.session, starts_at=at(slot.session.date, 10), is_open=False, numbers=[[4, 6]])
    suspension = suspended(picked(slot.session))
    morning.shift(timedelta(hours=1))
    assert suspensions.resume(suspension=suspension, by=admin) == 1
    assert (Slot.objects.get(pk=slot.pk).is_open, Slot.objects.get(pk=shut.pk).is_open) == (True, False)
    assert (state_of(slot.session), state_of(suspension)) == (SessionState.OPEN, SuspensionState.RESUMED)
    assert (state_of(appointment), owed(appointment)) == (AppointmentState.CANCELLED_BY_CLINIC, [])
    task = FollowUp.objects.open().get(about_id=appointment.pk)
    assert (task.kind, task.reason) == (FollowUpKind.REBOOK, "骨科恢复门诊了，原来的号已经取消，问村民还要不要约")
    assert "又开诊了" in task.words
    assert set(Reminder.objects.filter(purpose="suspended").values_list("state", flat=True)) == {
        ReminderState.CANCELLED
    }
    closed = FollowUp.objects.filter(about_id=appointment.pk, state=FollowUpState.CANCELLED)
    assert closed.count() == 1


def test_whoever_an_interrupted_resuming_did_not_ask_is_asked_by_the_sweep(
    slot, hall, desk, admin, morning, monkeypatch
):
    appointment = booked(slot, hall, desk)
    suspension = suspended(picked(slot.session))
    FollowUp.objects.update(state=FollowUpState.DONE)
    morning.shift(timedelta(hours=1))
    with monkeypatch.context() as interrupted:
        interrupted.setattr(suspensions.suspension_telling, "ask_batch", lambda *args, **kwargs: 0)
        suspensions.resume(suspension=suspension, by=admin)
    assert open_tasks(appointment) == []
    morning.shift(timedelta(minutes=5))
    assert (suspensions.settle_all(), suspensions.settle_all()) == (1, 0)
    assert open_tasks(appointment) == [FollowUpKind.REBOOK]


def test_what_is_booked_after_resuming_is_nobodys_to_end(slot, hall, desk, admin):
    """Also by a worker that still had the suspension in hand."""
    suspension = suspended(picked(slot.session))
    suspensions.resume(suspension=suspension, by=admin)
    appointment = booked(slot, hall, desk)
    assert (suspensions.settle(suspension), suspensions.left_to_tell(suspension)) == (0, 0)
    assert state_of(appointment) == AppointmentState.BOOKED


def test_resuming_twice_is_refused(slot, admin):
    suspension = suspended(picked(slot.session))
    suspensions.resume(suspension=suspension, by=admin)
    with pytest.raises(NothingToSuspend) as refused:
        suspensions.resume(suspension=suspension, by=admin)
    assert refused.value.sentence == "已经恢复过了。"


def test_who_was_only_held_a_place_is_not_asked_when_it_is_lifted(slot, hall, desk, admin, morning):
    """They went back to their queue, though somebody was to call them about the place."""
    held = booked(slot, hall, desk)
    Appointment.objects.update(state=AppointmentState.HELD, held_until=clock.now() + timedelta(hours=2))
    FollowUpFactory(
        hall=hall, villager=held.villager, kind=FollowUpKind.CALL, about_kind="appointment", about_id=held.pk
    )
    suspension = suspended(picked(slot.session))
    morning.shift(timedelta(hours=1))
    suspensions.resume(suspension=suspension, by=admin)
    assert (state_of(held), open_tasks(held)) == (AppointmentState.CANCELLED_BY_CLINIC, [])


def test_resuming_is_for_whoever_may_suspend_all_of_it(slot, hall):
    suspension = suspended(picked(slot.session))
    manager = UserFactory(is_staff=True)
    manager.roles.create(role=RoleKind.HALL_MANAGER, hall=HallFactory())
    with pytest.raises(NotAllowed):
        suspensions.resume(suspension=suspension, by=manager)
    assert state_of(slot.session) == SessionState.SUSPENDED


def test_a_session_in_two_ranges_stays_closed_until_both_are_lifted(hall, desk, admin):
    doctor = DoctorFactory()
    slot = SlotFactory(session__department=doctor.department, session__doctor=doctor, session__allotted_hall=hall)
    hospital, day = doctor.department.hospital, slot.session.date
    leave = suspended(days(hospital, day, day + timedelta(days=5), doctor=doctor), why="外出开会")
    other = ClinicSessionFactory(department=doctor.department, date=day, allotted_hall=hall)
    flood = suspended(days(hospital, day), why="台风")
    suspensions.resume(suspension=leave, by=admin)
    slot.session.refresh_from_db()
    slot.refresh_from_db()
    assert (slot.session.state, slot.session.suspension, slot.session.suspended_reason) == ("suspended", flood, "台风")
    assert (slot.is_open, slot.closed_by) == (False, flood)
    suspensions.resume(suspension=flood, by=admin)
    assert {state_of(slot.session), state_of(other)} == {SessionState.OPEN}
    assert Slot.objects.get(pk=slot.pk).is_open


def test_picked_sessions_cover_nothing_else(hall, admin):
    department = DepartmentFactory()
    day = clock.today() + timedelta(days=4)
    first, second = (
        ClinicSessionFactory(department=department, date=day, period=period, allotted_hall=hall)
        for period in ("morning", "afternoon")
    )
    one = suspended(picked(first))
    suspended(picked(second))
    suspensions.resume(suspension=one, by=admin)
    assert (state_of(first), state_of(second)) == (SessionState.OPEN, SessionState.SUSPENDED)


def test_a_second_suspension_finds_nothing_in_what_is_suspended(slot):
    suspended(picked(slot.session))
    with pytest.raises(NothingToSuspend):
        suspensions.suspend(scope=days(slot.session.department.hospital, slot.session.date), why="停电", by=None)


def test_the_words_of_the_text_keep_a_sensitive_hospital_and_the_department_unnamed(hall, desk, slot):
    hospital = slot.session.department.hospital
    hospital.is_sensitive = True
    hospital.save(update_fields=["is_sensitive"])
    appointment = booked(slot, hall, desk, name="王芳")
    said = {
        audience: default_templates.BODIES[ReminderPurpose.SUSPENDED, audience].format(
            name="王芳", ask="0575-84000000", **texts.values_of([appointment.pk], audience)[appointment.pk]
        )
        for audience in MessageAudience
    }
    assert hospital.name in said[MessageAudience.OWN]
    assert (hospital.name in said[MessageAudience.DISCREET], "骨科" in said[MessageAudience.DISCREET]) == (False, False)
    assert {sms_length.parts(text) for text in said.values()} == {1}


def test_progress_counts_who_is_told_rebooked_and_waiting(slot, hall, desk, admin):
    for _ in range(2):
        booked(slot, hall, desk)
    suspension = suspensions.suspend(scope=picked(slot.session), why="停电", by=None)
    before = suspension_progress.of(suspension, user=admin)
    suspensions.settle(suspension)
    after = suspension_progress.of(suspension, user=admin)
    assert (before.told, before.all, before.is_telling) == (0, 2, True)
    assert (after.told, after.all, after.is_telling, after.open_tasks, after.rebooked) == (2, 2, False, 2, 0)


def test_unknown_hospital_has_nothing_to_suspend():
    with pytest.raises(NothingToSuspend):
        suspensions.suspend(scope=days(HospitalFactory(), clock.today()), why="停电", by=None)
