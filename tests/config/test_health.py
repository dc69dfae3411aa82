"""What monitors and load balancers are told."""

import socket
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from auditorium.domain import delivery
from config import health
from config.celery import app

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_login_or_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_is_ready_when_everything_answers(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "database": "ok", "broker": "ok", "outbox_late_seconds": 0},
    )
    assert "no-store" in response["Cache-Control"]


def test_readyz_names_missing_migrations(client):
    last = MigrationLoader(connection).graph.leaf_nodes("sessions")[0]  # ours may stand for others it replaces
    MigrationRecorder(connection).record_unapplied(*last)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "migrations missing")


def test_readyz_names_a_database_that_is_away(client, monkeypatch):
    def away(*args):
        raise OperationalError("password=secret host=db.example.org")

    monkeypatch.setattr(connections["default"], "cursor", away)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"ready": False, "database": "unreachable", "broker": "ok", "outbox_late_seconds": "unknown"},
    )


def test_readyz_names_a_broker_that_is_away(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    before = app.conf.broker_url
    app.conf.broker_url = settings.REDIS_URL
    try:
        response = client.get("/readyz")
    finally:
        app.conf.broker_url = before
    assert (response.status_code, response.json()["broker"]) == (503, "unreachable")


def test_broker_that_never_answers_is_named_soon(settings):
    before = app.conf.broker_url
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.REDIS_URL = app.conf.broker_url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        said = []

        def ask():
            with pytest.raises(health.NotReadyError) as refusal:
                health.broker()
            said.append(str(refusal.value))

        asker = threading.Thread(target=ask, daemon=True)
        try:
            asker.start()
            asker.join(20)
        finally:
            app.conf.broker_url = before
    assert said == ["unreachable"]


@pytest.mark.parametrize(("late", "status"), [(timedelta(minutes=15), 200), (timedelta(minutes=15, seconds=1), 503)])
def test_readyz_tells_how_late_the_outbox_is(client, monkeypatch, late, status):
    monkeypatch.setattr(delivery, "lateness", lambda: late)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["outbox_late_seconds"]) == (status, late.total_seconds())


def test_readyz_shows_no_personal_data(client, monkeypatch):
    def broken():
        raise OperationalError("villager 张小妹 13800000000")

    monkeypatch.setattr(delivery, "lateness", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert b"138" not in response.content
