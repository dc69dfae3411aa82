"""Who went: marks, their corrections, and what nobody said."""

from datetime import date, timedelta

import pytest
import time_machine

from appointments.domain import attendance, bookings, no_shows, policies, records
from appointments.enums import AppointmentState
from appointments.errors import AlreadyBooked, NotAllowed, NotLive, ReasonMissing, TooEarly
from appointments.models import Appointment, HospitalClerk
from appointments.tasks import close_days
from auditorium.enums import ReminderState
from auditorium.models import AuditEntry, FollowUp, Reminder
from tests.appointments.factories import SlotFactory, at, bookable_villager, reachable_villager
from tests.factories import FollowUpFactory, HallFactory, SmsLineFactory, UserFactory, VillagerHallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)
MARKS = ("arrived", "fulfilled", "no_show")


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def book(hall, desk, villager=None, day=FRIDAY, **kwargs):
    slot = SlotFactory(session__allotted_hall=hall, session__date=day, **kwargs)
    with time_machine.travel(at(MONDAY, 9), tick=False):
        return bookings.book(slot=slot, villager=villager or bookable_villager(hall), hall=hall, by=desk)


@pytest.fixture
def made(hall, desk):
    return book(hall, desk)


@pytest.fixture
def friday_noon(made):
    with time_machine.travel(at(FRIDAY, 12), tick=False):
        yield made


def acts_on(appointment):
    entries = AuditEntry.objects.filter(object_kind="appointment", object_id=appointment.pk).order_by("pk")
    return [(entry.action, entry.actor, entry.why) for entry in entries if entry.action not in ("booked", "held")]


@pytest.mark.parametrize("to", MARKS)
def test_mark_is_written_once_however_often_it_is_said(friday_noon, desk, to):
    for _press in range(2):
        assert attendance.mark(appointment=friday_noon, to=to, by=desk).state == to
    assert acts_on(friday_noon) == [(to, desk, "")]


def test_arrived_is_said_already_of_who_was_seen(friday_noon, desk):
    attendance.mark(appointment=friday_noon, to="fulfilled", by=desk)
    assert attendance.mark(appointment=friday_noon, to="arrived", by=desk).state == "fulfilled"


@pytest.mark.parametrize("to", MARKS)
def test_mark_before_the_day_is_too_early(made, desk, to):
    with time_machine.travel(at(FRIDAY, 0) - timedelta(seconds=1), tick=False), pytest.raises(TooEarly) as refused:
        attendance.mark(appointment=made, to=to, by=desk)
    assert refused.value.sentence == "还没到日子，11月27日 周五那天起才能登记。"
    assert Appointment.objects.get().state == "booked"


def test_no_show_waits_until_its_time_is_over(made, desk):
    with time_machine.travel(at(FRIDAY, 8, 29), tick=False), pytest.raises(TooEarly):
        attendance.mark(appointment=made, to="no_show", by=desk)
    with time_machine.travel(at(FRIDAY, 8, 30), tick=False):
        assert attendance.mark(appointment=made, to="no_show", by=desk).state == "no_show"


@pytest.mark.parametrize(
    ("before", "to"),
    [("no_show", "fulfilled"), ("no_show", "arrived"), ("fulfilled", "no_show"), ("arrived", "no_show")],
)
def test_contradiction_needs_a_reason(friday_noon, desk, before, to):
    attendance.mark(appointment=friday_noon, to=before, by=desk)
    with pytest.raises(ReasonMissing):
        attendance.mark(appointment=friday_noon, to=to, by=desk, why=" ")
    attendance.mark(appointment=friday_noon, to=to, by=desk, why="认错人了")
    assert acts_on(friday_noon) == [(before, desk, ""), (to, desk, "认错人了")]


def test_arrived_goes_on_to_seen_without_a_reason(friday_noon, desk):
    attendance.mark(appointment=friday_noon, to="arrived", by=desk)
    assert attendance.offered(friday_noon) == ("fulfilled",)
    assert attendance.mark(appointment=friday_noon, to="fulfilled", by=desk).state == "fulfilled"


@pytest.mark.parametrize("state", AppointmentState.values)
def test_without_a_reason_only_what_contradicts_nothing_is_offered(friday_noon, state):
    friday_noon.state = state
    offered = {"booked": MARKS, "unmarked": MARKS, "arrived": ("fulfilled",)}
    assert attendance.offered(friday_noon) == offered.get(state, ())


