"""改约: the new place and the old, what is owed about either, and every reason not to."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine

from appointments.domain import bookings, extra_places, moves
from appointments.domain import desk as at_the_desk
from appointments.enums import AppointmentSource, AppointmentState, HospitalKnows, SessionState, SlotKind
from appointments.errors import (
    AlreadyBooked,
    KeyReused,
    NotLive,
    QueueFirst,
    SlotFull,
    SlotNotOffered,
    TooLateToCancel,
    TooManyMoves,
)
from appointments.models import Appointment, BookingPolicy, Slot, WaitlistEntry
from auditorium import clock
from auditorium.domain import delivery
from auditorium.enums import MatterKind, MessageState, ReminderPurpose, ReminderState
from auditorium.models import AuditEntry, Matter, Message, Reminder
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, SlotFactory, at, reachable_villager
from tests.factories import HallFactory, SmsLineFactory, VisitFactory, desk_user

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
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def department():
    return DepartmentFactory(name="心血管内科")


@pytest.fixture
def slot(hall, department):
    """A slot of the department, in a session of its own."""

    def build(day=FRIDAY, hour=8, session=None, **kwargs):
        session = session or ClinicSessionFactory(department=department, date=day, allotted_hall=hall, **kwargs)
        return SlotFactory(session=session, starts_at=at(session.date, hour), last_number=10)

    return build


@pytest.fixture
def villager(hall):
    return reachable_villager(hall)


@pytest.fixture
def made(hall, desk, villager, slot):
    return bookings.book(slot=slot(), villager=villager, hall=hall, by=desk)


def taken(*slots):
    return [Slot.objects.get(pk=slot.pk).taken for slot in slots]


def nothing_happened(made):
    """The booking stands as it was."""
    made.refresh_from_db()
    return (made.state, made.successor_id, Slot.objects.get(pk=made.slot_id).taken, Appointment.objects.count()) == (
        AppointmentState.BOOKED,
        None,
        1,
        1,
    )


def owed(appointment):
    rows = Reminder.objects.filter(about_kind="appointment", about_id=appointment.pk).order_by("due_at", "pk")
    return list(rows.values_list("purpose", "state"))


def test_move_takes_the_new_place_and_gives_the_old_one_back(desk, made, slot):
    later = slot(THURSDAY)
    new = moves.move(appointment=made, slot=later, by=desk)
    made.refresh_from_db()
    assert (made.state, made.successor, made.ended_at) == (AppointmentState.RESCHEDULED, new, clock.now())
    assert (new.state, new.moves, new.number, new.date, new.hall) == (
        AppointmentState.BOOKED,
        1,
        1,
        THURSDAY,
        made.hall,
    )
    assert taken(made.slot, later) == [0, 1]
    assert new.reference != made.reference


def test_move_inside_a_session_needs_no_second_limit(desk, made, slot):
    later = slot(session=made.session, hour=9)
    new = moves.move(appointment=made, slot=later, by=desk)
    assert (new.session_id, new.starts_at) == (made.session_id, at(FRIDAY, 9))


def test_move_is_audited_on_both_without_repeating_itself(desk, made, slot):
    new = moves.move(appointment=made, slot=slot(THURSDAY), by=desk)
    told = AuditEntry.objects.filter(object_kind="appointment").order_by("pk")
    assert list(told.values_list("object_id", "action", "why")) == [
        (made.pk, "booked", ""),
        (made.pk, "rescheduled", ""),
        (new.pk, "moved_here", ""),
    ]


def test_move_asked_again_with_its_key_is_one_move(desk, made, slot):
    key, later = uuid4(), slot(THURSDAY)
    new = at_the_desk.move(appointment=made, slot=later, by=desk, key=key)
    assert at_the_desk.move(appointment=made, slot=later, by=desk, key=key) == new
    with pytest.raises(KeyReused):
        at_the_desk.move(appointment=made, slot=slot(THURSDAY, 14, period="afternoon"), by=desk, key=key)
    assert (Appointment.objects.count(), taken(later)) == (2, [1])


def test_desk_move_is_ticked_in_the_visit(hall, desk, villager, made, slot):
    visit = VisitFactory(hall=hall, villager=villager, state="serving", served_by=desk, serving_since=clock.now())
    new = at_the_desk.move(appointment=made, slot=slot(THURSDAY), by=desk, key=uuid4())
    assert new.visit == visit
    assert Matter.objects.get(about_id=new.pk).kind == MatterKind.BOOKING


def test_move_asks_the_hospital_anew(desk, made, slot, department):
    department.hospital.acknowledges = True
    department.hospital.save()
    Appointment.objects.update(hospital_knows=HospitalKnows.ACKNOWLEDGED)
    assert moves.move(appointment=made, slot=slot(THURSDAY), by=desk).hospital_knows == HospitalKnows.UNSENT


def test_move_before_anybody_was_told_confirms_the_new(desk, made, slot):
    new = moves.move(appointment=made, slot=slot(THURSDAY), by=desk)
    assert {state for _purpose, state in owed(made)} == {ReminderState.CANCELLED}
    assert owed(new)[0] == (ReminderPurpose.CONFIRMATION, ReminderState.PLANNED)


def test_texts_say_what_changed_and_nothing_is_ever_said_of_the_old_time(monday_at_nine, desk, made, slot):
    """Through the real sweep, minute by minute of what is due, until both visits are over."""
    SmsLineFactory(gateway="console")
    delivery.sweep()
    moved = moves.move(appointment=made, slot=slot(FRIDAY, 14, period="afternoon"), by=desk)
    last = moves.move(appointment=moved, slot=slot(THURSDAY), by=desk)
    for hour in range(24 * 6):
        monday_at_nine.move_to(at(MONDAY, 9) + timedelta(hours=hour, minutes=5))
        delivery.sweep()
    texts = list(Message.objects.filter(state__in=(MessageState.SENT, MessageState.DELIVERED)).order_by("pk"))
    assert [text.body.count("11月27日") for text in texts] == [1, *[0] * (len(texts) - 1)]
    assert "预约改成11月26日周四上午8:00" in texts[1].body
    assert len(texts) == 3
    assert {state for row in (made, moved) for _purpose, state in owed(row)} <= {
        ReminderState.TOLD,
        ReminderState.CANCELLED,
    }
    assert owed(last)[0][0] == ReminderPurpose.CHANGED


def test_move_is_counted_through_the_chain_and_limited_by_the_hospital(desk, made, slot):
    first = moves.move(appointment=made, slot=slot(THURSDAY), by=desk)
    second = moves.move(appointment=first, slot=slot(FRIDAY, 14, period="afternoon"), by=desk)
    again = slot(FRIDAY + timedelta(days=3))
    with pytest.raises(TooManyMoves) as refused:
        moves.move(appointment=second, slot=again, by=desk)
    assert refused.value.sentence == "这个号已经改过 2 次，医院不让再改；去不了请先取消，再重新约。"
    assert (moves.why_not_movable(second), taken(again)) == (refused.value.sentence, [0])


def test_move_where_the_hospital_allows_none_says_to_cancel(desk, made, slot, department):
    BookingPolicy.objects.create(department=department, max_moves=0)
    with pytest.raises(TooManyMoves) as refused:
        moves.move(appointment=made, slot=slot(THURSDAY), by=desk)
    assert refused.value.sentence == "这家医院不能改约；去不了请先取消，再重新约。"
    assert nothing_happened(made)


def test_move_after_the_deadline_says_whom_to_phone(monday_at_nine, desk, made, slot):
    later = slot(FRIDAY + timedelta(days=3))
    monday_at_nine.move_to(at(THURSDAY, 15))
    with pytest.raises(TooLateToCancel) as refused:
        moves.move(appointment=made, slot=later, by=desk)
    assert "以后要改、要取消，都得打电话给医院" in refused.value.sentence
    assert "0575 8400 1234" in refused.value.sentence
    assert nothing_happened(made)


def fill(slot):
    Slot.objects.filter(pk=slot.pk).update(capacity=0, numbers=[])


def suspend(slot):
    type(slot.session).objects.filter(pk=slot.session_id).update(state=SessionState.SUSPENDED)


def make_extra(slot):
    Slot.objects.filter(pk=slot.pk).update(kind=SlotKind.EXTRA)


@pytest.mark.parametrize(
    ("spoil", "refusal"), [(fill, SlotFull), (suspend, SlotNotOffered), (make_extra, SlotNotOffered)]
)
def test_move_to_what_cannot_be_had_leaves_the_old(desk, made, slot, spoil, refusal):
    there = slot(THURSDAY)
    spoil(there)
    with pytest.raises(refusal):
        moves.move(appointment=made, slot=there, by=desk)
    with pytest.raises(refusal):
        moves.check(appointment=made, slot=Slot.objects.with_policies().get(pk=there.pk))
    assert nothing_happened(made)
    assert ReminderState.CANCELLED not in {state for _purpose, state in owed(made)}


def test_move_to_the_same_time_or_another_department_is_refused(hall, desk, made):
    with pytest.raises(SlotNotOffered, match="not_offered") as same:
        moves.move(appointment=made, slot=made.slot, by=desk)
    assert same.value.sentence == "现在约的就是这个时间，请选别的时间。"
    with pytest.raises(SlotNotOffered) as other:
        moves.move(appointment=made, slot=SlotFactory(session__allotted_hall=hall), by=desk)
    assert other.value.sentence == "改约只能在同一个科室里换时间；要换科室，请先取消，再重新约。"
    assert nothing_happened(made)


def test_move_onto_a_day_with_another_booking_is_refused(hall, desk, made, villager, slot):
    bookings.book(slot=slot(THURSDAY), villager=villager, hall=hall, by=desk)
    with pytest.raises(AlreadyBooked):
        moves.move(appointment=made, slot=slot(THURSDAY, 14, period="afternoon"), by=desk)


def test_move_does_not_pass_those_who_queue(hall, desk, made, slot):
    there = slot(THURSDAY)
    WaitlistEntry.objects.create(
        villager=reachable_villager(hall),
        hall=hall,
        department=there.session.department,
        first_date=THURSDAY,
        last_date=THURSDAY,
        joined_at=clock.now(),
    )
    with pytest.raises(QueueFirst):
        moves.move(appointment=made, slot=there, by=desk)
    assert nothing_happened(made)


def test_move_of_what_has_ended_is_refused(desk, made, slot):
    bookings.cancel(appointment=made, by=desk)
    with pytest.raises(NotLive):
        moves.move(appointment=made, slot=slot(THURSDAY), by=desk)


@pytest.mark.parametrize("state", AppointmentState.values)
def test_only_a_booked_place_of_ours_can_be_moved(made, state):
    made.state = state
    assert moves.is_movable(made) is (state == AppointmentState.BOOKED)
    made.state, made.source = AppointmentState.BOOKED, AppointmentSource.ELSEWHERE
    assert not moves.is_movable(made)
    assert moves.why_not_movable(made) == "这个预约不能在这里改约，请看它现在的情况。"


def test_extra_place_given_back_by_a_move_is_offered_to_nobody(hall, villager, slot):
    manager = desk_user(hall)
    manager.is_superuser = True
    manager.save()
    full = slot()
    fill(full)
    Slot.objects.filter(pk=full.pk).update(capacity=1, taken=1, numbers=[[1, 1]])
    extra = extra_places.grant(session=full.session, villager=villager, hall=hall, by=manager, why="医生同意")
    moves.move(appointment=extra, slot=slot(THURSDAY), by=manager)
    with pytest.raises(SlotNotOffered):
        bookings.book(slot=extra.slot, villager=reachable_villager(hall), hall=hall, by=manager)


def test_chain_is_the_same_from_every_link_in_one_query(desk, made, slot, django_assert_num_queries):
    first = moves.move(appointment=made, slot=slot(THURSDAY), by=desk)
    second = moves.move(appointment=first, slot=slot(FRIDAY, 14, period="afternoon"), by=desk)
    for link in (made, first, second):
        with django_assert_num_queries(1):
            found = moves.chain(link)
        assert found == [made, first, second]
    assert moves.chain(second, user=desk_user(HallFactory())) == [second]
