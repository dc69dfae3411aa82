"""等放号: nothing before the release, then everybody in the order in which they asked."""

import uuid
from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
import time_machine
from django.utils import translation

from appointments import tasks
from appointments.domain import bookings, desk, turns, waitlist, week_grid, wishes
from appointments.domain.records import RecordDetails
from appointments.domain.week_grid import Standing
from appointments.enums import AppointmentState, QueueMode, SessionState, WaitlistState, WishState
from appointments.errors import (
    AlreadyWaiting,
    NothingToWaitFor,
    NotLive,
    SlotFull,
    SlotNotOffered,
    VillagerNotReady,
)
from appointments.models import Appointment, BookingPolicy, ClinicSession, Slot, WaitlistEntry, Wish
from auditorium import clock
from auditorium.domain import departures
from auditorium.enums import FollowUpKind, ReminderPurpose
from auditorium.models import AuditEntry, FollowUp, Reminder
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, at, bookable_villager, released
from tests.appointments.factories import reachable_villager as villager_of
from tests.factories import HallFactory, OpeningHoursFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
DAY = MONDAY + timedelta(days=15)  # a Tuesday, released on Tuesday 24 November
SECOND = timedelta(seconds=1)


def die(villager, hall, by):
    departures.record_death(villager=villager, died_on=MONDAY, hall=hall, by=by)


def move_away(villager, hall, by):
    departures.record_move(villager=villager, moved_away_on=MONDAY, hall=hall, by=by)


