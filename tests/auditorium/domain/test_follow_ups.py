"""Tasks are opened once about one thing, taken by one, and end when their reason is gone."""

from datetime import datetime

import pytest
import time_machine

from auditorium import ports
from auditorium.domain import follow_ups, task_outcomes
from auditorium.enums import FollowUpKind, FollowUpState, Reach
from auditorium.errors import EndedError, TakenError
from auditorium.models import AuditEntry, FollowUp
from tests.factories import (
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    HelperFactory,
    OpeningHoursFactory,
    PhoneFactory,
    RegionFactory,
    UserFactory,
    VillagerFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


def on_monday(hour, minute=0):
    return MONDAY_9.replace(hour=hour, minute=minute)


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(MONDAY_9, tick=False) as travel:
        yield travel


@pytest.fixture
def hall():
    """Open every day from eight to five."""
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


@pytest.fixture
def task(hall, villager):
    return FollowUpFactory(hall=hall, villager=villager)


def open_call(hall, villager, **kwargs):
    details = {"kind": FollowUpKind.CALL, "reason": "短信没送到", "due_at": on_monday(11)} | kwargs
    return follow_ups.open_task(hall=hall, villager=villager, **details)


@pytest.fixture(autouse=True)
def services(monkeypatch):
    """No service but those a test registers."""
    known = {}
    monkeypatch.setattr(ports, "_services", known)
    return known


# ---- opening


def test_open_task_is_open_audited_and_goes_to_the_first_who_can_be_called(hall, villager, user):
    ContactFactory(villager=villager, order=1, phone=PhoneFactory(bad_since=MONDAY_9))
    ContactFactory(villager=villager, order=2, phone=None, reach=Reach.IN_PERSON)
    ContactFactory(villager=villager, order=3, reach=Reach.IN_PERSON)
    daughter = ContactFactory(villager=villager, order=4)
    task = open_call(hall, villager, words="请带身份证", by=user)
    assert (task.state, task.contact, task.created_by, task.created_at) == ("open", daughter, user, MONDAY_9)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_kind, entry.villager_id, entry.why) == (
        "opened",
        "followup",
        villager.pk,
        "短信没送到",
    )


def test_open_task_to_knock_has_no_contact(hall, villager):
    ContactFactory(villager=villager)
    assert open_call(hall, villager, kind=FollowUpKind.KNOCK).contact is None


def test_open_task_keeps_the_contact_it_is_given(hall, villager):
    ContactFactory(villager=villager)
    son = ContactFactory(villager=villager, order=2)
    assert open_call(hall, villager, contact=son).contact == son


def test_open_task_about_the_same_is_one_and_the_earlier_time_holds(hall, villager):
    first = open_call(hall, villager, about_kind="appointment", about_id=7, due_at=on_monday(12))
    again = open_call(hall, villager, about_kind="appointment", about_id=7, due_at=on_monday(11))
    later = open_call(hall, villager, about_kind="appointment", about_id=7, due_at=on_monday(15))
    assert (again, later, FollowUp.objects.count()) == (first, first, 1)
    assert FollowUp.objects.get().due_at == on_monday(11)


@pytest.mark.parametrize(
    "other", [{"about_id": 8}, {"about_kind": "class"}, {"kind": FollowUpKind.KNOCK}, {"about_id": None}]
)
def test_open_task_about_something_else_is_another(hall, villager, other):
    first = open_call(hall, villager, about_kind="appointment", about_id=7)
    assert open_call(hall, villager, **{"about_kind": "appointment", "about_id": 7} | other) != first


def test_open_task_about_nothing_is_never_the_same(hall, villager):
    assert open_call(hall, villager) != open_call(hall, villager)


def test_open_task_after_an_outcome_is_a_new_one(hall, villager, user):
    first = open_call(hall, villager, about_kind="appointment", about_id=7)
    task_outcomes.record_outcome(follow_up=first, outcome=FollowUpState.DONE, by=user)
    assert open_call(hall, villager, about_kind="appointment", about_id=7) != first


def test_open_task_survives_another_worker_opening_it_first(hall, villager, monkeypatch):
    there = open_call(hall, villager, about_kind="appointment", about_id=7)
    found = iter([None])
    look = follow_ups._brought_forward
    monkeypatch.setattr(follow_ups, "_brought_forward", lambda *args: next(found, look(*args)))
    assert open_call(hall, villager, about_kind="appointment", about_id=7) == there


def test_open_task_is_handed_on_at_once_when_the_hall_stays_shut(villager):
    hall = HallFactory(backup_hall=HallFactory())
    OpeningHoursFactory(hall=hall, weekday=3)
    assert open_call(hall, villager).escalated_hall == hall.backup_hall


# ---- taking and handing


def test_take_is_for_one(task, hall, user):
    rival = FollowUp.objects.get(pk=task.pk)
    colleague = desk_user(hall, full_name="陈芳")
    assert follow_ups.take(follow_up=task, by=colleague).assignee == colleague
    with pytest.raises(TakenError) as refused:
        follow_ups.take(follow_up=rival, by=user)
    assert refused.value.sentence == "陈芳已经在办了。"
    task.refresh_from_db()
    assert (task.assignee, task.state) == (colleague, "taken")


def test_take_twice_is_taking_once(task, user):
    follow_ups.take(follow_up=task, by=user)
    assert follow_ups.take(follow_up=task, by=user).assignee == user
    assert AuditEntry.objects.filter(action="taken").count() == 1


def test_take_what_has_ended_is_refused(task, user):
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    with pytest.raises(EndedError):
        follow_ups.take(follow_up=task, by=user)


