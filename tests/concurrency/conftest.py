"""A desk whose workers, broker, database connections and provider can be killed; see `tests.concurrency.kills`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from celery import current_app

from auditorium import clock
from auditorium.domain import wake
from tests.concurrency.brokers import FolderBroker, RedisBroker
from tests.concurrency.kills import Desk, Nursery, Provider
from tests.errands import registered
from tests.outbox import at


@pytest.fixture(scope="session")
def nursery(django_db_setup: None) -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.end()


@pytest.fixture
def desk_with(nursery, tmp_path, settings, transactional_db) -> Iterator[Callable[..., Desk]]:
    """Makes the desk: `desk_with("http")`, or `desk_with("aliyun")`, whose provider takes many texts in one call."""
    settings.DEMO = True
    with ExitStack() as stack:
        stack.enter_context(registered())
        stack.callback(clock.move_back)
        clock.move_to(at("11-23 10:00"))
        with current_app.connection_for_write() as link:
            link.default_channel.queue_purge("celery")  # wakes of other tests

        def made(kind: str, **more) -> Desk:
            provider = Provider(kind, tmp_path)
            stack.callback(provider.end)
            return Desk(tmp_path, nursery, provider, stack, **more)

        yield made


@pytest.fixture
def broker(monkeypatch, settings) -> Iterator[FolderBroker | RedisBroker]:
    """The broker of this test alone; the web process has no opinion of it yet."""
    monkeypatch.setattr(wake, "_broker", wake._Broker())
    if not settings.REDIS_URL:
        yield FolderBroker()
        return
    broker = RedisBroker()
    usual = current_app.conf.broker_url
    current_app.conf.broker_url = broker.url
    yield broker
    current_app.conf.broker_url = usual
    broker.end()
