"""加号: who may add a place, its number, and that nobody else ever gets it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine

from appointments.domain import bookings, extra_places, places_given, slots, suspensions, turns, week_grid
from appointments.domain import desk as at_the_desk
from appointments.enums import AppointmentState, QueueMode, SlotKind
from appointments.errors import (
    AlreadyBooked,
    NotAllowed,
    ReasonMissing,
    SlotNotOffered,
    VillagerNotReady,
)
from appointments.models import Appointment, ClinicSession, Department, HospitalClerk, Slot, WaitlistEntry
from auditorium import clock
from auditorium.enums import RoleKind
from auditorium.models import AuditEntry, Matter, Reminder
from tests.appointments.factories import SlotFactory, at, bookable_villager, reachable_villager
from tests.factories import HallFactory, UserFactory, VillagerFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
THURSDAY, FRIDAY = MONDAY + timedelta(days=3), MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def manager(hall):
    user = UserFactory(full_name="沈国强")
    user.roles.create(role=RoleKind.HALL_MANAGER, hall=hall)
    return user


@pytest.fixture
def session(hall):
    """Booked full: 8:00 and 8:30, six numbers."""
    first = SlotFactory(session__allotted_hall=hall, session__date=FRIDAY, taken=3)
    SlotFactory(session=first.session, starts_at=at(FRIDAY, 8, 30), taken=3, numbers=[[4, 6]])
    return first.session


def grant(session, villager, hall, by, why="章医生同意", **kwargs):
    return extra_places.grant(session=session, villager=villager, hall=hall, by=by, why=why, **kwargs)


def test_grant_books_a_place_of_its_own_after_the_last_number(hall, manager, session):
    villager = reachable_villager(hall)
    made = grant(session, villager, hall, manager)
    assert (made.state, made.number, made.starts_at, made.is_extra) == (
        AppointmentState.BOOKED,
        7,
        at(FRIDAY, 8, 30),
        True,
    )
    slot = Slot.objects.get(pk=made.slot_id)
    assert (slot.kind, slot.capacity, slot.taken, slot.numbers) == (SlotKind.EXTRA, 1, 1, [[7, 7]])
    session.refresh_from_db()
    assert session.last_number == 7
    assert Reminder.objects.filter(about_id=made.pk, purpose="confirmation").exists()
    entry = AuditEntry.objects.get(object_kind="appointment")
    assert (entry.action, entry.actor, entry.hall, entry.why) == ("extra_granted", manager, hall, "章医生同意")


def test_grants_of_one_time_share_a_slot_and_a_freed_place_is_used_first(hall, manager, session):
    first, second = (grant(session, bookable_villager(hall), hall, manager, starts_at=at(FRIDAY, 8)) for _ in range(2))
    assert (first.slot_id, first.number, second.number) == (second.slot_id, 7, 8)
    bookings.cancel(appointment=first, by=manager)
    third = grant(session, bookable_villager(hall), hall, manager, starts_at=at(FRIDAY, 8))
    assert (third.slot_id, third.number) == (first.slot_id, 7)
    session.refresh_from_db()
    assert session.last_number == 8


def test_capacity_added_later_takes_numbers_after_the_extra_ones(hall, manager, session):
    grant(session, bookable_villager(hall), hall, manager)
    regular = session.slots.filter(kind=SlotKind.REGULAR).first()
    assert slots.set_capacity(slot=regular, capacity=regular.capacity + 1, by=manager).numbers == [[1, 3], [8, 8]]


def test_grant_asked_again_with_its_key_adds_one_place(hall, manager, session):
    given = {"session": session, "villager": bookable_villager(hall), "hall": hall, "by": manager, "why": "同意"}
    key = uuid4()
    made = at_the_desk.add_place(**given, key=key)
    assert at_the_desk.add_place(**given, key=key) == made
    assert Slot.objects.get(kind=SlotKind.EXTRA).capacity == 1
    assert Matter.objects.filter(about_id=made.pk).count() == 1


def clerk_of(session):
    user = UserFactory()
    HospitalClerk.objects.create(user=user, hospital=session.department.hospital)
    return user


def administrator():
    user = UserFactory()
    user.roles.create(role=RoleKind.ADMINISTRATOR)
    return user


def test_only_who_answers_for_the_hall_or_the_hospital_may_grant(hall, manager, session):
    hospital = session.department.hospital
    other_manager = UserFactory()
    other_manager.roles.create(role=RoleKind.HALL_MANAGER, hall=HallFactory())
    allowed = [manager, supervisor(hall.region), clerk_of(session), administrator()]
    others = [desk_user(hall), other_manager, clerk_of(SlotFactory().session), supervisor(HallFactory().region)]
    may = [extra_places.may_grant(user=user, hall=hall, hospital=hospital) for user in [*allowed, *others]]
    assert may == [True] * 4 + [False] * 4
    with pytest.raises(NotAllowed):
        grant(session, bookable_villager(hall), hall, others[0])
    assert not Slot.objects.filter(kind=SlotKind.EXTRA).exists()


def refused(session, villager, hall, manager, **kwargs):
    """The refusal's sentence; nothing was written."""
    with pytest.raises(SlotNotOffered) as error:
        grant(session, villager, hall, manager, **kwargs)
    assert not Slot.objects.filter(kind=SlotKind.EXTRA).exists()
    assert not Appointment.objects.exists()
    return error.value.sentence


def test_grant_without_a_reason_is_refused(hall, manager, session):
    with pytest.raises(ReasonMissing):
        grant(session, bookable_villager(hall), hall, manager, why="  ")
    assert not Slot.objects.filter(kind=SlotKind.EXTRA).exists()


