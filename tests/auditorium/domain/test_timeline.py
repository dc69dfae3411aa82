"""One line of time for one villager, whatever was done for them and by whom."""

from datetime import datetime, timedelta

import pytest
import time_machine

from auditorium import ports
from auditorium.domain import delivery, reminders, timeline, visits
from auditorium.enums import FollowUpState, MatterKind
from auditorium.models import FollowUp
from auditorium.ports import Entry
from tests.errands import KIND
from tests.factories import (
    ConsentFactory,
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    PhoneFactory,
    SmsLineFactory,
    VillagerFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(MONDAY_9, tick=False) as travel:
        yield travel


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


class Lessons:
    """A service with three lessons: one over, one today without a time, one tomorrow."""

    kind = "lesson"

    def timeline(self, villager, user):
        return [
            Entry(at=MONDAY_9 - HOUR, title="昨天的课"),
            Entry(at=MONDAY_9 - 9 * HOUR, title="今天的课", has_time=False),
            Entry(at=MONDAY_9 + 24 * HOUR, title="明天的课"),
        ]


@pytest.fixture
def only_lessons(monkeypatch):
    monkeypatch.setattr(ports, "_services", {"lesson": Lessons()})


@pytest.mark.usefixtures("only_lessons")
def test_what_comes_and_what_was(villager, user, travel):
    life = timeline.of(villager=villager, user=user)
    assert [entry.title for entry in life.coming] == ["今天的课", "明天的课"]
    assert [entry.title for entry in life.past] == ["昨天的课"]
    travel.shift(timedelta(days=2))
    life = timeline.of(villager=villager, user=user)
    assert [entry.title for entry in life.past] == ["明天的课", "昨天的课", "今天的课"]


def entries(villager, user):
    life = timeline.of(villager=villager, user=user)
    return [entry.title for entry in life.coming], [entry.title for entry in life.past]


def test_the_halls_own_part(villager, user, hall, travel):
    travel.shift(timedelta(minutes=1))
    visits.arrive(hall=hall, by=user, villager=villager, matters=[MatterKind.BOOKING])
    FollowUpFactory(hall=hall, villager=villager)
    travel.shift(timedelta(minutes=1))
    assert entries(villager, user) == (["待办：打电话"], ["到宝善桥村文化礼堂办事", "在宝善桥村文化礼堂登记"])


def test_an_overdue_task_stays_ahead_until_somebody_does_it(villager, user, hall, travel):
    task = FollowUpFactory(hall=hall, villager=villager)
    travel.shift(timedelta(days=3))
    coming = timeline.of(villager=villager, user=user).coming
    assert [(entry.title, entry.state, entry.tone) for entry in coming] == [("待办：打电话", "过期了", "stop")]
    FollowUp.objects.filter(pk=task.pk).update(state=FollowUpState.DONE, closed_at=MONDAY_9 + HOUR)
    assert entries(villager, user) == ([], ["待办：打电话", "在宝善桥村文化礼堂登记"])


def test_what_another_hall_did_is_out_of_scope(villager, user):
    other = HallFactory()
    visits.arrive(hall=other, by=None, villager=villager)
    FollowUpFactory(hall=other, villager=villager)
    assert entries(villager, user) == ([], ["在宝善桥村文化礼堂登记"])


@pytest.fixture
def told(villager, user, hall, errands):
    """An errand in a week: the villager and a daughter have the confirmation, two reminders are to come."""
    SmsLineFactory()
    for purpose in ("reminders", "relative_copies"):
        ConsentFactory(villager=villager, purpose=purpose)
    ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021"))
    daughter = PhoneFactory(number="+8613900008870")
    ContactFactory(villager=villager, phone=daughter, relation="daughter", order=2, gets_copies=True)
    event_at = MONDAY_9 + 7 * 24 * HOUR
    reminders.plan(about_kind=errands.kind, about_id=1, villager=villager, hall=hall, event_at=event_at, by=user)
    delivery.sweep()
    return villager


def test_a_reminder_is_one_line_whoever_it_went_to(told, user):
    life = timeline.of(villager=told, user=user)
    assert [(entry.title, entry.state) for entry in life.coming] == [
        ("短信提醒：提前几天", "等发送"),
        ("短信提醒：提前一天", "等发送"),
    ]
    sent = next(entry for entry in life.past if entry.title == "短信提醒：约好了")
    assert sent.detail == "短信送到了本人手机 · 本人 138****0021 已送达；女儿 139****8870 已送达"


def test_what_was_called_off_unsent_leaves_no_line(told, user):
    reminders.silence(about_kind=KIND, about_id=1, by=user, why="不去了")
    life = timeline.of(villager=told, user=user)
    assert life.coming == []
    assert [entry.title for entry in life.past if "提醒" in entry.title] == ["短信提醒：约好了"]
