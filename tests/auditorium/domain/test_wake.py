"""Waking the worker: after the commit, once, and never at the price of the act itself."""

import logging
import socket
import threading
from unittest import mock

import pytest
from celery import Celery, current_app
from django.db import transaction

from auditorium.domain import wake


@pytest.fixture(autouse=True)
def broker():
    """A broker nothing is known of yet, that nobody was woken through in the last second."""
    before = wake._broker
    wake._broker = wake._Broker()
    wake._gathered.forget()
    yield
    wake._broker = before


@pytest.fixture
def sent(monkeypatch):
    sent = []
    monkeypatch.setattr(wake, "now", lambda name, *ids: sent.append((name, *ids)))
    return sent


@pytest.fixture
def broker_at(monkeypatch):
    """An app whose broker is at this address, in the place of ours."""

    def at(url):
        app = Celery("elsewhere", broker=url, set_as_current=False)
        monkeypatch.setattr(wake, "current_app", app)
        return app

    return at


@pytest.mark.django_db(transaction=True)
def test_wakes_after_the_commit_and_not_before(sent):
    with transaction.atomic():
        wake.after_commit("a.task", 1)
        assert sent == []
    assert sent == [("a.task", 1)]


@pytest.mark.django_db(transaction=True)
def test_wakes_once_a_transaction_for_the_same_thing(sent):
    with transaction.atomic():
        for number in (1, 2, 1):
            wake.after_commit("a.task", number)
        with transaction.atomic():
            wake.after_commit("a.task", 2)
    assert sent == [("a.task", 1), ("a.task", 2)]


@pytest.mark.django_db(transaction=True)
def test_wakes_nobody_for_what_was_rolled_back(sent):
    def fail():
        with transaction.atomic():
            wake.after_commit("a.task")
            raise ZeroDivisionError

    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            fail()
        wake.after_commit("b.task")
    assert sent == [("b.task",)]


@pytest.mark.django_db(transaction=True)
def test_wakes_at_once_outside_a_transaction(sent):
    wake.after_commit("a.task")
    assert sent == [("a.task",)]


def test_task_reaches_the_broker():
    with current_app.connection_for_read() as link:
        queue = link.SimpleQueue("celery")
        queue.clear()
        wake.now("auditorium.sweep_outbox")
        message = queue.get(timeout=5)
        message.ack()
        assert message.headers["task"] == "auditorium.sweep_outbox"
        queue.close()


@pytest.mark.parametrize("kind", ["refuses", "never answers"])
def test_dead_broker_costs_one_short_wait_and_one_line(broker_at, caplog, monkeypatch, kind):
    caplog.set_level(logging.INFO)
    with socket.create_server(("127.0.0.1", 0)) as server:
        app = broker_at(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        if kind == "refuses":
            server.close()
        tries = []
        connection = app.connection_for_write
        monkeypatch.setattr(app, "connection_for_write", lambda **kw: tries.extend(kw) or connection(**kw))
        caller = threading.Thread(target=lambda: [wake.now("auditorium.sweep_outbox", 7) for _ in range(5)])
        caller.start()
        caller.join(15)
        assert not caller.is_alive()
    assert len(tries) == 1
    assert [record.getMessage() for record in caplog.records if record.name == wake.__name__] == [
        "The broker does not answer (OperationalError); beat will find what is due."
    ]


def test_broker_that_came_back_is_used_and_a_later_death_is_said_again(broker_at, monkeypatch, caplog):
    wake._broker.is_down = True
    wake.now("auditorium.sweep_outbox")
    assert wake._broker.is_down is False
    with socket.create_server(("127.0.0.1", 0)) as server:
        broker_at(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
    wake.now("auditorium.sweep_outbox")
    assert len(caplog.records) == 1


def test_wakes_of_one_second_are_gathered_into_a_first_and_a_last():
    gathered, sweep = wake._Gathered(), wake._Wake("a.task", ())
    with mock.patch.object(wake.time, "monotonic", side_effect=[100.0, 100.25, 100.5, 101.25, 105.0]):
        waits = [gathered.next_in(sweep) for _wake in range(5)]
    # the third is answered by the one that comes at 101.0
    assert waits == [0.0, 0.75, None, 0.75, 0.0]
