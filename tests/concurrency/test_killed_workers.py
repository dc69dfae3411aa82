"""Real Celery workers, killed at every step: no text is lost, none sent twice, what stays unclear becomes a call."""

import pytest

from auditorium.enums import MessageState
from tests.concurrency.kills import NOT_A_NUMBER, Outcome
from tests.outbox import states
from tests.peers.kill_points import OF_BATCHES, PLACES


def kill_at_each(desk, places):
    """A worker for each place, and one for what is left."""
    for _ in places:
        desk.owe(2)
        desk.sweep_until(desk.worker(*places).is_dead)
    assert desk.unreached(places) == []
    desk.worker()


def test_worker_killed_at_each_step_loses_and_repeats_nothing(desk_with):
    desk = desk_with("http")
    kill_at_each(desk, PLACES)
    assert desk.settle() == Outcome(told=len(desk.owed))
    assert states() == [MessageState.SENT] * len(desk.owed)


def test_worker_killed_at_each_step_of_a_batch_loses_and_repeats_nothing(desk_with):
    """One number of the first batch is none: the rest of it goes one by one."""
    desk = desk_with("aliyun")
    desk.owe(3)
    desk.owe(number=f"+861390000{NOT_A_NUMBER}")
    kill_at_each(desk, PLACES | OF_BATCHES)
    assert desk.settle() == Outcome(told=len(desk.owed) - 1, asked=1)


@pytest.mark.parametrize(
    ("kind", "hangs"),
    [
        pytest.param("http", "hang after", id="the provider had it"),
        pytest.param("http", "hang", id="the provider had it not yet", marks=pytest.mark.hard),
        pytest.param("aliyun", "hang after", id="the provider had the batch", marks=pytest.mark.hard),
        pytest.param("aliyun", "hang", id="the provider had the batch not yet", marks=pytest.mark.hard),
    ],
)
def test_worker_killed_during_the_call_loses_and_repeats_nothing(desk_with, kind, hangs):
    desk = desk_with(kind)
    desk.provider.peer.then({"do": hangs})
    desk.owe(3)
    worker = desk.worker()
    desk.sweep_until(desk.provider.peer.actions)
    worker.end()
    desk.worker()
    assert desk.settle() == Outcome(told=3)


@pytest.mark.parametrize("guard", ["marks before it calls", "asks before it repeats"])
def test_control_worker_without_a_guard_tells_twice(desk_with, guard):
    desk = desk_with("http")
    desk.owe()
    desk.sweep_until(desk.worker("provider answered", without=guard).is_dead)
    desk.worker(without=guard)
    assert desk.settle() == Outcome(told=1, twice=1)


@pytest.mark.hard
def test_control_batch_without_asking_tells_twice(desk_with):
    desk = desk_with("aliyun")
    desk.owe(3)
    desk.sweep_until(desk.worker("provider answered", without="asks before it repeats").is_dead)
    desk.worker(without="asks before it repeats")
    assert desk.settle() == Outcome(told=3, twice=3)
