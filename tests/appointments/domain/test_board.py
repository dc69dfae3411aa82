"""Who goes to the doctor today and tomorrow, and who of them must still be told."""

from datetime import date, time, timedelta

import pytest
import time_machine

from appointments.domain import board, bookings, records
from appointments.enums import QueueMode, SessionKind
from appointments.models import Appointment, Route
from auditorium.enums import FollowUpKind, FollowUpState, ReminderState
from auditorium.models import Reminder
from tests.appointments.factories import ClinicSessionFactory, SlotFactory, at, bookable_villager, reachable_villager
from tests.factories import FollowUpFactory, HallFactory, desk_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 27)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def book(hall, desk, villager=None, day=TODAY, hour=8):
    slot = SlotFactory(session__allotted_hall=hall, session__date=day, starts_at=at(day, hour))
    with time_machine.travel(at(TODAY - timedelta(days=4), 9), tick=False):
        return bookings.book(slot=slot, villager=villager or bookable_villager(hall), hall=hall, by=desk)


@pytest.fixture
def friday_at_seven():
    with time_machine.travel(at(TODAY, 7), tick=False):
        yield


def names(lines):
    return [line.appointment.reference for line in lines]


def test_board_has_two_days_in_order_of_time(hall, desk, friday_at_seven):
    late, early = book(hall, desk, hour=14), book(hall, desk, hour=8)
    tomorrow = book(hall, desk, day=TODAY + timedelta(days=1))
    book(hall, desk, day=TODAY + timedelta(days=2))
    elsewhere = records.record(
        details=records.RecordDetails(date=TODAY, hospital_text="绍兴市示例人民医院", period="afternoon"),
        villager=bookable_villager(hall),
        hall=hall,
        by=desk,
    )
    shown = board.of_hall(hall=hall, user=desk)
    assert [day.date for day in shown.days] == [TODAY, TODAY + timedelta(days=1)]
    assert names(shown.days[0].lines) == [row.reference for row in (early, elsewhere, late)]
    assert names(shown.days[1].lines) == [tomorrow.reference]


def test_board_leaves_out_what_was_called_off_and_other_halls(hall, desk, friday_at_seven):
    off = book(hall, desk)
    Appointment.objects.filter(pk=off.pk).update(state="cancelled_by_villager")
    other = HallFactory()
    book(other, desk_user(other))
    shown = board.of_hall(hall=hall, user=desk)
    assert [names(day.lines) for day in shown.days] == [[], []]
    assert shown.to_tell == []


def test_a_task_about_something_else_of_the_same_number_is_none_about_the_booking(hall, desk, friday_at_seven):
    made = book(hall, desk, reachable_villager(hall))
    Reminder.objects.update(state=ReminderState.TOLD)
    other = Reminder.objects.first()
    Reminder.objects.filter(pk=other.pk).update(about_kind="class", state=ReminderState.MISSED, due_at=at(TODAY, 6))
    for kind in ("wish", "revisit"):
        FollowUpFactory(hall=hall, villager=made.villager, kind=FollowUpKind.CALL, about_kind=kind, about_id=made.pk)
    assert board.of_hall(hall=hall, user=desk).to_tell == []


def test_what_is_to_be_told_of_later_days_is_not_on_top_yet(hall, desk, friday_at_seven):
    later = book(hall, desk, day=TODAY + timedelta(days=2))
    FollowUpFactory(hall=hall, villager=later.villager, about_kind="appointment", about_id=later.pk)
    assert board.of_hall(hall=hall, user=desk).to_tell == []


@pytest.mark.parametrize("kind", [FollowUpKind.CALL, FollowUpKind.KNOCK, FollowUpKind.REBOOK])
def test_open_task_about_it_comes_on_top(hall, desk, friday_at_seven, kind):
    made = book(hall, desk)
    book(hall, desk)
    Reminder.objects.update(state=ReminderState.TOLD)
    task = FollowUpFactory(hall=hall, villager=made.villager, kind=kind, about_kind="appointment", about_id=made.pk)
    (line,) = board.of_hall(hall=hall, user=desk).to_tell
    assert (line.appointment, line.tasks) == (made, [task])
    task.state = FollowUpState.DONE
    task.save()
    assert board.of_hall(hall=hall, user=desk).to_tell == []


