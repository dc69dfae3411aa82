"""Keeps a few child processes running side by side, restarts one that dies, and stops all of them together."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType

from config.child import GRACE_SECONDS, ask_to_stop
from config.preflight import Refused

LOOK_EVERY_SECONDS = 0.1
STEADY_SECONDS = 30
"""A child that has lived this long is well; its earlier deaths no longer count."""
MAX_DEATHS = 5
ASK_EVERY_SECONDS = 5
"""How often a program that need not run yet is asked about."""

NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows; elsewhere a new session is a new group
LOG_BYTES = 2_000_000


@dataclass(frozen=True)
class Program:
    """One thing to keep running: a short name for log and screen, and a Python module with its arguments.

    With `is_wanted` it is started only once that says so.
    """

    name: str
    arguments: tuple[str, ...]
    is_wanted: Callable[[], bool] | None = None


class Child:
    """One program's current process, its log, and how often it died lately."""

    def __init__(self, program: Program, *, environment: Mapping[str, str], log_folder: Path) -> None:
        self.program = program
        self.environment = environment
        self.last_lines: deque[str] = deque(maxlen=15)
        self.deaths = 0
        self.start_at = 0.0
        self._started = 0.0
        self._ask_at = 0.0
        self._process: subprocess.Popen[str] | None = None
        self._log = logging.getLogger(f"config.supervisor.{program.name}")
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        log_folder.mkdir(parents=True, exist_ok=True)
        self._log.addHandler(
            RotatingFileHandler(log_folder / f"{program.name}.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
        )

    @property
    def is_running(self) -> bool:
        """Whether there is a process that has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process, in a group of its own: the terminal's Ctrl-C reaches the supervisor alone."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "config.child", *self.program.arguments],
            cwd=Path(__file__).resolve().parent.parent,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            creationflags=NEW_GROUP,
        )
        threading.Thread(target=self._write_log, args=(self._process,), daemon=True).start()

    def _write_log(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.last_lines.append(line.rstrip())
            self._log.info(line.rstrip())

    def keep_running(self, *, backoff: float) -> None:
        """Start what has died, after twice as long each time. Refused when it dies again and again."""
        now = time.monotonic()
        if self.is_running:
            if now - self._started > STEADY_SECONDS:
                self.deaths = 0
            return
        if self._process is not None:
            self.end()
            self.deaths += 1
            if self.deaths >= MAX_DEATHS:
                raise Refused(
                    f"{self.program.name} 一启动就退出，已经试了 {self.deaths} 次，全部停下。它最后说的话：",
                    f"{self.program.name} ends as soon as it starts, {self.deaths} times now; everything stops. "
                    "Its last words:\n" + "\n".join(self.last_lines),
                )
            self.start_at = now + backoff * 2**self.deaths
        if now >= self.start_at and (self.deaths or self._is_wanted(now)):
            self.start()

    def _is_wanted(self, now: float) -> bool:
        if self.program.is_wanted is None:
            return True
        if now < self._ask_at:
            return False
        self._ask_at = now + ASK_EVERY_SECONDS
        return self.program.is_wanted()

    def ask_to_stop(self) -> None:
        """Ask the process to leave in its own time."""
        if self._process is not None and self.is_running:
            with suppress(ProcessLookupError):
                ask_to_stop(self._process.pid)

    def end(self) -> None:
        """End the process and whatever it started, whether it wants to or not."""
        process, self._process = self._process, None
        if process is None:
            return
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True)
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


class Supervisor:
    """The children together: they start together, are watched together, and none outlives the others."""

    def __init__(
        self,
        programs: list[Program],
        *,
        environment: Mapping[str, str],
        log_folder: Path,
        grace: float = GRACE_SECONDS,
        backoff: float = 0.25,
    ) -> None:
        self.grace = grace
        self.backoff = backoff
        self.children = [Child(program, environment=environment, log_folder=log_folder) for program in programs]
        self._requests = 0
        self._stop = threading.Event()

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], object], patience: float = 120) -> None:
        """Run until a signal asks to stop; call `when_ready` once. Refused when it can't be made to run."""
        give_up_at = time.monotonic() + patience
        announced = False
        with self._signals():
            try:
                while not self._stop.wait(LOOK_EVERY_SECONDS):
                    for child in self.children:
                        child.keep_running(backoff=self.backoff)
                    if not announced and is_ready():
                        announced = True
                        when_ready()
                    if not announced and time.monotonic() > give_up_at:
                        raise Refused(
                            f"等了 {patience:.0f} 秒还没有准备好，全部停下。",
                            f"Not ready after {patience:.0f} seconds; everything stops.",
                        )
            finally:
                self._stop_all()

    def _stop_all(self) -> None:
        for child in reversed(self.children):
            child.ask_to_stop()
        deadline = time.monotonic() + self.grace
        while any(child.is_running for child in self.children) and self._requests < 2:
            if time.monotonic() > deadline:
                break
            time.sleep(LOOK_EVERY_SECONDS)
        for child in reversed(self.children):
            child.end()

    def _asked(self, signum: int, frame: FrameType | None) -> None:
        """Stop; asked a second time, stop waiting too."""
        self._requests += 1
        self._stop.set()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = [(number, signal.signal(number, self._asked)) for number in numbers]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)
