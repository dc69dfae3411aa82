"""What saving a template does to the sessions that are open already. It is Monday 23 November 2026, nine o'clock."""

from datetime import date, time, timedelta

import pytest
import time_machine

from appointments.domain import bookings, schedule_changes, schedules
from appointments.enums import Period, QueueMode, SessionKind, SessionState, WishState
from appointments.models import Appointment, ClinicSession, ScheduleException, Slot, Wish
from auditorium import clock
from auditorium.models import AuditEntry
from tests.appointments.factories import ScheduleTemplateFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
FIRST, SECOND, THIRD = (MONDAY + timedelta(weeks=n) for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def template():
    made = ScheduleTemplateFactory(room="201")
    schedules.open_ahead(by=None)
    return made


def session_of(template, day):
    return ClinicSession.objects.get(template=template, date=day)


def book(session):
    hall = session.allotted_hall
    return bookings.book(slot=session.slots.first(), villager=bookable_villager(hall), hall=hall, by=desk_user(hall))


def save(template, **changes):
    """Store the template's new words, look first, then carry out what was shown."""
    for name, value in changes.items():
        setattr(template, name, value)
    template.save()
    before = set(ClinicSession.objects.values_list("pk", "date", "room", "state"))
    shown = schedule_changes.plan(template)
    assert set(ClinicSession.objects.values_list("pk", "date", "room", "state")) == before
    done = schedule_changes.carry_out(template=template, by=None)
    assert done.fingerprint == shown.fingerprint
    again = schedule_changes.plan(template)
    assert (again.changed, again.gone, again.opened) == ([], [], [])
    return shown


def days(lines):
    return [line.session for line in lines]


def test_nothing_changed_touches_nothing(template):
    assert not save(template).touches_sessions


def test_room_fee_places_and_times_are_carried_into_open_sessions(template):
    shown = save(template, room="305", fee=30, capacity=12, ends=time(11))
    assert [line.words for line in shown.changed] == [
        "挂号费 10→30、诊室 201→305、时间 08:00-10:00→08:00-11:00、号数 8→12"
    ] * 3
    session = session_of(template, FIRST)
    assert (session.room, session.fee, session.last_number) == ("305", 30, 12)
    assert sum(Slot.objects.filter(session=session).values_list("capacity", flat=True)) == 12
    assert (shown.kept, shown.gone, shown.opened) == ([], [], [])


def test_what_is_booked_stands_in_the_way_and_is_said(template):
    book(session_of(template, FIRST))
    shown = save(template, starts=time(9), ends=time(11))
    assert days(shown.changed) == ["12月7日 周一 上午", "12月14日 周一 上午"]
    assert [(line.session, "08:00-08:30 已经约了 1 位" in line.words) for line in shown.kept] == [
        ("11月30日 周一 上午", True)
    ]
    assert Appointment.objects.get().slot.session == session_of(template, FIRST)


def test_an_ended_template_gives_up_what_nobody_booked(template):
    kept = book(session_of(template, SECOND)).session
    shown = save(template, valid_until=MONDAY)
    assert list(ClinicSession.objects.all()) == [kept]
    assert days(shown.gone) == ["11月30日 周一 上午", "12月14日 周一 上午"]
    assert "已经约了 1 位" in shown.kept[0].words
    assert AuditEntry.objects.filter(action="removed", object_kind="clinicsession").count() == 2


def test_what_was_booked_and_cancelled_keeps_its_row_without_places(template):
    booked = book(session_of(template, SECOND))
    bookings.cancel(appointment=booked, by=None)
    shown = save(template, is_active=False)
    session = ClinicSession.objects.get()
    assert (session.state, session.template, len(shown.gone)) == (SessionState.SUSPENDED, None, 3)
    assert not Slot.objects.open().filter(session=session).exists()


def test_what_somebody_waits_for_stays(template):
    session = session_of(template, THIRD)
    hall = session.allotted_hall
    wish = Wish.objects.create(
        villager=bookable_villager(hall), hall=hall, session=session, made_at=clock.now(), state=WishState.WAITING
    )
    assert "放号" in save(template, is_active=False).kept[0].words
    assert ClinicSession.objects.get() == wish.session


def test_another_weekday_or_part_of_the_day_makes_new_sessions(template):
    shown = save(template, weekday=2)
    assert (len(shown.gone), len(shown.opened)) == (3, 3)
    shown = save(template, period=Period.AFTERNOON, starts=time(14), ends=time(16))
    assert (len(shown.gone), len(shown.opened)) == (3, 3)
    assert {session.period for session in ClinicSession.objects.all()} == {Period.AFTERNOON}


def test_only_its_own_sessions_are_changed(template):
    other = ScheduleTemplateFactory(weekday=3, room="305")
    schedules.open_ahead(by=None)
    shown = save(template, room="202", weekday=2)
    assert {session.room for session in ClinicSession.objects.filter(template=other)} == {"305"}
    assert {session.date.isoweekday() for session in ClinicSession.objects.filter(template=other)} == {3}
    assert shown.touches_sessions


@pytest.mark.parametrize(("what", "is_looked_at"), [("changed", 1), ("kept", 1), ("gone", 1), ("opened", 0)])
def test_somebody_looks_first_wherever_anything_open_is_concerned(what, is_looked_at):
    plan = schedule_changes.ChangePlan(**{what: [schedule_changes.Line("11月30日 周一 上午")]})
    assert plan.touches_sessions is bool(is_looked_at)


def test_booked_mornings_stay_where_a_template_moves_to_the_afternoon(template):
    book(session_of(template, FIRST))
    save(template, period=Period.AFTERNOON, starts=time(14), ends=time(16))
    assert list(ClinicSession.objects.order_by("date").values_list("date", "period")) == [
        (MONDAY, Period.AFTERNOON),
        (FIRST, Period.MORNING),
        (SECOND, Period.AFTERNOON),
        (THIRD, Period.AFTERNOON),
    ]


def test_an_exception_takes_effect_on_what_is_open(template):
    ScheduleException.objects.create(template=template, date=FIRST, capacity=0)
    ScheduleException.objects.create(template=template, date=SECOND, capacity=4)
    shown = save(template)
    assert (days(shown.gone), [line.words for line in shown.changed]) == (["11月30日 周一 上午"], ["号数 8→4"])


def test_it_becomes_walk_in_at_a_hall_where_nobody_is_booked(template):
    hall = HallFactory()
    book(session_of(template, FIRST))
    changes = {"kind": SessionKind.OUTREACH, "queue": QueueMode.WALK_IN, "capacity": 0, "held_at": hall}
    shown = save(template, **changes)
    assert "换不了地方" in shown.kept[0].words
    session = session_of(template, SECOND)
    assert (session.queue, session.held_at, session.starts) == (QueueMode.WALK_IN, hall, time(8))
    assert session.slots.count() == 0
    assert session_of(template, FIRST).queue == QueueMode.NUMBERED
    shown = save(template, queue=QueueMode.NUMBERED, capacity=6)
    session.refresh_from_db()
    assert (session.queue, session.starts, session.last_number) == (QueueMode.NUMBERED, None, 6)


def test_today_s_session_stays_as_people_were_told(template):
    today = ClinicSession.objects.create(
        template=template,
        department=template.department,
        doctor=template.doctor,
        date=MONDAY,
        period=Period.MORNING,
        allotted_hall=template.allotted_hall,
    )
    save(template, is_active=False)
    assert list(ClinicSession.objects.all()) == [today]


def test_what_changes_a_sheet_did_is_not_touched_by_opening(template):
    ClinicSession.objects.filter(date=FIRST).update(room="101")
    schedules.open_ahead(by=None)
    assert session_of(template, FIRST).room == "101"
