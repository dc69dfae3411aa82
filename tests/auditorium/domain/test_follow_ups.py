"""Tasks end in outcomes, and those that aren't the end have a next step."""

from datetime import datetime, timedelta

import pytest
import time_machine

from auditorium import ports
from auditorium.domain import follow_ups
from auditorium.enums import FollowUpKind, FollowUpState, Reach, ReminderState
from auditorium.errors import EndedError, TakenError
from auditorium.models import AuditEntry, FollowUp, MessageTemplate, Phone, Reminder
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


def owed(hall, villager, state=ReminderState.FOLLOW_UP, expires_at=None, about_id=7):
    template = MessageTemplate.objects.get_or_create(
        about_kind="appointment", purpose="one_day", audience="own", defaults={"body": "x"}
    )[0]
    return Reminder.objects.create(
        hall=hall,
        villager=villager,
        about_kind="appointment",
        about_id=about_id,
        purpose="one_day",
        own_template=template,
        discreet_template=template,
        due_at=MONDAY_9,
        expires_at=expires_at or MONDAY_9 + timedelta(days=1),
        state=state,
    )


class Ended:
    """A service whose rows are all over."""

    kind = "appointment"

    def is_due(self, about_id):
        return False


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
    follow_ups.record_outcome(follow_up=first, outcome=FollowUpState.DONE, by=user)
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
    follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
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
    follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    assert follow_ups.hand_to(follow_ups=FollowUp.objects.all(), by=user, helper=HelperFactory(hall=hall)) == 0


# ---- outcomes


def test_done_ends_it_with_who_and_when(task, user):
    assert follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user, note="女儿接的") is None
    task.refresh_from_db()
    assert (task.state, task.closed_by, task.closed_at, task.outcome_note) == ("done", user, MONDAY_9, "女儿接的")
    assert AuditEntry.objects.get(action="done").actor == user


def test_an_outcome_is_written_once(task, user):
    follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    with pytest.raises(EndedError):
        follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    task.refresh_from_db()
    assert (task.state, FollowUp.objects.count()) == ("done", 1)


@pytest.mark.parametrize(
    ("kind", "state"),
    [("call", "told"), ("knock", "told"), ("complete", "follow_up"), ("tell_platform", "follow_up")],
)
def test_done_by_telling_settles_what_was_owed(hall, villager, user, kind, state):
    reminder, other = owed(hall, villager), owed(hall, villager, about_id=8)
    task = open_call(hall, villager, kind=kind, about_kind="appointment", about_id=7)
    follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    reminder.refresh_from_db()
    other.refresh_from_db()
    assert (reminder.state, other.state) == (state, "follow_up")


def test_not_reached_is_called_again_in_two_hours(hall, villager, user):
    contact = ContactFactory(villager=villager)
    task = open_call(hall, villager, words="带身份证", about_kind="appointment", about_id=7)
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    task.refresh_from_db()
    assert task.next_step == step
    assert (step.kind, step.due_at, step.contact, step.words, step.reason) == (
        "call",
        on_monday(11),
        contact,
        "带身份证",
        "短信没送到",
    )
    assert (step.about_kind, step.about_id, step.state, step.created_by) == ("appointment", 7, "open", user)


def test_not_reached_is_called_again_when_asked(task, user):
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user, again_at=on_monday(16))
    assert (step.kind, step.due_at) == ("call", on_monday(16))


def test_not_reached_before_closing_waits_for_the_morning(task, user, travel):
    travel.move_to(on_monday(16))
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert step.due_at == on_monday(9) + timedelta(days=1)


def test_not_reached_twice_is_knocked(task, user):
    second = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    third = follow_ups.record_outcome(follow_up=second, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (third.kind, third.contact, third.due_at) == ("knock", None, on_monday(13))


def test_nobody_at_home_is_knocked_again(hall, villager, user):
    task = open_call(hall, villager, kind=FollowUpKind.KNOCK)
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (step.kind, step.due_at) == ("knock", on_monday(13))


def test_not_reached_keeps_what_the_task_was(hall, villager, user):
    task = open_call(hall, villager, kind=FollowUpKind.REBOOK)
    assert follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user).kind == "rebook"


