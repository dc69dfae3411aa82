"""Asking for books that are not back: one task for all somebody has, again until they are; a family is asked too."""

from datetime import date, timedelta

import pytest
import time_machine

from auditorium.domain import departures, follow_ups
from auditorium.domain.library.lending import asking, loans
from auditorium.enums import FollowUpState
from auditorium.models import FollowUp, LendingPolicy, Loan, Reminder
from tests.factories import BookCopyFactory, HallFactory, VillagerFactory, desk_user
from tests.outbox import at, told_villager

pytestmark = pytest.mark.django_db
ASKED = date(2026, 12, 30)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 09:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return told_villager(hall)


@pytest.fixture
def lend(hall, villager, desk):
    def lend(title="活着", to=None, **more):
        copy = BookCopyFactory(hall=more.get("hall", hall), resource__title=title)
        return loans.lend(copy=copy, villager=to or villager, by=desk)

    return lend


def tasks():
    rows = FollowUp.objects.open().order_by("pk")
    return [(task.about_id, task.kind, task.reason, task.due_at) for task in rows]


def test_a_week_past_its_day_somebody_is_told_to_call(lend, monday, villager):
    loan = lend()
    monday.move_to(at("12-29 09:00"))
    assert (asking.ask_for_overdue(), tasks()) == (0, [])
    monday.move_to(at("12-30 09:00"))
    assert asking.ask_for_overdue() == 1
    (task,) = FollowUp.objects.all()
    assert tasks() == [(loan.pk, "call", "借的书过期没还", at("12-31 09:00"))]
    assert (task.villager, task.contact.villager) == (villager, villager)
    assert task.words == (
        "张小明您好，我是宝善桥村文化礼堂的。您借的《活着》，12月23日周三就到期了。"
        "看完了请还到礼堂来，没看完也请来说一声，可以续借。"
    )


def test_how_long_after_is_the_halls_own(lend, hall, monday):
    LendingPolicy.objects.create(hall=hall, call_after=1)
    lend()
    monday.move_to(at("12-24 09:00"))
    assert asking.ask_for_overdue() == 1


def test_who_cannot_be_called_is_knocked_for(lend, hall, monday):
    lend(to=VillagerFactory(registered_at=hall))
    monday.move_to(at("12-30 09:00"))
    asking.ask_for_overdue()
    assert FollowUp.objects.get().kind == "knock"


def test_one_task_stands_for_all_they_have_and_names_how_many(lend, monday):
    first, *_others = (lend(title) for title in ("活着", "家", "边城"))
    monday.move_to(at("12-30 09:00"))
    assert asking.ask_for_overdue() == 1
    assert [task[0] for task in tasks()] == [first.pk]
    assert "您借的《活着》等3本书，" in FollowUp.objects.get().words


def test_it_is_asked_again_until_it_is_back_but_not_while_somebody_is_on_it(lend, desk, monday):
    loan = lend()
    monday.move_to(at("12-30 09:00"))
    assert [asking.ask_for_overdue(), asking.ask_for_overdue()] == [1, 0]
    monday.shift(timedelta(days=7))
    assert asking.ask_for_overdue() == 0
    FollowUp.objects.update(state=FollowUpState.DONE, closed_at=at("12-31 09:00"))
    monday.shift(timedelta(days=6))
    assert asking.ask_for_overdue() == 0
    monday.shift(timedelta(days=1))
    assert asking.ask_for_overdue() == 1
    loans.give_back(copy=loan.copy, by=desk)
    assert tasks() == []
    monday.shift(timedelta(days=30))
    assert asking.ask_for_overdue() == 0


def test_many_borrowers_are_all_asked_in_batches(lend, hall, monday, monkeypatch):
    monkeypatch.setattr(asking, "BATCH", 2)
    for number in range(5):
        lend(to=told_villager(hall, name=f"张{number}"))
    monday.move_to(at("12-30 09:00"))
    assert asking.ask_for_overdue() == 5


@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        (departures.record_death, "died_on", "村民已去世，借的书请向家人取回"),
        (departures.record_move, "moved_away_on", "村民已搬走，借的书请取回来"),
    ],
)
def test_what_the_dead_and_the_gone_have_is_fetched_from_the_family(
    lend, hall, desk, villager, monday, record, field, reason
):
    first, second = lend(), lend("家")
    follow_ups.open_task(
        hall=hall,
        villager=villager,
        kind="call",
        reason=asking.OVERDUE,
        due_at=at("11-24 09:00"),
        about_kind="loan",
        about_id=second.pk,
    )
    record(villager=villager, hall=hall, by=desk, **{field: date(2026, 11, 22)})
    assert tasks() == [(first.pk, "knock", reason, at("11-24 09:00"))]
    numbers = [first.copy.number, second.copy.number]
    words = FollowUp.objects.open().get().words
    assert words == f"张小明借的书：《活着》（{numbers[0]}）、《家》（{numbers[1]}）。"
    assert not Reminder.objects.live().exists()
    monday.move_to(at("12-23 09:00"))
    assert asking.ask_for_overdue() == 0
    FollowUp.objects.update(state=FollowUpState.DONE, closed_at=at("12-01 09:00"))
    Loan.objects.filter(pk=first.pk).update(state="lost", ended_at=at("12-01 09:00"))
    assert (asking.ask_for_overdue(), tasks()) == (0, [])
    monday.shift(timedelta(days=7))
    assert asking.ask_for_overdue() == 1
    assert tasks()[0][:3] == (second.pk, "knock", reason)


def test_a_departure_by_mistake_is_taken_back_with_its_tasks(lend, hall, desk, villager):
    loan = lend()
    departures.record_death(villager=villager, died_on=date(2026, 11, 22), hall=hall, by=desk)
    departures.record_death(villager=villager, died_on=None, hall=hall, by=desk)
    assert tasks() == []
    assert [(row.about_id, row.state) for row in Reminder.objects.live()] == [(loan.pk, "planned")]


def test_books_of_two_halls_are_two_tasks(lend, hall, desk, villager):
    other = HallFactory()
    mine, theirs = lend(), lend(hall=other)
    departures.record_death(villager=villager, died_on=date(2026, 11, 22), hall=hall, by=desk)
    assert {(task.hall, task.about_id) for task in FollowUp.objects.open()} == {(hall, mine.pk), (other, theirs.pk)}