def test_what_waits_for_a_person_is_said_once(hall, desk, friday_at_seven):
    made = book(hall, desk, reachable_villager(hall))
    Reminder.objects.update(state=ReminderState.FOLLOW_UP, due_at=at(TODAY, 6))
    FollowUpFactory(
        hall=hall, villager=made.villager, kind=FollowUpKind.CALL, about_kind="appointment", about_id=made.pk
    )
    (line,) = board.of_hall(hall=hall, user=desk).to_tell
    assert (len(line.tasks), line.untold) == (1, [])


def test_whoever_is_to_be_booked_anew_comes_on_top_though_the_visit_is_off(hall, desk, friday_at_seven):
    made = book(hall, desk)
    Appointment.objects.update(state="cancelled_by_clinic")
    FollowUpFactory(
        hall=hall, villager=made.villager, kind=FollowUpKind.REBOOK, about_kind="appointment", about_id=made.pk
    )
    shown = board.of_hall(hall=hall, user=desk)
    assert names(shown.to_tell) == [made.reference]
    assert names(shown.days[0].lines) == []


@pytest.mark.parametrize(
    ("state", "minutes", "count"),
    [
        (ReminderState.PLANNED, -1, 1),
        (ReminderState.PLANNED, 60, 0),
        (ReminderState.SENDING, -1, 1),
        (ReminderState.RELAYED, -1, 1),
        (ReminderState.FOLLOW_UP, -1, 1),
        (ReminderState.MISSED, -1, 1),
        (ReminderState.TOLD, -1, 0),
        (ReminderState.CANCELLED, -1, 0),
    ],
)
def test_text_that_should_have_arrived_and_did_not_comes_on_top(hall, desk, friday_at_seven, state, minutes, count):
    made = book(hall, desk, reachable_villager(hall))
    wanted = Reminder.objects.order_by("pk").last()
    Reminder.objects.exclude(pk=wanted.pk).delete()
    Reminder.objects.update(state=state, due_at=at(TODAY, 7) + timedelta(minutes=minutes))
    shown = board.of_hall(hall=hall, user=desk)
    assert names(shown.to_tell) == [made.reference] * count
    assert [line.contact.villager for line in shown.to_tell] == [made.villager] * count


def test_line_says_how_to_get_there(hall, desk, friday_at_seven):
    made = book(hall, desk)
    route = Route.objects.create(hall=hall, hospital=made.hospital, bus="803 路到中医院站下")
    Route.objects.create(hall=HallFactory(), hospital=made.hospital, bus="117 路到底")
    assert board.of_hall(hall=hall, user=desk).days[0].lines[0].route == route
    made.session.held_at = hall
    made.session.save()
    assert board.of_hall(hall=hall, user=desk).days[0].lines[0].route is None


def test_board_has_what_is_held_at_the_hall_today(hall, desk, friday_at_seven):
    held = ClinicSessionFactory(
        date=TODAY,
        held_at=hall,
        kind=SessionKind.OUTREACH,
        queue=QueueMode.WALK_IN,
        starts=time(9),
        ends=time(11),
        head_count=12,
        allotted_hall=hall,
    )
    ClinicSessionFactory(date=TODAY, held_at=HallFactory())
    ClinicSessionFactory(date=TODAY + timedelta(days=1), held_at=hall)
    assert board.of_hall(hall=hall, user=desk).sessions == [held]


@pytest.mark.parametrize("people", [1, 20])
def test_board_takes_seven_queries_for_one_or_many(hall, desk, friday_at_seven, people, django_assert_num_queries):
    for _each in range(people):
        made = book(hall, desk, reachable_villager(hall))
        FollowUpFactory(hall=hall, villager=made.villager, about_kind="appointment", about_id=made.pk)
    desk.role_list  # noqa: B018 - read once per request
    with django_assert_num_queries(7):
        shown = board.of_hall(hall=hall, user=desk)
        assert len([(line.contact.phone, line.route) for line in shown.days[0].lines]) == people