def test_not_reached_shortly_before_the_event_is_knocked_in_time(hall, villager, user):
    owed(hall, villager, expires_at=on_monday(11, 30))
    task = open_call(hall, villager, about_kind="appointment", about_id=7)
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (step.kind, step.due_at) == ("knock", on_monday(10, 30))


def test_not_reached_at_the_last_moment_is_due_now(hall, villager, user):
    owed(hall, villager, expires_at=on_monday(9, 30))
    task = open_call(hall, villager, about_kind="appointment", about_id=7)
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (step.kind, step.due_at) == ("knock", MONDAY_9)


@pytest.mark.parametrize("outcome", [FollowUpState.NOT_REACHED, FollowUpState.WRONG_NUMBER])
def test_no_next_step_once_its_reason_is_gone(hall, villager, user, services, outcome):
    services["appointment"] = Ended()
    task = open_call(hall, villager, about_kind="appointment", about_id=7)
    assert follow_ups.record_outcome(follow_up=task, outcome=outcome, by=user) is None
    assert FollowUp.objects.count() == 1


def test_wrong_number_flags_the_phone_and_knocks(hall, villager, user):
    contact = ContactFactory(villager=villager)
    task = open_call(hall, villager, contact=contact)
    step = follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.WRONG_NUMBER, by=user)
    phone = Phone.objects.get()
    assert (phone.bad_since, phone.bad_reason) == (MONDAY_9, "打过去，号码不对")
    assert (step.kind, step.contact) == ("knock", None)
    entry = AuditEntry.objects.get(action="flagged")
    assert (entry.object_kind, entry.object_id, entry.villager_id) == ("phone", phone.pk, villager.pk)


def test_wrong_number_keeps_since_when_it_was_known(hall, villager, user):
    since = MONDAY_9 - timedelta(days=9)
    contact = ContactFactory(villager=villager, phone=PhoneFactory(bad_since=since, bad_reason="空号"))
    follow_ups.record_outcome(
        follow_up=open_call(hall, villager, contact=contact), outcome=FollowUpState.WRONG_NUMBER, by=user
    )
    assert Phone.objects.values_list("bad_since", "bad_reason").get() == (since, "空号")


def test_wrong_number_without_any_number_still_knocks(task, user):
    assert follow_ups.record_outcome(follow_up=task, outcome=FollowUpState.WRONG_NUMBER, by=user).kind == "knock"


def test_next_step_joins_an_open_knock_about_the_same(hall, villager, user):
    knock = open_call(hall, villager, kind=FollowUpKind.KNOCK, about_kind="appointment", about_id=7)
    for _each in range(2):
        call = open_call(hall, villager, about_kind="appointment", about_id=7)
        step = follow_ups.record_outcome(follow_up=call, outcome=FollowUpState.WRONG_NUMBER, by=user)
        assert step == knock


def test_cancelled_needs_no_next_step(task, user):
    outcome = FollowUpState.CANCELLED
    assert follow_ups.record_outcome(follow_up=task, outcome=outcome, by=user, note="她自己来过了") is None


# ---- the rest


def test_close_about_ends_every_open_task_of_it(hall, villager, user):
    call = open_call(hall, villager, about_kind="appointment", about_id=7)
    knock = open_call(hall, villager, kind=FollowUpKind.KNOCK, about_kind="appointment", about_id=7)
    done = open_call(hall, villager, kind=FollowUpKind.COMPLETE, about_kind="appointment", about_id=7)
    other = open_call(hall, villager, about_kind="appointment", about_id=8)
    follow_ups.record_outcome(follow_up=done, outcome=FollowUpState.DONE, by=user)
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