@pytest.fixture(autouse=True)
def travel():
    """Monday at nine; call it with a moment to go there."""
    with time_machine.travel(at(MONDAY, 9), tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def by(hall):
    return desk_user(hall)


@pytest.fixture
def session(hall):
    """Two times of one place each."""
    session = ClinicSessionFactory(allotted_hall=hall, date=DAY, department__name="骨科")
    SlotFactory(session=session, capacity=1)
    SlotFactory(session=session, capacity=1, starts_at=at(DAY, 9), numbers=[[2, 2]])
    return session


@pytest.fixture
def release(session):
    return released(session)


@pytest.fixture
def wish(session, hall, by, release):
    """Somebody else's wish for the session, with what is named."""

    def build(villager=None, **kwargs):
        return wishes.make(session=session, villager=villager or villager_of(hall), hall=hall, by=by, **kwargs)

    return build


@contextmanager
def refused(kind, sentence):
    """A refusal of this kind, with these words in its sentence."""
    with pytest.raises(kind) as found:
        yield
    assert sentence in found.value.sentence


def became(*made):
    return [Wish.objects.get(pk=row.pk).state for row in made]


@pytest.mark.parametrize("hour", [0, 7])
def test_release_is_a_moment_known_to_the_second(session, hall, by, travel, hour):
    moment = released(session, at_hour=hour)
    slot, villager = session.slots.first(), villager_of(hall)
    travel(moment - SECOND)
    (choice,) = week_of(session, hall)
    assert (choice.standing, choice.opens, choice.left) == (Standing.SOON, moment, 0)
    with refused(SlotNotOffered, "还没放号，11月24日 周二"):
        bookings.book(slot=slot, villager=villager, hall=hall, by=by)
    travel(moment)
    assert week_of(session, hall)[0].standing == Standing.FREE
    assert bookings.book(slot=slot, villager=villager, hall=hall, by=by).state == AppointmentState.BOOKED


def test_release_follows_the_demo_clock(session, hall, by, travel, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    moment, slot, villager = released(session), session.slots.first(), villager_of(hall)
    clock.move_to(moment - SECOND)
    with refused(SlotNotOffered, "还没放号"):
        bookings.book(slot=slot, villager=villager, hall=hall, by=by)
    wishes.make(session=session, villager=villager, hall=hall, by=by)
    tasks.serve_queues()
    assert Appointment.objects.count() == 0
    clock.move_to(moment + SECOND)
    tasks.serve_queues()
    assert Appointment.objects.get().villager == villager


def week_of(session, hall):
    department = type(session.department).objects.select_related("hospital", "policy").get(pk=session.department_id)
    week = week_grid.open_week(department=department, hall=hall, at=clock.now(), first=session.date)
    return week.rows[0].choices


def test_wishes_are_served_at_the_release_in_the_order_they_were_made(wish, release, travel, session):
    first, second, third = wish(), wish(), wish()
    travel(release - SECOND)
    assert (wishes.serve_due(), became(first, second, third)) == (0, ["waiting"] * 3)
    travel(release)
    assert (wishes.serve_due(), wishes.serve_due()) == (3, 0)
    assert became(first, second, third) == [WishState.BOOKED, WishState.BOOKED, WishState.MISSED]
    made = [Wish.objects.get(pk=row.pk).appointment for row in (first, second)]
    assert [clock.local(row.starts_at).time() for row in made] == [time(8), time(9)]
    assert list(Slot.objects.order_by("pk").values_list("taken", flat=True)) == [1, 1]


def test_a_served_wish_is_booked_by_nobody_and_confirmed_by_text(wish, release, travel):
    made = wish()
    travel(release)
    wishes.serve_due()
    appointment = Appointment.objects.get()
    assert (appointment.booked_by, appointment.villager) == (None, made.villager)
    told = Reminder.objects.about("appointment", appointment.pk).filter(purpose=ReminderPurpose.CONFIRMATION)
    assert told.count() == 1
    assert not FollowUp.objects.filter(about_kind="wish").exists()


def test_a_wish_takes_no_earlier_time_than_asked(wish, release, travel):
    late, any_time = wish(not_before=time(8, 30)), wish()
    travel(release)
    wishes.serve_due()
    starts = [clock.local(Wish.objects.get(pk=row.pk).appointment.starts_at).time() for row in (late, any_time)]
    assert starts == [time(9), time(8)]


def test_who_asked_for_a_later_time_misses_when_only_an_earlier_one_is_left(wish, release, travel):
    first, second = wish(not_before=time(9)), wish(not_before=time(9))
    travel(release)
    wishes.serve_due()
    assert became(first, second) == [WishState.BOOKED, WishState.MISSED]
    second.refresh_from_db()
    assert second.ended_reason == "放号的时候上午9:00以后的号已经约完了"


def test_a_missed_wish_becomes_a_call_while_the_hall_is_open(hall, wish, release, travel):
    OpeningHoursFactory(hall=hall, weekday=2, opens=time(8), closes=time(17))
    _first, _second, third = wish(), wish(), wish()
    travel(release)
    wishes.serve_due()
    task = FollowUp.objects.get(about_kind="wish")
    assert (task.about_id, task.kind, task.villager, task.due_at) == (
        third.pk,
        FollowUpKind.CALL,
        third.villager,
        at(release.date(), 12),
    )
    assert task.reason == "放号没约上，请换医生、换日子或排候补：放号的时候号已经约完了"
    assert task.words.startswith("张小明您好，您等的12月8日 周二上午的号没有约上。")
    assert "骨科" not in task.words


@pytest.mark.parametrize("elsewhere", [False, True])
def test_booking_by_hand_in_the_department_ends_the_call_of_a_missed_wish(
    session, hall, by, wish, release, travel, elsewhere
):
    _first, _second, third, fourth = wish(), wish(), wish(), wish()
    travel(release)
    wishes.serve_due()
    day = session.date + timedelta(days=1)
    other = SlotFactory(session__allotted_hall=hall, session__date=DAY - timedelta(days=3))
    desk.book(slot=other, villager=third.villager, hall=hall, by=by, key=uuid.uuid4())
    assert FollowUp.objects.open().filter(about_kind="wish").count() == 2
    if elsewhere:
        department = session.department
        details = RecordDetails(date=day, hospital_text=department.hospital.name, department_text=department.name)
        desk.record(details=details, villager=third.villager, hall=hall, by=by, key=uuid.uuid4())
    else:
        slot = SlotFactory(session__department=session.department, session__allotted_hall=hall, session__date=day)
        released(slot.session, window_days=21)
        desk.book(slot=slot, villager=third.villager, hall=hall, by=by, key=uuid.uuid4())
    assert list(FollowUp.objects.open().filter(about_kind="wish").values_list("about_id", flat=True)) == [fourth.pk]
    closed = FollowUp.objects.get(about_kind="wish", about_id=third.pk)
    assert (closed.state, closed.outcome_note, closed.closed_by) == ("cancelled", "已经另外约好了", by)


def test_what_is_written_while_serving_is_in_chinese(wish, release, travel):
    for _ in range(3):
        wish()
    travel(release)
    with translation.override("en"):
        wishes.serve_due()
    assert FollowUp.objects.get(about_kind="wish").reason.startswith("放号没约上")


def test_a_wish_of_somebody_who_has_a_place_that_day_ends_quietly(session, hall, by, wish, release, travel):
    villager = villager_of(hall)
    afternoon = ClinicSessionFactory(department=session.department, date=DAY, period="afternoon", allotted_hall=hall)
    SlotFactory(session=afternoon, starts_at=at(DAY, 14))
    morning = wish(villager)
    later = wishes.make(session=afternoon, villager=villager, hall=hall, by=by)
    travel(release)
    wishes.serve_due()
    assert became(morning, later) == [WishState.BOOKED, WishState.MISSED]
    assert not FollowUp.objects.filter(about_kind="wish").exists()


def test_limits_hold_at_the_release(session, hall, by, wish, release, travel):
    BookingPolicy.objects.filter(department=session.department).update(per_month=1)
    villager = villager_of(hall)
    made = wish(villager)
    other = ClinicSessionFactory(department__hospital=session.department.hospital, date=DAY, allotted_hall=hall)
    travel(release)
    bookings.book(slot=SlotFactory(session=other), villager=villager, hall=hall, by=by)
    wishes.serve_due()
    made.refresh_from_db()
    assert (made.state, made.ended_reason) == (
        WishState.MISSED,
        "张小明这个月在这家医院已经约满 1 个号，请选下个月。",
    )
    assert FollowUp.objects.filter(about_kind="wish", about_id=made.pk).count() == 1


@pytest.mark.parametrize("hour", [0, 7])
def test_a_desk_at_the_release_comes_after_whoever_wished(session, hall, by, travel, hour):
    """No worker runs: the desk serves those before it itself."""
    moment = released(session, at_hour=hour)
    first = wishes.make(session=session, villager=villager_of(hall), hall=hall, by=by)
    second = wishes.make(session=session, villager=villager_of(hall), hall=hall, by=by)
    travel(moment)
    slot, walked_in = session.slots.order_by("starts_at").last(), villager_of(hall)
    with pytest.raises(SlotFull):
        desk.book(slot=slot, villager=walked_in, hall=hall, by=by, key="00000000-0000-0000-0000-000000000001")
    assert became(first, second) == [WishState.BOOKED, WishState.BOOKED]
    assert Appointment.objects.count() == 2


def test_a_desk_gets_what_the_wishes_leave(session, hall, by, wish, release, travel):
    wish()
    travel(release)
    slot = session.slots.order_by("starts_at").last()
    made = desk.book(
        slot=slot, villager=villager_of(hall), hall=hall, by=by, key="00000000-0000-0000-0000-000000000001"
    )
    assert (made.slot, Appointment.objects.count()) == (slot, 2)


def test_the_waitlist_does_not_reach_into_a_release_before_its_wishes(session, hall, by, wish, release, travel):
    full = ClinicSessionFactory(department=session.department, date=DAY - timedelta(days=5), allotted_hall=hall)
    SlotFactory(session=full, taken=3)
    entry = waitlist.join(
        villager=villager_of(hall), department=session.department, hall=hall, by=by, first_date=full.date, last_date=DAY
    )
    first, second = wish(), wish()
    travel(release)
    turns.serve_waitlists()
    assert became(first, second) == ["waiting", "waiting"]
    assert WaitlistEntry.objects.get(pk=entry.pk).state == WaitlistState.WAITING
    tasks.serve_queues()
    assert became(first, second) == ["booked", "booked"]
    assert WaitlistEntry.objects.get(pk=entry.pk).state == WaitlistState.WAITING


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": SessionState.SUSPENDED}, "这个班次停诊了，请选别的时间。"),
        (
            {"queue": QueueMode.WALK_IN, "starts": time(8), "ends": time(11)},
            "这一场先到先看，不用预约，当天直接去就行。",
        ),
        ({"date": MONDAY - timedelta(days=1)}, "这个班次已经过了，请选别的日子。"),
        ({"date": MONDAY + timedelta(days=3)}, "已经放号，直接约就行；约满了的，可以帮村民排候补。"),
    ],
)
def test_a_wish_for_a_session_that_never_opens_is_refused(session, wish, change, sentence):
    ClinicSession.objects.filter(pk=session.pk).update(**change)
    with pytest.raises(NothingToWaitFor) as refused:
        wish()
    assert (refused.value.sentence, Wish.objects.count()) == (sentence, 0)


