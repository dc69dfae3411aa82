"""Tasks nobody is on are handed on, once."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from auditorium.domain import escalation, follow_ups
from auditorium.enums import FollowUpState
from auditorium.models import AuditEntry, FollowUp
from tests.factories import (
    FollowUpFactory,
    HallClosureFactory,
    HallFactory,
    HelperFactory,
    OpeningHoursFactory,
    RegionFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
NOON = MONDAY_9.replace(hour=12)


@pytest.fixture(autouse=True)
def _at_nine():
    with time_machine.travel(MONDAY_9, tick=False):
        yield


@pytest.fixture
def town():
    return RegionFactory(code="330603001000", name="柯桥街道", level="town")


@pytest.fixture
def hall(town):
    return HallFactory(backup_hall=HallFactory())


def handed(task):
    task.refresh_from_db()
    return task.escalated_at, task.escalated_hall, task.escalated_region


def test_overdue_and_not_taken_goes_to_the_backup_hall(hall):
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9)
    assert escalation.escalate_overdue(at=MONDAY_9) == 1
    assert handed(task) == (MONDAY_9, hall.backup_hall, None)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.hall, entry.villager_id, entry.actor) == (
        "handed_on",
        task.pk,
        hall,
        task.villager_id,
        None,
    )


def test_not_yet_due_stays(hall):
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9 + timedelta(seconds=1))
    assert escalation.escalate_overdue(at=MONDAY_9) == 0
    assert handed(task) == (None, None, None)


def test_a_task_is_handed_on_once(hall):
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9)
    escalation.escalate_overdue(at=MONDAY_9)
    assert escalation.escalate_overdue(at=NOON) == 0
    assert handed(task)[0] == MONDAY_9


@pytest.mark.parametrize("state", ["done", "not_reached", "wrong_number", "cancelled"])
def test_ended_ones_stay(hall, state):
    FollowUpFactory(hall=hall, due_at=MONDAY_9, state=state)
    assert escalation.escalate_overdue(at=NOON) == 0


def test_taken_while_the_hall_is_open_stays(hall):
    FollowUpFactory(hall=hall, due_at=MONDAY_9, state=FollowUpState.TAKEN, assignee=desk_user(hall))
    assert escalation.escalate_overdue(at=NOON) == 0


def test_taken_at_a_hall_shut_when_due_is_free_again_elsewhere(hall):
    HallClosureFactory(hall=hall, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9, state=FollowUpState.TAKEN, assignee=desk_user(hall))
    assert escalation.escalate_overdue(at=NOON) == 1
    assert handed(task) == (NOON, hall.backup_hall, None)
    assert (task.state, task.assignee) == ("open", None)


def test_a_helper_knocks_whatever_the_hall_s_hours(hall):
    HallClosureFactory(hall=hall, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    FollowUpFactory(
        hall=hall,
        due_at=MONDAY_9,
        state=FollowUpState.TAKEN,
        assignee=desk_user(hall),
        helper=HelperFactory(hall=hall),
    )
    assert escalation.escalate_overdue(at=NOON) == 0


def test_a_backup_hall_that_is_shut_leaves_it_to_the_town(hall, town):
    HallClosureFactory(hall=hall.backup_hall, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9)
    escalation.escalate_overdue(at=NOON)
    assert handed(task) == (NOON, None, town)


def test_a_backup_hall_that_is_closed_down_leaves_it_to_the_town(hall, town):
    hall.backup_hall.is_active = False
    hall.backup_hall.save()
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9)
    escalation.escalate_overdue(at=NOON)
    assert handed(task) == (NOON, None, town)


def test_without_a_backup_hall_the_town_gets_it(town):
    task = FollowUpFactory(hall=HallFactory(), due_at=MONDAY_9)
    escalation.escalate_overdue(at=NOON)
    assert handed(task) == (NOON, None, town)


def test_where_the_town_is_unknown_its_county_gets_it():
    county = RegionFactory(code="330603000000", name="柯桥区", level="county")
    RegionFactory(code="330000000000", name="浙江省", level="province")
    task = FollowUpFactory(hall=HallFactory(), due_at=MONDAY_9)
    escalation.escalate_overdue(at=NOON)
    assert handed(task) == (NOON, None, county)


def test_a_retired_town_gets_nothing(town):
    county = RegionFactory(code="330603000000", name="柯桥区", level="county")
    town.retired_on = date(2026, 1, 1)
    town.save()
    task = FollowUpFactory(hall=HallFactory(), due_at=MONDAY_9)
    escalation.escalate_overdue(at=NOON)
    assert handed(task) == (NOON, None, county)


def test_where_nothing_is_above_it_stays_and_is_asked_about_once():
    task = FollowUpFactory(hall=HallFactory(), due_at=MONDAY_9)
    assert escalation.escalate_overdue(at=NOON) == 1
    assert handed(task) == (NOON, None, None)
    assert escalation.escalate_overdue(at=NOON) == 0


def test_batches_reach_everything_past_what_stays(hall, town, monkeypatch):
    monkeypatch.setattr(escalation, "BATCH", 2)
    for _each in range(3):
        FollowUpFactory(hall=hall, due_at=MONDAY_9, state=FollowUpState.TAKEN, assignee=desk_user(hall))
    for minutes in range(3):
        FollowUpFactory(hall=hall, due_at=MONDAY_9 + timedelta(minutes=minutes))
    FollowUpFactory(hall=HallFactory(), due_at=MONDAY_9)
    assert escalation.escalate_overdue(at=NOON) == 4
    assert FollowUp.objects.filter(escalated_hall=hall.backup_hall).count() == 3
    assert FollowUp.objects.filter(escalated_region=town).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_asks_as_often_whatever_its_size(hall, town, count, django_assert_num_queries):
    OpeningHoursFactory(hall=hall.backup_hall, weekday=1, opens=time(8), closes=time(17))
    for _each in range(count):
        FollowUpFactory(hall=hall, due_at=MONDAY_9)
    with django_assert_num_queries(12):
        assert escalation.escalate_overdue(at=NOON) == count


def test_two_sweeps_at_once_hand_on_once(hall, monkeypatch):
    """The second sweep read the same rows before the first had written."""
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9)
    rumour = escalation._loaded(FollowUp.objects.all())
    assert escalation.escalate_overdue(at=MONDAY_9) == 1
    assert escalation._hand_on(rumour, NOON) == 0
    assert handed(task)[0] == MONDAY_9
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("helped", [False, True])
def test_what_somebody_took_meanwhile_is_theirs(hall, helped):
    """It was read as free; before it was handed on somebody at the open hall took it, or gave it to a helper."""
    task = FollowUpFactory(hall=hall, due_at=MONDAY_9)
    rumour = escalation._loaded(FollowUp.objects.all())
    helper = HelperFactory(hall=hall) if helped else None
    follow_ups.hand_to(follow_ups=FollowUp.objects.all(), by=desk_user(hall), helper=helper)
    assert escalation._hand_on(rumour, MONDAY_9) == 0
    assert (handed(task), task.state, task.helper) == ((None, None, None), FollowUpState.TAKEN, helper)


def test_hand_on_if_shut_leaves_what_the_hall_can_still_do(hall):
    task = FollowUpFactory(hall=hall, due_at=NOON)
    escalation.hand_on_if_shut(task)
    assert handed(task) == (None, None, None)


def test_hand_on_if_shut_before_the_next_opening(hall, town):
    OpeningHoursFactory(hall=hall, weekday=1, opens=time(14), closes=time(17))
    task = FollowUpFactory(hall=hall, due_at=NOON)
    escalation.hand_on_if_shut(task)
    assert handed(task) == (MONDAY_9, hall.backup_hall, None)
