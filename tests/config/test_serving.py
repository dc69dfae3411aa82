"""`manage.py run` as a process: one clear sentence when it can't, everything up when it can, nothing left behind."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from config.serving import programs
from tests.factories import SmsLineFactory
from tests.site import free_port
from tests.waiting import wait_until

BASE_DIR = Path(__file__).resolve().parent.parent.parent
HALL = {
    "ADMIN_USERNAME": "zhanzhang",
    "ADMIN_PASSWORD": "Baoshanqiao-2026",
    "HALL_NAME": "宝善桥村文化礼堂",
    "HALL_REGION_CODE": "330603011258",
}


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """A one-PC installation of its own."""
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return (
        own
        | HALL
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "VAR_DIR": str(tmp_path / "var"),
            "PORT": str(free_port()),
        }
    )


def run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run a command that should end by itself; return its exit code and what it said when it went wrong."""
    done = subprocess.run(
        [sys.executable, "manage.py", *(arguments or ("run",))],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stderr


def assert_refused(outcome: tuple[int, str], *, chinese: str, english: str) -> None:
    """One sentence in each language, a failing exit code, no traceback."""
    code, said = outcome
    lines = said.strip().splitlines()
    assert (code, len(lines)) == (1, 2), said
    assert lines[0].startswith(chinese)
    assert lines[1].startswith(english)


def test_run_names_a_port_that_is_taken(environment):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        assert_refused(
            run(environment),
            chinese=f"端口 {environment['PORT']} 不能用",
            english=f"Port {environment['PORT']} can't be used",
        )


def test_run_names_a_port_that_is_none(environment):
    assert_refused(run(environment | {"PORT": "80a"}), chinese="PORT=80a 不是端口号", english="PORT=80a is no port")


def test_run_names_a_database_file_that_is_broken_and_leaves_it(environment, tmp_path):
    file = tmp_path / "var" / "desk.sqlite3"
    file.parent.mkdir()
    file.write_bytes(b"this is no database, whatever it is " * 100)
    assert_refused(run(environment), chinese=f"数据库文件 {file} 打不开", english=f"{file} can't be opened")
    assert file.read_bytes() == b"this is no database, whatever it is " * 100


def test_run_names_a_data_folder_that_cannot_be_written(environment, tmp_path):
    (tmp_path / "var").write_text("a file where a folder should be")
    assert_refused(run(environment), chinese=f"数据文件夹 {tmp_path / 'var'} 不能写入", english="The data folder")


def test_first_run_without_terminal_names_what_it_must_know(environment):
    del environment["HALL_NAME"]
    assert_refused(run(environment), chinese="第一次开要知道管理员和礼堂", english="The first start must know")


def test_first_run_refuses_an_easy_password_in_both_languages(environment):
    outcome = run(environment | {"ADMIN_PASSWORD": "zhanzhang1"})
    assert_refused(outcome, chinese="密码跟 用户名 太相似了", english="The password is too similar")


def test_demo_never_touches_data_that_is_not_its_own(environment, tmp_path):
    file = tmp_path / "var" / "demo" / "desk.sqlite3"
    file.parent.mkdir(parents=True)
    sqlite3.connect(file).execute("CREATE TABLE mine (id)").connection.close()
    before = file.read_bytes()
    assert_refused(
        run(environment, "demo", "--reset"), chinese=f"{file} 不是演示数据", english=f"{file} is not the demo's data"
    )
    assert file.read_bytes() == before


@pytest.mark.django_db(transaction=True)
def test_process_for_connections_is_wanted_once_a_line_needs_one(settings):
    (wanted,) = (program.is_wanted for program in programs(8000) if program.is_wanted)
    assert not wanted()
    SmsLineFactory(gateway="smpp")
    assert wanted()
    settings.DEMO = True
    assert not wanted()


@contextmanager
def running(environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start `manage.py run` and wait until it says where it is."""
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.child", "manage", "run"],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        wait_until(lambda: "服务台开好了" in output.read_text() or process.poll() is not None, seconds=300)
        assert process.poll() is None, output.read_text()
        yield process
    finally:
        process.stdin.close()
        process.wait(30)


def get(environment: dict[str, str], path: str) -> tuple[int, bytes]:
    with closing(HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=10)) as link:
        link.request("GET", path)
        answer = link.getresponse()
        return answer.status, answer.read()


def test_run_opens_the_hall_refuses_a_second_copy_and_leaves_nothing_behind(environment, tmp_path):
    with running(environment, tmp_path) as process:
        children = psutil.Process(process.pid).children(recursive=True)
        assert get(environment, "/healthz") == (200, b"ok")
        assert get(environment, "/login/")[0] == 200
        assert_refused(run(environment), chinese="服务台已经开着了：http://127.0.0.1:", english="The desk is already")
        assert len(children) == 4  # web server and its worker process, Celery worker, beat
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert [child for child in children if child.is_running()] == []
    rows = sqlite3.connect(tmp_path / "var" / "desk.sqlite3").execute(
        "SELECT username, h.name, region_id FROM auditorium_user u JOIN auditorium_hall h ON h.id = current_hall_id"
    )
    assert rows.fetchall() == [("zhanzhang", "宝善桥村文化礼堂", "330603011258")]
