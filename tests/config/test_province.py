"""`make web`, `make worker` and `make beat` as separate processes on PostgreSQL and a Redis-protocol server."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from celery import Celery

from tests.site import BASE_DIR, empty_database, free_port
from tests.waiting import wait_until

KEYS = ("SECRET_KEY", "FIELD_KEYS", "HASH_KEYS", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")


@pytest.fixture
def environment(tmp_path, django_db_blocker) -> Iterator[dict[str, str]]:
    """A province's environment, with a database and a broker of its own."""
    name = f"province_{os.getpid()}"
    broker, _, number = os.environ["REDIS_URL"].rpartition("/")
    with empty_database(name):
        yield os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "VAR_DIR": str(tmp_path / "var"),
            "PORT": str(free_port()),
            "DATABASE_URL": f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}",
            "REDIS_URL": f"{broker}/{int(number) + 40}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": "a-key-for-one-test-" * 4,
            "PYTHONUNBUFFERED": "1",
        }


@contextmanager
def made(target: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run a target of the Makefile until the block is left; it must go when it is told to."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", target, f"PYTHON_IN_VENV={sys.executable}"],
            cwd=BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def ready(environment: dict[str, str]) -> bool:
    with closing(HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=5)) as link:
        try:
            link.request("GET", "/readyz")
            return link.getresponse().status == 200
        except OSError:
            return False


@pytest.mark.postgres
@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
def test_web_worker_and_beat_run_apart_on_postgresql_and_redis(environment, tmp_path):
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=environment, check=True)
    logs = {target: tmp_path / f"{target}.log" for target in ("web", "worker", "beat")}
    with ExitStack() as stack:
        for target, log in logs.items():
            stack.enter_context(made(target, environment, log))
        wait_until(lambda: ready(environment))
        with Celery(broker=environment["REDIS_URL"]).connection_for_write() as link:
            Celery(broker=environment["REDIS_URL"]).send_task("auditorium.sweep_outbox", connection=link)
        wait_until(lambda: "auditorium.sweep_outbox" in logs["worker"].read_text().rpartition("succeeded")[0])
        wait_until(lambda: "beat: Starting" in logs["beat"].read_text())


@pytest.mark.parametrize("missing", KEYS)
def test_production_does_not_start_without_its_keys_and_servers(tmp_path, missing):
    environment = {
        **{name: value for name, value in os.environ.items() if name != missing},
        **{name: "something" for name in KEYS if name != missing},
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "VAR_DIR": str(tmp_path / "var"),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings.production"],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith(f"Set in the environment: {missing}. See docs/operations.md.\n")
    assert not (tmp_path / "var").exists()
