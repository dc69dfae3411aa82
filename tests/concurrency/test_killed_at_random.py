"""Many kills of all kinds, at moments nobody chose, while texts flow: nothing lost, nothing twice."""

import random

import pytest
from django.db import connection

from tests.concurrency.kills import WORKERS_NAME, Outcome
from tests.peers.kill_points import end_connections, held_lock

KILLS = 40
SEED = 20261123

pytestmark = pytest.mark.hard


class Killer:
    """Kills one thing, and puts another in its place."""

    def __init__(self, desk, broker) -> None:
        self.desk, self.broker = desk, broker
        self.workers = [desk.worker(), desk.worker()]

    def worker(self) -> None:
        self.workers.pop(0).end()
        self.workers.append(self.desk.worker())

    def kill_broker(self) -> None:
        self.broker.kill()
        self.desk.owe()
        self.broker.start()

    def connections(self) -> None:
        if connection.vendor == "postgresql":
            end_connections(WORKERS_NAME)
        else:
            with held_lock():
                self.desk.sweep_until(lambda: True)

    def provider(self) -> None:
        self.desk.provider.start()


@pytest.mark.parametrize("kind", ["http", "aliyun"])
def test_many_kills_at_any_moment_lose_and_repeat_nothing(desk_with, broker, kind, record_property):
    chance = random.Random(SEED)
    desk = desk_with(kind, broker_url=broker.url)
    desk.beat()
    desk.owe(20)
    killer = Killer(desk, broker)
    kills = [killer.worker, killer.kill_broker, killer.connections, killer.provider]
    for kill in chance.sample(kills * (KILLS // len(kills)), KILLS):
        desk.owe(8)
        wanted = len(desk.provider.taken()) + chance.randint(1, 8)
        desk.sweep_until(lambda wanted=wanted: len(desk.provider.taken()) >= wanted or desk.all_settled())
        kill()
    outcome = desk.settle()
    record_property("outcome", f"{KILLS} kills, {len(desk.owed)} texts: {outcome}")
    assert outcome == Outcome(told=len(desk.owed))