def test_a_wish_for_another_halls_session_is_refused(session, by, release):
    other = HallFactory()
    SlotFactory(session=ClinicSessionFactory(department=session.department, date=DAY, allotted_hall=other))
    with refused(NothingToWaitFor, "这个班次不是分给本礼堂的，请选别的班次。"):
        wishes.make(session=session, villager=villager_of(other), hall=other, by=by)


def test_a_wish_for_a_session_without_places_is_refused(session, wish):
    Slot.objects.update(is_open=False)
    SlotFactory()
    with refused(NothingToWaitFor, "这个班次没有可以约的号，请选别的班次。"):
        wish()


def test_a_wish_for_a_time_after_the_last_one_is_refused(wish):
    with refused(NothingToWaitFor, "上午9:30以后没有号，最晚的一个是上午9:00，请把时间改早一点。"):
        wish(not_before=time(9, 30))


@pytest.mark.parametrize("hour", [0, 7])
def test_a_wish_is_refused_from_the_release_on(session, hall, by, travel, hour):
    moment = released(session, at_hour=hour)
    travel(moment)
    with refused(NothingToWaitFor, "已经放号"):
        wishes.make(session=session, villager=villager_of(hall), hall=hall, by=by)
    travel(moment - SECOND)
    assert wishes.make(session=session, villager=villager_of(hall), hall=hall, by=by).state == WishState.WAITING