def test_put_back_frees_it(task, hall, user):
    follow_ups.hand_to(follow_ups=FollowUp.objects.all(), by=user, helper=HelperFactory(hall=hall))
    follow_ups.put_back(follow_up=task, by=user)
    assert (task.state, task.assignee, task.helper) == ("open", None, None)


def test_put_back_what_nobody_has_is_refused(task, user):
    with pytest.raises(EndedError):
        follow_ups.put_back(follow_up=task, by=user)


def test_hand_to_a_helper_keeps_who_writes_it_down(task, hall, user):
    helper = HelperFactory(hall=hall)
    assert follow_ups.hand_to(follow_ups=FollowUp.objects.filter(pk=task.pk), by=user, helper=helper) == 1
    task.refresh_from_db()
    assert (task.state, task.assignee, task.helper) == ("taken", user, helper)


def test_hand_to_a_colleague_takes_it_from_the_helper(task, hall, user):
    colleague = desk_user(hall)
    tasks = FollowUp.objects.filter(pk=task.pk)
    follow_ups.hand_to(follow_ups=tasks, by=user, helper=HelperFactory(hall=hall))
    follow_ups.hand_to(follow_ups=tasks, by=user, assignee=colleague)
    task.refresh_from_db()
    assert (task.assignee, task.helper) == (colleague, None)


def test_hand_to_leaves_what_has_ended(task, hall, user):
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    assert follow_ups.hand_to(follow_ups=FollowUp.objects.all(), by=user, helper=HelperFactory(hall=hall)) == 0


# ---- the rest


def test_close_about_ends_every_open_task_of_it(hall, villager, user):
    call = open_call(hall, villager, about_kind="appointment", about_id=7)
    knock = open_call(hall, villager, kind=FollowUpKind.KNOCK, about_kind="appointment", about_id=7)
    done = open_call(hall, villager, kind=FollowUpKind.COMPLETE, about_kind="appointment", about_id=7)
    other = open_call(hall, villager, about_kind="appointment", about_id=8)
    task_outcomes.record_outcome(follow_up=done, outcome=FollowUpState.DONE, by=user)
    assert follow_ups.close_about(about_kind="appointment", about_id=7, by=user, why="预约取消了") == 2
    assert dict(FollowUp.objects.values_list("pk", "state")) == {
        call.pk: "cancelled",
        knock.pk: "cancelled",
        done.pk: "done",
        other.pk: "open",
    }
    call.refresh_from_db()
    assert (call.outcome_note, call.closed_by) == ("预约取消了", user)


def test_numbers_to_call_begin_with_the_tasks_own_and_are_audited(hall, villager, user):
    first, second = ContactFactory(villager=villager), ContactFactory(villager=villager, order=2)
    task = open_call(hall, villager, contact=second)
    assert follow_ups.numbers_to_call(follow_up=task, by=user) == [second, first]
    entry = AuditEntry.objects.get(action="viewed_phone")
    assert (entry.actor, entry.villager_id, entry.object_id, entry.fields) == (user, villager.pk, task.pk, ["phone"])


def test_numbers_to_call_writes_nothing_when_there_is_none(hall, user):
    task = FollowUpFactory(hall=hall, villager=None)
    assert follow_ups.numbers_to_call(follow_up=task, by=user) == []
    assert not AuditEntry.objects.filter(action="viewed_phone").exists()


def test_brief_shows_the_most_urgent_and_counts_all(hall, user):
    late = FollowUpFactory(hall=hall, due_at=on_monday(8))
    handed = FollowUpFactory(escalated_hall=hall, escalated_at=MONDAY_9, due_at=on_monday(8, 30))
    for hour in range(10, 15):
        FollowUpFactory(hall=hall, due_at=on_monday(hour))
    FollowUpFactory(hall=hall, state=FollowUpState.DONE)
    FollowUpFactory()
    brief = follow_ups.brief(hall=hall, user=user)
    assert (brief.tasks[:2], len(brief.tasks), brief.open, brief.overdue) == ([late, handed], 5, 7, 2)


def test_brief_of_a_hall_out_of_scope_is_empty(task):
    assert follow_ups.brief(hall=task.hall, user=UserFactory()) == follow_ups.Brief([], 0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_brief_asks_twice(hall, user, count, django_assert_num_queries):
    for _each in range(count):
        FollowUpFactory(hall=hall, helper=HelperFactory(hall=hall), assignee=user, state=FollowUpState.TAKEN)
    user.role_list  # noqa: B018  read once a request
    with django_assert_num_queries(2):
        for task in follow_ups.brief(hall=hall, user=user).tasks:
            assert (str(task.villager), str(task.helper), str(task.assignee)) == ("张小明", "沈阿毛", "何晓燕")


def test_for_user_shows_backup_hall_and_town_what_was_handed_to_them(hall):
    from tests.factories import supervisor

    backup = HallFactory()
    town = RegionFactory(code="330603001000", name="柯桥街道", level="town")
    county = RegionFactory(code="330603000000", name="柯桥区", level="county")
    elsewhere = RegionFactory(code="330604001000", name="百官街道", level="town")
    to_backup = FollowUpFactory(escalated_hall=backup)
    to_town = FollowUpFactory(hall=HallFactory(region__code="330604001201"), escalated_region=town)
    neither = FollowUpFactory(hall=HallFactory(region__code="330604001202"))
    assert set(FollowUp.objects.for_user(desk_user(backup))) == {to_backup}
    assert set(FollowUp.objects.for_user(supervisor(county))) == {to_backup, to_town}
    assert set(FollowUp.objects.for_user(supervisor(elsewhere))) == {to_town, neither}
    assert set(FollowUp.objects.for_user(desk_user(hall))) == set()
