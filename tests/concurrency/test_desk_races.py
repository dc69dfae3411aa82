"""Two people reach for the same task or the same visitor at the same moment."""

from datetime import timedelta
from functools import partial
from unittest import mock

import pytest
from django.db import IntegrityError

from auditorium import clock
from auditorium.domain import escalation, follow_ups, task_outcomes, visits
from auditorium.enums import FollowUpKind, FollowUpState, VisitState
from auditorium.errors import EndedError, TakenError
from auditorium.models import AuditEntry, FollowUp, Visit
from tests.concurrency.threads import at_once
from tests.factories import (
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    PhoneFactory,
    VillagerFactory,
    VisitFactory,
    desk_user,
)

DESKS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desks(hall):
    return [desk_user(hall) for _each in range(DESKS)]


def outcomes(results):
    """How many of each kind of result."""
    kinds = [type(result).__name__ for result in results]
    return {kind: kinds.count(kind) for kind in set(kinds)}


def test_one_of_many_takes_a_task(hall, desks):
    task = FollowUpFactory(hall=hall)
    results = at_once([partial(follow_ups.take, follow_up=FollowUp.objects.get(pk=task.pk), by=desk) for desk in desks])
    assert outcomes(results) == {"FollowUp": 1, "TakenError": DESKS - 1}
    winner = next(result for result in results if not isinstance(result, TakenError))
    task.refresh_from_db()
    assert task.assignee == winner.assignee
    assert AuditEntry.objects.filter(action="taken").count() == 1


def test_one_outcome_is_written(hall, desks):
    task = FollowUpFactory(hall=hall)
    outcome = FollowUpState.NOT_REACHED
    results = at_once(
        [
            partial(task_outcomes.record_outcome, follow_up=FollowUp.objects.get(pk=task.pk), outcome=outcome, by=desk)
            for desk in desks
        ]
    )
    assert outcomes(results) == {"FollowUp": 1, EndedError.__name__: DESKS - 1}
    assert FollowUp.objects.open().count() == 1


def test_wrong_numbers_found_at_once_on_one_phone_wait_for_each_other(hall, desks):
    """Whoever is reached on it is locked by id, whoever's task it was that found it out."""
    phone = PhoneFactory()
    people = [VillagerFactory(registered_at=hall) for _desk in desks]
    contacts = [ContactFactory(villager=villager, phone=phone) for villager in people]
    calls = [FollowUpFactory(hall=hall, villager=one.villager, contact=one) for one in contacts]
    record = partial(task_outcomes.record_outcome, outcome=FollowUpState.WRONG_NUMBER)
    results = at_once([partial(record, follow_up=call, by=desk) for call, desk in zip(calls, desks, strict=True)])
    assert outcomes(results) == {"FollowUp": DESKS}
    assert FollowUp.objects.filter(kind=FollowUpKind.REPLY).count() == DESKS
    assert AuditEntry.objects.filter(action="flagged").count() == 1


def open_one(hall, villager):
    return follow_ups.open_task(
        hall=hall,
        villager=villager,
        kind=FollowUpKind.CALL,
        reason="短信没送到",
        due_at=clock.now() + timedelta(hours=9),
        about_kind="x",
        about_id=7,
    )


def test_many_workers_open_one_task(hall):
    villager = VillagerFactory(registered_at=hall)
    results = at_once([partial(open_one, hall, villager)] * DESKS)
    assert outcomes(results) == {"FollowUp": DESKS}
    assert len({result.pk for result in results}) == FollowUp.objects.count() == 1


@pytest.mark.postgres
def test_many_workers_meet_the_constraint_when_nobody_looks_first(hall):
    """The control: without the second look the constraint is what refuses them. SQLite lets them in one by one."""
    villager = VillagerFactory(registered_at=hall)
    with mock.patch.object(follow_ups, "_brought_forward", return_value=None):
        results = at_once([partial(open_one, hall, villager)] * DESKS)
    assert outcomes(results) == {"FollowUp": 1, IntegrityError.__name__: DESKS - 1}


def test_one_of_many_serves_a_visit(hall, desks):
    visit = VisitFactory(hall=hall)
    results = at_once([partial(visits.serve, visit=Visit.objects.get(pk=visit.pk), by=desk) for desk in desks])
    assert outcomes(results) == {"Visit": 1, "TakenError": DESKS - 1}


def test_one_person_serves_one_visit_whatever_the_windows(hall, desks):
    waiting = [VisitFactory(hall=hall) for _each in range(DESKS)]
    results = at_once([partial(visits.serve, visit=visit, by=desks[0]) for visit in waiting])
    assert outcomes(results) == {"Visit": DESKS}
    assert Visit.objects.filter(state=VisitState.SERVING).count() == 1
    assert Visit.objects.filter(state=VisitState.PUT_ASIDE).count() == DESKS - 1


def test_the_database_refuses_a_second_visit_served_by_one(hall, desks):
    """The guard below the lock on the user."""
    visits.serve(visit=VisitFactory(hall=hall), by=desks[0])
    second = VisitFactory(hall=hall)
    with pytest.raises(IntegrityError):
        Visit.objects.filter(pk=second.pk).update(state=VisitState.SERVING, served_by=desks[0])


def test_sweeps_at_once_hand_each_task_on_once(hall):
    late = clock.now() - timedelta(minutes=1)
    for _each in range(20):
        FollowUpFactory(hall=hall, due_at=late)
    results = at_once([escalation.escalate_overdue] * 4)
    assert sum(results) == 20
    assert AuditEntry.objects.filter(action="handed_on").count() == 20


def test_somebody_announced_at_two_desks_has_one_visit(hall, desks):
    villager = VillagerFactory(registered_at=hall)
    results = at_once([partial(visits.arrive, hall=hall, by=desk, villager=villager) for desk in desks])
    assert len({visit.pk for visit in results}) == Visit.objects.count() == 1