@pytest.mark.parametrize(
    "state", ["cancelled_by_clinic", "cancelled_by_villager", "rescheduled", "lapsed", "rejected", "pending_external"]
)
@pytest.mark.parametrize("to", MARKS)
def test_what_was_called_off_is_never_marked(friday_noon, desk, state, to):
    Appointment.objects.update(state=state)
    with pytest.raises(NotLive):
        attendance.mark(appointment=friday_noon, to=to, by=desk, why="医院说没来")
    assert Appointment.objects.get().state == state


def test_mark_is_for_the_hall_and_the_hospital_and_nobody_else(friday_noon, hall, desk):
    other_hall = HallFactory()
    VillagerHallFactory(villager=friday_noon.villager, hall=other_hall)
    clerk, other_clerk = UserFactory(), UserFactory()
    HospitalClerk.objects.create(user=clerk, hospital=friday_noon.hospital)
    HospitalClerk.objects.create(user=other_clerk, hospital=SlotFactory().session.department.hospital)
    for stranger in (desk_user(other_hall), other_clerk, UserFactory()):
        with pytest.raises(NotAllowed):
            attendance.mark(appointment=friday_noon, to="fulfilled", by=stranger)
    assert attendance.mark(appointment=friday_noon, to="fulfilled", by=clerk).state == "fulfilled"


def test_clerk_has_no_say_in_what_the_hall_wrote_down(hall, desk):
    with time_machine.travel(at(MONDAY, 9), tick=False):
        hospital = SlotFactory().session.department.hospital
        details = records.RecordDetails(date=MONDAY, hospital=hospital)
        made = records.record(details=details, villager=bookable_villager(hall), hall=hall, by=desk)
        clerk = UserFactory()
        HospitalClerk.objects.create(user=clerk, hospital=hospital)
        with pytest.raises(NotAllowed):
            attendance.mark(appointment=made, to="fulfilled", by=clerk)
        assert attendance.mark(appointment=made, to="fulfilled", by=desk).state == "fulfilled"


def test_mark_calls_off_what_was_still_owed(hall, desk):
    SmsLineFactory()
    made = book(hall, desk, reachable_villager(hall))
    task = FollowUpFactory(hall=hall, villager=made.villager, about_kind="appointment", about_id=made.pk)
    with time_machine.travel(at(FRIDAY, 12), tick=False):
        attendance.mark(appointment=made, to="fulfilled", by=desk)
    assert not Reminder.objects.live().exists()
    assert set(Reminder.objects.values_list("state", flat=True)) <= {ReminderState.CANCELLED, ReminderState.TOLD}
    assert FollowUp.objects.get(pk=task.pk).state == "cancelled"


def test_mark_keeps_the_place_and_its_number(friday_noon, desk):
    attendance.mark(appointment=friday_noon, to="no_show", by=desk)
    friday_noon.slot.refresh_from_db()
    assert (friday_noon.slot.taken, friday_noon.number) == (1, 1)


def test_marks_of_many_are_all_or_none(hall, desk):
    rows = [book(hall, desk) for _each in range(3)]
    later = book(hall, desk, day=FRIDAY + timedelta(days=1))
    with time_machine.travel(at(FRIDAY, 12), tick=False):
        with pytest.raises(TooEarly):
            attendance.mark_all(marks={row.pk: "fulfilled" for row in [*rows, later]}, by=desk)
        assert not Appointment.objects.exclude(state="booked").exists()
        marks = {rows[0].pk: "fulfilled", rows[1].pk: "no_show", rows[2].pk: "arrived"}
        assert [attendance.mark_all(marks=marks, by=desk) for _twice in range(2)] == [3, 0]
    assert [Appointment.objects.get(pk=row.pk).state for row in rows] == ["fulfilled", "no_show", "arrived"]


@pytest.mark.parametrize("to", MARKS)
def test_mark_is_taken_back_on_its_day(friday_noon, desk, to):
    attendance.mark(appointment=friday_noon, to=to, by=desk)
    for _press in range(2):
        assert attendance.take_back(appointment=friday_noon, by=desk).state == "booked"
    assert acts_on(friday_noon) == [(to, desk, ""), ("mark_taken_back", desk, "")]


