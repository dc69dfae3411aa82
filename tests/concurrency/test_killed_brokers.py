"""The broker, killed at every step and started again empty; without Redis the folder that stands for it, wiped."""

from tests.concurrency.kills import PATIENCE, Outcome
from tests.peers.kill_points import PLACES
from tests.waiting import wait_until

OTHER_TASK = "auditorium.act_on_replies"


def test_broker_killed_at_each_step_loses_and_repeats_nothing(desk_with, broker):
    """One worker and one beat live through all of it; what is owed while no broker is there is sent as well."""
    desk = desk_with("http", broker_url=broker.url)
    desk.owe(2)  # woken for while nobody hears it
    broker.kill()
    broker.start()
    places = [place for place in PLACES if place != "left behind taken up"]  # no worker dies: nothing is left behind
    beat, worker = desk.beat(), desk.worker(*places, victim="broker")
    while left := desk.unreached(places):
        desk.provider.cuts()
        desk.owe()
        desk.sweep_until(lambda left=left: broker.is_dead() or desk.unreached(places) != left or desk.all_settled())
        desk.owe()
        broker.start()
    desk.provider.cuts(off=True)
    assert desk.settle() == Outcome(told=len(desk.owed))
    assert [beat.is_dead(), worker.is_dead()] == [False, False]


def test_control_broker_killed_without_beat_loses_what_it_held(desk_with, broker):
    """Then beat comes, and nothing is lost."""
    desk = desk_with("http", broker_url=broker.url)
    desk.owe(2)
    broker.kill()
    broker.start()
    desk.worker()
    desk.send(OTHER_TASK, within=None)
    wait_until(lambda: desk.has_done(OTHER_TASK), seconds=PATIENCE)
    assert desk.outcome() == Outcome(lost=2)
    desk.beat()
    assert desk.settle() == Outcome(told=2)
