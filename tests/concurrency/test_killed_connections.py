"""The workers' connections to the database, ended at every step; on SQLite a file locked for longer than they wait."""

import os

import pytest
from django.db import OperationalError, connection

from auditorium.domain import reminders
from tests import servers
from tests.concurrency.kills import Outcome
from tests.peers.kill_points import IN_A_TRANSACTION, PLACES
from tests.waiting import wait_until


def places_here():
    """Nobody else can lock an SQLite file in which somebody is writing."""
    return [place for place in PLACES if connection.vendor != "sqlite" or place not in IN_A_TRANSACTION]


@pytest.mark.parametrize("kind", ["http", pytest.param("aliyun", marks=pytest.mark.hard)])
def test_connections_ended_at_each_step_lose_and_repeat_nothing(desk_with, kind):
    """One worker lives through all of it."""
    places = places_here()
    desk = desk_with(kind)
    worker = desk.worker(*places, victim="connections")
    while left := desk.unreached(places):
        desk.provider.cuts()
        desk.owe(2)
        desk.sweep_until(lambda left=left: desk.unreached(places) != left or desk.all_settled())
        desk.send(reminders.SWEEP)  # which unlocks the file for us as well
    desk.provider.cuts(off=True)
    assert desk.settle() == Outcome(told=len(desk.owed))
    assert not worker.is_dead()


def test_control_connection_ended_without_asking_tells_twice(desk_with):
    desk = desk_with("http")
    desk.owe()
    desk.worker("provider answered", victim="connections", without="asks before it repeats")
    assert desk.settle() == Outcome(told=1, twice=1)


@pytest.fixture
def durable(transactional_db):
    """What is committed outlives the server, as it does everywhere but in tests."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    reconnect()
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')


def reconnect():
    connection.close()
    connection.close_pool()


def is_cut():
    """Whether this process, too, has lost its server."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return True
    return False


AFTER_A_KILL = ("left behind taken up", "about to ask", "known there", "unknown there", "to be sent again")


@pytest.mark.hard
@pytest.mark.postgres
@pytest.mark.skipif(
    not os.environ.get(servers.OURS) or "PYTEST_XDIST_WORKER" in os.environ, reason="the server is not this test's own"
)
def test_server_killed_at_each_step_loses_and_repeats_nothing(desk_with, durable):
    """Each time the worker lives on and finishes by itself."""
    desk = desk_with("http")
    for place in PLACES:
        desk.owe(2)
        if place in AFTER_A_KILL:
            desk.provider.peer.then({"do": "hang after" if place == "known there" else "hang"})
            worker, calls = desk.worker(), len(desk.provider.peer.actions())
            desk.sweep_until(lambda calls=calls: len(desk.provider.peer.actions()) > calls)
            worker.end()
        worker = desk.worker(place, victim="server")
        desk.sweep_until(lambda place=place: not desk.unreached([place]))
        wait_until(is_cut)
        reconnect()
        desk.sweep_until(desk.all_settled)
        worker.end()
    assert desk.settle() == Outcome(told=len(desk.owed))
