"""What is owed to a villager: planned, silenced, moved and settled with what it is about."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import follow_ups, reminders, task_outcomes, template_versions, wording
from auditorium.enums import (
    FollowUpKind,
    FollowUpState,
    MessageAudience,
    MessageState,
    ReminderPurpose,
    ReminderState,
)
from auditorium.models import FollowUp, Message, Reminder
from tests.errands import KIND
from tests.factories import ConsentFactory, ContactFactory, HallFactory, SmsLineFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY_MORNING = "2026-11-23T10:00+08:00"


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def villager(hall):
    villager = VillagerFactory(registered_at=hall)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager)
    return villager


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def plan(villager, desk, days=7, about=1, **kwargs):
    return reminders.plan(
        about_kind=KIND,
        about_id=about,
        villager=villager,
        hall=villager.registered_at,
        event_at=clock.now() + timedelta(days=days),
        by=desk,
        **kwargs,
    )


def silence(desk, about=1, **kwargs):
    return reminders.silence(about_kind=KIND, about_id=about, by=desk, why="取消了", **kwargs)


def states(about=1):
    return dict(Reminder.objects.about(KIND, about).order_by("pk").values_list("purpose", "state"))


def text_for(reminder, state):
    villager = reminder.villager
    message = Message.objects.create(
        hall=reminder.hall,
        villager=villager,
        phone=villager.contacts.first().phone,
        line=SmsLineFactory(),
        audience=MessageAudience.OWN,
        body="【柯桥文化礼堂】…",
        parts=1,
        state=state,
        created_at=clock.now(),
        not_before=clock.now(),
        expires_at=reminder.expires_at,
    )
    message.reminders.add(reminder)
    return message


def test_plan_owes_a_confirmation_and_two_reminders(villager, desk):
    planned = plan(villager, desk)
    assert [reminder.purpose for reminder in planned] == ["confirmation", "three_days", "one_day"]
    assert states() == {"confirmation": "planned", "three_days": "planned", "one_day": "planned"}
    assert planned[0].due_at == clock.now()
    assert {reminder.expires_at for reminder in planned} == {clock.now() + timedelta(days=7)}


def test_plan_fixes_the_words_as_they_stand(villager, desk):
    planned = plan(villager, desk)[0]
    old = planned.own_template
    template_versions.rewrite(template=old, body="{name}，新的话：{when}到{where}。问{ask}", by=desk)
    planned.refresh_from_db()
    assert planned.own_template == old


def test_plan_owes_each_purpose_once(villager, desk):
    plan(villager, desk)
    assert plan(villager, desk) == []
    assert Reminder.objects.count() == 3


def test_plan_owes_nothing_past_its_use(villager, desk):
    assert plan(villager, desk, days=-1) == []
    assert plan(villager, desk, days=1, expires_at=clock.now()) == []


def test_plan_wakes_the_worker_once_after_commit(villager, desk, django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr("auditorium.domain.wake.now", lambda task, *ids: woken.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        plan(villager, desk, about=1)
        plan(villager, desk, about=2)
        assert woken == []
    assert woken == [reminders.SWEEP]


def test_plan_takes_a_fixed_number_of_queries(villager, desk, django_assert_num_queries):
    plan(villager, desk, about=1)
    with django_assert_num_queries(6):  # rules, hours, closures, templates, live ones, insert
        plan(villager, desk, about=2)


def test_plan_in_person_owes_no_confirmation_that_no_text_can_carry(hall, desk):
    villager = VillagerFactory(registered_at=hall)
    planned = plan(villager, desk, in_person=True)
    assert [reminder.purpose for reminder in planned] == ["three_days", "one_day"]


def test_plan_in_person_still_sends_a_confirmation_where_it_can(villager, desk):
    assert plan(villager, desk, in_person=True)[0].purpose == ReminderPurpose.CONFIRMATION


def test_plan_changed_says_so_only_to_who_had_been_told(villager, desk):
    assert plan(villager, desk, changed=True)[0].purpose == ReminderPurpose.CONFIRMATION
    told = plan(villager, desk, about=2)[0]
    Reminder.objects.filter(pk=told.pk).update(state=ReminderState.TOLD)
    silence(desk, about=2)
    assert plan(villager, desk, about=2, changed=True)[0].purpose == ReminderPurpose.CHANGED


def test_silence_calls_off_what_is_owed_and_unsent(villager, desk):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.SENDING)
    pending, claimed = (text_for(confirmation, state) for state in (MessageState.PENDING, MessageState.CLAIMED))
    assert silence(desk) == 3
    assert set(states().values()) == {"cancelled"}
    assert set(Message.objects.filter(pk__in=[pending.pk, claimed.pk]).values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN])
def test_silence_leaves_a_text_that_has_gone_as_it_is(villager, desk, state):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.SENDING)
    message = text_for(confirmation, state)
    silence(desk)
    message.refresh_from_db()
    assert message.state == state


def test_silence_keeps_a_text_that_another_live_reminder_needs(villager, desk):
    first, second = plan(villager, desk, about=1)[0], plan(villager, desk, about=2)[0]
    message = text_for(first, MessageState.PENDING)
    message.reminders.add(second)
    silence(desk, about=1)
    message.refresh_from_db()
    assert message.state == MessageState.PENDING
    silence(desk, about=2)
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED


def test_silence_ends_the_tasks_about_it(villager, desk, hall):
    plan(villager, desk)
    task = follow_ups.open_task(
        hall=hall,
        villager=villager,
        kind=FollowUpKind.CALL,
        reason="短信没送到",
        due_at=clock.now(),
        about_kind=KIND,
        about_id=1,
    )
    silence(desk)
    task.refresh_from_db()
    assert task.state == FollowUpState.CANCELLED


def test_silence_tells_who_had_been_told(villager, desk):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.TOLD)
    assert silence(desk, tell=ReminderPurpose.CANCELLED) == 2
    assert states() == {
        "confirmation": "told",
        "three_days": "cancelled",
        "one_day": "cancelled",
        "cancelled": "planned",
    }
    word = Reminder.objects.get(purpose=ReminderPurpose.CANCELLED)
    assert (word.due_at, word.own_template.purpose) == (clock.now(), ReminderPurpose.CANCELLED)


def test_silence_tells_whose_text_may_have_arrived(villager, desk):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.SENDING)
    text_for(confirmation, MessageState.UNKNOWN)
    silence(desk, tell=ReminderPurpose.CANCELLED)
    assert states()["cancelled"] == "planned"


def test_silence_tells_whose_text_goes_out_this_very_moment(villager, desk, monkeypatch):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.SENDING)
    text = text_for(confirmation, MessageState.CLAIMED)
    drop_unsent = reminders.drop_unsent

    def a_moment_late(*about):
        Message.objects.filter(pk=text.pk).update(state=MessageState.SENDING)
        return drop_unsent(*about)

    monkeypatch.setattr(reminders, "drop_unsent", a_moment_late)
    silence(desk, tell=ReminderPurpose.CANCELLED)
    assert states()["cancelled"] == "planned"


def test_silence_tells_nobody_of_what_nobody_knew(villager, desk):
    plan(villager, desk)
    silence(desk, tell=ReminderPurpose.CANCELLED)
    assert set(states()) == {"confirmation", "three_days", "one_day"}


def test_silence_at_night_tells_in_the_morning(villager, desk):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.TOLD)
    with time_machine.travel("2026-11-24T22:00+08:00", tick=False):
        silence(desk, tell=ReminderPurpose.CANCELLED)
    due_at = Reminder.objects.get(purpose=ReminderPurpose.CANCELLED).due_at
    assert clock.local(due_at).isoformat() == "2026-11-25T08:00:00+08:00"


def test_silence_after_the_event_tells_nobody(villager, desk):
    confirmation = plan(villager, desk)[0]
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.TOLD)
    with time_machine.travel("2026-12-24T12:00+08:00", tick=False):
        silence(desk, tell=ReminderPurpose.CANCELLED)
    assert "cancelled" not in states()


def owed(villagers, *, until=timedelta(days=3)):
    return [
        reminders.Owed(about_id=n, villager=villager, hall=villager.registered_at, expires_at=clock.now() + until)
        for n, villager in enumerate(villagers, start=1)
    ]


def owe_all_now(rows):
    return reminders.owe_all_now(about_kind=KIND, owed=rows, purpose=ReminderPurpose.CANCELLED)


def test_silence_all_calls_off_reminders_texts_and_tasks_of_these_and_of_nobody_else(villager, desk, hall):
    for about in (1, 2, 3):
        text_for(plan(villager, desk, about=about)[0], MessageState.PENDING)
        follow_ups.open_task(
            hall=hall,
            villager=villager,
            kind=FollowUpKind.CALL,
            reason="短信没送到",
            due_at=clock.now() + timedelta(hours=2),
            about_kind=KIND,
            about_id=about,
        )
    reminders.silence_all(about_kind=KIND, about_ids=[1, 2], by=desk, why="停")
    live = set(Reminder.objects.live().values_list("about_id", flat=True))
    pending = Message.objects.filter(state=MessageState.PENDING).values_list("reminders__about_id", flat=True)
    assert (live, set(pending)) == ({3}, {3})
    assert list(FollowUp.objects.open().values_list("about_id", flat=True)) == [3]


def test_silence_all_keeps_what_has_ended(villager, desk):
    plan(villager, desk)
    Reminder.objects.update(state=ReminderState.TOLD)
    assert reminders.silence_all(about_kind=KIND, about_ids=[1], by=desk, why="停") == 0


def test_owe_all_now_owes_each_once_and_nothing_too_late(hall):
    people = [VillagerFactory(registered_at=hall) for _each in range(3)]
    assert len(owe_all_now(owed(people[:2]))) == 2
    assert len(owe_all_now(owed(people))) == 1
    assert owe_all_now(owed(people, until=-timedelta(hours=1))) == []
    assert Reminder.objects.filter(purpose=ReminderPurpose.CANCELLED).count() == 3


@pytest.mark.parametrize("people", [1, 4])
def test_owe_all_now_and_silence_all_cost_the_same_however_many_they_are(hall, desk, people, django_assert_num_queries):
    rows = owed([VillagerFactory(registered_at=hall) for _each in range(people)])
    wording.current_templates(KIND)  # the first of all writes them
    with django_assert_num_queries(6):  # a savepoint and its end, what is owed, who heard it, the templates, the new
        owe_all_now(rows)
    with django_assert_num_queries(12):
        reminders.silence_all(about_kind=KIND, about_ids=[row.about_id for row in rows], by=desk, why="停")


def test_replan_owes_the_new_time_instead_of_the_old(villager, desk, hall):
    first = plan(villager, desk)
    Reminder.objects.filter(pk=first[0].pk).update(state=ReminderState.TOLD)
    new = reminders.replan(
        about_kind=KIND,
        about_id=1,
        villager=villager,
        hall=hall,
        event_at=clock.now() + timedelta(days=10),
        by=desk,
        why="改了时间",
    )
    assert [reminder.purpose for reminder in new] == ["changed", "three_days", "one_day"]
    assert [Reminder.objects.get(pk=old.pk).state for old in first] == ["told", "cancelled", "cancelled"]


def test_told_by_person_settles_what_was_a_task_and_nothing_else(villager, desk):
    confirmation, *_later = plan(villager, desk)
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.FOLLOW_UP)
    assert reminders.told_by_person(about_kind=KIND, about_id=1, by=desk) == 1
    assert states() == {"confirmation": "told", "three_days": "planned", "one_day": "planned"}


def test_call_that_was_made_settles_the_reminder(villager, desk, hall):
    confirmation, *_later = plan(villager, desk)
    Reminder.objects.filter(pk=confirmation.pk).update(state=ReminderState.FOLLOW_UP)
    task = follow_ups.open_task(
        hall=hall,
        villager=villager,
        kind=FollowUpKind.CALL,
        reason="短信没送到",
        due_at=clock.now(),
        about_kind=KIND,
        about_id=1,
    )
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=desk)
    assert states()["confirmation"] == "told"
    assert FollowUp.objects.open().count() == 0
