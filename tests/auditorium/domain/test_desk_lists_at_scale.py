"""The desk's lists of a hall that has been in use for years: read by the index named for each, in fixed statements."""

from datetime import timedelta

import pytest
import time_machine
from django.core.paginator import Paginator
from django.db import connection

from auditorium import clock
from auditorium.domain import task_lists, visits
from auditorium.enums import FollowUpKind, FollowUpState, VisitState
from auditorium.models import FollowUp, Role, User, Visit
from tests.factories import HallFactory, RegionFactory, VillagerFactory, desk_user, supervisor
from tests.outbox import at

pytestmark = [pytest.mark.django_db, pytest.mark.hard]

ROWS = 60_000
PEOPLE = 50
STATES = [FollowUpState.DONE, FollowUpState.CANCELLED, FollowUpState.NOT_REACHED]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def people(hall):
    return [VillagerFactory(registered_at=hall) for _each in range(PEOPLE)]


def hours_ago(n):
    return clock.now() - timedelta(hours=n / 2)


def analysed():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plans(call):
    """How the database answers every question that the call asks, by the statement and the values it comes with."""
    asked = []

    def remember(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        call()
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, params)
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def test_the_list_of_today_reads_no_visit_of_another_day(hall, people):
    user = desk_user(hall)
    Visit.objects.bulk_create(
        (
            Visit(
                hall=hall,
                villager=people[n % PEOPLE],
                state=VisitState.DONE,
                arrived_at=hours_ago(n),
                serving_since=hours_ago(n),
                ended_at=hours_ago(n),
                served_by=user,
            )
            for n in range(ROWS)
        ),
        batch_size=2000,
    )
    resumed = Visit.objects.order_by("arrived_at")[0]
    Visit.objects.filter(pk=resumed.pk).update(serving_since=clock.now())
    analysed()
    user = User.objects.get(pk=user.pk)
    user.role_list  # noqa: B018  read once a request
    found = plans(lambda: visits.today(hall=hall, user=user))
    assert len(found) == 3
    assert ["visit_of_the_day" in found[0], "visit_resumed" in found[0], "visit_open" in found[1]] == [True] * 3
    assert resumed in [row.visit for row in visits.today(hall=hall, user=user).ended]


@pytest.mark.parametrize("roles", ["desk", "town"])
def test_done_tasks_are_the_latest_by_their_index(hall, people, roles):
    town = RegionFactory(code=f"{hall.region_id[:9]}000", level="town")
    user = desk_user(hall)
    if roles == "town":
        user = supervisor(town)
        Role.objects.create(user=user, role="desk", hall=hall)
    neighbour = HallFactory()
    made = FollowUp.objects.bulk_create(
        (
            FollowUp(
                hall=neighbour if n % 4 > 1 else hall,
                escalated_hall=hall if n % 4 == 2 else None,
                escalated_region=town if n % 4 == 3 else None,
                villager=people[n % PEOPLE],
                kind=FollowUpKind.CALL,
                state=STATES[n % 3],
                reason="短信没送到",
                due_at=hours_ago(n),
                created_at=hours_ago(n + 4),
                closed_at=hours_ago(n),
                closed_by=user,
                assignee=user,
            )
            for n in range(ROWS)
        ),
        batch_size=2000,
    )
    analysed()
    user = User.objects.get(pk=user.pk)
    user.role_list  # noqa: B018
    lists = []

    def first_page():
        listed = task_lists.on_shelf(task_lists.Shelf.DONE, hall=hall, user=user)
        page = Paginator(listed, 20).get_page(1)
        lists.append((page.paginator.count, list(page)))

    found = plans(first_page)
    mine = [task for n, task in enumerate(made) if n % 4 != 3 or roles == "town"]
    assert lists == [(task_lists.DONE_SHOWN, mine[:20])]
    whole = ("Seq Scan on auditorium_followup", "SCAN auditorium_followup")
    assert ["follow_up_done" in found[0], "follow_up_done_handed" in found[1]] == [True, True]
    assert [plan for plan in found if any(words in plan for words in whole)] == []
    assert len(found) == {"desk": 4, "town": 5}[roles]  # with how many there are, and the page


def test_the_users_own_tasks_are_read_by_their_index(hall, people):
    user = desk_user(hall)
    FollowUp.objects.bulk_create(
        (
            FollowUp(
                hall=hall,
                villager=people[n % PEOPLE],
                kind=FollowUpKind.CALL,
                state=FollowUpState.DONE if n else FollowUpState.TAKEN,
                reason="短信没送到",
                due_at=hours_ago(n),
                created_at=hours_ago(n + 4),
                closed_at=hours_ago(n) if n else None,
                assignee=user,
            )
            for n in range(ROWS)
        ),
        batch_size=2000,
    )
    analysed()
    user = User.objects.get(pk=user.pk)
    user.role_list  # noqa: B018
    for shelf in (task_lists.Shelf.MINE, task_lists.Shelf.HALL):
        (plan,) = plans(lambda shelf=shelf: list(task_lists.on_shelf(shelf, hall=hall, user=user)))
        assert "follow_up_open" in plan or "follow_up_mine" in plan
