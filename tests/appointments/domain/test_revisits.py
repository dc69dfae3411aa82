"""复诊: what the doctor said becomes a wish or a call on the day it can be booked, once, and ends in a known state."""

from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
import time_machine

from appointments import tasks
from appointments.domain import bookings, desk, records, revisits, wishes
from appointments.domain.records import RecordDetails
from appointments.enums import ClinicClass, QueueMode, RevisitState, SessionState, WishState
from appointments.errors import AlreadyWaiting, DateOutOfReach, NotLive, VillagerNotReady
from appointments.models import Appointment, ClinicSession, Revisit, Wish
from auditorium.domain import departures
from auditorium.enums import FollowUpKind, FollowUpState
from auditorium.models import AuditEntry, FollowUp, Villager
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    SlotFactory,
    at,
    released,
)
from tests.appointments.factories import reachable_villager as villager_of
from tests.factories import HallFactory, OpeningHoursFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
DUE = MONDAY + timedelta(weeks=4)  # Monday 21 December, released on 7 December
KEY = "00000000-0000-0000-0000-000000000001"


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
def villager(hall):
    return villager_of(hall)


@pytest.fixture
def department():
    return DepartmentFactory(name="骨科")


@pytest.fixture
def doctor(department):
    return DoctorFactory(department=department, name="章建国")


@pytest.fixture
def session(hall, department, doctor):
    """The doctor's session two days after the date named, with one place."""
    session = ClinicSessionFactory(
        department=department, doctor=doctor, date=DUE + timedelta(days=2), allotted_hall=hall
    )
    SlotFactory(session=session, capacity=1)
    return session


@pytest.fixture
def note(villager, hall, department, by):
    def build(due_on=DUE, **kwargs):
        return revisits.note(villager=villager, hall=hall, department=department, due_on=due_on, by=by, **kwargs)

    return build


@contextmanager
def refused(kind, sentence):
    """A refusal of this kind, with these words in its sentence."""
    with pytest.raises(kind) as found:
        yield
    assert sentence in found.value.sentence


def state(revisit):
    return Revisit.objects.get(pk=revisit.pk).state


def calls():
    return FollowUp.objects.open().filter(about_kind="revisit")


def release(session, hour=7):
    """The moment the date named is released."""
    released(session, at_hour=hour)
    return at(DUE - timedelta(days=14), hour)


def test_it_becomes_a_call_once_on_the_day_its_date_can_be_booked(note, hall, villager, session, doctor, travel):
    OpeningHoursFactory(hall=hall, weekday=1, opens=time(8), closes=time(17))
    moment = release(session)
    made = note(doctor=doctor)
    travel(moment - timedelta(seconds=1))
    assert (revisits.come_due(), state(made)) == (0, RevisitState.WAITING)
    travel(moment)
    assert (revisits.come_due(), revisits.come_due(), state(made)) == (1, 0, RevisitState.DUE)
    (task,) = calls()
    assert (task.kind, task.villager, task.about_id, task.due_at) == (
        FollowUpKind.CALL,
        villager,
        made.pk,
        at(moment.date(), 16),
    )
    assert task.reason == "复诊可以约了：骨科 章建国，12月21日 周一前后"
    assert task.words == "张小明您好，医生说12月21日 周一前后要复诊，现在可以约了。您看哪天方便，我们帮您约。"


@pytest.mark.parametrize(
    ("hour", "wished_on"),
    [
        pytest.param(7, at(DUE - timedelta(days=14), 0), id="the day of the release"),
        pytest.param(0, at(DUE - timedelta(days=15), 0), id="released at midnight: the day before"),
    ],
)
def test_an_automatic_one_becomes_a_wish_before_the_release(note, session, doctor, travel, hour, wished_on):
    release(session, hour)
    made = note(doctor=doctor, automatic=True)
    travel(wished_on - timedelta(seconds=1))
    assert (revisits.come_due(), Wish.objects.count()) == (0, 0)
    travel(wished_on)
    assert (revisits.come_due(), revisits.come_due(), Wish.objects.count()) == (1, 0, 1)
    made.refresh_from_db()
    assert (made.state, made.wish.session, made.wish.state) == (RevisitState.WAITING, session, WishState.WAITING)
    assert not calls().exists()


