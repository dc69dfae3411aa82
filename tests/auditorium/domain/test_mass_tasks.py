"""Tasks about many things at once, with the promises of the verb for one."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from auditorium.domain import follow_ups, mass_tasks
from auditorium.domain.mass_tasks import ToDo
from auditorium.enums import FollowUpKind, FollowUpState, Reach
from auditorium.models import AuditEntry, FollowUp, Hall
from tests.errands import KIND, registered
from tests.factories import ContactFactory, HallClosureFactory, HallFactory
from tests.outbox import told_villager

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_9, tick=False), registered():
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villagers(hall):
    return [told_villager(hall) for _ in range(3)]


def todo(villagers, *, due=timedelta(hours=4)):
    return [
        ToDo(
            about_id=n, villager=villager, hall=villager.registered_at, due_at=MONDAY_9 + due, reason="改约", words="好"
        )
        for n, villager in enumerate(villagers, start=1)
    ]


def open_tasks(rows, kind=FollowUpKind.REBOOK):
    return mass_tasks.open_tasks(about_kind=KIND, kind=kind, todo=rows, by=None)


def test_open_tasks_says_what_its_single_sibling_says(villagers):
    open_tasks(todo(villagers[:1]))
    one = follow_ups.open_task(
        hall=villagers[0].registered_at,
        villager=villagers[0],
        kind=FollowUpKind.REBOOK,
        reason="改约",
        words="好",
        due_at=MONDAY_9 + timedelta(hours=4),
        about_kind=KIND,
        about_id=9,
    )
    many = FollowUp.objects.get(about_id=1)
    fields = ("villager_id", "hall_id", "contact_id", "kind", "state", "reason", "words", "due_at", "created_at")
    assert [getattr(many, name) for name in fields] == [getattr(one, name) for name in fields]
    acts = AuditEntry.objects.filter(action="opened").values_list("object_id", "hall_id", "villager_id", "why")
    assert {row[1:] for row in acts} == {(one.hall_id, one.villager_id, "改约")}


def test_open_tasks_skips_contacts_who_are_only_met(hall):
    villager = told_villager(hall)
    own = villager.contacts.get()
    own.reach, own.order = Reach.IN_PERSON, 0
    own.save()
    daughter = ContactFactory(villager=villager, reach=Reach.CALL, order=1)
    open_tasks(todo([villager]))
    assert FollowUp.objects.get().contact == daughter


def test_open_tasks_brings_forward_what_is_open(villagers):
    assert open_tasks(todo(villagers)) == 3
    assert open_tasks(todo(villagers, due=timedelta(hours=2))) == 0
    assert set(FollowUp.objects.values_list("due_at", flat=True)) == {MONDAY_9 + timedelta(hours=2)}
    assert FollowUp.objects.count() == 3


def test_open_tasks_hands_on_what_a_shut_hall_cannot_do(hall, villagers):
    HallClosureFactory(hall=hall, first_day=MONDAY_9.date(), last_day=MONDAY_9.date() + timedelta(days=2))
    open_tasks(todo(villagers))
    assert FollowUp.objects.filter(escalated_at=MONDAY_9).count() == 3


def test_open_tasks_opens_the_rest_when_another_worker_was_first_with_one(villagers):
    follow_ups.open_task(
        hall=villagers[0].registered_at,
        villager=villagers[0],
        kind=FollowUpKind.REBOOK,
        reason="改约",
        due_at=MONDAY_9 + timedelta(hours=4),
        about_kind=KIND,
        about_id=1,
    )
    with mock.patch("django.db.models.query.QuerySet.bulk_create", side_effect=IntegrityError):
        assert open_tasks(todo(villagers)) == 2
    assert sorted(FollowUp.objects.values_list("about_id", flat=True)) == [1, 2, 3]
    assert set(FollowUp.objects.values_list("state", flat=True)) == {FollowUpState.OPEN}


def test_the_cost_does_not_grow_with_the_people(hall):
    with_hours = Hall.objects.prefetch_related("opening_hours", "closures").get(pk=hall.pk)
    counts = []
    for people in (1, 4):
        due = MONDAY_9 + timedelta(hours=4)
        rows = [ToDo(n, told_villager(hall), with_hours, due, reason="改约") for n in range(people)]
        FollowUp.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert open_tasks(rows) == people
        counts.append(len(queries))
    assert counts[0] == counts[1]
