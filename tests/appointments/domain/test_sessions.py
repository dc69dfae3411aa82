from dataclasses import replace
from datetime import time, timedelta

import pytest

from appointments.domain import bookings, sessions
from appointments.domain.session_details import Change, SessionDetails
from appointments.enums import ClinicClass, SessionState, SlotKind
from appointments.models import Slot
from auditorium import clock
from auditorium.clock import local
from auditorium.models import AuditEntry
from tests.appointments.factories import DepartmentFactory, DoctorFactory, SlotFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def details():
    department = DepartmentFactory()
    return SessionDetails(
        department=department,
        doctor=DoctorFactory(department=department),
        date=clock.today() + timedelta(days=5),
        period="morning",
        starts=time(8),
        ends=time(10),
        slot_minutes=30,
        capacity=10,
        hall=HallFactory(),
        fee=10,
        room="201",
    )


def laid_out(session):
    return [
        (f"{local(slot.starts_at):%H:%M}-{local(slot.ends_at):%H:%M}", slot.capacity, slot.numbers, slot.is_open)
        for slot in Slot.objects.filter(session=session).order_by("starts_at")
    ]


def book(session, starts, count=1):
    hall = session.allotted_hall
    slot = session.slots.get(starts_at=at(session.date, *starts))
    desk = desk_user(hall)
    return [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(count)]


def change(session, details, by=None, **changes):
    return sessions.change_sessions(details={session.pk: replace(details, **changes)}, by=by)[session.pk]


def test_open_numbers_places_through_the_slots(details):
    session = sessions.open_session(details=details, by=None)
    assert laid_out(session) == [
        ("08:00-08:30", 3, [[1, 3]], True),
        ("08:30-09:00", 3, [[4, 6]], True),
        ("09:00-09:30", 2, [[7, 8]], True),
        ("09:30-10:00", 2, [[9, 10]], True),
    ]
    assert (session.last_number, session.allotted_hall, session.room) == (10, details.hall, "201")


def test_open_leaves_out_slots_without_places(details):
    session = sessions.open_session(details=replace(details, capacity=2), by=None)
    assert laid_out(session) == [("08:00-08:30", 1, [[1, 1]], True), ("08:30-09:00", 1, [[2, 2]], True)]


def test_open_many_takes_as_many_statements_as_one(details, django_assert_num_queries):
    days = [replace(details, date=details.date + timedelta(days=n)) for n in range(8)]
    with django_assert_num_queries(5):  # savepoint, sessions, slots, audit, release
        sessions.open_sessions(details=days[:1], by=None)
    with django_assert_num_queries(5):
        made = sessions.open_sessions(details=days[1:], by=None)
    assert [session.date for session in made] == [day.date for day in days[1:]]
    assert AuditEntry.objects.filter(action="opened", object_kind="clinicsession").count() == 8


def test_change_to_the_same_changes_nothing(details):
    session = sessions.open_session(details=details, by=None)
    before, audited = laid_out(session), AuditEntry.objects.count()
    assert change(session, details) == Change()
    assert change(session, details, fee=None, room="") == Change()
    assert (laid_out(session), AuditEntry.objects.count()) == (before, audited)


def test_change_of_a_session_with_fewer_places_than_slots_is_none(details):
    session = sessions.open_session(details=replace(details, capacity=2), by=None)
    assert change(session, details, capacity=2) == Change()


def test_added_places_take_numbers_after_the_last(details):
    session = sessions.open_session(details=details, by=None)
    assert change(session, details, capacity=14).fields == ("capacity",)
    assert laid_out(session) == [
        ("08:00-08:30", 4, [[1, 3], [11, 11]], True),
        ("08:30-09:00", 4, [[4, 6], [12, 12]], True),
        ("09:00-09:30", 3, [[7, 8], [13, 13]], True),
        ("09:30-10:00", 3, [[9, 10], [14, 14]], True),
    ]
    session.refresh_from_db()
    assert session.last_number == 14
    assert change(session, details, capacity=14) == Change()


def test_removed_places_are_the_highest_free(details):
    session = sessions.open_session(details=details, by=None)
    first, second = book(session, (8,), 2)
    bookings.cancel(appointment=first, by=None)
    assert change(session, details, capacity=4).fields == ("capacity",)
    assert laid_out(session)[0] == ("08:00-08:30", 1, [[2, 2]], True)
    second.refresh_from_db()
    assert (second.number, second.is_live) == (2, True)
    assert change(session, details, capacity=4) == Change()


def test_capacity_stops_at_what_is_booked_and_says_so(details):
    session = sessions.open_session(details=details, by=None)
    book(session, (8,), 2)
    book(session, (9,), 1)
    sentence = "已经约了 3 位，号数减不到 1，只能减到 3。"
    result = change(session, details, capacity=1)
    assert (result.fields, result.conflict) == (("capacity",), sentence)
    assert [row[:3] for row in laid_out(session)] == [
        ("08:00-08:30", 2, [[1, 2]]),
        ("08:30-09:00", 0, []),
        ("09:00-09:30", 1, [[7, 7]]),
        ("09:30-10:00", 0, []),
    ]
    again = change(session, details, capacity=1)
    assert (again.fields, again.conflict) == ((), sentence)


