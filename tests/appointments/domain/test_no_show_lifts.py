"""Lifting the limit, and what is said before it comes to that."""

from datetime import date, timedelta

import pytest
import time_machine

from appointments.domain import no_show_warnings, no_shows
from appointments.enums import NoShowScope
from appointments.errors import NotAllowed, ReasonMissing
from appointments.models import Appointment, BookingPolicy, NoShowLift
from auditorium.enums import RoleKind
from auditorium.models import AuditEntry, Role
from tests.appointments.factories import HospitalFactory, SlotFactory, at, bookable_villager
from tests.factories import HallFactory, UserFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(TODAY, 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall):
    return bookable_villager(hall)


@pytest.fixture
def hospital():
    return HospitalFactory(name="柯桥区示例医院")


@pytest.fixture
def manager(hall):
    user = UserFactory(full_name="沈建芬")
    Role.objects.create(user=user, role=RoleKind.HALL_MANAGER, hall=hall)
    return user


def miss(villager, hospital, *days_ago):
    for ago in days_ago:
        day = TODAY - timedelta(days=ago)
        slot = SlotFactory(session__date=day, session__department__hospital=hospital)
        Appointment.objects.create(
            reference=f"R{Appointment.objects.count():07}",
            source="schedule",
            state="no_show",
            villager=villager,
            hall=villager.registered_at,
            slot=slot,
            session=slot.session,
            hospital=hospital,
            department=slot.session.department,
            date=day,
            starts_at=slot.starts_at,
            booked_at=at(day - timedelta(days=3), 9),
        )


def warned(villager, place=None):
    rows = Appointment.objects.filter(no_show_warnings.recent(), villager=villager).with_names().with_policies()
    return [(said.sentence, said.is_blocked) for said in no_show_warnings.warnings(missed=rows, place=place)]


def test_manager_lifts_once_with_a_reason_that_is_kept(villager, hospital, manager, hall):
    lifts = [no_shows.lift(villager=villager, hospital=hospital, by=manager, why="那几天住院") for _press in range(2)]
    assert lifts[0] == lifts[1] == NoShowLift.objects.get()
    assert (lifts[0].reason, lifts[0].lifted_by, lifts[0].hall) == ("那几天住院", manager, hall)
    entry = AuditEntry.objects.get(action="lifted")
    assert (entry.actor, entry.villager_id, entry.why) == (manager, villager.pk, "那几天住院")


@pytest.mark.parametrize("why", ["", "  "])
def test_lift_without_a_reason_is_refused(villager, hospital, manager, why):
    with pytest.raises(ReasonMissing):
        no_shows.lift(villager=villager, hospital=hospital, by=manager, why=why)
    assert not NoShowLift.objects.exists()


def test_lift_is_for_managers_of_the_hall_supervisors_and_administrators(villager, hospital, hall):
    stranger = UserFactory()
    Role.objects.create(user=stranger, role=RoleKind.HALL_MANAGER, hall=HallFactory())
    for user in (desk_user(hall), stranger, supervisor(HallFactory().region), UserFactory()):
        assert not no_shows.may_lift(villager=villager, user=user)
        with pytest.raises(NotAllowed):
            no_shows.lift(villager=villager, hospital=hospital, by=user, why="住院")
    for user in (supervisor(hall.region), UserFactory(is_superuser=True)):
        assert no_shows.may_lift(villager=villager, user=user)


def test_manager_of_a_hall_that_does_not_serve_the_villager_has_no_say(villager, hospital):
    stranger = UserFactory()
    elsewhere = bookable_villager(HallFactory())
    Role.objects.create(user=stranger, role=RoleKind.HALL_MANAGER, hall=elsewhere.registered_at)
    assert no_shows.may_lift(villager=elsewhere, user=stranger)
    assert not no_shows.may_lift(villager=villager, user=stranger)
    with pytest.raises(NotAllowed):
        no_shows.lift(villager=villager, hospital=hospital, by=stranger, why="住院")


