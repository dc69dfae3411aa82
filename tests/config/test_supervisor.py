"""The supervisor with real processes: nothing is left behind, whatever dies and however it is asked to stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.waiting import wait_until


@contextmanager
def supervising(folder: Path, *manners: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.config.supervise", str(folder), *manners],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def pids(file: Path) -> list[int]:
    return [int(pid) for pid in file.read_text().split()]


def all_gone(numbers: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in numbers)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_stops_everything_when_asked(tmp_path, number):
    with supervising(tmp_path, "lives", "clings") as process:
        wait_until((tmp_path / "ready").exists)
        children = pids(tmp_path / "lives0") + pids(tmp_path / "clings1")
        process.send_signal(number)
        assert process.wait(20) == 0
        assert all_gone(children)


def test_supervisor_starts_a_dead_child_again(tmp_path):
    with supervising(tmp_path, "lives", "lives") as process:
        wait_until((tmp_path / "ready").exists)
        first, helper = pids(tmp_path / "lives0")
        other = pids(tmp_path / "lives1")
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: pids(tmp_path / "lives0")[0] != first)
        assert all_gone([first, helper])
        assert pids(tmp_path / "lives1") == other
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_supervisor_starts_a_program_once_it_is_wanted(tmp_path):
    with supervising(tmp_path, "lives", "lives?") as process:
        wait_until((tmp_path / "ready").exists)
        assert not (tmp_path / "lives1").exists()
        (tmp_path / "wanted").touch()
        wait_until((tmp_path / "lives1").exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert all_gone(pids(tmp_path / "lives1"))


def test_supervisor_gives_up_on_a_child_that_keeps_dying(tmp_path):
    with supervising(tmp_path, "lives", "dies") as process:
        output = process.communicate(timeout=60)[1]
        assert process.returncode == 1
        assert "dies1 一启动就退出" in output
        assert output.endswith("here I am\nfarewell\n")
        assert all_gone(pids(tmp_path / "lives0") + pids(tmp_path / "dies1"))


def test_children_leave_when_the_supervisor_is_killed(tmp_path):
    with supervising(tmp_path, "lives") as process:
        wait_until((tmp_path / "ready").exists)
        children = pids(tmp_path / "lives0")
        process.kill()
        wait_until(lambda: all_gone(children))


def test_supervisor_keeps_what_children_say(tmp_path):
    with supervising(tmp_path, "lives") as process:
        wait_until((tmp_path / "ready").exists)
        wait_until(lambda: (tmp_path / "log" / "lives0.log").read_text() == "here I am\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
