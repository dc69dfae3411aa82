"""What every test stands on: markers that mean something, and one running site for the tests that need all of it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.site import Site, empty_database

pytest_plugins = ["tests.browsing"]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
hypothesis.settings.register_profile("desk", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("desk")
CI = os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, by name, what this machine can't run; keep the tests of one running site on one xdist worker."""
    for item in items:
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL"))
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not CI:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
        if "site" in fixtures:
            item.add_marker(pytest.mark.xdist_group("site"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let a database test clean up behind itself: on SQLite emptying a table fires the audit log's triggers."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS auditorium_audit_no_delete")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. With CI=true there must be one."""
    assert CHROMIUM, "no Chromium on this machine"
    return CHROMIUM


@pytest.fixture
def library_folder(settings, tmp_path):
    """An empty folder in which this test's library keeps its files."""
    kept = {**settings.STORAGES["library"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "library": kept}
    return tmp_path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The whole desk, running on demo data of its own; shared by all tests that ask for it. See tests/site.py."""
    folder: Path = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        database = None
        if connection.vendor == "postgresql":
            database = f"site_{os.getpid()}"
            stack.enter_context(empty_database(database))
        running = stack.enter_context(Site(folder, database=database, blocker=django_db_blocker).running())
        running.by_day()
        yield running