def test_desk_is_told_whom_to_ask(villager, hall, manager):
    def asked():
        return [role.user for role in no_shows.who_may_lift(villager=villager, user=desk_user(hall))]

    above = supervisor(hall.region)
    assert asked() == [manager]
    Role.objects.filter(user=manager).delete()
    assert asked() == [above]


def test_nothing_is_said_of_one_miss_and_the_last_chance_is_said_kindly(villager, hospital):
    assert warned(villager) == []
    miss(villager, hospital, 40)
    assert warned(villager) == []
    miss(villager, hospital, 20)
    said = "这 90 天在柯桥区示例医院约了没去就诊 2 次，再有一次，90 天不能约。去不了请早点告诉礼堂，取消了就不算。"
    assert warned(villager) == [(said, False)]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (174, "这 174 天"),
        (175, "这半年"),
        (190, "这半年"),
        (191, "这 191 天"),
        (360, "这一年"),
        (370, "这一年"),
        (371, "这 371 天"),
    ],
)
def test_half_a_year_and_a_year_are_called_so(villager, hospital, days, said):
    BookingPolicy.objects.create(hospital=hospital, no_show_days=days)
    miss(villager, hospital, 40, 120)
    assert warned(villager)[0][0].startswith(f"{said}在柯桥区示例医院约了没去就诊 2 次")


@pytest.mark.parametrize("state", ["unmarked", "cancelled_by_clinic", "cancelled_by_villager", "fulfilled"])
def test_nothing_is_said_of_what_was_no_marked_no_show(villager, hospital, state):
    miss(villager, hospital, 40, 20, 10)
    Appointment.objects.update(state=state)
    assert warned(villager) == []


def test_visit_missed_at_a_hospital_only_known_by_name_is_held_against_nobody(villager, hospital):
    miss(villager, hospital, 40, 20)
    Appointment.objects.update(
        source="elsewhere", slot=None, session=None, hospital=None, department=None, hospital_text="杭州示例医院"
    )
    assert warned(villager) == []


def test_who_is_blocked_reads_until_when_and_a_lift_ends_it(villager, hospital, manager):
    miss(villager, hospital, 40, 20, 10)
    assert warned(villager) == [("约了没去就诊的次数多了，柯桥区示例医院到2027年2月11日 周四为止不能再约。", True)]
    no_shows.lift(villager=villager, hospital=hospital, by=manager, why="那几天住院")
    assert warned(villager) == []


def test_lift_at_one_hospital_leaves_another_alone(villager, hospital, manager):
    other = HospitalFactory(name="绍兴市示例医院")
    miss(villager, hospital, 40, 20, 10)
    miss(villager, other, 40, 20, 10)
    no_shows.lift(villager=villager, hospital=other, by=manager, why="那几天住院")
    assert [said[0][:17] for said in warned(villager)] == ["约了没去就诊的次数多了，柯桥区示例医院"[:17]]


def test_department_speaks_for_itself_on_its_own_pages(villager, hospital):
    slot = SlotFactory(session__department__hospital=hospital)
    department = slot.session.department
    BookingPolicy.objects.create(department=department, no_show_threshold=2)
    miss(villager, hospital, 20)
    assert warned(villager) == []
    assert len(warned(villager, place=department)) == 1
    elsewhere = SlotFactory().session.department
    assert warned(villager, place=elsewhere) == []
    BookingPolicy.objects.create(department=elsewhere, no_show_threshold=2, no_show_scope=NoShowScope.EVERYWHERE)
    elsewhere.refresh_from_db()
    assert len(warned(villager, place=elsewhere)) == 1


@pytest.mark.parametrize(("misses", "queries"), [((), 1), ((20,), 2), ((10, 20, 30, 40, 50), 2)])
def test_warnings_ask_once_whatever_was_missed(villager, hospital, misses, queries, django_assert_num_queries):
    miss(villager, hospital, *misses)
    miss(villager, HospitalFactory(), *misses)
    with django_assert_num_queries(queries):
        warned(villager)