def test_mark_taken_back_later_leaves_it_unmarked_and_needs_a_reason(friday_noon, desk):
    attendance.mark(appointment=friday_noon, to="no_show", by=desk)
    with time_machine.travel(at(FRIDAY + timedelta(days=1), 0), tick=False):
        with pytest.raises(ReasonMissing):
            attendance.take_back(appointment=friday_noon, by=desk)
        assert attendance.take_back(appointment=friday_noon, by=desk, why="说不准").state == "unmarked"


def test_mark_is_not_taken_back_beside_another_booking_of_the_session(friday_noon, desk, hall):
    attendance.mark(appointment=friday_noon, to="no_show", by=desk)
    other = book(hall, desk)
    Appointment.objects.filter(pk=other.pk).update(villager=friday_noon.villager, session=friday_noon.session, number=9)
    with pytest.raises(AlreadyBooked):
        attendance.take_back(appointment=friday_noon, by=desk)
    assert Appointment.objects.get(pk=friday_noon.pk).state == "no_show"


def test_only_a_mark_can_be_taken_back(friday_noon, desk):
    Appointment.objects.update(state="cancelled_by_clinic")
    assert attendance.take_back(appointment=friday_noon, by=desk).state == "cancelled_by_clinic"


def test_day_is_closed_at_midnight_and_not_before(hall, desk):
    arrived, today = book(hall, desk), book(hall, desk)
    tomorrow = book(hall, desk, day=FRIDAY + timedelta(days=1))
    details = records.RecordDetails(date=FRIDAY, hospital_text="绍兴市示例人民医院")
    with time_machine.travel(at(MONDAY, 9), tick=False):
        elsewhere = records.record(details=details, villager=bookable_villager(hall), hall=hall, by=desk)
    seen, missed = book(hall, desk), book(hall, desk)
    rows = [arrived, today, tomorrow, elsewhere, seen, missed]

    def states():
        return [Appointment.objects.get(pk=row.pk).state for row in rows]

    with time_machine.travel(at(FRIDAY, 23, 59), tick=False):
        attendance.mark(appointment=arrived, to="arrived", by=desk)
        attendance.mark(appointment=seen, to="fulfilled", by=desk)
        attendance.mark(appointment=missed, to="no_show", by=desk)
        close_days()
        assert states() == ["arrived", "booked", "booked", "booked", "fulfilled", "no_show"]
    with time_machine.travel(at(FRIDAY + timedelta(days=1), 0), tick=False):
        close_days()
        after = states()
        assert after == ["unmarked", "unmarked", "booked", "unmarked", "fulfilled", "no_show"]
        assert attendance.close_days() == 0
        assert states() == after
        assert acts_on(elsewhere)[-1] == ("unmarked", None, "")


def test_days_are_closed_in_batches(hall, desk, monkeypatch):
    monkeypatch.setattr(attendance, "BATCH", 2)
    for _each in range(5):
        book(hall, desk)
    with time_machine.travel(at(FRIDAY + timedelta(days=1), 0), tick=False):
        assert attendance.close_days() == 5
    assert set(Appointment.objects.values_list("state", flat=True)) == {"unmarked"}


def test_what_nobody_marked_or_the_clinic_called_off_never_counts_as_missed(hall, desk):
    villager = bookable_villager(hall)
    made = [book(hall, desk, villager) for _each in range(2)]
    Appointment.objects.filter(pk=made[0].pk).update(state=AppointmentState.CANCELLED_BY_CLINIC)
    with time_machine.travel(at(FRIDAY + timedelta(days=1), 9), tick=False):
        close_days()
        for one in made:
            policy = policies.policy_for(one.department)
            assert no_shows.standing(villager=villager, hospital=one.hospital, policy=policy) == no_shows.NONE


def test_unmarked_can_be_marked_later(hall, desk, made):
    with time_machine.travel(at(FRIDAY + timedelta(days=3), 9), tick=False):
        close_days()
        made.refresh_from_db()
        assert attendance.offered(made) == ("arrived", "fulfilled", "no_show")
        assert attendance.mark(appointment=made, to="fulfilled", by=desk).state == "fulfilled"
        assert attendance.offered(made) == ()