def test_a_wish_of_a_revisit_ends_it_booked(note, session, doctor, travel):
    moment = release(session)
    made = note(doctor=doctor, automatic=True)
    travel(moment - timedelta(hours=1))
    tasks.close_days()
    travel(moment + timedelta(days=2))
    tasks.serve_queues()
    assert (state(made), Appointment.objects.get().session) == (RevisitState.BOOKED, session)
    made.refresh_from_db()
    assert made.ended_at == moment + timedelta(days=2)
    assert not FollowUp.objects.open().exclude(about_kind="appointment").exists()


def test_a_wish_that_missed_leaves_one_call(note, hall, by, session, doctor, travel):
    moment = release(session)
    first = wishes.make(session=session, villager=villager_of(hall), hall=hall, by=by)
    made = note(doctor=doctor, automatic=True)
    travel(moment - timedelta(hours=1))
    tasks.close_days()
    travel(moment + timedelta(days=2))
    tasks.serve_queues()
    tasks.close_days()
    assert (Wish.objects.get(pk=first.pk).state, state(made)) == (WishState.BOOKED, RevisitState.DUE)
    assert [task.about_kind for task in FollowUp.objects.open()] == ["wish"]
    revisits.cancel(revisit=made, by=by)
    assert not FollowUp.objects.open().exists()


def test_an_automatic_one_takes_the_doctors_nearest_session_that_can_be_booked(note, hall, session, doctor, travel):
    moment = release(session)
    wrong = {
        "another doctor's": {"doctor": DoctorFactory(department=doctor.department)},
        "before the date": {"date": DUE - timedelta(days=1)},
        "suspended": {"state": SessionState.SUSPENDED},
        "another hall's": {"allotted_hall": HallFactory()},
        "as they come": {"queue": QueueMode.WALK_IN, "starts": time(8), "ends": time(11)},
    }
    for day, kwargs in enumerate(wrong.values()):
        given = {"doctor": doctor, "date": DUE, "allotted_hall": hall, "department": doctor.department} | kwargs
        SlotFactory(session=ClinicSessionFactory(period=["morning", "afternoon", "evening"][day % 3], **given))
    afternoon = ClinicSessionFactory(
        doctor=doctor, department=doctor.department, date=session.date, period="afternoon", allotted_hall=hall
    )
    SlotFactory(session=afternoon, starts_at=at(session.date, 14))
    made = note(doctor=doctor, automatic=True)
    travel(moment - timedelta(hours=1))
    revisits.come_due()
    made.refresh_from_db()
    assert made.wish.session == session


def test_with_any_doctor_the_first_ordinary_session_is_meant(note, hall, department, session, travel):
    moment = release(session)
    ClinicSession.objects.update(clinic_class=ClinicClass.EXPERT)
    ordinary = ClinicSessionFactory(department=department, date=DUE + timedelta(days=3), allotted_hall=hall)
    SlotFactory(session=ordinary)
    SlotFactory(session__date=DUE, session__allotted_hall=hall)  # another department's
    made = note(automatic=True)
    travel(moment - timedelta(hours=1))
    revisits.come_due()
    made.refresh_from_db()
    assert made.wish.session == ordinary


def test_an_automatic_one_without_a_session_becomes_a_call_at_the_release(note, session, doctor, travel):
    moment = release(session)
    ClinicSession.objects.update(date=DUE + timedelta(days=15))
    made = note(doctor=doctor, automatic=True)
    travel(moment - timedelta(hours=1))
    assert (revisits.come_due(), calls().count()) == (0, 0)
    travel(moment)
    assert (revisits.come_due(), calls().count(), state(made)) == (1, 1, RevisitState.DUE)


def test_one_that_can_be_booked_already_is_due_at_once(note, session):
    released(session)
    made = note(MONDAY + timedelta(weeks=1), automatic=True)
    assert (made.state, state(made), calls().count()) == (RevisitState.DUE, RevisitState.DUE, 1)


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        (MONDAY - timedelta(days=1), "复诊的日子要在今天以后，请再看看病历。"),
        (MONDAY, "复诊的日子要在今天以后，请再看看病历。"),
        (MONDAY + timedelta(weeks=52, days=1), "复诊的日子太远了，最多记一年以内的，请再看看病历。"),
    ],
)
def test_a_date_nobody_means_is_refused(note, due_on, sentence):
    with refused(DateOutOfReach, sentence):
        note(due_on)
    assert Revisit.objects.count() == 0


