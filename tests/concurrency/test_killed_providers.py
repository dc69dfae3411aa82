"""The provider's side, killed at every step and started again: nothing lost or twice where it can be asked."""

import pytest

from auditorium.enums import MessageState
from auditorium.models import FollowUp
from tests.concurrency.kills import Outcome
from tests.outbox import states


def kill_and_start(desk, **again):
    """Wait until it has died, and start it again with what it had written down."""
    desk.sweep_until(desk.provider.is_dead)
    desk.provider.start(**again)


@pytest.mark.parametrize("kind", ["http", "aliyun"])
def test_provider_killed_at_each_step_loses_and_repeats_nothing(desk_with, kind):
    desk = desk_with(kind)
    desk.worker()
    for moment in ("before", "after"):
        desk.provider.dies(moment)
        desk.owe(3)
        kill_and_start(desk)
        desk.provider.dies("before", action="ask")
        kill_and_start(desk)
        desk.sweep_until(desk.all_settled)
    assert desk.settle() == Outcome(told=6)


def test_provider_that_cannot_be_asked_makes_it_a_call_and_gets_it_once(desk_with):
    desk = desk_with("http")
    desk.line.config = desk.provider.config(can_be_asked=False)
    desk.line.save()
    desk.worker()
    desk.provider.dies("after")
    desk.owe()
    kill_and_start(desk)
    assert desk.settle() == Outcome(asked=1)
    assert (states(), len(desk.provider.taken())) == ([MessageState.UNKNOWN], 1)
    assert FollowUp.objects.get().reason == "不清楚短信有没有送到，请打电话"


@pytest.mark.parametrize("kind", ["http", pytest.param("aliyun", marks=pytest.mark.hard)])
def test_control_provider_that_lost_its_memory_is_told_twice(desk_with, kind):
    """It says that it never had what it had: nobody on our side can know better."""
    desk = desk_with(kind)
    desk.worker()
    desk.provider.dies("after")
    desk.owe(2)
    kill_and_start(desk, forgets=True)
    assert desk.settle().twice > 0