def test_a_wish_is_made_once_and_only_for_who_can_be_booked_for(hall, wish, by):
    villager = villager_of(hall)
    wish(villager)
    with refused(AlreadyWaiting, "张小明已经登记过这一班了"):
        wish(villager)
    for leave in (die, move_away):
        nobody = bookable_villager(hall)
        leave(nobody, hall, by)
        with pytest.raises(VillagerNotReady):
            wish(nobody)
    assert Wish.objects.count() == 1


def test_a_session_suspended_while_the_wish_waits_makes_it_a_call_at_once(session, wish):
    made = wish()
    ClinicSession.objects.update(state=SessionState.SUSPENDED)
    assert wishes.serve_due() == 1
    made.refresh_from_db()
    assert (made.state, made.ended_reason) == (WishState.MISSED, "这个班次停诊了，请选别的时间。")
    assert FollowUp.objects.get(about_kind="wish").about_id == made.pk


@pytest.mark.parametrize("emptied", [{"is_open": False}, {"capacity": 0}])
def test_a_session_emptied_while_the_wish_waits_makes_it_a_call_at_once(wish, emptied):
    made = wish()
    Slot.objects.update(**emptied)
    assert wishes.serve_due() == 1
    made.refresh_from_db()
    assert (made.state, made.ended_reason) == (WishState.MISSED, "这个班次没有可以约的号了")


def test_a_session_that_was_over_before_anybody_served_it_makes_its_wish_a_call(wish, travel):
    made = wish()
    travel(at(DAY + timedelta(days=1), 9))
    wishes.serve_due()
    assert became(made) == [WishState.MISSED]
    assert FollowUp.objects.filter(about_kind="wish").count() == 1


@pytest.mark.parametrize("leave", [die, move_away])
def test_the_wish_of_somebody_who_is_gone_ends_without_a_call(hall, by, wish, leave):
    """At once, and the others keep waiting."""
    villager = villager_of(hall)
    others, made = wish(), wish(villager)
    leave(villager, hall, by)
    assert wishes.serve_due() == 1
    assert became(others, made) == [WishState.WAITING, WishState.CANCELLED]
    assert not FollowUp.objects.filter(about_kind="wish").exists()


def test_a_cancelled_wish_is_not_served_and_cannot_be_cancelled_twice(wish, by, release, travel):
    made = wish()
    wishes.cancel(wish=made, by=by, why="不用了")
    with refused(NotLive, "这次登记已经有结果了"):
        wishes.cancel(wish=made, by=by)
    travel(release)
    assert (wishes.serve_due(), Appointment.objects.count(), became(made)) == (0, 0, ["cancelled"])
    acts = AuditEntry.objects.filter(object_kind="wish", object_id=made.pk).order_by("pk")
    assert list(acts.values_list("action", "actor")) == [("wished", by.pk), ("cancelled", by.pk)]


def test_ahead_counts_who_wished_before(wish, session, hall):
    other = ClinicSessionFactory(department=session.department, date=DAY, period="afternoon", allotted_hall=hall)
    Wish.objects.create(villager=villager_of(hall), hall=hall, session=other, made_at=clock.now())
    first, second = wish(), wish()
    assert (wishes.ahead_of(first), wishes.ahead_of(second)) == (0, 1)


def test_looking_for_what_is_due_costs_the_same_for_one_and_many(wish, django_assert_num_queries):
    wish()
    with django_assert_num_queries(3):
        wishes.serve_due()
    for _ in range(3):
        wish()
    with django_assert_num_queries(3):
        wishes.serve_due()
