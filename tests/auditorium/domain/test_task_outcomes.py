"""Tasks end in outcomes, and those that aren't the end have a next step."""

from datetime import datetime, timedelta

import pytest
import time_machine

from auditorium import ports
from auditorium.domain import follow_ups, task_outcomes
from auditorium.enums import FollowUpKind, FollowUpState, ReminderState
from auditorium.errors import EndedError
from auditorium.models import AuditEntry, FollowUp, MessageTemplate, Phone, Reminder
from tests.factories import (
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    PhoneFactory,
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

    def still_due(self, about_ids):
        return set()


@pytest.fixture(autouse=True)
def services(monkeypatch):
    """No service but those a test registers."""
    known = {}
    monkeypatch.setattr(ports, "_services", known)
    return known


def test_done_ends_it_with_who_and_when(task, user):
    assert task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user, note="女儿接的") is None
    task.refresh_from_db()
    assert (task.state, task.closed_by, task.closed_at, task.outcome_note) == ("done", user, MONDAY_9, "女儿接的")
    assert AuditEntry.objects.get(action="done").actor == user


def test_an_outcome_is_written_once(task, user):
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    with pytest.raises(EndedError):
        task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    task.refresh_from_db()
    assert (task.state, FollowUp.objects.count()) == ("done", 1)


@pytest.mark.parametrize(
    ("kind", "state"),
    [("call", "told"), ("knock", "told"), ("complete", "follow_up"), ("tell_platform", "follow_up")],
)
def test_done_by_telling_settles_what_was_owed(hall, villager, user, kind, state):
    reminder, other = owed(hall, villager), owed(hall, villager, about_id=8)
    task = open_call(hall, villager, kind=kind, about_kind="appointment", about_id=7)
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=user)
    reminder.refresh_from_db()
    other.refresh_from_db()
    assert (reminder.state, other.state) == (state, "follow_up")


def test_not_reached_is_called_again_in_two_hours(hall, villager, user):
    contact = ContactFactory(villager=villager)
    task = open_call(hall, villager, words="带身份证", about_kind="appointment", about_id=7)
    step = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
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
    step = task_outcomes.record_outcome(
        follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user, again_at=on_monday(16)
    )
    assert (step.kind, step.due_at) == ("call", on_monday(16))


def test_not_reached_before_closing_waits_for_the_morning(task, user, travel):
    travel.move_to(on_monday(16))
    step = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert step.due_at == on_monday(9) + timedelta(days=1)


def test_not_reached_twice_is_knocked(task, user):
    second = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    third = task_outcomes.record_outcome(follow_up=second, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (third.kind, third.contact, third.due_at) == ("knock", None, on_monday(13))


def test_nobody_at_home_is_knocked_again(hall, villager, user):
    task = open_call(hall, villager, kind=FollowUpKind.KNOCK)
    step = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (step.kind, step.due_at) == ("knock", on_monday(13))


def test_not_reached_keeps_what_the_task_was(hall, villager, user):
    task = open_call(hall, villager, kind=FollowUpKind.REBOOK)
    assert task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user).kind == "rebook"


def test_not_reached_shortly_before_the_event_is_knocked_in_time(hall, villager, user):
    owed(hall, villager, expires_at=on_monday(11, 30))
    task = open_call(hall, villager, about_kind="appointment", about_id=7)
    step = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (step.kind, step.due_at) == ("knock", on_monday(10, 30))


def test_not_reached_at_the_last_moment_is_due_now(hall, villager, user):
    owed(hall, villager, expires_at=on_monday(9, 30))
    task = open_call(hall, villager, about_kind="appointment", about_id=7)
    step = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.NOT_REACHED, by=user)
    assert (step.kind, step.due_at) == ("knock", MONDAY_9)


@pytest.mark.parametrize("outcome", [FollowUpState.NOT_REACHED, FollowUpState.WRONG_NUMBER])
def test_no_next_step_once_its_reason_is_gone(hall, villager, user, services, outcome):
    services["appointment"] = Ended()
    task = open_call(hall, villager, about_kind="appointment", about_id=7)
    assert task_outcomes.record_outcome(follow_up=task, outcome=outcome, by=user) is None
    assert FollowUp.objects.count() == 1


def test_wrong_number_flags_the_phone_and_knocks(hall, villager, user):
    contact = ContactFactory(villager=villager)
    task = open_call(hall, villager, contact=contact)
    step = task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.WRONG_NUMBER, by=user)
    phone = Phone.objects.get()
    assert (phone.bad_since, phone.bad_reason) == (MONDAY_9, "打过去，号码不对")
    assert (step.kind, step.contact) == ("knock", None)
    entry = AuditEntry.objects.get(action="flagged")
    assert (entry.object_kind, entry.object_id, entry.villager_id) == ("phone", phone.pk, villager.pk)


def test_wrong_number_asks_everybody_reached_on_it_for_a_new_one(hall, villager, user):
    elsewhere = VillagerFactory(name="李根生")
    contact = ContactFactory(villager=villager)
    ContactFactory(villager=elsewhere, phone=contact.phone)
    task = open_call(hall, villager, contact=contact)
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.WRONG_NUMBER, by=user)
    asked = FollowUp.objects.filter(kind=FollowUpKind.REPLY).order_by("villager")
    reason = "号码打不通（打过去，号码不对），问问村民的新号码"
    assert [(each.villager, each.hall, each.reason) for each in asked] == [
        (villager, hall, reason),
        (elsewhere, elsewhere.registered_at, reason),
    ]


def test_wrong_number_keeps_since_when_it_was_known(hall, villager, user):
    since = MONDAY_9 - timedelta(days=9)
    contact = ContactFactory(villager=villager, phone=PhoneFactory(bad_since=since, bad_reason="空号"))
    task_outcomes.record_outcome(
        follow_up=open_call(hall, villager, contact=contact), outcome=FollowUpState.WRONG_NUMBER, by=user
    )
    assert Phone.objects.values_list("bad_since", "bad_reason").get() == (since, "空号")


def test_wrong_number_without_any_number_still_knocks(task, user):
    assert task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.WRONG_NUMBER, by=user).kind == "knock"


def test_next_step_joins_an_open_knock_about_the_same(hall, villager, user):
    knock = open_call(hall, villager, kind=FollowUpKind.KNOCK, about_kind="appointment", about_id=7)
    for _each in range(2):
        call = open_call(hall, villager, about_kind="appointment", about_id=7)
        step = task_outcomes.record_outcome(follow_up=call, outcome=FollowUpState.WRONG_NUMBER, by=user)
        assert step == knock


def test_cancelled_needs_no_next_step(task, user):
    outcome = FollowUpState.CANCELLED
    assert task_outcomes.record_outcome(follow_up=task, outcome=outcome, by=user, note="她自己来过了") is None