def test_tomorrow_and_a_year_ahead_are_taken_at_midnight(note, travel):
    travel(at(MONDAY, 0))
    with refused(DateOutOfReach, "今天以后"):
        note(MONDAY)
    assert note(MONDAY + timedelta(days=1)).due_on == MONDAY + timedelta(days=1)
    Revisit.objects.all().delete()
    assert note(MONDAY + timedelta(weeks=52)).state == RevisitState.WAITING


def test_the_same_said_twice_is_one_and_another_date_is_refused(note, doctor):
    first = note(doctor=doctor)
    assert note(doctor=doctor) == first
    for changed in [{"due_on": DUE + timedelta(days=7), "doctor": doctor}, {}, {"doctor": doctor, "automatic": True}]:
        with refused(AlreadyWaiting, "骨科已经记了12月21日 周一前后复诊"):
            note(**changed)
    assert Revisit.objects.count() == 1


def test_who_died_is_not_to_come_back(note, hall, by, villager, session, doctor, travel):
    made = note(doctor=doctor, automatic=True)
    moment = release(session)
    travel(moment - timedelta(hours=1))
    revisits.come_due()
    departures.record_death(villager=villager, died_on=MONDAY, hall=hall, by=by)
    assert (revisits.come_due(), revisits.come_due()) == (1, 0)
    made.refresh_from_db()
    assert (made.state, made.wish.state) == (RevisitState.CANCELLED, WishState.CANCELLED)
    assert not FollowUp.objects.open().exists()
    with refused(VillagerNotReady, "资料已经停用"):
        note()


def test_who_moved_away_is_noted_only_when_back(note, hall, by, villager):
    departures.record_move(villager=villager, moved_away_on=MONDAY, hall=hall, by=by)
    with refused(VillagerNotReady, "已经搬走"):
        note()
    departures.record_move(villager=villager, moved_away_on=None, hall=hall, by=by)
    assert note().state == RevisitState.WAITING


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ({"died_on": MONDAY}, "这位村民的资料已经停用，不能预约。"),
        ({"moved_away_on": MONDAY}, "这位村民已经搬走，不能预约；人又回来了，请先在村民页记下。"),
        ({"erased_at": at(MONDAY, 9)}, "这位村民的资料已经停用，不能预约。"),
    ],
)
def test_who_is_gone_is_said_to_be_the_reason(note, villager, gone, why):
    made = note()
    Villager.objects.filter(pk=villager.pk).update(**gone)
    assert revisits.come_due() == 1
    made.refresh_from_db()
    assert (made.state, made.ended_reason) == (RevisitState.CANCELLED, why)


def test_one_that_comes_due_or_ends_leaves_the_others(note, hall, by, department, session, doctor, travel):
    def another(**kwargs):
        return revisits.note(
            villager=villager_of(hall), hall=hall, department=department, by=by, **{"due_on": DUE} | kwargs
        )

    waits = another(due_on=DUE + timedelta(weeks=4))
    moment = release(session)
    ours, theirs = note(doctor=doctor, automatic=True), another(doctor=doctor, automatic=True)
    travel(moment - timedelta(hours=1))
    assert revisits.come_due() == 2
    revisits.cancel(revisit=ours, by=by)
    assert [state(row) for row in (ours, theirs, waits)] == ["cancelled", "waiting", "waiting"]
    assert sorted(Wish.objects.values_list("revisit", "state")) == [(ours.pk, "cancelled"), (theirs.pk, "waiting")]
    due = another(due_on=moment.date() + timedelta(weeks=1))
    assert [state(row) for row in (due, theirs, waits)] == ["due", "waiting", "waiting"]