def test_grant_while_there_are_places_is_refused(hall, manager, session):
    Slot.objects.filter(starts_at=at(FRIDAY, 8)).update(taken=2)
    assert refused(session, bookable_villager(hall), hall, manager) == "这个班次还有号，直接约就行，不用加号。"


def test_grant_in_what_is_suspended_over_or_seen_as_people_come_is_refused(monday_at_nine, hall, manager, session):
    villager = bookable_villager(hall)
    ClinicSession.objects.update(state="suspended")
    assert refused(session, villager, hall, manager) == "这个班次停诊了，不能加号，请选别的班次。"
    ClinicSession.objects.update(state="open", queue=QueueMode.WALK_IN, starts="08:00", ends="09:00")
    assert refused(session, villager, hall, manager) == "这一场先到先看，不用加号，当天直接去就行。"
    ClinicSession.objects.update(queue=QueueMode.NUMBERED)
    monday_at_nine.move_to(at(FRIDAY, 8, 30))
    assert refused(session, villager, hall, manager) == "这个班次的时间已经过了，不能再加号，请选别的班次。"


def test_grant_at_a_time_the_session_has_not_is_refused(hall, manager, session):
    sentence = refused(session, bookable_villager(hall), hall, manager, starts_at=at(FRIDAY, 12))
    assert sentence == "这个班次没有这个时间，请在列出的时间里选。"


def test_grant_of_another_halls_session_is_refused(manager, session):
    other = HallFactory()
    manager.roles.create(role=RoleKind.HALL_MANAGER, hall=other)
    assert "不是分给本礼堂的" in refused(session, bookable_villager(other), other, manager)


def test_grant_after_the_stop_time_is_the_doctors_word(monday_at_nine, hall, manager, session):
    monday_at_nine.move_to(at(FRIDAY, 7))
    assert grant(session, bookable_villager(hall), hall, manager).number == 7


def test_grant_before_the_release_is_refused(monday_at_nine, hall, manager, session):
    monday_at_nine.move_to(at(FRIDAY - timedelta(days=15), 9))
    assert "还没放号" in refused(session, bookable_villager(hall), hall, manager)


def test_grant_counts_limits_and_asks_who_it_is(hall, manager, session):
    villager = bookable_villager(hall)
    grant(session, villager, hall, manager)
    with pytest.raises(AlreadyBooked):
        grant(session, villager, hall, manager)
    with pytest.raises(VillagerNotReady):
        grant(session, VillagerFactory(registered_at=hall), hall, manager)
    assert Slot.objects.get(kind=SlotKind.EXTRA).capacity == 1


@pytest.fixture
def freed(hall, manager, session):
    """An extra place somebody gave back: free, and nobody's."""
    made = grant(session, bookable_villager(hall), hall, manager)
    bookings.cancel(appointment=made, by=manager)
    return Slot.objects.get(pk=made.slot_id)


def test_a_free_extra_place_is_offered_neither_by_hand_nor_in_the_week_nor_to_the_queue(hall, manager, session, freed):
    assert freed.free == 1
    with pytest.raises(SlotNotOffered):
        bookings.book(slot=freed, villager=bookable_villager(hall), hall=hall, by=manager)
    department = Department.objects.select_related("hospital__policy", "policy").get(pk=session.department_id)
    week = week_grid.open_week(department=department, hall=hall, at=clock.now())
    assert [
        time.slot.pk for row in week.rows for c in row.choices for time in c.times if time.slot.pk == freed.pk
    ] == []
    WaitlistEntry.objects.create(
        villager=bookable_villager(hall),
        hall=hall,
        department=session.department,
        first_date=FRIDAY,
        last_date=FRIDAY,
        joined_at=clock.now(),
    )
    assert turns.serve_waitlists() == 0


def test_who_waits_does_not_hold_up_an_extra_place(hall, manager, session):
    WaitlistEntry.objects.create(
        villager=bookable_villager(hall),
        hall=hall,
        department=session.department,
        first_date=FRIDAY,
        last_date=FRIDAY,
        joined_at=clock.now(),
    )
    assert grant(session, bookable_villager(hall), hall, manager).number == 7


def test_a_suspension_closes_extra_places_too(hall, manager, session):
    made = grant(session, bookable_villager(hall), hall, manager)
    suspensions.suspend(scope=suspensions.scope_of([session]), why="医生有事", by=None)
    suspensions.settle_all()
    made.refresh_from_db()
    assert made.state == AppointmentState.CANCELLED_BY_CLINIC
    assert Slot.objects.get(kind=SlotKind.EXTRA).is_open is False


def test_grantable_are_full_sessions_to_come_for_who_may(hall, manager, session, django_assert_num_queries):
    department = Department.objects.select_related("hospital__policy", "policy").get(pk=session.department_id)
    SlotFactory(session__department=department, session__date=THURSDAY, session__allotted_hall=hall)
    week = week_grid.open_week(department=department, hall=hall, at=clock.now())
    manager = type(manager).objects.get(pk=manager.pk)
    assert manager.role_list
    with django_assert_num_queries(1):
        assert extra_places.grantable(week=week, user=manager, hall=hall) == {session.pk}
    assert extra_places.grantable(week=week, user=desk_user(hall), hall=hall) == frozenset()


def test_the_last_place_of_an_extra_slot_is_given_once(hall, manager, session, freed):
    place = places_given.take(
        slot=places_given.load_slot(freed.pk), villager=bookable_villager(hall), hall=hall, by=manager
    )
    assert place.number == 7
    assert grant(session, bookable_villager(hall), hall, manager).number == 8
