"""Who did not go: counting, the block and its last day, where it holds, and lifting it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from appointments.domain import limits, no_shows
from appointments.domain.no_shows import NoShows
from appointments.domain.policies import DEFAULTS
from appointments.enums import AppointmentState
from appointments.errors import BlockedForNoShows
from appointments.models import Appointment, NoShowLift
from tests.appointments.factories import ClinicSessionFactory, HospitalFactory, at, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(date(2026, 11, 23), 9))]

TODAY = date(2026, 11, 23)
POLICY = replace(DEFAULTS, no_show_threshold=3, no_show_days=30, no_show_penalty_days=10)


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
def missed(villager, hall, hospital):
    """Write down visits the villager missed so many days ago."""

    def write(*days_ago, at_hospital=hospital, state=AppointmentState.NO_SHOW):
        for days in days_ago:
            Appointment.objects.create(
                reference=f"{Appointment.objects.count():08}",
                source="connected",
                state=state,
                villager=villager,
                hall=hall,
                hospital=at_hospital,
                date=TODAY - timedelta(days=days),
                booked_at=at(TODAY, 8),
                held_until=at(TODAY, 8),
            )

    return write


@pytest.fixture
def lift(villager, hall):
    """A manager lifted the limit so many days ago."""

    def write(days_ago, hospital=None):
        moment = at(TODAY, 9) - timedelta(days=days_ago)
        by = desk_user(hall)
        NoShowLift.objects.create(
            villager=villager, hospital=hospital, hall=hall, lifted_by=by, lifted_at=moment, reason="住院了"
        )

    return write


def standing(villager, hospital, policy=POLICY):
    return no_shows.standing(villager=villager, hospital=hospital, policy=policy)


def until(days_ago):
    """The last blocked day after a miss so many days ago."""
    return TODAY + timedelta(days=10 - days_ago)


def test_who_missed_nothing_is_free(villager, hospital):
    assert standing(villager, hospital) == NoShows(0, None)


def test_one_below_the_threshold_is_counted_and_at_it_blocked(missed, villager, hospital):
    missed(5, 3)
    assert standing(villager, hospital) == NoShows(2, None)
    missed(1)
    assert standing(villager, hospital) == NoShows(3, until(1))
    assert standing(villager, hospital).is_blocked


@pytest.mark.parametrize(
    ("days_ago", "count", "blocked"),
    [
        ((29, 2, 1), 3, until(1)),  # the first is the thirtieth day back
        ((30, 2, 1), 2, until(1)),  # no longer counted today, but the three were within thirty days
        ((31, 2, 1), 2, None),
        ((60, 31, 1), 1, None),
    ],
)
def test_misses_are_weighed_within_the_rules_days(days_ago, count, blocked, missed, villager, hospital):
    missed(*days_ago)
    assert standing(villager, hospital) == NoShows(count, blocked)


@pytest.mark.parametrize(("last", "is_blocked"), [(10, True), (11, False)])
def test_block_ends_with_its_last_day(last, is_blocked, missed, villager, hospital):
    missed(last + 2, last + 1, last)
    assert standing(villager, hospital).is_blocked is is_blocked


def test_fourth_miss_begins_the_penalty_anew(missed, villager, hospital):
    missed(20, 19, 18)
    assert standing(villager, hospital).blocked_until is None
    missed(1)
    assert standing(villager, hospital).blocked_until == until(1)


@pytest.mark.parametrize("state", sorted(set(AppointmentState.values) - {"no_show"}), ids=str)
def test_nothing_but_a_marked_no_show_counts(state, missed, villager, hospital):
    missed(3, 2, 1, state=state)
    assert standing(villager, hospital) == NoShows(0, None)


def test_scope_is_the_hospital_or_all_of_them(missed, villager, hospital):
    missed(3, 2)
    missed(1, at_hospital=HospitalFactory())
    assert standing(villager, hospital) == NoShows(2, None)
    everywhere = replace(POLICY, no_show_scope="everywhere")
    assert standing(villager, hospital, everywhere) == NoShows(3, until(1))


def test_hospital_without_the_rule_never_blocks(missed, villager, hospital):
    missed(3, 2, 1)
    assert standing(villager, hospital, replace(POLICY, no_show_threshold=0)) == NoShows(0, None)


def test_lift_wipes_out_what_was_missed_until_its_day(missed, lift, villager, hospital):
    missed(5, 4, 3)
    lift(3)
    assert standing(villager, hospital) == NoShows(0, None)
    missed(2)
    assert standing(villager, hospital) == NoShows(1, None)
    missed(1, 0)
    assert standing(villager, hospital) == NoShows(3, until(0))


def test_lift_leaves_what_was_missed_after_it(missed, lift, villager, hospital):
    missed(5, 4, 3)
    lift(4)
    assert standing(villager, hospital) == NoShows(1, None)


def test_lift_of_somebody_elses_limit_is_theirs_alone(missed, hall, villager, hospital):
    missed(5, 4, 3)
    NoShowLift.objects.create(
        villager=bookable_villager(hall),
        hospital=hospital,
        hall=hall,
        lifted_by=desk_user(hall),
        lifted_at=at(TODAY, 9),
        reason="住院了",
    )
    assert standing(villager, hospital).is_blocked


def test_lift_for_one_hospital_holds_there_only(missed, lift, villager, hospital):
    missed(5, 4, 3)
    lift(0, HospitalFactory())
    assert standing(villager, hospital).is_blocked
    lift(0, hospital)
    assert not standing(villager, hospital).is_blocked


def test_booking_is_refused_with_the_day_it_ends_and_who_can_lift_it(missed, villager, hospital):
    session = ClinicSessionFactory(department__hospital=hospital)
    missed(3, 2)
    limits.check(villager=villager, session=session, policy=POLICY)
    missed(1)
    with pytest.raises(BlockedForNoShows) as refused:
        limits.check(villager=villager, session=session, policy=POLICY)
    assert refused.value.sentence == (
        "张小明约了没去太多次，柯桥区示例医院到12月2日 周三为止不能再约；情况特殊的，请礼堂负责人写明原因解除。"
    )


def test_several_sessions_are_refused_for_the_same_reason(missed, villager, hospital):
    sessions = ClinicSessionFactory.create_batch(2, department__hospital=hospital)
    missed(3, 2)
    assert limits.allowed(villager=villager, sessions=sessions, policy=POLICY) == (sessions, None)
    missed(1)
    passed, why = limits.allowed(villager=villager, sessions=sessions, policy=POLICY)
    assert (passed, type(why)) == ([], BlockedForNoShows)


def test_booking_elsewhere_is_refused_only_where_all_hospitals_count(missed, villager, hospital):
    missed(3, 2, 1)
    session = ClinicSessionFactory()
    limits.check(villager=villager, session=session, policy=POLICY)
    with pytest.raises(BlockedForNoShows):
        limits.check(villager=villager, session=session, policy=replace(POLICY, no_show_scope="everywhere"))


def test_standing_takes_one_query_and_a_second_for_who_missed(missed, villager, hospital, django_assert_num_queries):
    with django_assert_num_queries(1):
        standing(villager, hospital)
    missed(1)
    with django_assert_num_queries(2):
        standing(villager, hospital)
