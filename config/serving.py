"""Opens the desk on one PC: checks, prepares data and files, then keeps web server, worker and beat running."""

import http.client
import json
import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from auditorium.domain import connections
from config.catalogs import compile_catalogs
from config.preflight import Refused
from config.static_files import UsedStaticFiles
from config.supervisor import Program, Supervisor

ADDRESS = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 what phones may open, and nothing of the desk
WEB_THREADS = 8
WORKER_THREADS = 4

Say = Callable[[str], object]


@contextmanager
def only_copy(folder: Path) -> Iterator[Path]:
    """Hold the data folder for this process; refuse when another copy of the desk has it.

    Yields the file in which this copy says where it is. The lock is an open SQLite transaction: the one file lock
    that is the same everywhere and ends with its process.
    """
    note = folder / "running.txt"
    lock = sqlite3.connect(folder / "running.lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        where = note.read_text(encoding="utf-8") if note.exists() else folder
        raise Refused(
            f"服务台已经开着了：{where}，不用再开一次。",
            f"The desk is already running: {where}. There is no need to start it again.",
        ) from error
    try:
        yield note
    finally:
        note.unlink(missing_ok=True)
        lock.close()


def chosen_port(variable: str = "PORT", usual: int = 8000, address: str = ADDRESS) -> int:
    """Return PORT, or 8000. Refused when it is no port or somebody else listens there."""
    text = os.environ.get(variable) or str(usual)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(
            f"{variable}={text} 不是端口号，请用 1 到 65535 的数字。", f"{variable}={text} is no port; use 1 to 65535."
        )
    port = int(text)
    with socket.socket() as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise Refused(
                f"端口 {port} 不能用（{error.strerror}），多半是别的程序占着。"
                f"请换一个，例如设 {variable}={port + 1} 再开。",
                f"Port {port} can't be used ({error.strerror}); most likely another program has it. "
                f"Choose another one: {variable}={port + 1}.",
            ) from error
    return port


@dataclass(frozen=True)
class HallNetwork:
    """Where phones and screens on the hall's network find what is opened for them."""

    name: str
    port: int

    @property
    def origin(self) -> str:
        """What their addresses begin with; "auto" in it is this PC's address whenever it is asked for."""
        return f"http://{self.name}:{self.port}"

    @property
    def bound_to(self) -> str:
        """Every address of this PC, where a name or "auto" is given; that address alone, where one is."""
        try:
            return str(ip_address(self.name))
        except ValueError:
            return EVERYWHERE


def hall_network(port: int) -> HallNetwork | None:
    """What HALL_NETWORK asks for: nothing unless it is set. Refused when it cannot be opened."""
    name = os.environ.get("HALL_NETWORK", "").strip()
    if not name:
        return None
    network = HallNetwork(name, 0)
    return replace(network, port=chosen_port("HALL_NETWORK_PORT", port + 1, network.bound_to))


def database_file() -> Path | None:
    """Return the SQLite file, or None when DATABASE_URL names a server."""
    return Path(settings.DATABASES["default"]["NAME"]) if connection.vendor == "sqlite" else None


@contextmanager
def sound_database() -> Iterator[None]:
    """Refuse with a sentence when the database is broken or unreachable inside the block."""
    try:
        yield
    except DatabaseError as error:
        connection.close()
        file = database_file()
        if file is None:
            raise Refused(f"连不上数据库：{error}", f"The database can't be reached: {error}") from error
        remedy = (
            ("演示数据可以重来：make demo-reset。", "The demo can begin anew: make demo-reset.")
            if settings.DEMO
            else ("请先把它移开留好，再放回备份。", "Move it aside, keep it, and put a backup in its place.")
        )
        raise Refused(
            f"数据库文件 {file} 打不开（{error}）。{remedy[0]}", f"{file} can't be opened ({error}). {remedy[1]}"
        ) from error


def migrate(say: Say) -> None:
    """Bring the database up to this version."""
    with sound_database():
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT count(*) FROM sqlite_master")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("· 准备数据库 / Preparing the database")
            call_command("migrate", interactive=False, verbosity=0, skip_checks=False)


def collect_static(say: Say) -> None:
    """Compress and name the static files for browsers; nothing to do while none of them changed."""
    fingerprint = sha256()
    ignored = UsedStaticFiles.ignore_patterns
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=ignored):
            state = Path(storage.path(path)).stat()
            fingerprint.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".fingerprint"
    if stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint.hexdigest():
        return
    say("· 准备页面文件 / Preparing the pages' files")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(fingerprint.hexdigest(), encoding="ascii")


def programs(port: int, network: HallNetwork | None = None) -> list[Program]:
    """The three processes of one PC, one for the hall's network, and one where a line wants to be kept connected.

    The desk's own process listens on this PC alone; the network's knows none of the desk's addresses.
    """
    phones = [_web("phones", network.bound_to, network.port, "config.network_wsgi:application")] if network else []
    return [
        _web("web", ADDRESS, port, "config.wsgi:application"),
        *phones,
        Program(
            "worker",
            (
                *("celery", "--app", "config", "worker", "--pool", "threads", "--concurrency", str(WORKER_THREADS)),
                *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"),
            ),
        ),
        Program("beat", ("celery", "--app", "config", "beat", "--loglevel", "INFO")),
        Program("smpp", ("manage", "smpp"), is_wanted=_wants_connections),
    ]


def _web(name: str, address: str, port: int, application: str) -> Program:
    return Program(
        name,
        (
            *("granian", "--interface", "wsgi", "--host", address, "--port", str(port), "--no-ws"),
            *("--workers", "1", "--blocking-threads", str(WEB_THREADS), application),
        ),
    )


def _wants_connections() -> bool:
    """Whether some line needs the process that keeps it connected; a demo's talk to nobody."""
    try:
        return not settings.DEMO and connections.to_keep().exists()
    except DatabaseError:
        return False
    finally:
        connection.close()


def answers(port: int) -> bool:
    """Whether the web server on this port reaches its database and its broker."""
    link = http.client.HTTPConnection(ADDRESS, port, timeout=5)
    try:
        link.request("GET", "/readyz")
        report = json.loads(link.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        link.close()
    return bool(report["database"] == report["broker"] == "ok")


def serve(*, place: Callable[[], object], fill: Callable[[], object], welcome: Say, say: Say) -> None:
    """Open the desk and keep it open until Ctrl-C or SIGTERM.

    `place` sees the data folder before the database is touched, `fill` the migrated database; `welcome` is called
    with the address once the desk answers. Refused, with a sentence, when something stands in the way.
    """
    folder = Path(settings.VAR_DIR)
    with only_copy(folder) as note:
        port = chosen_port()
        network = hall_network(port)
        address = f"http://{ADDRESS}:{port}/"
        note.write_text(address, encoding="utf-8")
        place()
        compile_catalogs()
        migrate(say)
        with sound_database():
            fill()
        connection.close()
        collect_static(say)
        say("· 启动 / Starting")
        environment = os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
        environment["PHONES_ORIGIN"] = network.origin if network else ""
        supervisor = Supervisor(programs(port, network), environment=environment, log_folder=folder / "log")
        supervisor.run(is_ready=lambda: answers(port), when_ready=lambda: welcome(address))
        say("已停下。 / Stopped.")