def test_slots_emptied_and_filled_again_are_open(details):
    session = sessions.open_session(details=details, by=None)
    change(session, details, capacity=2)
    assert [row[3] for row in laid_out(session)] == [True, True, False, False]
    change(session, details, capacity=4)
    assert [row[1:] for row in laid_out(session)] == [
        (1, [[1, 1]], True),
        (1, [[4, 4]], True),
        (1, [[11, 11]], True),
        (1, [[12, 12]], True),
    ]


def test_slot_closed_by_hand_stays_closed(details):
    session = sessions.open_session(details=details, by=None)
    session.slots.filter(starts_at=at(session.date, 8)).update(is_open=False)
    change(session, details, capacity=14)
    assert [row[3] for row in laid_out(session)] == [False, True, True, True]


def test_new_times_of_an_unbooked_session_number_from_one(details):
    session = sessions.open_session(details=details, by=None)
    result = change(session, details, starts=time(8, 30), slot_minutes=60, ends=time(10, 30))
    assert result.fields == ("times",)
    assert laid_out(session) == [("08:30-09:30", 5, [[1, 5]], True), ("09:30-10:30", 5, [[6, 10]], True)]
    session.refresh_from_db()
    assert session.last_number == 10
    assert change(session, details, starts=time(8, 30), slot_minutes=60, ends=time(10, 30)) == Change()


def test_longer_session_keeps_booked_slots_and_their_numbers(details):
    session = sessions.open_session(details=details, by=None)
    [booked] = book(session, (8, 30))
    assert change(session, details, ends=time(10, 30), capacity=10).fields == ("times",)
    assert [row[:3] for row in laid_out(session)] == [
        ("08:00-08:30", 2, [[1, 2]]),
        ("08:30-09:00", 2, [[4, 5]]),
        ("09:00-09:30", 2, [[7, 8]]),
        ("09:30-10:00", 2, [[9, 10]]),
        ("10:00-10:30", 2, [[11, 12]]),
    ]
    booked.refresh_from_db()
    assert (booked.number, booked.starts_at) == (4, at(session.date, 8, 30))


def test_times_that_would_drop_a_booked_slot_are_left(details):
    session = sessions.open_session(details=details, by=None)
    [booked] = book(session, (9, 30))
    before = laid_out(session)
    result = change(session, details, ends=time(9), room="305")
    assert result == Change(conflict="09:30-10:00 已经约了 1 位，新的时间里没有这些时段，没有改。请先和村民改约。")
    session.refresh_from_db()
    booked.refresh_from_db()
    assert (laid_out(session), session.room, booked.is_live) == (before, "201", True)


def test_slot_with_a_cancelled_booking_is_emptied_not_deleted(details):
    session = sessions.open_session(details=details, by=None)
    [booked] = book(session, (9, 30))
    bookings.cancel(appointment=booked, by=None)
    assert change(session, details, ends=time(9)).fields == ("times",)
    assert laid_out(session) == [
        ("08:00-08:30", 5, [[1, 5]], True),
        ("08:30-09:00", 5, [[6, 10]], True),
        ("09:30-10:00", 0, [], False),
    ]
    assert change(session, details, ends=time(9)) == Change()


def test_extra_places_are_never_touched(details):
    session = sessions.open_session(details=details, by=None)
    extra = SlotFactory(session=session, kind=SlotKind.EXTRA, capacity=1, numbers=[[11, 11]])
    assert change(session, details) == Change()
    change(session, details, capacity=12, ends=time(9))
    extra.refresh_from_db()
    session.refresh_from_db()
    assert (extra.capacity, extra.numbers, session.last_number) == (1, [[11, 11]], 17)


def test_fee_room_and_class_reach_live_bookings(details):
    session = sessions.open_session(details=details, by=None)
    live, cancelled = book(session, (8,), 2)
    bookings.cancel(appointment=cancelled, by=None)
    result = change(session, details, fee=25, room="305", clinic_class=ClinicClass.EXPERT)
    assert result.fields == ("clinic_class", "fee", "room")
    live.refresh_from_db()
    cancelled.refresh_from_db()
    assert (live.fee, live.place, live.clinic_class) == (25, "305", ClinicClass.EXPERT)
    assert (cancelled.fee, cancelled.place) == (10, "201")
    entry = AuditEntry.objects.get(action="changed", object_kind="appointment")
    assert (entry.object_id, entry.villager_id) == (live.pk, live.villager_id)
    assert entry.fields == ["clinic_class", "fee", "place"]


def test_live_bookings_are_audited_with_what_changed_of_them_alone(details):
    session = sessions.open_session(details=details, by=None)
    book(session, (8,), 1)
    change(session, details, fee=25)
    assert AuditEntry.objects.get(action="changed", object_kind="appointment").fields == ["fee"]


def test_suspended_session_is_left(details):
    session = sessions.open_session(details=details, by=None)
    session.state = SessionState.SUSPENDED
    session.save()
    assert change(session, details) == Change()
    assert change(session, details, capacity=20) == Change(conflict="这个班次已经停诊，没有改。")


def test_change_is_audited_with_who_and_which_fields(details):
    user = desk_user(details.hall)
    session = sessions.open_session(details=details, by=user)
    change(session, details, by=user, fee=12, capacity=11)
    entry = AuditEntry.objects.get(action="changed", object_kind="clinicsession")
    assert (entry.actor, entry.hall, entry.fields) == (user, details.hall, ["capacity", "fee"])