def test_saying_no_ends_call_and_wish(note, by, session, doctor, travel):
    made = note(doctor=doctor, automatic=True)
    travel(release(session) - timedelta(hours=1))
    revisits.come_due()
    revisits.cancel(revisit=made, by=by, why="不用了")
    assert (state(made), Wish.objects.get().state) == (RevisitState.CANCELLED, WishState.CANCELLED)
    with refused(NotLive, "这次复诊已经有结果了"):
        revisits.cancel(revisit=made, by=by)
    due = note(DUE + timedelta(days=-7))
    assert due.state == RevisitState.DUE
    revisits.cancel(revisit=due, by=by)
    assert not calls().exists()
    acts = AuditEntry.objects.filter(object_kind="revisit", object_id=made.pk).order_by("pk")
    assert list(acts.values_list("action", "why")) == [("noted", ""), ("cancelled", "不用了")]


def test_cancelling_its_wish_says_no_to_the_revisit(note, by, session, doctor, travel):
    made = note(doctor=doctor, automatic=True)
    travel(release(session) - timedelta(hours=1))
    revisits.come_due()
    wishes.cancel(wish=Wish.objects.get(), by=by)
    assert state(made) == RevisitState.CANCELLED


@pytest.mark.parametrize(("days", "became"), [(-8, "due"), (-7, "booked"), (0, "booked"), (14, "booked"), (15, "due")])
def test_booking_by_hand_around_the_date_ends_it(note, hall, by, villager, department, days, became):
    due = MONDAY + timedelta(days=9)
    made = note(due)
    Revisit.objects.update(due_on=MONDAY + timedelta(days=5 - days))
    slot = SlotFactory(session__department=department, session__allotted_hall=hall, session__date=MONDAY + timedelta(5))
    desk.book(slot=slot, villager=villager, hall=hall, by=by, key=KEY)
    assert state(made) == became
    assert calls().exists() == (became == "due")


def test_recording_a_booking_made_elsewhere_ends_it_too(note, hall, by, villager, department):
    made = note(MONDAY + timedelta(days=9))
    details = RecordDetails(
        date=MONDAY + timedelta(days=9), hospital_text=department.hospital.name, department_text=department.name
    )
    desk.record(details=details, villager=villager, hall=hall, by=by, key=KEY)
    assert (state(made), FollowUp.objects.get(about_kind="revisit").state) == ("booked", FollowUpState.CANCELLED)


def test_a_booking_of_another_department_or_the_visit_itself_leaves_it(note, hall, by, villager, department):
    visit = records.record(
        details=RecordDetails(
            date=MONDAY + timedelta(days=2), hospital_text=department.hospital.name, department_text=department.name
        ),
        villager=villager,
        hall=hall,
        by=by,
    )
    made = note(MONDAY + timedelta(days=9), after=visit)
    other = SlotFactory(session__allotted_hall=hall, session__date=MONDAY + timedelta(days=9))
    bookings.book(slot=other, villager=villager, hall=hall, by=by)
    assert state(made) == RevisitState.DUE


def test_booking_by_hand_cancels_what_still_waits(note, hall, by, villager, department, session, doctor, travel):
    made = note(doctor=doctor, automatic=True)
    moment = release(session)
    travel(moment)
    revisits.come_due()
    slot = SlotFactory(session__department=department, session__allotted_hall=hall, session__date=DUE)
    desk.book(slot=slot, villager=villager, hall=hall, by=by, key=KEY)
    assert (state(made), Wish.objects.get().state) == (RevisitState.BOOKED, WishState.CANCELLED)


def test_one_nobody_booked_ends_two_weeks_after_its_date(note, travel):
    made = note(MONDAY + timedelta(days=9))
    travel(at(MONDAY + timedelta(days=23), 9))
    assert (revisits.come_due(), state(made)) == (0, RevisitState.DUE)
    travel(at(MONDAY + timedelta(days=24), 9))
    assert (revisits.come_due(), state(made)) == (1, RevisitState.CANCELLED)
    assert not calls().exists()


def test_looking_for_what_comes_due_costs_the_same_for_one_and_many(
    note, hall, department, by, django_assert_num_queries
):
    note()
    with django_assert_num_queries(3):
        revisits.come_due()
    for _ in range(3):
        revisits.note(villager=villager_of(hall), hall=hall, department=department, due_on=DUE, by=by)
    with django_assert_num_queries(3):
        revisits.come_due()
